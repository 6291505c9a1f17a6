"""Figures on the active layer: rectangle, ellipse, line, polygon, star; filled or as a line."""

from __future__ import annotations

import math
from collections.abc import Sequence

from studio.core.geometry import Point
from studio.document.outlines import (
    filled,
    line_outline,
    rectangle_outline,
    regular_outline,
    rounded_outline,
    star_outline,
    stroked,
)
from studio.document.paintable import paint_refusal, paint_target
from studio.document.region import fill_region
from studio.document.shapes import Patch, ellipse_outline
from studio.tools.box_drag import BoxDrag
from studio.tools.selecting import Token, is_click
from studio.tools.tool import NO_OVERLAY, Cursor, Outline, Overlay, PointerEvent, ToolContext

LINE_STEP = math.pi / 12


class ShapeTool:
    """In the painting colour, inside the mask where there is one. Shift makes a square or circle and steps a line by 15
    degrees, Ctrl or Alt draws from the centre, Space moves what is drawn."""

    id = "shape"
    label = "Shape"

    def __init__(self, context: ToolContext) -> None:
        self.context = context
        self._drag: BoxDrag | None = None

    def press(self, event: PointerEvent) -> None:
        if self._drag is None and not event.right_button:
            paint_target(self.context.document)
            self._drag = BoxDrag(Token(self.context, self.label), event)

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
        if is_click(self.context, drag.anchor, drag.end):
            return
        document, settings = self.context.document, self.context.settings
        edit = fill_region(
            document,
            paint_target(document),
            settings.color,
            opacity=settings.number(self.id, "opacity") / 100,
            patch=self._patch(drag),
        )
        self.context.history.do(edit, f"{self.label}: {self._figure}")

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
        return Overlay(outlines=(Outline(tuple(self._outline(drag)), True),))

    def cursor(self) -> Cursor:
        return "cross" if paint_refusal(self.context.document) is None else "forbidden"

    @property
    def _figure(self) -> str:
        return self.context.settings.choice(self.id, "figure")

    def _patch(self, drag: BoxDrag) -> Patch:
        canvas = self.context.document.canvas
        outline = self._outline(drag)
        if self._figure == "line" or self.context.settings.choice(self.id, "style") == "filled":
            return filled(outline, clip=canvas)
        return stroked(outline, self._width_px, clip=canvas)

    @property
    def _width_px(self) -> int:
        return self.context.settings.number(self.id, "width")

    def _outline(self, drag: BoxDrag) -> list[tuple[float, float]]:
        settings, box = self.context.settings, drag.rect
        match self._figure:
            case "line":
                return line_outline(*_line_ends(drag), self._width_px)
            case _ if box.is_empty:
                return [drag.anchor, drag.anchor]
            case "ellipse":
                return ellipse_outline(box)
            case "polygon":
                return regular_outline(box, settings.number(self.id, "corners"))
            case "star":
                return star_outline(
                    box, settings.number(self.id, "corners"), settings.number(self.id, "inner") / 100
                )
            case "rounded":
                return rounded_outline(box, settings.number(self.id, "radius"))
            case _:
                return rectangle_outline(box)


def _line_ends(drag: BoxDrag) -> tuple[Point, Point]:
    start, end = drag.anchor, drag.end
    if drag.is_square:
        length = start.distance_to(end)
        angle = round(math.atan2(end.y - start.y, end.x - start.x) / LINE_STEP) * LINE_STEP
        end = Point(start.x + length * math.cos(angle), start.y + length * math.sin(angle))
    return start, end
