"""Shapes as coverage: exact areas, so that every edge is antialiased and neighbours add up to a whole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from studio.core.geometry import EMPTY, Rect
from studio.core.opencv import cv2
from studio.document.pixels import UInt8Array

Doubles = npt.NDArray[np.float64]

BAND_PX = 512
"""Columns at a time: the sums of a whole canvas would be eight times its bytes."""

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

    The signed area that the edges leave on one side is summed per pixel and along each column, as FreeType's and
    AGG's rasterisers do along rows; where two edges run through the same pixel, their shares of it are added.
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
    # Turned on its side: adding row to row is three times as fast as numpy's cumsum in either direction.
    pieces = _pieces(outline[:, ::-1] - (rect.y, rect.x), rect.height, rect.width)
    return Patch(rect, _coverage(pieces, rect.width, rect.height))


class _Pieces(NamedTuple):
    """Parts of edges, each within one pixel. line: its column. place: its row. extent: signed, in pixels across the
    line. beyond: the share of the pixel on the far side of the edge, 0..1."""

    line: npt.NDArray[np.int64]
    place: npt.NDArray[np.int64]
    extent: Doubles
    beyond: Doubles


def _pieces(outline: Doubles, length: int, lines: int) -> _Pieces:
    """outline: (n, 2), each point as (place along the line, line). Of all edges inside the lines 0..lines; what lies
    before place 0 counts for it, what lies past the last one for a place `length` that nobody looks at."""
    start, end = outline, np.roll(outline, -1, axis=0)
    ascends = start[:, 1] <= end[:, 1]
    lower = np.where(ascends[:, None], start, end)
    upper = np.where(ascends[:, None], end, start)
    near, far = np.maximum(lower[:, 1], 0.0), np.minimum(upper[:, 1], float(lines))
    kept = near < far
    lower, upper, near, far = lower[kept], upper[kept], near[kept], far[kept]
    sign = np.where(ascends, 1.0, -1.0)[kept]
    slope = (upper[:, 0] - lower[:, 0]) / (upper[:, 1] - lower[:, 1])

    first = np.floor(near).astype(np.int64)
    edge, offset = _spread(np.ceil(far).astype(np.int64) - first)
    line = first[edge] + offset
    piece_near, piece_far = np.maximum(near[edge], line), np.minimum(far[edge], line + 1.0)
    begins = lower[edge, 0] + (piece_near - lower[edge, 1]) * slope[edge]
    ends = lower[edge, 0] + (piece_far - lower[edge, 1]) * slope[edge]
    low, high = np.minimum(begins, ends), np.maximum(begins, ends)
    extent = sign[edge] * (piece_far - piece_near)

    first = np.floor(low).astype(np.int64)
    part, offset = _spread(np.maximum(np.ceil(high).astype(np.int64) - first, 1))
    place = first[part] + offset
    part_low, part_high = np.maximum(low[part], place), np.minimum(high[part], place + 1.0)
    run = high[part] - low[part]
    share = np.divide(part_high - part_low, run, out=np.ones_like(run), where=run > 0)
    beyond = (part_low + part_high) / 2 - place
    beyond[(place < 0) | (place >= length)] = 0.0
    return _Pieces(line[part], np.clip(place, 0, length), extent[part] * share, beyond)


def _spread(counts: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(which, number within it) for each of counts[0] + counts[1] + ... parts."""
    which = np.repeat(np.arange(len(counts)), counts)
    return which, np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)


def _coverage(pieces: _Pieces, width: int, height: int) -> UInt8Array:
    coverage = np.zeros((height, width), np.uint8)
    order = np.argsort(pieces.line, kind="stable")
    line, place = pieces.line[order], pieces.place[order]
    beyond = pieces.extent[order] * pieces.beyond[order]
    within = pieces.extent[order] - beyond
    for left in range(0, width, BAND_PX):
        columns = min(BAND_PX, width - left)
        begin, end = (int(found) for found in np.searchsorted(line, (left, left + columns)))
        if begin == end:
            continue  # no edge in any of these columns: nothing is covered
        cell = place[begin:end] * columns + (line[begin:end] - left)
        areas = np.bincount(
            np.concatenate((cell, cell + columns)),
            np.concatenate((within[begin:end], beyond[begin:end])),
            (height + 2) * columns,
        )
        winding = areas.reshape(height + 2, columns)[:height]
        for row in range(1, height):
            np.add(winding[row - 1], winding[row], out=winding[row])
        # The amount, times 255, rounded, at most 255: in one pass.
        coverage[:, left : left + columns] = cv2.convertScaleAbs(winding, alpha=255)
    return coverage
