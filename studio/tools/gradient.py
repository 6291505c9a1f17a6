"""The gradient tool: drag from where the painting colour is full to where it has become the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.core.geometry import Point
from studio.document.gradient import GRADIENT_SHAPES, Gradient
from studio.document.paintable import paint_refusal, paint_target
from studio.document.region import gradient_region
from studio.tools.selecting import Token, is_click, straightened
from studio.tools.tool import NO_OVERLAY, Cursor, Outline, Overlay, PointerEvent, ToolContext


@dataclass(kw_only=True)
class _Drag:
    token: Token
    start: Point
    end: Point
    last: Point

    def follow(self, event: PointerEvent) -> None:
        if event.moves_shape:
            dx, dy = event.position.x - self.last.x, event.position.y - self.last.y
            self.start = Point(self.start.x + dx, self.start.y + dy)
            self.end = Point(self.end.x + dx, self.end.y + dy)
        elif event.shift:
            self.end = straightened(self.start, event.position)
        else:
            self.end = event.position
        self.last = event.position


class GradientTool:
    """Fills the active layer, inside the mask where there is one. Shift keeps the line to multiples of 45 degrees,
    Space moves it; a click does nothing."""

    id = "gradient"
    label = "Gradient"

    def __init__(self, context: ToolContext) -> None:
        self.context = context
        self._drag: _Drag | None = None

    def press(self, event: PointerEvent) -> None:
        if self._drag is None and not event.right_button:
            paint_target(self.context.document)
            place = event.position
            self._drag = _Drag(token=Token(self.context, self.label), start=place, end=place, last=place)

    def move(self, events: Sequence[PointerEvent]) -> None:
        if self._drag is not None:
            for event in events:
                self._drag.follow(event)

    def release(self, event: PointerEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is None or not drag.token.is_open:
            return
        drag.follow(event)
        drag.token.close()
        if not is_click(self.context, drag.start, drag.end):
            document = self.context.document
            edit = gradient_region(document, paint_target(document), self._gradient(drag))
            self.context.history.do(edit, self.label)

    def cancel(self) -> None:
        if self._drag is not None:
            self._drag.token.close()
        self._drag = None

    def hover(self, event: PointerEvent) -> None:
        """Nothing follows the pointer."""

    def overlay(self) -> Overlay:
        drag = self._drag
        if drag is None or not drag.token.is_open:
            return NO_OVERLAY
        return Overlay(outlines=(Outline((drag.start, drag.end), False),), handles=(drag.start, drag.end))

    def cursor(self) -> Cursor:
        return "cross" if paint_refusal(self.context.document) is None else "forbidden"

    def _gradient(self, drag: _Drag) -> Gradient:
        settings = self.context.settings
        opacity = settings.number(self.id, "opacity") / 100
        fades = settings.choice(self.id, "end") == "transparent"
        return Gradient(
            shape=next(shape for shape in GRADIENT_SHAPES if shape == settings.choice(self.id, "shape")),
            start=drag.start,
            end=drag.end,
            start_color=settings.color,
            end_color=settings.color if fades else settings.color_option(self.id, "color"),
            start_opacity=opacity,
            end_opacity=0.0 if fades else opacity,
        )
