"""How covered pixels change: what a stroke's blend is asked, one rectangle of one tile at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from studio.brushes.smoothing import StrokePoint
from studio.brushes.stroke import Stroke
from studio.core.geometry import EMPTY, Rect
from studio.document.changes import Target
from studio.document.document import Document
from studio.document.history import Transaction
from studio.document.pixels import RGB, UInt8Array, erase, over_color, over_mask, weighted
from studio.document.surface import TileKey, empty_tile, tile_rect
from studio.tools.tool import PointerEvent

Blend = Callable[[Rect, UInt8Array, UInt8Array], UInt8Array]
"""(canvas rectangle, its pixels before the stroke, its coverage) to the pixels now, a fresh array."""


@dataclass(frozen=True, kw_only=True)
class Painting:
    """One open stroke. blend: what it does to the pixels. needs_pixels: there is nothing to change where there is
    nothing. keeps_to_mask: what is not masked stays as it is, while anything is masked."""

    transaction: Transaction
    document: Document
    target: Target
    stroke: Stroke
    blend: Blend
    needs_pixels: bool
    keeps_to_mask: bool

    def draw(self, points: Sequence[StrokePoint]) -> None:
        self._commit(self.stroke.advance(points))

    def finish(self, point: StrokePoint | None) -> None:
        self._commit(self.stroke.finish(point))

    def _commit(self, changed: dict[TileKey, Rect]) -> None:
        """Draws what changed afresh from the tiles before the stroke, with one notice to the watchers: opacity is the
        stroke's, not the dab's."""
        transaction, target, ink = self.transaction, self.target, self.stroke.ink
        selection = self.document.selection
        is_masked = self.keeps_to_mask and bool(selection.keys())
        touched = EMPTY
        for key, rect in changed.items():
            before = transaction.before_tile(target, key)
            if before is None:
                if self.needs_pixels:
                    continue
                before = empty_tile(4 if target.layer_id else 1)
            part = rect.slices_in(tile_rect(key))
            coverage = ink.covered(key, rect)
            if is_masked:
                mask = selection.tile(key)
                if mask is None:
                    continue
                coverage = weighted(coverage, mask[part])
            tile = transaction.edit_tile(target, key)
            tile[part] = self.blend(rect, before[part], coverage)
            touched = touched.united(rect)
        transaction.touch(target, touched)


def paint_blend(erases: bool, on_mask: bool, opacity: float, color: RGB) -> Blend:
    if erases:
        return lambda _, before, coverage: erase(before, coverage, opacity)
    if on_mask:
        return lambda _, before, coverage: over_mask(before, coverage, opacity)
    return lambda _, before, coverage: over_color(before, coverage, color, opacity)


def stroke_point(event: PointerEvent) -> StrokePoint:
    return StrokePoint(
        event.position.x,
        event.position.y,
        event.pressure,
        event.time_s,
        event.tilt,
        event.tilt_turn,
    )
