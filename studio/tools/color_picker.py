"""Takes the painting colour from the picture as it looks, or from the active layer."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from studio.core.geometry import Point, Rect
from studio.document.composite import flatten
from studio.document.pixels import ALPHA, RGB, unpremultiply
from studio.tools.tool import NO_OVERLAY, Cursor, Overlay, PointerEvent, Swatch, ToolContext


class ColorPickerTool:
    """Picks while the pointer is down, the mean of a square of pixels; where all of them are transparent there is
    nothing to pick. A ring around the pointer shows the colour found, and below it the one before."""

    id = "color_picker"
    label = "Color Picker"

    def __init__(self, context: ToolContext) -> None:
        self.context = context
        self._is_down = False
        self._color_before: RGB | None = None
        self._place = Point(0.0, 0.0)

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
        if not self._is_down or self._color_before is None:
            return NO_OVERLAY
        return Overlay(swatch=Swatch(self._place, self.context.settings.color, self._color_before))

    def cursor(self) -> Cursor:
        return "cross"

    def _pick(self, position: Point) -> None:
        self._place = position
        document, settings = self.context.document, self.context.settings
        if not document.canvas.contains(position):
            return
        side = int(settings.choice(self.id, "area"))
        x, y = math.floor(position.x) - side // 2, math.floor(position.y) - side // 2
        rect = Rect(x, y, side, side).intersected(document.canvas)
        layer = document.active_layer
        if settings.choice(self.id, "sample") == "picture":
            pixels = flatten(document, rect)
        elif layer is not None:
            pixels = layer.surface.read(rect)
        else:
            return
        # Premultiplied, so that what is hardly there hardly counts.
        mean = np.rint(pixels.reshape(-1, 4).mean(axis=0)).astype(np.uint8)[None, None]
        if mean[0, 0, ALPHA]:
            red, green, blue, _ = unpremultiply(mean)[0, 0].tolist()
            self.context.pick_color(RGB(red, green, blue))
