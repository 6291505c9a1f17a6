"""Several layers become one, and masks of layers come, go and are applied."""

from __future__ import annotations

from collections.abc import Sequence

from studio.core.errors import DocumentError
from studio.core.geometry import Rect
from studio.document.changes import Target
from studio.document.composite import flatten
from studio.document.deriving import layer_coverage
from studio.document.document import Document
from studio.document.edits import AddLayer, Compound, Edit, RemoveLayer, SetLayerMask, SwapTiles
from studio.document.layer import Layer, LayerProperties
from studio.document.pixels import TILE_PX, UInt8Array, weighted
from studio.document.selection import full_tile, normal_tile
from studio.document.surface import TiledSurface, TileKey, is_filled, same_pixels, tile_rect


def flattened_tiles(layers: Sequence[Layer]) -> dict[TileKey, UInt8Array]:
    """The visible layers over transparency; a tile that one plain layer alone covers is that layer's own."""
    visible = [layer for layer in layers if layer.properties.is_visible]
    tiles: dict[TileKey, UInt8Array] = {}
    for key in set().union(*(layer.surface.keys() for layer in visible)):
        covering = [layer for layer in visible if layer.surface.tile(key) is not None]
        tile = covering[0].surface.frozen_tile(key) if len(covering) == 1 and _is_plain(covering[0]) else None
        if tile is None:
            tile = flatten(covering, tile_rect(key))
        if is_filled(tile):
            tiles[key] = tile
    return tiles


def _is_plain(layer: Layer) -> bool:
    return layer.mask is None and layer.properties.opacity == 1.0


def merge_down(document: Document, layer_id: str) -> Edit:
    """The layer and the one below it become one, with the lower one's name and way of blending; opacities and masks
    are in its pixels then.

    The picture stays as it looks where the upper layer's mode is normal or the lower one opaque: other modes mix with
    all that lies below. Raises DocumentError where there is none below, or one of the two is hidden or the lower one
    locked.
    """
    index = document.layers.index(layer_id)
    if index == 0:
        raise DocumentError("There is no layer below to merge into.")
    upper, lower = document.layers[index], document.layers[index - 1]
    for layer in (upper, lower):
        if not layer.properties.is_visible:
            raise DocumentError(
                f"The layer “{layer.properties.name}” is hidden.", remedy="Show it in the layers panel."
            )
    if lower.properties.is_locked:
        raise DocumentError(
            f"The layer “{lower.properties.name}” is locked.", remedy="Unlock it in the layers panel."
        )
    merged = Layer(
        properties=lower.properties.with_(opacity=1.0),
        surface=TiledSurface.from_tiles(4, flattened_tiles((lower, upper))),
    )
    return Compound((AddLayer(merged, index + 1), RemoveLayer(upper.id), RemoveLayer(lower.id)))


def layer_of_visible(document: Document, name: str) -> Edit:
    """What is seen as one more layer above all others."""
    surface = TiledSurface.from_tiles(4, flattened_tiles(tuple(document.layers)))
    return AddLayer(Layer(properties=LayerProperties(name=name), surface=surface), len(document.layers))


def add_layer_mask(document: Document, layer: Layer) -> Edit:
    """From the painted mask; where nothing is masked, one that shows everything. Raises DocumentError where the layer
    has a mask."""
    if layer.mask is not None:
        raise DocumentError(
            f"The layer “{layer.properties.name}” has a mask already.", remedy="Apply or delete it first."
        )
    if document.selection.keys():
        return SetLayerMask(layer.id, document.selection.snapshot())
    return SetLayerMask(layer.id, _showing(document.canvas.united(layer.surface.tile_bounds())))


def _showing(rect: Rect) -> dict[TileKey, UInt8Array]:
    return dict.fromkeys(rect.tiles(TILE_PX), full_tile())


def apply_layer_mask(layer: Layer) -> Edit:
    """What the mask hides is gone from the pixels, and so is the mask. Raises DocumentError where there is none."""
    mask = layer.mask
    if mask is None:
        raise DocumentError(f"The layer “{layer.properties.name}” has no mask.")
    tiles: dict[TileKey, UInt8Array | None] = {}
    for key, pixels in layer.surface.snapshot().items():
        shown = mask.tile(key)
        after = None if shown is None else weighted(pixels, shown)
        if not same_pixels(pixels, after):
            tiles[key] = after if after is not None and is_filled(after) else None
    return Compound((SwapTiles(Target.pixels(layer.id), tiles), SetLayerMask(layer.id, None)))


def delete_layer_mask(layer: Layer) -> Edit:
    """What it hid shows again. Raises DocumentError where there is none."""
    if layer.mask is None:
        raise DocumentError(f"The layer “{layer.properties.name}” has no mask.")
    return SetLayerMask(layer.id, None)


def clip_to_below(document: Document, layer: Layer) -> Edit:
    """Hides the layer wherever the one below is transparent, by a mask; one it has is kept within. Raises
    DocumentError where there is none below."""
    index = document.layers.index(layer.id)
    if index == 0:
        raise DocumentError("There is no layer below to clip to.")
    tiles = layer_coverage(document.layers[index - 1])
    if layer.mask is not None:
        both = {key: layer.mask.tile(key) for key in tiles}
        weights = {key: weighted(tiles[key], mask) for key, mask in both.items() if mask is not None}
        tiles = {key: tile for key, tile in weights.items() if normal_tile(tile) is not None}
    return SetLayerMask(layer.id, tiles)
