"""Shapes as coverage: exact areas, so that every edge is antialiased and neighbours add up to a whole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from studio.core.geometry import EMPTY, Rect
from studio.document.pixels import UInt8Array

Doubles = npt.NDArray[np.float64]

BAND_PX = 256
"""Rows at a time: the sums of 256 rows of 4096 pixels stay in the processor's cache."""

REACH_PX = 131_072.0
"""Farther out a point is only a direction."""

ELLIPSE_ERROR_PX = 0.01


class Patch(NamedTuple):
    """coverage: uint8 (rect.height, rect.width), 255 = covered; beyond the rectangle nothing is."""

    rect: Rect
    coverage: UInt8Array


EMPTY_PATCH = Patch(EMPTY, np.zeros((0, 0), np.uint8))


def rectangle(rect: Rect, *, clip: Rect) -> Patch:
    """Whole pixels, so no edge is soft."""
    inside = rect.intersected(clip)
    return Patch(inside, np.full((inside.height, inside.width), 255, np.uint8))


def ellipse(rect: Rect, *, clip: Rect) -> Patch:
    """The ellipse that touches all four sides of `rect`."""
    return EMPTY_PATCH if rect.is_empty else polygon(ellipse_outline(rect), clip=clip)


def ellipse_outline(rect: Rect) -> list[tuple[float, float]]:
    """A polygon that leaves the ellipse by at most ELLIPSE_ERROR_PX."""
    radius = max(rect.width, rect.height) / 2
    step = math.acos(max(1.0 - ELLIPSE_ERROR_PX / max(radius, ELLIPSE_ERROR_PX), -1.0))
    count = max(16, 4 * math.ceil(math.pi / step / 4))
    center = rect.center
    angles = np.arange(count) * (2 * math.pi / count)
    across = center.x + np.cos(angles) * rect.width / 2
    down = center.y + np.sin(angles) * rect.height / 2
    return list(zip(across.tolist(), down.tolist(), strict=True))


def polygon(points: Sequence[tuple[float, float]], *, clip: Rect) -> Patch:
    """The closed polygon through `points` (canvas pixels) by the non-zero rule; points that are no numbers are
    passed over. A loop drawn over itself is covered once.

    The signed area that the edges leave to their left is summed per pixel and along each row, as FreeType's and
    AGG's rasterisers do; overlapping edges of opposite turns may differ by their shares of the pixels they cross.
    """
    outline = np.asarray(points, np.float64).reshape(-1, 2)
    outline = np.clip(outline[np.isfinite(outline).all(axis=1)], -REACH_PX, REACH_PX)
    if len(outline) < 3 or clip.is_empty:
        return EMPTY_PATCH
    left, top = np.floor(outline.min(axis=0)).astype(int).tolist()
    right, bottom = np.ceil(outline.max(axis=0)).astype(int).tolist()
    rect = Rect.from_edges(left, top, right, bottom).intersected(clip)
    if rect.is_empty:
        return EMPTY_PATCH
    pieces = _pieces(outline - (rect.x, rect.y), rect.width, rect.height)
    return Patch(rect, _coverage(pieces, rect.width, rect.height))


class _Pieces(NamedTuple):
    """Parts of edges, each within one pixel. height: signed, in pixels. beyond: the share right of it, 0..1."""

    row: npt.NDArray[np.int64]
    column: npt.NDArray[np.int64]
    height: Doubles
    beyond: Doubles


def _pieces(outline: Doubles, width: int, height: int) -> _Pieces:
    """Of all edges inside the rows 0..height; what lies left of column 0 counts for it, what lies right of the last
    one for a column `width` that nobody looks at."""
    start, end = outline, np.roll(outline, -1, axis=0)
    falls = start[:, 1] <= end[:, 1]
    upper = np.where(falls[:, None], start, end)
    lower = np.where(falls[:, None], end, start)
    top, bottom = np.maximum(upper[:, 1], 0.0), np.minimum(lower[:, 1], float(height))
    kept = top < bottom
    upper, lower, top, bottom = upper[kept], lower[kept], top[kept], bottom[kept]
    sign = np.where(falls, 1.0, -1.0)[kept]
    slope = (lower[:, 0] - upper[:, 0]) / (lower[:, 1] - upper[:, 1])

    first = np.floor(top).astype(np.int64)
    edge, offset = _spread(np.ceil(bottom).astype(np.int64) - first)
    row = first[edge] + offset
    piece_top, piece_bottom = np.maximum(top[edge], row), np.minimum(bottom[edge], row + 1.0)
    from_x = upper[edge, 0] + (piece_top - upper[edge, 1]) * slope[edge]
    to_x = upper[edge, 0] + (piece_bottom - upper[edge, 1]) * slope[edge]
    low, high = np.minimum(from_x, to_x), np.maximum(from_x, to_x)
    drop = sign[edge] * (piece_bottom - piece_top)

    first = np.floor(low).astype(np.int64)
    part, offset = _spread(np.maximum(np.ceil(high).astype(np.int64) - first, 1))
    column = first[part] + offset
    part_low, part_high = np.maximum(low[part], column), np.minimum(high[part], column + 1.0)
    length = high[part] - low[part]
    share = np.divide(part_high - part_low, length, out=np.ones_like(length), where=length > 0)
    beyond = (part_low + part_high) / 2 - column
    outside = (column < 0) | (column >= width)
    beyond[outside] = 0.0
    return _Pieces(row[part], np.clip(column, 0, width), drop[part] * share, beyond)


def _spread(counts: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(which, number within it) for each of counts[0] + counts[1] + ... parts."""
    which = np.repeat(np.arange(len(counts)), counts)
    return which, np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)


def _coverage(pieces: _Pieces, width: int, height: int) -> UInt8Array:
    coverage = np.empty((height, width), np.uint8)
    order = np.argsort(pieces.row, kind="stable")
    pieces = _Pieces(*(values[order] for values in pieces))
    for band_top in range(0, height, BAND_PX):
        rows = min(BAND_PX, height - band_top)
        begin, end = np.searchsorted(pieces.row, (band_top, band_top + rows))
        row, column, drop, beyond = (values[begin:end] for values in pieces)
        place = (row - band_top) * (width + 2) + column
        size = rows * (width + 2)
        areas = np.bincount(place, drop * (1.0 - beyond), size) + np.bincount(place + 1, drop * beyond, size)
        winding = np.cumsum(areas.reshape(rows, width + 2)[:, :width], axis=1)
        np.abs(winding, out=winding)
        np.minimum(winding, 1.0, out=winding)
        winding *= 255.0
        coverage[band_top : band_top + rows] = np.rint(winding, out=winding)
    return coverage
