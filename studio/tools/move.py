"""Moving pixels: the masked ones, or the whole active layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from studio.core.geometry import Point
from studio.document.guide import Guide
from studio.document.guides import SetGuides
from studio.document.lifting import liftable_rect
from studio.document.paintable import movable_layer, move_refusal
from studio.document.transform import mapped_box, translation
from studio.tools.floating import Floating
from studio.tools.selecting import Token
from studio.tools.snapping import snap_box
from studio.tools.tool import NO_OVERLAY, Cursor, Outline, Overlay, PointerEvent, ToolContext

GUIDE_SCREEN_PX = 5.0
NOTHING_THERE = "The layer “{name}” has nothing to move here. Choose another layer, or clear the mask."


@dataclass(kw_only=True)
class _Drag:
    floating: Floating
    start: Point
    lines: tuple[Outline, ...] = ()


@dataclass(kw_only=True)
class _GuideDrag:
    """guide: as it was. now: under the pointer."""

    token: Token
    guide: Guide
    now: Guide

    def follow(self, position: Point) -> None:
        place = position.x if self.guide.is_upright else position.y
        self.now = Guide(self.guide.is_upright, round(place))


class MoveTool:
    """A guide under the pointer is moved, or dropped beside the canvas. Else the pixels, by whole ones, so nothing is resampled. Alt leaves a copy behind, Shift keeps to one direction, Ctrl ignores
    the lines things snap to."""

    id = "move"
    label = "Move"

    def __init__(self, context: ToolContext) -> None:
        self.context = context
        self._drag: _Drag | None = None
        self._pending: Floating | None = None
        self._guide: _GuideDrag | None = None
        self._hovered: Guide | None = None

    def press(self, event: PointerEvent) -> None:
        if self._drag is not None or self._guide is not None or event.right_button:
            return
        document = self.context.document
        guide = self._guide_near(event.position)
        if guide is not None:
            self._guide = _GuideDrag(token=Token(self.context, "Move guide"), guide=guide, now=guide)
            return
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
        if self._guide is not None and events:
            self._guide.follow(events[-1].position)
        if self._drag is not None and events:
            self._follow(self._drag, events[-1])

    def release(self, event: PointerEvent) -> None:
        if self._guide is not None:
            self._put_guide(self._guide, event.position)
            return
        drag = self._drag
        if drag is None:
            return
        self._follow(drag, event)
        self._drag = None
        self._pending = drag.floating
        drag.floating.keep()

    def cancel(self) -> None:
        if self._guide is not None:
            self._guide.token.close()
            self._guide = None
        if self._drag is not None:
            self._drag.floating.drop()
        self._drag = None

    def hover(self, event: PointerEvent) -> None:
        self._hovered = self._guide_near(event.position)

    def overlay(self) -> Overlay:
        if self._guide is not None and self._guide.token.is_open:
            return Overlay(outlines=(self._line(self._guide.now),))
        if self._drag is not None:
            return Overlay(outlines=self._drag.lines, picture=self._drag.floating.picture)
        return NO_OVERLAY if self._pending is None else Overlay(picture=self._pending.picture)

    def cursor(self) -> Cursor:
        guide = self._hovered if self._guide is None else self._guide.guide
        if guide is not None:
            return "size_horizontal" if guide.is_upright else "size_vertical"
        return "move" if move_refusal(self.context.document) is None else "forbidden"

    def _guide_near(self, position: Point) -> Guide | None:
        """Within reach of the pointer, over the canvas."""
        reach = GUIDE_SCREEN_PX / self.context.zoom
        if not self.context.document.canvas.expanded(math.ceil(reach)).contains(position):
            return None
        for guide in self.context.document.guides:
            if abs(guide.place - (position.x if guide.is_upright else position.y)) <= reach:
                return guide
        return None

    def _put_guide(self, drag: _GuideDrag, position: Point) -> None:
        """Let go beside the canvas, it is gone."""
        drag.follow(position)
        self._guide = None
        if not drag.token.is_open:
            return
        drag.token.close()
        others = tuple(guide for guide in self.context.document.guides if guide != drag.guide)
        if not self.context.document.canvas.contains(position):
            self.context.history.do(SetGuides(others), "Remove guide")
        elif drag.now != drag.guide:
            self.context.history.do(SetGuides((*others, drag.now)), "Move guide")

    def _line(self, guide: Guide) -> Outline:
        canvas = self.context.document.canvas
        if guide.is_upright:
            return Outline(((guide.place, canvas.y), (guide.place, canvas.bottom)), False)
        return Outline(((canvas.x, guide.place), (canvas.right, guide.place)), False)

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
