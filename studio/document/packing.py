"""Steps of the history put to rest: found in an edit, packed on any thread, and put in the place of what they were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from studio.document.document import Document
from studio.document.edits import AddLayer, Compound, Edit, SetLayerMask, SwapTiles
from studio.document.layer import Layer
from studio.document.pixels import UInt8Array
from studio.document.resting import RestingTiles, Spill, packed_tiles
from studio.document.surface import TiledSurface, TileKey

Tiles = Mapping[TileKey, UInt8Array | None]


@dataclass(frozen=True, kw_only=True, eq=False)
class Packing:
    """The pixels that one edit keeps, captured on the document's thread. spill: where they go when memory is full."""

    edit: Edit
    tiles: tuple[Tiles, ...]
    surfaces: tuple[tuple[TiledSurface, Tiles], ...]
    spill: Spill | None

    def work(self) -> Packed:
        """On any thread. Raises OSError when the disk is full."""
        return Packed(
            tiles=tuple(self._packed(tiles) for tiles in self.tiles),
            surfaces=tuple(self._packed(tiles) for _, tiles in self.surfaces),
        )

    def applied(self, packed: Packed) -> Edit:
        """The edit that does the same with packed tiles; on the document's thread."""
        for (surface, tiles), resting in zip(self.surfaces, packed.surfaces, strict=True):
            surface.rest(tiles, resting)
        replaced = {id(tiles): resting for tiles, resting in zip(self.tiles, packed.tiles, strict=True)}
        return _replaced(self.edit, replaced)

    def _packed(self, tiles: Tiles) -> RestingTiles:
        resting = tiles if isinstance(tiles, RestingTiles) else packed_tiles(tiles)
        return resting if self.spill is None else RestingTiles(self.spill.put(resting.packed))


@dataclass(frozen=True, kw_only=True, eq=False)
class Packed:
    tiles: tuple[RestingTiles, ...]
    surfaces: tuple[RestingTiles, ...]


def packing_of(edit: Edit, document: Document, spill: Spill | None) -> Packing | None:
    """None where there is nothing to pack. Layers that are in the document are left alone."""
    tiles = tuple(tiles for tiles in _tiles_of(edit) if tiles and not _is_at_rest(tiles, spill))
    surfaces = tuple(
        (surface, surface.kept_tiles())
        for layer in _layers_of(edit)
        if layer.id not in document.layers
        for surface in _surfaces_of(layer)
        if surface.byte_size and not _is_at_rest(surface.kept_tiles(), spill)
    )
    return Packing(edit=edit, tiles=tiles, surfaces=surfaces, spill=spill) if tiles or surfaces else None


def disk_size(edit: Edit) -> int:
    """Bytes of disk its packed tiles take."""
    tiles = [
        *_tiles_of(edit),
        *(surface.kept for layer in _layers_of(edit) for surface in _surfaces_of(layer)),
    ]
    return sum(each.disk_size for each in tiles if isinstance(each, RestingTiles))


def _is_at_rest(tiles: Tiles, spill: Spill | None) -> bool:
    return isinstance(tiles, RestingTiles) and (spill is None or tiles.byte_size == 0)


def _tiles_of(edit: Edit) -> Iterator[Tiles]:
    if isinstance(edit, Compound):
        for part in edit.edits:
            yield from _tiles_of(part)
    elif isinstance(edit, SwapTiles | SetLayerMask):
        tiles = edit.tiles
        if tiles is not None:
            yield tiles


def _layers_of(edit: Edit) -> Iterator[Layer]:
    if isinstance(edit, Compound):
        for part in edit.edits:
            yield from _layers_of(part)
    elif isinstance(edit, AddLayer):
        yield edit.layer


def _surfaces_of(layer: Layer) -> Iterator[TiledSurface]:
    yield layer.surface
    if layer.mask is not None:
        yield layer.mask
    for child in layer.children or ():
        yield from _surfaces_of(child)


def _replaced(edit: Edit, by_id: Mapping[int, RestingTiles]) -> Edit:
    if isinstance(edit, Compound):
        return Compound(tuple(_replaced(part, by_id) for part in edit.edits))
    if isinstance(edit, SwapTiles | SetLayerMask) and id(edit.tiles) in by_id:
        return replace(edit, tiles=by_id[id(edit.tiles)])
    return edit
