"""Lines to line things up with: no part of the picture, kept with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from studio.core.geometry import Rect
from studio.document.changes import GuidesChanged
from studio.document.document import Document
from studio.document.guide import Guide


@dataclass(frozen=True)
class SetGuides:
    """All of them at once."""

    guides: tuple[Guide, ...]

    def apply(self, document: Document) -> SetGuides:
        before, document.guides = document.guides, self.guides
        document.changed.emit(GuidesChanged())
        return SetGuides(before)

    @property
    def byte_size(self) -> int:
        return 0


def turned_guides(document: Document, turn: Callable[[Rect, Rect], Rect]) -> SetGuides:
    """Where they lie when rectangles go where `turn` takes them, see `turning.Turn`."""
    canvas = document.canvas
    turned: list[Guide] = []
    for guide in document.guides:
        thin = (
            Rect(guide.place, canvas.y, 0, canvas.height)
            if guide.is_upright
            else Rect(canvas.x, guide.place, canvas.width, 0)
        )
        after = turn(thin, canvas)
        is_upright = after.width == 0
        turned.append(Guide(is_upright, after.x if is_upright else after.y))
    return SetGuides(tuple(turned))
