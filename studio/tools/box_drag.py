"""A box dragged from corner to corner: Shift makes it square, Ctrl or Alt draws from the centre, Space moves it."""

from __future__ import annotations

from studio.core.geometry import Point, Rect
from studio.tools.selecting import HeldKey, Token
from studio.tools.tool import PointerEvent


class BoxDrag:
    """anchor: where it began. end: under the pointer. A key held at the press means something else to the tool: it
    counts once it has been let go."""

    def __init__(self, token: Token, event: PointerEvent) -> None:
        self.token = token
        self.anchor = event.position
        self.end = event.position
        self._last = event.position
        self._shift = HeldKey(event.shift)
        self._takes = HeldKey(event.ctrl or event.alt)
        self.is_square = False
        self._is_centered = False

    def follow(self, event: PointerEvent) -> None:
        if event.moves_shape:
            dx, dy = event.position.x - self._last.x, event.position.y - self._last.y
            self.anchor = Point(self.anchor.x + dx, self.anchor.y + dy)
            self.end = Point(self.end.x + dx, self.end.y + dy)
        else:
            self.end = event.position
        self._last = event.position
        self.is_square = self._shift.update(event.shift)
        self._is_centered = self._takes.update(event.ctrl or event.alt)

    @property
    def rect(self) -> Rect:
        """Whole pixels."""
        x, y = round(self.anchor.x), round(self.anchor.y)
        dx, dy = round(self.end.x) - x, round(self.end.y) - y
        if self.is_square:
            side = max(abs(dx), abs(dy))
            dx, dy = side if dx >= 0 else -side, side if dy >= 0 else -side
        if self._is_centered:
            return Rect(x - abs(dx), y - abs(dy), 2 * abs(dx), 2 * abs(dy))
        return Rect(min(x, x + dx), min(y, y + dy), abs(dx), abs(dy))
