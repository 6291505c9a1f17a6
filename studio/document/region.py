"""Changes of a layer's pixels inside a region: what the mask lets through, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from studio.core.geometry import Rect
from studio.document.changes import Target
from studio.document.document import Document
from studio.document.edits import SwapTiles
from studio.document.gradient import Gradient, gradient_pixels
from studio.document.layer import Layer
from studio.document.paintable import keeps_alpha, level_of
from studio.document.pixels import (
    RGB,
    TILE_PX,
    UInt8Array,
    erase,
    over_color,
    over_level,
    over_lightness,
    over_pixels,
    weighted,
    with_alpha_of,
)
from studio.document.selection import full_tile, patch_tile
from studio.document.shapes import Patch, rectangle
from studio.document.surface import TileKey, empty_tile, is_filled, same_pixels, tile_rect

TileBlend = Callable[[TileKey, UInt8Array, UInt8Array], UInt8Array]
"""(key, pixels before, coverage) to the pixels now, a fresh array."""


def region_tiles(document: Document, patch: Patch | None = None) -> Iterator[tuple[TileKey, UInt8Array]]:
    """(key, coverage 256 x 256, not for writing) of every tile where `patch` and the mask meet; without a patch the
    mask itself. Nothing masked: the mask lets everything through, as far as the canvas reaches."""
    selection = document.selection
    has_mask = bool(selection.keys())
    if patch is None and not has_mask:
        patch = rectangle(document.canvas, clip=document.canvas)
    keys = selection.keys() if patch is None else patch.rect.tiles(TILE_PX)
    for key in sorted(keys):
        shape = full_tile() if patch is None else patch_tile(patch, key)
        mask = selection.tile(key) if has_mask else full_tile()
        if shape is None or mask is None:
            continue
        coverage = mask if shape is full_tile() else shape if mask is full_tile() else weighted(shape, mask)
        if is_filled(coverage):
            yield key, coverage


def paint_region(
    document: Document,
    target: Target,
    blend: TileBlend,
    *,
    patch: Patch | None = None,
    only_filled: bool = False,
) -> SwapTiles:
    """Blends every tile of the region anew; a locked transparency stays. only_filled: tiles without pixels stay
    without."""
    surface, is_kept = document.surface(target), keeps_alpha(document, target)
    tiles: dict[TileKey, UInt8Array | None] = {}
    for key, coverage in region_tiles(document, patch):
        before = surface.tile(key)
        if before is None and (only_filled or is_kept):
            continue
        old = empty_tile(surface.channels) if before is None else before
        after = blend(key, old, coverage)
        if is_kept:
            after = with_alpha_of(old, after)
        if not same_pixels(before, after):
            tiles[key] = after if is_filled(after) else None
    return SwapTiles(target, tiles)


def fill_region(
    document: Document, target: Target, color: RGB, *, opacity: float = 1.0, patch: Patch | None = None
) -> SwapTiles:
    """`color` over the region, its lightness on a mask. opacity: 0..1. Whole tiles of one color are one array."""
    if target.kind == "mask":
        level = level_of(color)
        return paint_region(
            document,
            target,
            lambda _, before, coverage: over_level(before, coverage, opacity, level),
            patch=patch,
        )
    flat = over_color(empty_tile(4), full_tile(), color, opacity)

    def blend(key: TileKey, before: UInt8Array, coverage: UInt8Array) -> UInt8Array:
        if coverage is full_tile() and (opacity == 1.0 or before is empty_tile(4)):
            return flat
        return over_color(before, coverage, color, opacity)

    return paint_region(document, target, blend, patch=patch)


def erase_region(document: Document, target: Target) -> SwapTiles:
    """Takes the masked pixels away, in part where the mask is grey."""
    return paint_region(
        document, target, lambda _, before, coverage: erase(before, coverage, 1.0), only_filled=True
    )


def gradient_region(document: Document, target: Target, gradient: Gradient) -> SwapTiles:
    """The gradient over the mask, or over the canvas where nothing is masked; its lightness on the mask of a layer."""

    def blend(key: TileKey, before: UInt8Array, coverage: UInt8Array) -> UInt8Array:
        whole, pixels = coverage is full_tile(), gradient_pixels(gradient, tile_rect(key))
        if target.kind == "mask":
            pixels = pixels if whole else weighted(pixels, coverage)
            return over_lightness(before, pixels)
        return over_pixels(before, pixels, None if whole else coverage)

    return paint_region(document, target, blend)


def masked_pixels(document: Document, layer: Layer) -> dict[TileKey, UInt8Array]:
    """The layer's pixels where the mask lets them through; tiles it covers in full are the layer's own."""
    tiles: dict[TileKey, UInt8Array] = {}
    for key, coverage in region_tiles(document):
        pixels = layer.surface.frozen_tile(key)
        if pixels is None:
            continue
        cut = pixels if coverage is full_tile() else weighted(pixels, coverage)
        if is_filled(cut):
            tiles[key] = cut
    return tiles


def clipped_tiles(tiles: dict[TileKey, UInt8Array], clip: Rect) -> dict[TileKey, UInt8Array | None]:
    """The tiles with everything beyond `clip` empty; those that lie inside are the same arrays."""
    cut: dict[TileKey, UInt8Array | None] = {}
    for key, tile in tiles.items():
        box = tile_rect(key)
        part = box.intersected(clip)
        if part == box:
            cut[key] = tile
            continue
        inner = np.zeros_like(tile)
        if not part.is_empty:
            inner[part.slices_in(box)] = tile[part.slices_in(box)]
        cut[key] = inner if is_filled(inner) else None
    return cut
