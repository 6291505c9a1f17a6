"""The polygon lasso: a mask with straight edges, set corner by corner."""

from __future__ import annotations

from collections.abc import Sequence

from studio.core.geometry import Point
from studio.document.selection import SelectionMode
from studio.document.shapes import polygon
from studio.tools.selecting import HeldKey, chosen_mode, drawable_area, lay, straightened
from studio.tools.tool import Cursor, Outline, Overlay, PointerEvent, ToolContext

CLOSE_SCREEN_PX = 8.0
DOUBLE_CLICK_SCREEN_PX = 5.0


class PolygonTool:
    """Every press sets a corner, which follows the pointer until it is let go. A second press on the same place (a
    double click), one on the first corner, or Enter closes the polygon; Backspace takes the last corner back, Esc
    all. Shift after the first press keeps an edge to multiples of 45 degrees.
    """

    id = "select_polygon"
    label = "Polygon Lasso"

    def __init__(self, context: ToolContext) -> None:
        self.context = context
        self._corners: list[Point] = []
        self._mode: SelectionMode = "replace"
        self._shift = HeldKey(False)
        self._pointer: Point | None = None
        self._is_down = False

    @property
    def is_drawing(self) -> bool:
        return bool(self._corners)

    def press(self, event: PointerEvent) -> None:
        if self._is_down:
            return
        self._is_down = True
        if not self._corners:
            self._mode = chosen_mode(event, self.context.settings.choice(self.id, "mode"))
            self._shift = HeldKey(event.shift)
            self._corners.append(event.position)
        elif self._closes(event.position):
            self.finish()
        else:
            self._corners.append(self._aimed(event, is_new=True))
        self._pointer = event.position

    def move(self, events: Sequence[PointerEvent]) -> None:
        if self._is_down and self._corners and events:
            self._corners[-1] = self._aimed(events[-1])
            self._pointer = events[-1].position

    def release(self, event: PointerEvent) -> None:
        self.move([event])
        self._is_down = False

    def finish(self) -> None:
        """Fewer than three corners mask nothing."""
        corners = self._corners
        self._forget()
        if len(corners) >= 3:
            patch = polygon(corners, clip=drawable_area(self.context))
            lay(self.context, patch, self._mode, "Polygon")

    def step_back(self) -> None:
        if self._corners:
            self._corners.pop()

    def cancel(self) -> None:
        self._forget()

    def hover(self, event: PointerEvent) -> None:
        if self._corners:
            self._pointer = self._aimed(event, is_new=True)

    def overlay(self) -> Overlay:
        if not self._corners:
            return Overlay()
        corners = tuple((x, y) for x, y in self._corners)
        if not self._is_down and self._pointer is not None:
            corners = (*corners, (self._pointer.x, self._pointer.y))
        return Overlay(outlines=(Outline(corners, False),), handles=(self._corners[0],))

    def cursor(self) -> Cursor:
        return "cross"

    def _closes(self, position: Point) -> bool:
        zoom = self.context.zoom
        if self._corners[-1].distance_to(position) * zoom < DOUBLE_CLICK_SCREEN_PX:
            return True
        return len(self._corners) >= 3 and self._corners[0].distance_to(position) * zoom < CLOSE_SCREEN_PX

    def _aimed(self, event: PointerEvent, *, is_new: bool = False) -> Point:
        """The pointer, or the point on the nearest of eight rays from the corner before."""
        before = self._corners if is_new or not self._is_down else self._corners[:-1]
        if not self._shift.update(event.shift) or not before:
            return event.position
        return straightened(before[-1], event.position)

    def _forget(self) -> None:
        self._corners = []
        self._pointer = None
        self._is_down = False
