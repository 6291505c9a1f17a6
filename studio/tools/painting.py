"""How covered pixels change: what a stroke's blend is asked, one rectangle of one tile at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from studio.brushes.smoothing import StrokePoint
from studio.brushes.stroke import Stroke
from studio.core.geometry import EMPTY, Rect
from studio.core.opencv import cv2
from studio.document.changes import Target
from studio.document.document import Document
from studio.document.history import Transaction
from studio.document.paintable import level_of
from studio.document.pixels import (
    RGB,
    TILE_PX,
    UInt8Array,
    erase,
    over_color,
    over_level,
    over_mask,
    weighted,
    with_alpha_of,
)
from studio.document.surface import TiledSurface, TileKey, empty_tile, tile_rect
from studio.tools.tool import PointerEvent

Blend = Callable[[Rect, UInt8Array, UInt8Array], UInt8Array]
"""(canvas rectangle, its pixels before the stroke, its coverage) to the pixels now, a fresh array."""


@dataclass(frozen=True, kw_only=True)
class Painting:
    """One open stroke. blend: what it does to the pixels. needs_pixels: there is nothing to change where there is
    nothing. keeps_to_mask: what is not masked stays as it is, while anything is masked. keeps_alpha: the layer's
    transparency is locked."""

    transaction: Transaction
    document: Document
    target: Target
    stroke: Stroke
    blend: Blend
    needs_pixels: bool
    keeps_to_mask: bool
    keeps_alpha: bool = False
    _inked: dict[TileKey, Rect] = field(default_factory=dict)

    def draw(self, points: Sequence[StrokePoint]) -> None:
        self._commit(self.stroke.advance(points))

    def finish(self, point: StrokePoint | None) -> None:
        self._commit(self.stroke.finish(point))

    def touched_rect(self) -> Rect:
        rect = EMPTY
        for part in self._inked.values():
            rect = rect.united(part)
        return rect

    def read_before(self, rect: Rect) -> UInt8Array:
        """What the target held there before the stroke."""
        surface = TiledSurface(self.document.surface(self.target).channels)
        for key in rect.tiles(TILE_PX):
            tile = self.transaction.before_tile(self.target, key)
            if tile is not None:
                tile.flags.writeable = False
                surface.put_tiles({key: tile})
        return surface.read(rect)

    def read_coverage(self, rect: Rect) -> UInt8Array:
        coverage = np.zeros((rect.height, rect.width), np.uint8)
        for key, part in self._inked.items():
            inside = part.intersected(rect)
            coverage[inside.slices_in(rect)] = self.stroke.ink.covered(key, inside)
        return coverage

    def is_kept_out(self) -> bool:
        """All of the stroke lies where the mask lets nothing in."""
        selection = self.document.selection
        if not (self.keeps_to_mask and self._inked and selection.keys()):
            return False
        for key, part in self._inked.items():
            mask = selection.tile(key)
            if mask is not None and mask[part.slices_in(tile_rect(key))].any():
                return False
        return True

    def redraw(self, blend: Blend) -> None:
        """All of the stroke, with another blend."""
        self._write(dict(self._inked), blend)

    def _commit(self, changed: dict[TileKey, Rect]) -> None:
        for key, rect in changed.items():
            self._inked[key] = rect.united(self._inked.get(key, rect))
        self._write(changed, self.blend)

    def _write(self, changed: dict[TileKey, Rect], blend: Blend) -> None:
        """Draws what changed afresh from the tiles before the stroke, with one notice to the watchers: opacity is the
        stroke's, not the dab's."""
        transaction, target, ink = self.transaction, self.target, self.stroke.ink
        selection = self.document.selection
        is_masked = self.keeps_to_mask and bool(selection.keys())
        touched = EMPTY
        for key, rect in changed.items():
            before = transaction.before_tile(target, key)
            if before is None:
                if self.needs_pixels or self.keeps_alpha:
                    continue
                before = empty_tile(4 if target.kind == "pixels" else 1)
            part = rect.slices_in(tile_rect(key))
            coverage = ink.covered(key, rect)
            if is_masked:
                mask = selection.tile(key)
                if mask is None:
                    continue
                coverage = weighted(coverage, mask[part])
            tile = transaction.edit_tile(target, key)
            painted = blend(rect, before[part], coverage)
            tile[part] = with_alpha_of(before[part], painted) if self.keeps_alpha else painted
            touched = touched.united(rect)
        transaction.touch(target, touched)


def paint_blend(erases: bool, target: Target, opacity: float, color: RGB) -> Blend:
    """On the mask of a layer a colour means its lightness: white shows, black hides."""
    if erases:
        return lambda _, before, coverage: erase(before, coverage, opacity)
    if target.kind == "selection":
        return lambda _, before, coverage: over_mask(before, coverage, opacity)
    if target.kind == "mask":
        level = level_of(color)
        return lambda _, before, coverage: over_level(before, coverage, opacity, level)
    return lambda _, before, coverage: over_color(before, coverage, color, opacity)


def mixed(before: UInt8Array, after: UInt8Array, coverage: UInt8Array) -> UInt8Array:
    """`after` as far as `coverage` says, `before` for the rest; exact where it is 0 or 255. A fresh array."""
    kept = np.asarray(cv2.bitwise_not(coverage), np.uint8)
    return np.asarray(cv2.add(weighted(before, kept), weighted(after, coverage)), np.uint8)


def faded(coverage: UInt8Array, opacity: float) -> UInt8Array:
    return coverage if opacity >= 1.0 else np.asarray(cv2.convertScaleAbs(coverage, alpha=opacity), np.uint8)


def stroke_point(event: PointerEvent) -> StrokePoint:
    return StrokePoint(
        event.position.x,
        event.position.y,
        event.pressure,
        event.time_s,
        event.tilt,
        event.tilt_turn,
    )
