"""Masks taken from what is there: how opaque a layer is, how light the picture is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from studio.core.geometry import EMPTY, Rect
from studio.core.opencv import cv2
from studio.document.composite import flatten
from studio.document.document import Document
from studio.document.edits import SwapTiles
from studio.document.layer import Layer
from studio.document.pixels import ALPHA, TILE_PX, UInt8Array
from studio.document.region import clipped_tiles
from studio.document.selection import normal_tile, set_selection, swap_selection
from studio.document.shapes import Patch
from studio.document.stack import walk
from studio.document.surface import TileKey, tile_rect, tiles_rect


def layer_coverage(layer: Layer, area: Rect) -> dict[TileKey, UInt8Array]:
    """How opaque the layer is, its mask included, its opacity not; (256, 256) for every tile that is not empty. area:
    how far a fill is followed."""
    shown = layer.properties.with_(is_visible=True, opacity=1.0, blend_mode="normal", is_isolated=True)
    own = replace(layer, properties=shown)
    tiles: dict[TileKey, UInt8Array] = {}
    for key in content_keys(layer, area):
        tile = normal_tile(np.ascontiguousarray(flatten([own], tile_rect(key))[..., ALPHA]))
        if tile is not None:
            tiles[key] = tile
    return tiles


def content_keys(layer: Layer, area: Rect = EMPTY) -> set[TileKey]:
    """The tiles of the layer and of all that it holds; for a fill, those of `area`."""
    every = list(walk((layer,)))
    keys = set().union(*(each.surface.keys() for each in every))
    if any(each.effect is not None for each in every):
        keys.update(area.tiles(TILE_PX))
    return keys


def content_bounds(layer: Layer) -> Rect:
    return tiles_rect(content_keys(layer))


def select_layer_alpha(document: Document, layer: Layer, *, clip: Rect) -> SwapTiles:
    """Masks what the layer covers, as far as `clip` reaches."""
    tiles = clipped_tiles(layer_coverage(layer, clip), clip)
    return swap_selection(document, {key: tiles.get(key) for key in document.selection.keys() | tiles.keys()})


def select_luminosity(document: Document) -> SwapTiles:
    """Masks the picture by its luma (Rec. 601) times its alpha: white in full, black and transparent not at all."""
    canvas = document.canvas
    light = cv2.cvtColor(flatten(document, canvas), cv2.COLOR_RGBA2GRAY)
    return set_selection(document, Patch(canvas, np.asarray(light, np.uint8)))
