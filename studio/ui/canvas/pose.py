"""How the sheet lies in the widget: turned about the middle, and mirrored.

Everything is drawn on a straight sheet (the viewport's device pixels); only the painter and the pointer know that it is
turned. A turned sheet is a square as wide as the widget's diagonal, so that it covers the widget at any angle.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtGui import QTransform

from studio.core.geometry import Point, Rect, Size

SMALLEST = Size(1, 1)


@dataclass(frozen=True, kw_only=True)
class Pose:
    """widget: its size in device pixels. degrees: clockwise, 0 <= degrees < 360. is_mirrored: left and right of the
    picture are exchanged before it is turned."""

    widget: Size = SMALLEST
    degrees: float = 0.0
    is_mirrored: bool = False

    @property
    def is_straight(self) -> bool:
        """The sheet is the widget."""
        return self.degrees == 0 and not self.is_mirrored

    @property
    def is_level(self) -> bool:
        """Rows and columns of the picture are rows and columns of the display."""
        return self.degrees % 90 == 0

    @property
    def sheet(self) -> Size:
        """Its size, device pixels."""
        if self.degrees == 0:
            return self.widget
        side = math.ceil(math.hypot(*self.widget))
        # The same middle, to the pixel, wherever the widget's sides allow it.
        side += (side - self.widget.width) % 2
        return Size(side, side)

    def to_widget(self, sheet: Point) -> Point:
        across, down = self._turned(sheet.x - self.sheet.width / 2, sheet.y - self.sheet.height / 2)
        return Point(across + self.widget.width / 2, down + self.widget.height / 2)

    def to_sheet(self, widget: Point) -> Point:
        across, down = self.turned_back(widget.x - self.widget.width / 2, widget.y - self.widget.height / 2)
        return Point(across + self.sheet.width / 2, down + self.sheet.height / 2)

    def turned_back(self, across: float, down: float) -> tuple[float, float]:
        """A way on the widget as one on the sheet."""
        cosine, sine = self._factors
        straight = across * cosine + down * sine
        return (-straight if self.is_mirrored else straight), down * cosine - across * sine

    def widget_rect(self, sheet: Rect) -> Rect:
        """All pixels of the widget that a rectangle of the sheet may touch."""
        if self.is_straight:
            return sheet
        return _around(self.to_widget(corner) for corner in _corners(sheet)).expanded(1)

    def sheet_rect(self, widget: Rect) -> Rect:
        """All pixels of the sheet that may be seen in a rectangle of the widget."""
        if self.is_straight:
            return widget
        return _around(self.to_sheet(corner) for corner in _corners(widget)).expanded(1)

    def transform(self) -> QTransform:
        """From the sheet to the widget."""
        cosine, sine = self._factors
        flip = -1.0 if self.is_mirrored else 1.0
        corner = self.to_widget(Point(0.0, 0.0))
        return QTransform(flip * cosine, flip * sine, -sine, cosine, corner.x, corner.y)

    def _turned(self, across: float, down: float) -> tuple[float, float]:
        cosine, sine = self._factors
        across = -across if self.is_mirrored else across
        return across * cosine - down * sine, across * sine + down * cosine

    @property
    def _factors(self) -> tuple[float, float]:
        """Cosine and sine, exact for quarter turns."""
        if self.is_level:
            quarter = int(self.degrees // 90) % 4
            return (1.0, 0.0, -1.0, 0.0)[quarter], (0.0, 1.0, 0.0, -1.0)[quarter]
        radians = math.radians(self.degrees)
        return math.cos(radians), math.sin(radians)


STRAIGHT = Pose()


def _corners(rect: Rect) -> tuple[Point, ...]:
    return (
        Point(rect.x, rect.y),
        Point(rect.right, rect.y),
        Point(rect.x, rect.bottom),
        Point(rect.right, rect.bottom),
    )


def _around(points: Iterable[Point]) -> Rect:
    found = list(points)
    return Rect.from_edges(
        math.floor(min(point.x for point in found)),
        math.floor(min(point.y for point in found)),
        math.ceil(max(point.x for point in found)),
        math.ceil(max(point.y for point in found)),
    )
