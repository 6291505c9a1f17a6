"""The ways a document changes. An edit is a value: `apply` performs it, tells the watchers and returns its inverse.

An edit that cannot be done raises DocumentError before it has changed anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from studio.core.errors import DocumentError
from studio.core.geometry import Rect
from studio.document.blend import blend_mode
from studio.document.changes import (
    ActiveLayerChanged,
    CanvasChanged,
    GroupFolded,
    LayerAdded,
    LayerChanged,
    LayerMoved,
    LayerRemoved,
    MaskShown,
    Target,
    TilesChanged,
)
from studio.document.document import Document, checked_canvas
from studio.document.layer import Layer, LayerProperties
from studio.document.pixels import TILE_PX, UInt8Array
from studio.document.resting import tile_bytes
from studio.document.stack import Place
from studio.document.surface import TiledSurface, TileKey, same_pixels, tile_rect

if TYPE_CHECKING:
    from studio.document.effects import Effect


class Edit(Protocol):
    def apply(self, document: Document) -> Edit:
        """Performs the edit and returns the one that takes it back."""
        ...

    @property
    def byte_size(self) -> int:
        """The pixels that live only because this edit is kept."""
        ...


class _SmallEdit:
    @property
    def byte_size(self) -> int:
        return 0


@dataclass(frozen=True, eq=False)
class AddLayer:
    """A layer with all that it holds. index: among the layers of the group `parent_id` (None: outside of all groups),
    0 is the lowest place. activate: whether the artist goes on working on it."""

    layer: Layer
    index: int
    activate: bool = True
    parent_id: str | None = None

    def apply(self, document: Document) -> Edit:
        active_before = document.active_layer_id
        document.layers.insert(Place(self.index, self.parent_id), self.layer)
        document.changed.emit(LayerAdded(self.layer.id, self.index, self.parent_id))
        if self.activate:
            SetActiveLayer(self.layer.id).apply(document)
        return RemoveLayer(self.layer.id, active_before)

    @property
    def byte_size(self) -> int:
        return self.layer.byte_size


@dataclass(frozen=True)
class RemoveLayer(_SmallEdit):
    """With all that it holds. next_active_id: which layer becomes active if this one (or one in it) was; a neighbour
    when None or gone."""

    layer_id: str
    next_active_id: str | None = None

    def apply(self, document: Document) -> Edit:
        layers = document.layers
        place, active_before = layers.place(self.layer_id), document.active_layer_id
        was_active = active_before is not None and layers.is_within(active_before, self.layer_id)
        layer = layers.remove(self.layer_id)
        next_active = self._next_active(document, place) if was_active else active_before
        # Before the layer's own record, so that no watcher sees an active layer that is gone.
        document.active_layer_id = next_active
        document.changed.emit(LayerRemoved(self.layer_id, place.position, place.parent_id))
        if was_active:
            document.changed.emit(ActiveLayerChanged(next_active))
        inverse = AddLayer(layer, place.position, active_before == layer.id, place.parent_id)
        if was_active and active_before != layer.id:
            return Compound((inverse, SetActiveLayer(active_before)))
        return inverse

    def _next_active(self, document: Document, place: Place) -> str | None:
        """The one below, else the one above in the same group, else the group, else any."""
        layers = document.layers
        if self.next_active_id is not None and self.next_active_id in layers:
            return self.next_active_id
        siblings = layers.siblings(place.parent_id)
        return siblings[max(place.position - 1, 0)].id if siblings else place.parent_id


@dataclass(frozen=True)
class MoveLayer(_SmallEdit):
    """index: the place it will have in the group `parent_id`, 0 is the lowest."""

    layer_id: str
    index: int
    parent_id: str | None = None

    def apply(self, document: Document) -> Edit:
        before = document.layers.place(self.layer_id)
        document.layers.move(self.layer_id, Place(self.index, self.parent_id))
        document.changed.emit(LayerMoved(self.layer_id, self.index, self.parent_id))
        return MoveLayer(self.layer_id, *before)


@dataclass(frozen=True)
class SetProperties(_SmallEdit):
    """Name, opacity, blend mode and flags of one layer, all at once."""

    layer_id: str
    properties: LayerProperties

    def apply(self, document: Document) -> Edit:
        layer = document.layers.layer(self.layer_id)
        before, layer.properties = layer.properties, self.properties
        needs_all = (
            blend_mode(before.blend_mode).needs_all or blend_mode(self.properties.blend_mode).needs_all
        )
        document.changed.emit(LayerChanged(self.layer_id, needs_all))
        return SetProperties(self.layer_id, before)


@dataclass(frozen=True)
class SetEffect(_SmallEdit):
    """Other settings for a layer that has an effect."""

    layer_id: str
    effect: Effect

    def apply(self, document: Document) -> Edit:
        layer = document.layers.layer(self.layer_id)
        before = layer.effect
        if before is None:
            raise DocumentError(f"The layer “{layer.properties.name}” has no settings.")
        layer.effect = self.effect
        document.changed.emit(LayerChanged(self.layer_id, True))
        return SetEffect(self.layer_id, before)


@dataclass(frozen=True, eq=False)
class SetLayerMask:
    """tiles: a snapshot of a 1-channel surface (an empty one hides the layer); None takes the mask away."""

    layer_id: str
    tiles: Mapping[TileKey, UInt8Array | None] | None

    def apply(self, document: Document) -> Edit:
        layer = document.layers.layer(self.layer_id)
        before = None if layer.mask is None else layer.mask.snapshot()
        layer.mask = None if self.tiles is None else TiledSurface.from_tiles(1, self.tiles)
        document.changed.emit(LayerChanged(self.layer_id))
        return SetLayerMask(self.layer_id, before)

    @property
    def byte_size(self) -> int:
        return tile_bytes(self.tiles or {})


@dataclass(frozen=True, eq=False)
class SwapTiles:
    """Replaces whole tiles; None empties one."""

    target: Target
    tiles: Mapping[TileKey, UInt8Array | None]

    def apply(self, document: Document) -> Edit:
        surface = document.surface(self.target)
        before = {key: surface.frozen_tile(key) for key in self.tiles}
        surface.put_tiles(self.tiles)
        for rect in row_runs(self.tiles.keys()):
            document.changed.emit(TilesChanged(self.target, rect))
        return SwapTiles(self.target, before)

    @property
    def byte_size(self) -> int:
        return tile_bytes(self.tiles)


@dataclass(frozen=True)
class SetCanvas(_SmallEdit):
    """canvas: in the pixels of the old one; layers keep their place."""

    canvas: Rect

    def apply(self, document: Document) -> Edit:
        before, document.canvas = document.canvas, checked_canvas(self.canvas)
        document.changed.emit(CanvasChanged(before, self.canvas))
        return SetCanvas(before)


@dataclass(frozen=True)
class SetActiveLayer(_SmallEdit):
    """A choice, not a change of the picture: applied directly it makes no history step."""

    layer_id: str | None

    def apply(self, document: Document) -> Edit:
        if self.layer_id is not None:
            document.layers.layer(self.layer_id)
        before, document.active_layer_id = document.active_layer_id, self.layer_id
        if before != self.layer_id:
            document.prefers_mask = False
            document.changed.emit(ActiveLayerChanged(self.layer_id))
            if document.shows_mask:
                ShowMask(False).apply(document)
        return SetActiveLayer(before)


@dataclass(frozen=True)
class SetActivePart(_SmallEdit):
    """Whether the brush meets the active layer's mask or its picture. A choice like the active layer."""

    prefers_mask: bool

    def apply(self, document: Document) -> Edit:
        before, document.prefers_mask = document.prefers_mask, self.prefers_mask
        if before != self.prefers_mask:
            document.changed.emit(ActiveLayerChanged(document.active_layer_id))
        return SetActivePart(before)


