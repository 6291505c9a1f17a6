"""A large picture of many layers in the open studio: as an illustrator leaves it, a dense sketch at the bottom, painted
parts above, a few of them blended."""

from __future__ import annotations

import numpy as np

from bench.fixtures import picture, strokes
from studio.core.geometry import Rect, Size
from studio.document.edits import AddLayer, SetActiveLayer
from studio.document.layer import Layer, LayerProperties
from studio.document.pixels import TILE_PX, premultiply
from studio.generation.request import UInt8Array
from studio.workspace.workspace import Workspace

PATTERN_PX = 1024
COVERED = 0.25
"""The share of the canvas that a painted layer has tiles for."""

BLENDED = {2: "multiply", 5: "overlay", 8: "screen", 17: "multiply"}
"""Layer index -> blend mode; the rest is normal."""


def open_big_picture(workspace: Workspace, side_px: int, layers: int) -> None:
    """Replaces the document. The active layer lies in the middle of the stack, blended ones below and above it."""
    workspace.new(Size(side_px, side_px))
    document = workspace.document
    blank_id = document.layers.ids[0]
    for index in range(layers):
        AddLayer(_layer(side_px, index), index + 1).apply(document)
    workspace.delete_layer(blank_id)
    SetActiveLayer(document.layers.ids[layers // 2]).apply(document)
    workspace.history.mark_clean()


def _layer(side_px: int, index: int) -> Layer:
    if index == 0:
        pattern = premultiply(picture(PATTERN_PX, PATTERN_PX))
    else:
        pattern = premultiply(strokes(PATTERN_PX, PATTERN_PX, seed=index, count=12))
    layer = Layer(
        properties=LayerProperties(
            name=f"Layer {index + 1}",
            opacity=1.0 if index == 0 else 0.85,
            blend_mode=BLENDED.get(index, "normal"),
        )
    )
    random = np.random.default_rng(index)
    blocks = list(Rect(0, 0, side_px, side_px).tiles(PATTERN_PX))
    for column, row in blocks:
        if index == 0 or len(blocks) < 4 or random.random() < COVERED:
            _put(layer, column, row, pattern)
    return layer


def _put(layer: Layer, column: int, row: int, pattern: UInt8Array) -> None:
    """Tiles of its own for each place: shared ones would stay in the processor's cache."""
    across = PATTERN_PX // TILE_PX
    for key in Rect(0, 0, PATTERN_PX, PATTERN_PX).tiles(TILE_PX):
        left, top = key[0] * TILE_PX, key[1] * TILE_PX
        tile = pattern[top : top + TILE_PX, left : left + TILE_PX]
        if tile[..., 3].any():
            layer.surface.put_tiles({(column * across + key[0], row * across + key[1]): tile.copy()})
