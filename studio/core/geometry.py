"""Points, sizes and rectangles in pixels. Canvas space is integer, y grows downwards, the origin may lie anywhere."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple, Self


class Point(NamedTuple):
    """A position in canvas pixels; pixel (i, j) covers [i, i + 1) x [j, j + 1)."""

    x: float
    y: float

    def distance_to(self, other: Point) -> float:
        return math.hypot(self.x - other.x, self.y - other.y)


class Size(NamedTuple):
    width: int
    height: int

    @property
    def area(self) -> int:
        return self.width * self.height

    @property
    def long_side(self) -> int:
        return max(self.width, self.height)


class Rect(NamedTuple):
    """A half-open pixel rectangle [x, right) x [y, bottom); empty when width or height is not positive."""

    x: int
    y: int
    width: int
    height: int

    @classmethod
    def from_edges(cls, left: int, top: int, right: int, bottom: int) -> Self:
        return cls(left, top, right - left, bottom - top)

    @classmethod
    def around(cls, center: Point, radius_px: float) -> Self:
        """The smallest pixel rectangle that holds a disc."""
        return cls.from_edges(
            math.floor(center.x - radius_px),
            math.floor(center.y - radius_px),
            math.ceil(center.x + radius_px),
            math.ceil(center.y + radius_px),
        )

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def size(self) -> Size:
        return Size(self.width, self.height)

    @property
    def area(self) -> int:
        return 0 if self.is_empty else self.width * self.height

    @property
    def is_empty(self) -> bool:
        return self.width <= 0 or self.height <= 0

    @property
    def center(self) -> Point:
        return Point(self.x + self.width / 2, self.y + self.height / 2)

    def contains(self, point: Point) -> bool:
        return self.x <= point.x < self.right and self.y <= point.y < self.bottom

    def contains_rect(self, other: Rect) -> bool:
        """True for an empty `other`."""
        return other.is_empty or (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def intersected(self, other: Rect) -> Rect:
        """The common part; EMPTY where there is none."""
        rect = Rect.from_edges(
            max(self.x, other.x),
            max(self.y, other.y),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )
        return EMPTY if rect.is_empty else rect

    def united(self, other: Rect) -> Rect:
        """The bounding rectangle of both; an empty one adds nothing."""
        if self.is_empty:
            return EMPTY if other.is_empty else other
        if other.is_empty:
            return self
        return Rect.from_edges(
            min(self.x, other.x),
            min(self.y, other.y),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def expanded(self, margin_px: int) -> Rect:
        """Grown by `margin_px` on every side (shrunk when negative)."""
        return Rect(
            self.x - margin_px, self.y - margin_px, self.width + 2 * margin_px, self.height + 2 * margin_px
        )

    def translated(self, dx: int, dy: int) -> Rect:
        return Rect(self.x + dx, self.y + dy, self.width, self.height)

    def slices_in(self, outer: Rect) -> tuple[slice, slice]:
        """(rows, columns) of this rectangle inside an array that holds `outer`."""
        return (
            slice(self.y - outer.y, self.bottom - outer.y),
            slice(self.x - outer.x, self.right - outer.x),
        )

    def tiles(self, tile_px: int) -> Iterator[tuple[int, int]]:
        """Indices (tx, ty) of the square tiles it touches, row by row; tile (0, 0) starts at the origin."""
        if self.is_empty:
            return
        for ty in range(self.y // tile_px, (self.bottom - 1) // tile_px + 1):
            for tx in range(self.x // tile_px, (self.right - 1) // tile_px + 1):
                yield tx, ty


EMPTY = Rect(0, 0, 0, 0)