@dataclass(frozen=True)
class ShowMask(_SmallEdit):
    """Tints on the screen what the active layer's mask hides. A view, no step of the history."""

    is_shown: bool

    def apply(self, document: Document) -> Edit:
        before, document.shows_mask = document.shows_mask, self.is_shown
        if before != self.is_shown:
            document.changed.emit(MaskShown())
        return ShowMask(before)


@dataclass(frozen=True)
class SetCollapsed(_SmallEdit):
    """Folds a group in the panel. A choice like the active layer: applied directly it makes no history step."""

    layer_id: str
    is_collapsed: bool

    def apply(self, document: Document) -> Edit:
        group = document.layers.layer(self.layer_id)
        if not group.is_group:
            raise DocumentError(f"The layer “{group.properties.name}” is no group.")
        before, group.is_collapsed = group.is_collapsed, self.is_collapsed
        document.changed.emit(GroupFolded(self.layer_id))
        return SetCollapsed(self.layer_id, before)


@dataclass(frozen=True, eq=False)
class Compound:
    """Several edits as one: all of them or, when one raises, none."""

    edits: tuple[Edit, ...]

    def apply(self, document: Document) -> Edit:
        inverses: list[Edit] = []
        try:
            for edit in self.edits:
                inverses.append(edit.apply(document))
        except DocumentError:
            for inverse in reversed(inverses):
                inverse.apply(document)
            raise
        return Compound(tuple(reversed(inverses)))

    @property
    def byte_size(self) -> int:
        return sum(edit.byte_size for edit in self.edits)


