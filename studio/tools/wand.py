"""The magic wand: masks what looks like the place that was clicked."""

from __future__ import annotations

import math
from collections.abc import Sequence

from studio.core.geometry import Point
from studio.document.composite import flatten
from studio.document.flood import Likeness, region
from studio.document.selection import SelectionMode
from studio.tools.selecting import Token, chosen_mode, lay
from studio.tools.tool import NO_OVERLAY, Cursor, Overlay, PointerEvent, ToolContext


class WandTool:
    """Looks at the picture as it is shown, all layers together."""

    id = "select_wand"
    label = "Magic Wand"

    def __init__(self, context: ToolContext) -> None:
        self.context = context
        self._click: tuple[Token, SelectionMode, Point] | None = None

    def press(self, event: PointerEvent) -> None:
        if self._click is None:
            mode = chosen_mode(event, self.context.settings.choice(self.id, "mode"))
            self._click = (Token(self.context, self.label), mode, event.position)

    def move(self, events: Sequence[PointerEvent]) -> None:
        """The place of the press counts."""

    def release(self, event: PointerEvent) -> None:
        click, self._click = self._click, None
        if click is None or not click[0].is_open:
            return
        token, mode, position = click
        token.close()
        settings, document = self.context.settings, self.context.document
        if not document.canvas.contains(position):
            return
        likeness = Likeness(
            tolerance=settings.number(self.id, "tolerance"),
            is_contiguous=settings.flag(self.id, "contiguous"),
            grow_px=settings.number(self.id, "grow"),
            is_antialiased=settings.flag(self.id, "antialias"),
        )
        seed = (math.floor(position.x), math.floor(position.y))
        found = region(lambda rect: flatten(document, rect), document.canvas, seed, likeness)
        lay(self.context, found, mode, self.label)

    def cancel(self) -> None:
        if self._click is not None:
            self._click[0].close()
        self._click = None

    def hover(self, event: PointerEvent) -> None:
        """Nothing follows the pointer."""

    def overlay(self) -> Overlay:
        return NO_OVERLAY

    def cursor(self) -> Cursor:
        return "cross"
