"""Several layers become one, and masks of layers come, go and are applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from studio.core.errors import DocumentError
from studio.core.geometry import EMPTY, Rect
from studio.document.changes import Target
from studio.document.composite import needed_steps, render
from studio.document.deriving import content_bounds, content_keys
from studio.document.document import Document
from studio.document.edits import AddLayer, Compound, Edit, MoveLayer, RemoveLayer, SetLayerMask, SwapTiles
from studio.document.layer import Layer, LayerProperties, new_group, pixel_tile
from studio.document.operations import SOLID_COLOR, Draw, operations
from studio.document.pixels import TILE_PX, UInt8Array, weighted
from studio.document.selection import full_tile, normal_tile
from studio.document.surface import TiledSurface, TileKey, is_filled, same_pixels, tile_rect


def flattened_tiles(layers: Sequence[Layer], area: Rect = EMPTY) -> dict[TileKey, UInt8Array]:
    """The visible layers over transparency; a tile that one plain layer alone covers is that layer's own. area: how far
    a fill is followed."""
    steps = operations(layers)
    drawn = [step for step in steps if isinstance(step, Draw)]
    tiles: dict[TileKey, UInt8Array] = {}
    for key in set().union(*(content_keys(step.layer, area) for step in drawn)):
        needed = needed_steps(steps, key)
        only = needed[0] if len(needed) == 1 else None
        tile = _own_tile(only.layer, key) if isinstance(only, Draw) and only.is_plain else None
        if tile is None:
            tile = render(needed, tile_rect(key))
        if is_filled(tile):
            tiles[key] = tile
    return tiles


def _own_tile(layer: Layer, key: TileKey) -> UInt8Array | None:
    return layer.surface.frozen_tile(key) if layer.effect is None else pixel_tile(layer, key)


def merge_down(document: Document, layer_id: str) -> Edit:
    """The layer and the one below it become one, with the lower one's name and way of blending; opacities and masks
    are in its pixels then.

    The picture stays as it looks where the upper layer's mode is normal or the lower one opaque: other modes mix with
    all that lies below. Raises DocumentError where there is none below, or one of the two is hidden or locked, or the
    lower one a group.
    """
    place = document.layers.place(layer_id)
    if place.position == 0:
        raise DocumentError("There is no layer below to merge into.")
    lower, upper = document.layers.siblings(place.parent_id)[place.position - 1 : place.position + 1]
    for layer in (upper, lower):
        _require_visible(layer)
        _require_unlocked(layer)
    if lower.is_group:
        raise DocumentError(
            f"“{lower.properties.name}” below is a group.",
            remedy="Merge the group first, or move the layer into it.",
        )
    if lower.effect is not None and lower.effect.kind != SOLID_COLOR:
        raise DocumentError(
            f"“{lower.properties.name}” below has no pixels.", remedy="Move the layer below it first."
        )
    # The lower one is the whole ground here: nothing it could mix with or be clipped to.
    ground = replace(lower, properties=lower.properties.with_(blend_mode="normal", is_clipped=False))
    if lower.properties.is_clipped:
        upper = replace(upper, properties=upper.properties.with_(is_clipped=False))
    merged = Layer(
        properties=lower.properties.with_(opacity=1.0),
        surface=TiledSurface.from_tiles(4, flattened_tiles((ground, upper), document.canvas)),
    )
    return Compound(
        (
            AddLayer(merged, place.position + 1, parent_id=place.parent_id),
            RemoveLayer(upper.id),
            RemoveLayer(lower.id),
        )
    )


def merge_layers(document: Document, layer_ids: Sequence[str]) -> Edit:
    """Several layers and groups become one where the highest of them lies, with its name; what lies between them and is
    not chosen stays below. Raises DocumentError where one is hidden or locked."""
    tops = document.layers.tops(layer_ids)
    for layer in tops:
        _require_visible(layer)
        _require_unlocked(layer)
    highest = tops[-1]
    place = document.layers.place(highest.id)
    merged = Layer(
        properties=LayerProperties(name=highest.properties.name),
        surface=TiledSurface.from_tiles(4, flattened_tiles(tops, document.canvas)),
    )
    added = AddLayer(merged, place.position + 1, parent_id=place.parent_id)
    return Compound((added, *(RemoveLayer(layer.id) for layer in tops)))


def merge_group(document: Document, group: Layer) -> Edit:
    """The group becomes one layer that looks the same, with its name, mask, opacity and way of blending. Raises
    DocumentError for a layer that is no group, and a hidden or locked one."""
    place = document.layers.place(group.id)
    tiles = flattened_tiles(group.members, document.canvas)
    _require_visible(group)
    _require_unlocked(group)
    merged = Layer(
        properties=group.properties.with_(is_isolated=True),
        surface=TiledSurface.from_tiles(4, tiles),
        mask=None if group.mask is None else TiledSurface.from_tiles(1, group.mask.snapshot()),
    )
    return Compound((AddLayer(merged, place.position + 1, parent_id=place.parent_id), RemoveLayer(group.id)))


def flatten_picture(document: Document, name: str) -> Edit:
    """What is seen becomes the only layer; hidden layers are gone."""
    merged = Layer(
        properties=LayerProperties(name=name),
        surface=TiledSurface.from_tiles(4, flattened_tiles(document.layers.roots, document.canvas)),
    )
    roots = document.layers.roots
    return Compound((AddLayer(merged, len(roots)), *(RemoveLayer(layer.id) for layer in roots)))


def layer_of_visible(document: Document, name: str) -> Edit:
    """What is seen as one more layer above all others."""
    roots = document.layers.roots
    surface = TiledSurface.from_tiles(4, flattened_tiles(roots, document.canvas))
    return AddLayer(Layer(properties=LayerProperties(name=name), surface=surface), len(roots))


def group_layers(document: Document, layer_ids: Sequence[str], name: str) -> Edit:
    """A new group where the highest of them lies, holding them in their order. What lies in another one of them
    comes with it."""
    layers = document.layers
    tops = layers.tops(layer_ids)
    highest = layers.place(tops[-1].id)
    group = new_group(name)
    edits: list[Edit] = [AddLayer(group, highest.position + 1, parent_id=highest.parent_id)]
    edits += [MoveLayer(layer.id, index, group.id) for index, layer in enumerate(tops)]
    return Compound(tuple(edits))


def ungroup(document: Document, group: Layer) -> Edit:
    """What the group holds takes its place; its own opacity, mask and blending are gone. Raises DocumentError for a
    layer that is no group, or a locked one."""
    members = tuple(group.members)
    _require_unlocked(group)
    if not members and len(document.layers) == 1:
        raise DocumentError("A picture needs at least one layer.", remedy="Add another layer first.")
    place = document.layers.place(group.id)
    edits: list[Edit] = [
        MoveLayer(layer.id, place.position + 1 + index, place.parent_id)
        for index, layer in enumerate(members)
    ]
    next_active = members[-1].id if members else None
    return Compound((*edits, RemoveLayer(group.id, next_active)))


def _require_visible(layer: Layer) -> None:
    if not layer.properties.is_visible:
        raise DocumentError(
            f"The layer “{layer.properties.name}” is hidden.", remedy="Show it in the layers panel."
        )


def _require_unlocked(layer: Layer) -> None:
    if layer.properties.is_locked:
        raise DocumentError(
            f"The layer “{layer.properties.name}” is locked.", remedy="Unlock it in the layers panel."
        )


def add_layer_mask(document: Document, layer: Layer) -> Edit:
    """From the painted mask; where nothing is masked, one that shows everything. Raises DocumentError where the layer
    has a mask."""
    if layer.mask is not None:
        raise DocumentError(
            f"The layer “{layer.properties.name}” has a mask already.", remedy="Apply or delete it first."
        )
    if document.selection.keys():
        return SetLayerMask(layer.id, document.selection.snapshot())
    return SetLayerMask(layer.id, _showing(document.canvas.united(content_bounds(layer))))


def _showing(rect: Rect) -> dict[TileKey, UInt8Array]:
    return dict.fromkeys(rect.tiles(TILE_PX), full_tile())


def apply_layer_mask(layer: Layer) -> Edit:
    """What the mask hides is gone from the pixels, and so is the mask. Raises DocumentError where there is none."""
    mask = layer.mask
    if mask is None:
        raise DocumentError(f"The layer “{layer.properties.name}” has no mask.")
    _require_unlocked(layer)
    if not layer.has_pixels:
        raise DocumentError(
            f"“{layer.properties.name}” has no pixels to apply its mask to.", remedy="Merge the group first."
        )
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


def invert_layer_mask(document: Document, layer: Layer) -> Edit:
    """255 - mask over the canvas and wherever the layer or its mask reaches. Raises DocumentError where there is none."""
    mask = layer.mask
    if mask is None:
        raise DocumentError(f"The layer “{layer.properties.name}” has no mask.")
    reach = document.canvas.united(content_bounds(layer)).united(mask.tile_bounds())
    tiles: dict[TileKey, UInt8Array | None] = {}
    for key in reach.tiles(TILE_PX):
        before = mask.tile(key)
        tiles[key] = full_tile() if before is None else normal_tile(255 - before)
    return SwapTiles(Target.mask(layer.id), tiles)
