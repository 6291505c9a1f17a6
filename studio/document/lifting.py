"""Pixels taken in hand: what of a layer a transform moves, what stays behind, and the edit that sets it down.

Works on a copy of the document that nobody writes to (`copying.copy_document`), so on any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from studio.core.geometry import EMPTY, Rect
from studio.core.opencv import cv2
from studio.document.changes import Target
from studio.document.composite import flatten
from studio.document.copying import copy_document
from studio.document.document import Document
from studio.document.edits import Compound, Edit, SwapTiles
from studio.document.layer import Layer
from studio.document.pixels import TILE_PX, UInt8Array, over_pixels, weighted
from studio.document.region import clipped_tiles, erase_region, masked_pixels
from studio.document.stack import walk
from studio.document.surface import TiledSurface, TileKey, same_pixels, tiles_rect
from studio.document.texting import SetText
from studio.document.transform import Matrix, Quality, transformed, whole_shift

PREVIEW_PX = 1 << 20


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """One surface of what was lifted. tiles: what moves. rest: the tiles it leaves changed behind."""

    target: Target
    channels: int
    tiles: Mapping[TileKey, UInt8Array]
    rest: Mapping[TileKey, UInt8Array | None]


@dataclass(frozen=True, kw_only=True, eq=False)
class Lifted:
    """is_whole: nothing of the layer stays behind. rect: the pixels' bounds. picture: premultiplied (h, w, 4), those pixels reduced to at most PREVIEW_PX.
    remainder: the document without them."""

    document: Document
    layer_id: str
    is_whole: bool
    rect: Rect
    parts: tuple[Part, ...]
    picture: UInt8Array
    remainder: Document

    @property
    def touched(self) -> Rect:
        """Where the remainder differs from the document."""
        touched = EMPTY
        for part in self.parts:
            touched = touched.united(tiles_rect(part.rest.keys()))
        return touched


def liftable_rect(document: Document, layer: Layer) -> Rect:
    """The bounds of what of the layer the mask lets through, at most a little too large; EMPTY where there is none."""
    bounds = EMPTY
    for each in walk((layer,)):
        bounds = bounds.united(each.surface.bounds())
    return bounds.intersected(document.selection.bounds()) if document.selection.keys() else bounds


def lift(document: Document, layer_id: str, rect: Rect, *, leaves_copy: bool = False) -> Lifted:
    """rect: `liftable_rect`. The masked pixels, and the mask goes with them; without a mask the whole layer and its
    layer mask; of a group all that it holds. leaves_copy: they stay where they are as well."""
    layer = document.layers.layer(layer_id)
    parts: list[Part] = []
    is_masked = bool(document.selection.keys())
    for each in walk((layer,)):
        pixels = Target.pixels(each.id)
        if each.has_pixels and is_masked:
            cut = {} if leaves_copy else erase_region(document, pixels).tiles
            parts.append(Part(target=pixels, channels=4, tiles=masked_pixels(document, each), rest=cut))
        elif each.has_pixels:
            parts.append(_whole(pixels, each.surface, leaves_copy=leaves_copy))
        if each.mask is not None and not is_masked and not leaves_copy:
            parts.append(_whole(Target.mask(each.id), each.mask, leaves_copy=False))
    if is_masked:
        parts.append(_whole(Target.SELECTION, document.selection, leaves_copy=False))
    remainder = copy_document(document)
    for part in parts:
        SwapTiles(part.target, part.rest).apply(remainder)
    return Lifted(
        document=document,
        layer_id=layer_id,
        is_whole=not is_masked and not leaves_copy,
        rect=rect,
        parts=tuple(parts),
        picture=_picture(_reader(document, layer, parts), rect),
        remainder=remainder,
    )


def _whole(target: Target, surface: TiledSurface, *, leaves_copy: bool) -> Part:
    tiles = surface.snapshot()
    rest: dict[TileKey, UInt8Array | None] = {} if leaves_copy else dict.fromkeys(tiles, None)
    return Part(target=target, channels=surface.channels, tiles=tiles, rest=rest)


def _reader(document: Document, layer: Layer, parts: list[Part]) -> Callable[[Rect], UInt8Array]:
    """What of the lifted pixels is to be seen; a group as it looks by itself."""
    lifted = {part.target: TiledSurface.from_tiles(4, part.tiles) for part in parts if part.channels == 4}
    if layer.has_pixels:
        surface, mask = lifted[Target.pixels(layer.id)], layer.shown_mask

        def read(rect: Rect) -> UInt8Array:
            pixels = surface.read(rect)
            return pixels if mask is None else weighted(pixels, mask.read(rect))

        return read
    alone = copy_document(document).layers.layer(layer.id)
    for each in walk((alone,)):
        each.surface = lifted.get(Target.pixels(each.id), each.surface)
    return lambda rect: flatten((alone,), rect)


def _picture(read: Callable[[Rect], UInt8Array], rect: Rect) -> UInt8Array:
    """Strip by strip, so that a large layer is never held twice."""
    factor = 1
    while rect.area > PREVIEW_PX * factor * factor:
        factor *= 2
    size = (max(1, -(-rect.width // factor)), max(1, -(-rect.height // factor)))
    picture = np.zeros((size[1], size[0], 4), np.uint8)
    band = TILE_PX * factor
    for top in range(0, rect.height, band):
        strip = Rect(rect.x, rect.y + top, rect.width, min(band, rect.height - top))
        pixels = read(strip)
        rows = -(-strip.height // factor)
        picture[top // factor : top // factor + rows] = (
            pixels if factor == 1 else cv2.resize(pixels, (size[0], rows), interpolation=cv2.INTER_AREA)
        )
    return picture


def set_down(lifted: Lifted, matrix: Matrix, *, mask_area: Rect, quality: Quality = "smooth") -> Edit:
    """What was lifted, at its new place, over what stayed behind. mask_area: how far the painted mask may reach."""
    document = lifted.document
    edits: list[Edit] = []
    for part in lifted.parts:
        moved = _moved(part, matrix, document.canvas, quality)
        if part.target == Target.SELECTION:
            moved = {key: tile for key, tile in clipped_tiles(moved, mask_area).items() if tile is not None}
        before = document.surface(part.target)
        tiles: dict[TileKey, UInt8Array | None] = dict(part.rest)
        for key, tile in moved.items():
            below = part.rest[key] if key in part.rest else before.tile(key)
            # A mask is replaced, pixels come to lie over what is there.
            tiles[key] = tile if below is None or part.channels == 1 else over_pixels(below, tile)
        kept = {key: tile for key, tile in tiles.items() if not same_pixels(tile, before.tile(key))}
        if kept:
            edits.append(SwapTiles(part.target, kept))
    shift = whole_shift(matrix) if lifted.is_whole else None
    for layer in walk((document.layers.layer(lifted.layer_id),)):
        if layer.text is not None and edits:
            # Words that were only moved can still be edited; what was bent is a picture from now on.
            edits.append(SetText(layer.id, None if shift is None else layer.text.moved(*shift)))
    return Compound(tuple(edits))


def _moved(part: Part, matrix: Matrix, canvas: Rect, quality: Quality) -> dict[TileKey, UInt8Array]:
    surface = TiledSurface.from_tiles(part.channels, part.tiles)
    shift = whole_shift(matrix)
    if shift is not None and shift[0] % TILE_PX == 0 and shift[1] % TILE_PX == 0:
        across, down = shift[0] // TILE_PX, shift[1] // TILE_PX
        return {(tx + across, ty + down): tile for (tx, ty), tile in part.tiles.items()}
    bounds = surface.bounds()
    if bounds.is_empty:
        return {}
    rect, pixels = transformed(surface.read(bounds), bounds, matrix, canvas=canvas, quality=quality)
    after = TiledSurface(part.channels)
    after.write(rect, pixels)
    return dict(after.snapshot())
