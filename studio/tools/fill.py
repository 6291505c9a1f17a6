"""The fill tool: pours the painting colour into an area of like colour."""

from __future__ import annotations

import math
from collections.abc import Sequence

from studio.core.geometry import Point, Rect
from studio.document.composite import flatten
from studio.document.flood import Likeness, region
from studio.document.paintable import paint_refusal, paint_target
from studio.document.pixels import UInt8Array
from studio.document.region import fill_region
from studio.tools.selecting import Token
from studio.tools.tool import NO_OVERLAY, Cursor, Overlay, PointerEvent, ToolContext


class FillTool:
    """Fills the active layer, inside the mask where there is one; the place of the press counts."""

    id = "fill"
    label = "Fill"

    def __init__(self, context: ToolContext) -> None:
        self.context = context
        self._click: tuple[Token, Point] | None = None

    def press(self, event: PointerEvent) -> None:
        if self._click is None and not event.right_button:
            paint_target(self.context.document)
            self._click = (Token(self.context, self.label), event.position)

    def move(self, events: Sequence[PointerEvent]) -> None:
        """The place of the press counts."""

    def release(self, event: PointerEvent) -> None:
        click, self._click = self._click, None
        if click is None or not click[0].is_open:
            return
        token, position = click
        token.close()
        settings, document = self.context.settings, self.context.document
        if not document.canvas.contains(position):
            return
        target = paint_target(document)
        layer = document.active_layer
        sees_all = settings.choice(self.id, "sample") == "picture"

        def read(rect: Rect) -> UInt8Array:
            if sees_all or layer is None or not layer.has_pixels:
                return flatten(document, rect)
            return layer.surface.read(rect)

        likeness = Likeness(
            tolerance=settings.number(self.id, "tolerance"),
            is_contiguous=settings.flag(self.id, "contiguous"),
            gap_px=settings.number(self.id, "gap"),
            grow_px=settings.number(self.id, "grow"),
            is_antialiased=settings.flag(self.id, "antialias"),
        )
        found = region(read, document.canvas, (math.floor(position.x), math.floor(position.y)), likeness)
        opacity = settings.number(self.id, "opacity") / 100
        edit = fill_region(document, target, settings.color, opacity=opacity, patch=found)
        self.context.history.do(edit, self.label)

    def cancel(self) -> None:
        if self._click is not None:
            self._click[0].close()
        self._click = None

    def hover(self, event: PointerEvent) -> None:
        """Nothing follows the pointer."""

    def overlay(self) -> Overlay:
        return NO_OVERLAY

    def cursor(self) -> Cursor:
        return "cross" if paint_refusal(self.context.document) is None else "forbidden"
