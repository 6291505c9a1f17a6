"""Ways the painted mask changes as a whole: shapes laid over it, and another mask in its place.

The four modes are those of fuzzy sets: the greater, the lesser and the complement of two coverages. Adding the same
shape twice changes nothing, and taking away is adding to what is free.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Literal

import numpy as np

from studio.core.geometry import Rect
from studio.document.changes import Target
from studio.document.document import Document
from studio.document.edits import SwapTiles
from studio.document.pixels import TILE_PX, UInt8Array
from studio.document.shapes import Patch
from studio.document.surface import TileKey, is_filled, same_pixels, tile_rect

SelectionMode = Literal["replace", "add", "subtract", "intersect"]
SELECTION_MODES: tuple[SelectionMode, ...] = ("replace", "add", "subtract", "intersect")


@functools.cache
def full_tile() -> UInt8Array:
    """All 255, read-only: every fully masked tile may be this one."""
    tile = np.full((TILE_PX, TILE_PX), 255, np.uint8)
    tile.flags.writeable = False
    return tile


def patch_tile(patch: Patch, key: TileKey) -> UInt8Array | None:
    """The part of a patch in one tile, (256, 256); None where it covers nothing. Not for writing."""
    box = tile_rect(key)
    part = box.intersected(patch.rect)
    if part.is_empty:
        return None
    block = patch.coverage[part.slices_in(patch.rect)]
    if part == box:
        tile = np.ascontiguousarray(block)
        # A whole patch of one tile would be shared with whoever made it.
        tile = tile.copy() if tile is patch.coverage else tile
    elif block.any():
        tile = np.zeros((TILE_PX, TILE_PX), np.uint8)
        tile[part.slices_in(box)] = block
    else:
        return None
    return normal_tile(tile)


def normal_tile(tile: UInt8Array) -> UInt8Array | None:
    """None for an empty tile, the shared one for a full one."""
    if not is_filled(tile):
        return None
    return full_tile() if same_pixels(tile, full_tile()) else tile


def combine_selection(document: Document, patch: Patch, mode: SelectionMode) -> SwapTiles:
    """Lays a patch over the mask; the edit holds only the tiles that differ."""
    selection = document.selection
    touched = set(patch.rect.tiles(TILE_PX))
    if mode in ("replace", "intersect"):
        touched |= selection.keys()
    return swap_selection(
        document,
        {key: _combined(selection.tile(key), patch_tile(patch, key), mode) for key in touched},
    )


def combine_tiles(document: Document, tiles: Mapping[TileKey, UInt8Array], mode: SelectionMode) -> SwapTiles:
    """The same with a mask as tiles."""
    selection = document.selection
    touched = set(tiles)
    if mode in ("replace", "intersect"):
        touched |= selection.keys()
    return swap_selection(
        document, {key: _combined(selection.tile(key), tiles.get(key), mode) for key in touched}
    )


def _combined(before: UInt8Array | None, shape: UInt8Array | None, mode: SelectionMode) -> UInt8Array | None:
    match mode:
        case "replace":
            return shape
        case "add":
            if before is None or shape is None:
                return before if shape is None else shape
            return normal_tile(np.maximum(before, shape))
        case "subtract":
            if before is None or shape is None:
                return before
            return normal_tile(np.minimum(before, 255 - shape))
        case "intersect":
            if before is None or shape is None:
                return None
            return normal_tile(np.minimum(before, shape))


def set_selection(document: Document, patch: Patch) -> SwapTiles:
    """The patch and nothing else is masked."""
    return combine_selection(document, patch, "replace")


def replace_part(document: Document, rect: Rect, mask: UInt8Array) -> SwapTiles:
    """uint8 (rect.height, rect.width) in place of what `rect` holds of the mask; the rest stays."""
    return swap_selection(document, dict(_with_part(document, rect, mask)))


def _with_part(
    document: Document, rect: Rect, mask: UInt8Array
) -> Iterable[tuple[TileKey, UInt8Array | None]]:
    for key in rect.tiles(TILE_PX):
        box = tile_rect(key)
        part = box.intersected(rect)
        before = document.selection.tile(key)
        tile = np.zeros((TILE_PX, TILE_PX), np.uint8) if before is None else before.copy()
        tile[part.slices_in(box)] = mask[part.slices_in(rect)]
        yield key, normal_tile(tile)


def swap_selection(document: Document, tiles: Mapping[TileKey, UInt8Array | None]) -> SwapTiles:
    """Only the tiles that differ, so that a change of nothing is no step and the others stay shared."""
    selection = document.selection
    return SwapTiles(
        Target.SELECTION,
        {key: tile for key, tile in tiles.items() if not same_pixels(tile, selection.tile(key))},
    )
