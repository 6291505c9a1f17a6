"""The frame: where the next picture is made. Drag inside to move, a handle to resize, elsewhere to draw a new one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from studio.core.geometry import Point, Rect
from studio.tools.grips import CURSORS, GRIPS, WHOLE, Grip, Side
from studio.tools.tool import Cursor, Overlay, PointerEvent, ToolContext

SNAP_SCREEN_PX = 8.0
HANDLE_SCREEN_PX = 8.0
CLICK_SCREEN_PX = 4.0
SIZE_STEP_PX = 8
MIN_SIDE_PX = 64
MAX_SIDE_PX = 16_384
"""What a recipe can hold, see `generation.request`."""


class _Drag(NamedTuple):
    grip: Grip
    start: Point
    rect: Rect
    """What the grip is on: the frame at the press, or the empty one being drawn."""
    frame_before: Rect
    is_new: bool


class FrameTool:
    """An edge near an edge of the canvas (8 screen px) snaps to it exactly; otherwise sizes are multiples of 8.
    Ctrl suspends snapping. The frame may leave the canvas: what is empty there will be outpainted.
    """

    id = "frame"
    label = "Frame"

    def __init__(self, context: ToolContext) -> None:
        self.context = context
        self._drag: _Drag | None = None
        self._hovered: Grip | None = None

    def press(self, event: PointerEvent) -> None:
        if self._drag is not None or event.right_button:
            return
        frame = self._get()
        grip = self._grip_at(event.position)
        if grip is None:
            corner = self._snapped_corner(event)
            self._drag = _Drag(Grip(1, 1), event.position, corner, frame, True)
        else:
            self._drag = _Drag(grip, event.position, frame, frame, False)
        self._hovered = self._drag.grip

    def move(self, events: Sequence[PointerEvent]) -> None:
        if self._drag is not None and events:
            self._follow(self._drag, events[-1])

    def release(self, event: PointerEvent) -> None:
        drag = self._drag
        if drag is None:
            return
        if drag.is_new and drag.start.distance_to(event.position) * self.context.zoom < CLICK_SCREEN_PX:
            # A click beside the frame is no wish for the smallest frame there is.
            self._set(drag.frame_before)
        else:
            self._follow(drag, event)
        self._drag = None

    def cancel(self) -> None:
        if self._drag is not None:
            self._set(self._drag.frame_before)
        self._drag = None

    def hover(self, event: PointerEvent) -> None:
        self._hovered = self._grip_at(event.position)

    def overlay(self) -> Overlay:
        frame = self._get()
        return Overlay(rects=(frame,), handles=tuple(_handle(frame, grip) for grip in GRIPS))

    def cursor(self) -> Cursor:
        return "cross" if self._hovered is None else CURSORS[self._hovered]

    def _grip_at(self, position: Point) -> Grip | None:
        """None beside the frame. A small frame on the screen leaves its middle third for moving."""
        frame = self._get()
        reach = HANDLE_SCREEN_PX / self.context.zoom
        x, y = position
        if not (frame.x - reach <= x <= frame.right + reach and frame.y - reach <= y <= frame.bottom + reach):
            return None
        reach_x, reach_y = min(reach, frame.width / 3), min(reach, frame.height / 3)
        across: Side = -1 if x < frame.x + reach_x else 1 if x > frame.right - reach_x else 0
        down: Side = -1 if y < frame.y + reach_y else 1 if y > frame.bottom - reach_y else 0
        return Grip(across, down)

    def _snapped_corner(self, event: PointerEvent) -> Rect:
        canvas = self.context.document.canvas
        x = self._snapped(event.position.x, (canvas.x, canvas.right), event)
        y = self._snapped(event.position.y, (canvas.y, canvas.bottom), event)
        return Rect(
            round(event.position.x) if x is None else x, round(event.position.y) if y is None else y, 0, 0
        )

    def _follow(self, drag: _Drag, event: PointerEvent) -> None:
        dx = event.position.x - drag.start.x
        dy = event.position.y - drag.start.y
        canvas = self.context.document.canvas
        rect = drag.rect
        if drag.grip == WHOLE:
            x = self._moved(rect.x, rect.width, dx, (canvas.x, canvas.right), event)
            y = self._moved(rect.y, rect.height, dy, (canvas.y, canvas.bottom), event)
            self._set(Rect(x, y, rect.width, rect.height))
            return
        across, down = drag.grip
        if drag.is_new:
            across = 1 if dx >= 0 else -1
            down = 1 if dy >= 0 else -1
        left, right = self._resized((rect.x, rect.right), across, dx, (canvas.x, canvas.right), event)
        top, bottom = self._resized((rect.y, rect.bottom), down, dy, (canvas.y, canvas.bottom), event)
        self._set(Rect.from_edges(left, top, right, bottom))

    def _moved(
        self, start: int, length: int, delta: float, edges: tuple[int, int], event: PointerEvent
    ) -> int:
        """The new start of an interval, with either end snapped."""
        near = self._snapped(start + delta, edges, event)
        far = self._snapped(start + length + delta, edges, event)
        if near is not None:
            return near
        return round(start + delta) if far is None else far - length

    def _resized(
        self, ends: tuple[int, int], side: Side, delta: float, edges: tuple[int, int], event: PointerEvent
    ) -> tuple[int, int]:
        """(start, end) of an interval whose one end follows the pointer while the other stays."""
        if side == 0 or (delta == 0 and ends[0] != ends[1]):
            return ends
        fixed, loose = (ends[1], ends[0]) if side < 0 else ends
        target = loose + delta
        snapped = self._snapped(target, edges, event)
        if snapped is not None and MIN_SIDE_PX <= (snapped - fixed) * side <= MAX_SIDE_PX:
            length = (snapped - fixed) * side
        else:
            length = round((target - fixed) * side / SIZE_STEP_PX) * SIZE_STEP_PX
            length = min(max(length, MIN_SIDE_PX), MAX_SIDE_PX)
        return (fixed - length, fixed) if side < 0 else (fixed, fixed + length)

    def _snapped(self, position: float, edges: Iterable[int], event: PointerEvent) -> int | None:
        """The edge within reach, the nearest first."""
        reach = SNAP_SCREEN_PX / self.context.zoom
        near = min(edges, key=lambda edge: abs(edge - position))
        return near if not event.ctrl and abs(near - position) <= reach else None

    def _get(self) -> Rect:
        return self.context.get_frame()

    def _put(self, frame: Rect) -> None:
        self.context.set_frame(frame)

    def _set(self, frame: Rect) -> None:
        if frame != self._get():
            self._put(frame)


def _handle(frame: Rect, grip: Grip) -> Point:
    return Point(frame.x + frame.width * (grip.across + 1) / 2, frame.y + frame.height * (grip.down + 1) / 2)
