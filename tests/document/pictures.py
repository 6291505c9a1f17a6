"""Small pictures for the tests of this package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from studio.core.geometry import Rect
from studio.document.document import Document
from studio.document.layer import Layer, layer_from_image
from studio.document.pixels import UInt8Array
from studio.document.surface import TiledSurface, TileKey


def noise(seed: int, height: int, width: int) -> UInt8Array:
    """(height, width, 4) straight, of all alphas, with opaque and empty patches."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 4), dtype=np.uint8)
    pixels[: height // 3, : width // 2, 3] = 255
    pixels[height // 3 : height // 2, :, 3] = 0
    return pixels


def noise_layer(seed: int, rect: Rect) -> Layer:
    return layer_from_image(f"Noise {seed}", noise(seed, rect.height, rect.width), (rect.x, rect.y))


def state_of(document: Document) -> Mapping[str, Any]:
    """Everything an undo must bring back, as values that compare by content."""

    def tiles(surface: TiledSurface) -> dict[TileKey, bytes]:
        return {key: tile.tobytes() for key, tile in surface.snapshot().items() if tile.any()}

    return {
        "canvas": document.canvas,
        "active": document.active_layer_id,
        "selection": tiles(document.selection),
        "guides": document.guides,
        "saved masks": [
            (mask.id, mask.name, tiles(TiledSurface.from_tiles(1, mask.tiles)))
            for mask in document.saved_masks
        ],
        "layers": [
            (
                layer.id,
                document.layers.place(layer.id),
                layer.is_group,
                layer.effect,
                layer.properties,
                layer.recipe,
                layer.text,
                tiles(layer.surface),
                None if layer.mask is None else tiles(layer.mask),
            )
            for layer in document.layers
        ],
    }
