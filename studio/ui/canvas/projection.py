"""A document as pixels for the screen, near and from afar, and what is made ready for the next stroke meanwhile."""

from __future__ import annotations

from studio.core.geometry import Rect
from studio.document.changes import Change, TilesChanged
from studio.document.document import Document
from studio.document.mask_tint import mask_to_show, tinted
from studio.document.operations import drawn_layers
from studio.generation.request import UInt8Array
from studio.ui.canvas.compositor import Compositor
from studio.ui.canvas.reduced import Reductions

REDUCED_BYTES = 384 << 20


class Projection:
    """`follow` must be told every change of the document. Of the views from afar only the last one keeps its sheets."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._reductions = Reductions()
        self._near = Compositor(document, self._reductions)
        self._afar: Compositor | None = None
        self._is_prepared = False

    def read(self, rect: Rect) -> UInt8Array:
        """(height, width, 4) premultiplied RGBA, as `flatten` gives it. rect: canvas pixels. What a layer's mask hides is
        tinted while the artist wants to see it."""
        pixels, mask = self._near.read(rect), mask_to_show(self.document)
        return pixels if mask is None else tinted(pixels, mask, rect)

    def read_reduced(self, level: int, rect: Rect) -> UInt8Array:
        """The same from reduced layers, level > 0; rect: pixels of the level."""
        if self._afar is None or self._afar.level != level:
            self._afar = Compositor(self.document, self._reductions, level)
        pixels, mask = self._afar.read(rect), mask_to_show(self.document)
        if mask is not None:
            pixels = tinted(pixels, self._reductions.of(mask, level), rect)
        if self._reductions.byte_size > REDUCED_BYTES:
            self._reductions.forget()
        return pixels

    def improve(self, visible: Rect, *, budget_s: float) -> bool:
        """Makes ready for strokes in `visible` (canvas pixels) and for looking from afar, for a while; returns whether
        something is left."""
        if not self._near.warm(visible, budget_s=budget_s):
            return True
        if not self._is_prepared:
            surfaces = [layer.surface for layer in drawn_layers(self.document)]
            self._is_prepared = self._reductions.prepare(surfaces, budget_s=budget_s)
            # What does not fit would be forgotten and made again, for ever.
            self._is_prepared |= self._reductions.byte_size > REDUCED_BYTES // 2
        return not self._is_prepared

    def follow(self, change: Change) -> None:
        """The document has changed."""
        match change:
            case TilesChanged(target, rect) if target.layer_id is not None:
                self._reductions.invalidate(self.document.surface(target), rect)
            case TilesChanged():
                pass
            case _:
                self._is_prepared = False
        self._near.follow(change)
        if self._afar is not None:
            self._afar.follow(change)