def merged_inverse(newer: Edit, older: Edit) -> Edit:
    """One edit that takes back two consecutive ones, `newer` first; a slider drag keeps only where it began."""
    match newer, older:
        case (SetProperties(), SetProperties()) if newer.layer_id == older.layer_id:
            return older
        case (SetEffect(), SetEffect()) if newer.layer_id == older.layer_id:
            return older
        case (SetLayerMask(), SetLayerMask()) if newer.layer_id == older.layer_id:
            return older
        case (SetCanvas(), SetCanvas()):
            return older
        case (MoveLayer(), MoveLayer()) if newer.layer_id == older.layer_id:
            return older
        case (SwapTiles(), SwapTiles()) if newer.target == older.target:
            return SwapTiles(older.target, {**newer.tiles, **older.tiles})
    parts = (*_parts(newer), *_parts(older))
    return Compound(parts)


def _parts(edit: Edit) -> tuple[Edit, ...]:
    return edit.edits if isinstance(edit, Compound) else (edit,)


def row_runs(keys: Set[TileKey]) -> list[Rect]:
    """The tiles as rectangles, one for each run of neighbours in a row: a diagonal stroke is not its bounding box."""
    runs: list[Rect] = []
    for tx, ty in sorted(keys, key=lambda key: (key[1], key[0])):
        box = tile_rect((tx, ty))
        if runs and runs[-1].y == box.y and runs[-1].right == box.x:
            runs[-1] = runs[-1].united(box)
        else:
            runs.append(box)
    return runs


def fill_selection(document: Document) -> Edit:
    """Masks the whole canvas and nothing beyond it."""
    canvas = document.canvas
    full = TiledSurface(1)
    whole = np.full((TILE_PX, TILE_PX), 255, np.uint8)
    inside: dict[TileKey, UInt8Array | None] = {}
    for key in canvas.tiles(TILE_PX):
        box = tile_rect(key)
        part = box.intersected(canvas)
        if part == box:
            inside[key] = whole
        else:
            full.edit_tile(key)[part.slices_in(box)] = 255
            inside[key] = full.tile(key)
    return _selection_becomes(document, inside)


def clear_selection(document: Document) -> Edit:
    return _selection_becomes(document, {})


def invert_selection(document: Document) -> Edit:
    """255 - mask inside the canvas, nothing beyond it."""
    canvas = document.canvas
    inside: dict[TileKey, UInt8Array | None] = {}
    for key in canvas.tiles(TILE_PX):
        box = tile_rect(key)
        rows, columns = box.intersected(canvas).slices_in(box)
        before = document.selection.tile(key)
        tile = np.zeros((TILE_PX, TILE_PX), np.uint8)
        tile[rows, columns] = 255 if before is None else 255 - before[rows, columns]
        inside[key] = tile if tile.any() else None
    return _selection_becomes(document, inside)


def _selection_becomes(document: Document, tiles: Mapping[TileKey, UInt8Array | None]) -> Edit:
    """Only the tiles that differ, so that filling a full mask is no step."""
    keys = document.selection.keys() | tiles.keys()
    return SwapTiles(
        Target.SELECTION,
        {
            key: tiles.get(key)
            for key in keys
            if not same_pixels(tiles.get(key), document.selection.tile(key))
        },
    )
