"""Rectangle and ellipse masks, dragged from corner to corner."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from studio.core.geometry import Point, Rect
from studio.document.selection import SelectionMode
from studio.document.shapes import EMPTY_PATCH, Patch, ellipse, ellipse_outline, rectangle
from studio.tools.selecting import HeldKey, Token, chosen_mode, drawable_area, is_click, lay
from studio.tools.tool import NO_OVERLAY, Cursor, Outline, Overlay, PointerEvent, ToolContext


@dataclass(frozen=True, kw_only=True)
class MarqueeKind:
    """patch: the shape in its box, clipped. outline: its points."""

    id: str
    label: str
    shape: str
    patch: Callable[[Rect, Rect], Patch]
    outline: Callable[[Rect], Sequence[tuple[float, float]]]


def _corners(rect: Rect) -> list[tuple[float, float]]:
    return [(rect.x, rect.y), (rect.right, rect.y), (rect.right, rect.bottom), (rect.x, rect.bottom)]


RECTANGLE = MarqueeKind(
    id="select_rectangle",
    label="Rectangle Mask",
    shape="Rectangle",
    patch=lambda rect, clip: rectangle(rect, clip=clip),
    outline=_corners,
)
ELLIPSE = MarqueeKind(
    id="select_ellipse",
    label="Ellipse Mask",
    shape="Ellipse",
    patch=lambda rect, clip: ellipse(rect, clip=clip),
    outline=ellipse_outline,
)


@dataclass(kw_only=True)
class _Drag:
    """anchor: where it began. end: under the pointer. last: the pointer, for moving the whole."""

    token: Token
    mode: SelectionMode
    anchor: Point
    end: Point
    last: Point
    shift: HeldKey
    takes: HeldKey
    is_square: bool = False
    is_centered: bool = False

    def follow(self, event: PointerEvent) -> None:
        if event.moves_shape:
            dx, dy = event.position.x - self.last.x, event.position.y - self.last.y
            self.anchor = Point(self.anchor.x + dx, self.anchor.y + dy)
            self.end = Point(self.end.x + dx, self.end.y + dy)
        else:
            self.end = event.position
        self.last = event.position
        self.is_square = self.shift.update(event.shift)
        self.is_centered = self.takes.update(event.ctrl or event.alt)

    @property
    def rect(self) -> Rect:
        """Whole pixels."""
        x, y = round(self.anchor.x), round(self.anchor.y)
        dx, dy = round(self.end.x) - x, round(self.end.y) - y
        if self.is_square:
            side = max(abs(dx), abs(dy))
            dx, dy = side if dx >= 0 else -side, side if dy >= 0 else -side
        if self.is_centered:
            return Rect(x - abs(dx), y - abs(dy), 2 * abs(dx), 2 * abs(dy))
        return Rect(min(x, x + dx), min(y, y + dy), abs(dx), abs(dy))


class MarqueeTool:
    """Held at the press, keys choose the mode; pressed later, Shift makes a square or circle, Ctrl or Alt draws from
    the centre, Space moves what is drawn. A click masks nothing, and in replace mode takes the mask away: so it is
    in Photoshop and Krita.
    """

    def __init__(self, kind: MarqueeKind, context: ToolContext) -> None:
        self.id = kind.id
        self.label = kind.label
        self._kind = kind
        self.context = context
        self._drag: _Drag | None = None

    def press(self, event: PointerEvent) -> None:
        if self._drag is None:
            self._drag = _Drag(
                token=Token(self.context, self.label),
                mode=chosen_mode(event, self.context.settings.choice(self.id, "mode")),
                anchor=event.position,
                end=event.position,
                last=event.position,
                shift=HeldKey(event.shift),
                takes=HeldKey(event.ctrl or event.alt),
            )

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
            if drag.mode == "replace":
                lay(self.context, EMPTY_PATCH, drag.mode, self._kind.shape)
        elif not drag.rect.is_empty:
            patch = self._kind.patch(drag.rect, drawable_area(self.context))
            lay(self.context, patch, drag.mode, self._kind.shape)

    def cancel(self) -> None:
        if self._drag is not None:
            self._drag.token.close()
        self._drag = None

    def hover(self, event: PointerEvent) -> None:
        """Nothing follows the pointer."""

    def overlay(self) -> Overlay:
        if self._drag is None or not self._drag.token.is_open or self._drag.rect.is_empty:
            return NO_OVERLAY
        return Overlay(outlines=(Outline(tuple(self._kind.outline(self._drag.rect)), True),))

    def cursor(self) -> Cursor:
        return "cross"


RectangleTool = functools.partial(MarqueeTool, RECTANGLE)
EllipseTool = functools.partial(MarqueeTool, ELLIPSE)
