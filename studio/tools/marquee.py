"""Rectangle and ellipse masks, dragged from corner to corner."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from studio.core.geometry import Rect
from studio.document.selection import SelectionMode
from studio.document.shapes import EMPTY_PATCH, Patch, ellipse, ellipse_outline, rectangle
from studio.tools.box_drag import BoxDrag
from studio.tools.selecting import Token, chosen_mode, drawable_area, is_click, lay
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
    box: BoxDrag
    mode: SelectionMode


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
                box=BoxDrag(Token(self.context, self.label), event),
                mode=chosen_mode(event, self.context.settings.choice(self.id, "mode")),
            )

    def move(self, events: Sequence[PointerEvent]) -> None:
        if self._drag is not None:
            for event in events:
                self._drag.box.follow(event)

    def release(self, event: PointerEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is None or not drag.box.token.is_open:
            return
        drag.box.follow(event)
        drag.box.token.close()
        if is_click(self.context, drag.box.anchor, drag.box.end):
            if drag.mode == "replace":
                lay(self.context, EMPTY_PATCH, drag.mode, self._kind.shape)
        elif not drag.box.rect.is_empty:
            patch = self._kind.patch(drag.box.rect, drawable_area(self.context))
            lay(self.context, patch, drag.mode, self._kind.shape)

    def cancel(self) -> None:
        if self._drag is not None:
            self._drag.box.token.close()
        self._drag = None

    def hover(self, event: PointerEvent) -> None:
        """Nothing follows the pointer."""

    def overlay(self) -> Overlay:
        if self._drag is None or not self._drag.box.token.is_open or self._drag.box.rect.is_empty:
            return NO_OVERLAY
        return Overlay(outlines=(Outline(tuple(self._kind.outline(self._drag.box.rect)), True),))

    def cursor(self) -> Cursor:
        return "cross"


RectangleTool = functools.partial(MarqueeTool, RECTANGLE)
EllipseTool = functools.partial(MarqueeTool, ELLIPSE)
