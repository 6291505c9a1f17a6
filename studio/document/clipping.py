"""A layer's pixels to take elsewhere: what the mask lets through, as the layer's own mask leaves it."""

from __future__ import annotations

from collections.abc import Mapping

from studio.core.geometry import Rect
from studio.document.changes import Target
from studio.document.document import Document
from studio.document.edits import SwapTiles
from studio.document.layer import Layer
from studio.document.pixels import UInt8Array, weighted
from studio.document.region import erase_region, masked_pixels
from studio.document.surface import TiledSurface, TileKey


def clipped_picture(document: Document, layer: Layer) -> tuple[Rect, UInt8Array]:
    """Where it lies and (h, w, 4) premultiplied; an empty rectangle where there is nothing."""
    tiles: Mapping[TileKey, UInt8Array] = (
        masked_pixels(document, layer) if document.selection.keys() else layer.surface.snapshot()
    )
    surface = TiledSurface.from_tiles(4, tiles)
    bounds = surface.bounds()
    pixels = surface.read(bounds)
    return bounds, pixels if layer.shown_mask is None else weighted(pixels, layer.shown_mask.read(bounds))


def cut_pixels(document: Document, layer: Layer) -> SwapTiles:
    """Takes the masked pixels away; all of them where nothing is masked."""
    if document.selection.keys():
        return erase_region(document, Target.pixels(layer.id))
    return SwapTiles(Target.pixels(layer.id), dict.fromkeys(layer.surface.keys(), None))
