"""Outlines of figures as points in canvas pixels, and the areas between an outline and its parallel."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from studio.core.geometry import Point, Rect
from studio.document.shapes import EMPTY_PATCH, Patch, polygon

Points = Sequence[tuple[float, float]]

ARC_ERROR_PX = 0.02
MITER_LIMIT = 4.0
"""Sharper corners are cut off where a line of width w would reach farther than w times this."""


def rectangle_outline(box: Rect) -> list[tuple[float, float]]:
    """Clockwise from the upper left."""
    return [(box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom)]


def rounded_outline(box: Rect, radius_px: float) -> list[tuple[float, float]]:
    """A rectangle whose corners are quarter circles, at most as large as fit."""
    radius = min(radius_px, box.width / 2, box.height / 2)
    if radius <= 0:
        return rectangle_outline(box)
    steps = max(2, math.ceil(math.pi / 4 / math.acos(max(1 - ARC_ERROR_PX / radius, 0.0))))
    angles = [math.pi / 2 * step / steps for step in range(steps + 1)]
    points: list[tuple[float, float]] = []
    for quarter, (x, y) in enumerate(
        (
            (box.right - radius, box.y + radius),
            (box.right - radius, box.bottom - radius),
            (box.x + radius, box.bottom - radius),
            (box.x + radius, box.y + radius),
        )
    ):
        begin = (quarter - 1) * math.pi / 2
        points += [(x + radius * math.cos(begin + a), y + radius * math.sin(begin + a)) for a in angles]
    return points


def regular_outline(box: Rect, sides: int) -> list[tuple[float, float]]:
    """A polygon of equal sides that stands on one of them, within the ellipse of the box."""
    return _around(box, [1.0] * sides)


def star_outline(box: Rect, tips: int, inner: float) -> list[tuple[float, float]]:
    """inner: 0..1, how far from the middle the inner corners lie, of the tips' distance."""
    return _around(box, [1.0, inner] * tips)


def _around(box: Rect, radii: Sequence[float]) -> list[tuple[float, float]]:
    """Corners at even angles, the first one at the top."""
    center = box.center
    step = 2 * math.pi / len(radii)
    return [
        (
            center.x + math.sin(step * number) * box.width / 2 * radius,
            center.y - math.cos(step * number) * box.height / 2 * radius,
        )
        for number, radius in enumerate(radii)
    ]


def line_outline(start: Point, end: Point, width_px: float) -> list[tuple[float, float]]:
    """A line with round ends."""
    half = width_px / 2
    angle = math.atan2(end.y - start.y, end.x - start.x)
    steps = max(4, math.ceil(math.pi / 2 / math.acos(max(1 - ARC_ERROR_PX / max(half, ARC_ERROR_PX), 0.0))))
    turns = [math.pi * step / steps - math.pi / 2 for step in range(steps + 1)]
    ahead = [(end.x + half * math.cos(angle + a), end.y + half * math.sin(angle + a)) for a in turns]
    behind = [(start.x - half * math.cos(angle + a), start.y - half * math.sin(angle + a)) for a in turns]
    return [*ahead, *behind]


def stroked(outline: Points, width_px: float, *, clip: Rect) -> Patch:
    """A line `width_px` wide, half of it on either side of a closed outline."""
    outer = polygon(parallel(outline, width_px / 2), clip=clip)
    inside = parallel(outline, -width_px / 2)
    # Where the line is wider than the figure, its inner side has turned inside out: there is no hole.
    if _area(inside) * _area(outline) <= 0 or _is_flipped(outline, inside):
        return outer
    inner = polygon(inside, clip=clip)
    part = inner.rect.intersected(outer.rect)
    if part.is_empty:
        return outer
    coverage = outer.coverage.copy()
    hole = inner.coverage[part.slices_in(inner.rect)]
    where = part.slices_in(outer.rect)
    coverage[where] = np.maximum(coverage[where].astype(np.int16) - hole, 0)
    return Patch(outer.rect, coverage)


def filled(outline: Points, *, clip: Rect) -> Patch:
    return polygon(outline, clip=clip) if len(outline) >= 3 else EMPTY_PATCH


def parallel(outline: Points, distance_px: float) -> list[tuple[float, float]]:
    """The closed outline moved outward (inward where negative), with mitred corners."""
    points = _distinct(np.asarray(outline, np.float64))
    if len(points) < 3:
        return [tuple(point) for point in points.tolist()]
    side = 1.0 if _area(points) >= 0 else -1.0
    along = np.roll(points, -1, axis=0) - points
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    normal = np.column_stack((along[:, 1], -along[:, 0])) * side
    before = np.roll(normal, 1, axis=0)
    # The corner lies on the sum of the two normals; its length grows as they part.
    middle = before + normal
    share = np.maximum((middle * middle).sum(axis=1, keepdims=True) / 2, 2 / MITER_LIMIT**2)
    moved = points + middle / share * distance_px
    return [(float(x), float(y)) for x, y in moved]


def _distinct(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Without those that lie on the one before."""
    keeps = np.abs(points - np.roll(points, 1, axis=0)).max(axis=1) > 1e-6
    return np.asarray(points[keeps])


def _area(outline: Points | npt.NDArray[np.float64]) -> float:
    """Positive for points that go clockwise on the screen."""
    points = np.asarray(outline, np.float64)
    x, y = points[:, 0], points[:, 1]
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def _is_flipped(outline: Points, inside: Points) -> bool:
    """Whether some side runs the other way than before: it had no room."""
    before = _distinct(np.asarray(outline, np.float64))
    after = np.asarray(inside, np.float64)
    if len(before) != len(after):
        return True
    one, other = np.roll(before, -1, axis=0) - before, np.roll(after, -1, axis=0) - after
    return bool(((one * other).sum(axis=1) < 0).any())
