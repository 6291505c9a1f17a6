"""Takes the painting colour from the picture as it looks."""

from __future__ import annotations

import math
from collections.abc import Sequence

from studio.core.geometry import Point, Rect
from studio.document.composite import flatten
from studio.document.pixels import ALPHA, RGB, unpremultiply
from studio.tools.tool import NO_OVERLAY, Cursor, Overlay, PointerEvent, ToolContext


class ColorPickerTool:
    """Picks while the pointer is down; where the picture is transparent there is nothing to pick."""

    id = "color_picker"
    label = "Color Picker"

    def __init__(self, context: ToolContext) -> None:
        self.context = context
        self._is_down = False
        self._color_before: RGB | None = None

    def press(self, event: PointerEvent) -> None:
        if not self._is_down:
            self._is_down = True
            self._color_before = self.context.settings.color
            self._pick(event.position)

    def move(self, events: Sequence[PointerEvent]) -> None:
        if self._is_down and events:
            self._pick(events[-1].position)

    def release(self, event: PointerEvent) -> None:
        self._is_down = False

    def cancel(self) -> None:
        if self._is_down and self._color_before is not None:
            self.context.pick_color(self._color_before)
        self._is_down = False

    def hover(self, event: PointerEvent) -> None:
        """Nothing follows the pointer."""

    def overlay(self) -> Overlay:
        return NO_OVERLAY

    def cursor(self) -> Cursor:
        return "cross"

    def _pick(self, position: Point) -> None:
        document = self.context.document
        if not document.canvas.contains(position):
            return
        pixel = flatten(document, Rect(math.floor(position.x), math.floor(position.y), 1, 1))
        if pixel[0, 0, ALPHA]:
            red, green, blue, _ = unpremultiply(pixel)[0, 0].tolist()
            self.context.pick_color(RGB(red, green, blue))
