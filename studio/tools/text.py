"""The text tool: a click opens the words that lie there, or begins new ones; typing is the window's work."""

from __future__ import annotations

from collections.abc import Sequence

from studio.core.geometry import Point
from studio.document.texting import text_layer_at
from studio.tools.tool import NO_OVERLAY, Cursor, Overlay, PointerEvent, TextWish, ToolContext


class TextTool:
    id = "text"
    label = "Text"

    def __init__(self, context: ToolContext) -> None:
        self.context = context
        self._press: Point | None = None

    def press(self, event: PointerEvent) -> None:
        if self._press is None and not event.right_button:
            self._press = event.position

    def move(self, events: Sequence[PointerEvent]) -> None:
        """The place of the press counts."""

    def release(self, event: PointerEvent) -> None:
        place, self._press = self._press, None
        if place is None:
            return
        layer = text_layer_at(self.context.document, place.x, place.y)
        # New words stand on the place that was clicked, as on a line.
        top = place.y - self.context.settings.number(self.id, "size")
        self.context.edit_text(
            TextWish(
                layer_id=None if layer is None else layer.id,
                position=Point(round(place.x), round(top)),
                show_instead=self.context.show_instead,
            )
        )

    def cancel(self) -> None:
        self._press = None

    def hover(self, event: PointerEvent) -> None:
        """Nothing follows the pointer."""

    def overlay(self) -> Overlay:
        return NO_OVERLAY

    def cursor(self) -> Cursor:
        return "text"
