"""Cropping by hand: a rectangle with handles over the whole canvas; the canvas changes when it is kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from studio.core.geometry import Point, Rect
from studio.document.document import MAX_CANVAS_SIDE_PX
from studio.document.edits import SetCanvas
from studio.tools.grips import CURSORS, GRIPS, WHOLE, Grip
from studio.tools.selecting import Token, is_click
from studio.tools.snapping import snap_point
from studio.tools.tool import Cursor, Outline, Overlay, PointerEvent, ToolContext

HANDLE_SCREEN_PX = 9.0


class _Drag(NamedTuple):
    """rect: at the press; empty where a new one is drawn."""

    grip: Grip
    start: Point
    rect: Rect
    before: Rect | None


class CropTool:
    """Drag a handle, drag inside to move it, drag elsewhere for a new one; it may reach past the canvas. Shift keeps
    the proportions, Ctrl ignores the lines it snaps to. What is cut off stays in the layers."""

    id = "crop"
    label = "Crop"
    keeps_when_left = False

    def __init__(self, context: ToolContext) -> None:
        self.context = context
        self._rect: Rect | None = None
        self._token: Token | None = None
        self._drag: _Drag | None = None
        self._hovered: Grip | None = None

    @property
    def is_drawing(self) -> bool:
        if self._token is not None and not self._token.is_open:
            self._forget()  # an undo or another step has ended it
        return self._rect is not None

    def press(self, event: PointerEvent) -> None:
        if self._drag is not None or event.right_button:
            return
        before = self._rect if self.is_drawing else None
        rect = self._shown
        grip = self._grip_at(event.position)
        if grip is None or (grip == WHOLE and before is None):
            corner = self._snapped(event.position, event)
            self._drag = _Drag(Grip(1, 1), event.position, Rect(corner[0], corner[1], 0, 0), before)
        else:
            self._drag = _Drag(grip, event.position, rect, before)
        self._begin()

    def move(self, events: Sequence[PointerEvent]) -> None:
        if self._drag is not None and events and self.is_drawing:
            self._follow(self._drag, events[-1])

    def release(self, event: PointerEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is None or not self.is_drawing:
            return
        if is_click(self.context, drag.start, event.position):
            # A click is no wish for a canvas of one pixel.
            if drag.before is None:
                self.cancel()
            else:
                self._rect = drag.before
        else:
            self._follow(drag, event)
        self._tell_numbers()

    def finish(self) -> None:
        rect = self._rect if self.is_drawing else None
        self._forget()
        if rect is not None and rect != self.context.document.canvas:
            self.context.history.do(SetCanvas(rect), self.label)
        self._tell_numbers()

    def step_back(self) -> None:
        """The whole canvas again."""
        self.cancel()

    def cancel(self) -> None:
        self._forget()
        self._tell_numbers()

    def hover(self, event: PointerEvent) -> None:
        self._hovered = self._grip_at(event.position)
        if self._hovered == WHOLE and not self.is_drawing:
            self._hovered = None
        self._tell_numbers()

    def enter(self, name: str, value: float) -> None:
        rect, number = self._shown, round(value)
        if name == "x":
            rect = rect._replace(x=number)
        elif name == "y":
            rect = rect._replace(y=number)
        elif name == "width":
            rect = rect._replace(width=_side(number))
        else:
            rect = rect._replace(height=_side(number))
        self._begin()
        self._rect = rect
        self._tell_numbers()

    def overlay(self) -> Overlay:
        rect = self._shown
        handles = tuple(_place(rect, grip) for grip in GRIPS)
        if not self.is_drawing:
            return Overlay(rects=(rect,), handles=handles)
        return Overlay(rects=(rect,), handles=handles, lit=rect, outlines=_thirds(rect))

    def cursor(self) -> Cursor:
        grip = self._drag.grip if self._drag is not None else self._hovered
        return "cross" if grip is None else CURSORS[grip]

    @property
    def _shown(self) -> Rect:
        return self._rect if self.is_drawing and self._rect is not None else self.context.document.canvas

    def _begin(self) -> None:
        if not self.is_drawing:
            # A save or another step in between gives it up.
            self._rect = self.context.document.canvas
            token = Token(self.context, self.label, finish=lambda: token.close())
            self._token = token
        self._tell_numbers()

    def _forget(self) -> None:
        token, self._token = self._token, None
        self._rect = self._drag = None
        if token is not None:
            token.close()

    def _tell_numbers(self) -> None:
        rect = self._shown
        values = {"x": rect.x, "y": rect.y, "width": rect.width, "height": rect.height}
        self.context.settings.adjusting.show(values, is_open=self.is_drawing)

    def _grip_at(self, position: Point) -> Grip | None:
        rect, reach = self._shown, HANDLE_SCREEN_PX / self.context.zoom
        for grip in GRIPS:
            if _place(rect, grip).distance_to(position) <= reach:
                return grip
        return WHOLE if rect.contains(position) else None

    def _follow(self, drag: _Drag, event: PointerEvent) -> None:
        if drag.grip == WHOLE:
            dx, dy = event.position.x - drag.start.x, event.position.y - drag.start.y
            self._rect = drag.rect.translated(round(dx), round(dy))
        else:
            self._rect = self._pulled(drag, event)
        self._tell_numbers()

    def _pulled(self, drag: _Drag, event: PointerEvent) -> Rect:
        rect, grip = drag.rect, drag.grip
        x, y = self._snapped(event.position, event)
        # The side or corner that stays, and how far the other one lies from it.
        fixed_x = rect.right if grip.across < 0 else rect.x
        fixed_y = rect.bottom if grip.down < 0 else rect.y
        dx: float = x - fixed_x if grip.across else rect.width
        dy: float = y - fixed_y if grip.down else rect.height
        ratio = self._ratio(rect, event)
        if ratio is not None:
            by_width = bool(grip.across) and (not grip.down or abs(dx) >= abs(dy) * ratio)
            if by_width:
                dy = math.copysign(round(abs(dx) / ratio), dy)
            else:
                dx = math.copysign(round(abs(dy) * ratio), dx)
        width, height = _side(abs(round(dx))), _side(abs(round(dy)))
        left = fixed_x - width if dx < 0 else fixed_x
        top = fixed_y - height if dy < 0 else fixed_y
        return Rect(left, top, width, height)

    def _ratio(self, rect: Rect, event: PointerEvent) -> float | None:
        """Width over height, where it must be kept."""
        name = self.context.settings.choice(self.id, "ratio")
        canvas = self.context.document.canvas
        if name == "canvas":
            return canvas.width / canvas.height
        if name == "free":
            if not event.shift:
                return None
            return rect.width / rect.height if not rect.is_empty else canvas.width / canvas.height
        wide, _, high = name.partition(":")
        return int(wide) / int(high)

    def _snapped(self, position: Point, event: PointerEvent) -> tuple[int, int]:
        point = position if event.ctrl else snap_point(self.context, position)[0]
        return round(point.x), round(point.y)


def _place(rect: Rect, grip: Grip) -> Point:
    return Point(rect.x + rect.width * (grip.across + 1) / 2, rect.y + rect.height * (grip.down + 1) / 2)


def _side(length: int) -> int:
    return min(max(length, 1), MAX_CANVAS_SIDE_PX)


def _thirds(rect: Rect) -> tuple[Outline, ...]:
    """Where the eye likes things to lie."""
    lines: list[Outline] = []
    for share in (1 / 3, 2 / 3):
        x, y = rect.x + rect.width * share, rect.y + rect.height * share
        lines.append(Outline(((x, rect.y), (x, rect.bottom)), False))
        lines.append(Outline(((rect.x, y), (rect.right, y)), False))
    return tuple(lines)
