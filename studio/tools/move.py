"""Moving pixels: the masked ones, or the whole active layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.core.geometry import Point
from studio.document.lifting import liftable_rect
from studio.document.paintable import movable_layer, move_refusal
from studio.document.transform import mapped_box, translation
from studio.tools.floating import Floating
from studio.tools.snapping import snap_box
from studio.tools.tool import NO_OVERLAY, Cursor, Outline, Overlay, PointerEvent, ToolContext

NOTHING_THERE = "The layer “{name}” has nothing to move here. Choose another layer, or clear the mask."


@dataclass(kw_only=True)
class _Drag:
    floating: Floating
    start: Point
    lines: tuple[Outline, ...] = ()


class MoveTool:
    """By whole pixels, so nothing is resampled. Alt leaves a copy behind, Shift keeps to one direction, Ctrl ignores
    the lines things snap to."""

    id = "move"
    label = "Move"

    def __init__(self, context: ToolContext) -> None:
        self.context = context
        self._drag: _Drag | None = None
        self._pending: Floating | None = None

    def press(self, event: PointerEvent) -> None:
        if self._drag is not None or event.right_button:
            return
        document = self.context.document
        layer = movable_layer(document)
        # What the last drag left to be computed comes first.
        self.context.history.settle()
        rect = liftable_rect(document, layer)
        if rect.is_empty:
            self.context.tell(NOTHING_THERE.format(name=layer.properties.name))
            return
        label = "Copy and move" if event.alt else "Move pixels" if document.selection.keys() else "Move layer"
        floating = Floating(
            self.context, label, layer, rect, leaves_copy=event.alt, closed=lambda: self._forget(floating)
        )
        self._drag = _Drag(floating=floating, start=event.position)

    def move(self, events: Sequence[PointerEvent]) -> None:
        if self._drag is not None and events:
            self._follow(self._drag, events[-1])

    def release(self, event: PointerEvent) -> None:
        drag = self._drag
        if drag is None:
            return
        self._follow(drag, event)
        self._drag = None
        self._pending = drag.floating
        drag.floating.keep()

    def cancel(self) -> None:
        if self._drag is not None:
            self._drag.floating.drop()
        self._drag = None

    def hover(self, event: PointerEvent) -> None:
        """Nothing follows the pointer."""

    def overlay(self) -> Overlay:
        if self._drag is not None:
            return Overlay(outlines=self._drag.lines, picture=self._drag.floating.picture)
        return NO_OVERLAY if self._pending is None else Overlay(picture=self._pending.picture)

    def cursor(self) -> Cursor:
        return "move" if move_refusal(self.context.document) is None else "forbidden"

    def _follow(self, drag: _Drag, event: PointerEvent) -> None:
        dx, dy = event.position.x - drag.start.x, event.position.y - drag.start.y
        if event.shift:
            dx, dy = (dx, 0.0) if abs(dx) >= abs(dy) else (0.0, dy)
        drag.lines = ()
        if not event.ctrl:
            snap, drag.lines = snap_box(self.context, mapped_box(translation(dx, dy), drag.floating.rect))
            dx, dy = dx + snap.x, dy + snap.y
        drag.floating.matrix = translation(round(dx), round(dy))
        drag.floating.follow()

    def _forget(self, floating: Floating) -> None:
        if self._pending is floating:
            self._pending = None
        if self._drag is not None and self._drag.floating is floating:
            self._drag = None
