"""The whole picture mirrored or turned by quarters: layers, their masks, the painted mask, the canvas. Exact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from studio.core.geometry import Rect
from studio.document.changes import Target
from studio.document.document import Document
from studio.document.edits import Compound, Edit, SetCanvas, SwapTiles
from studio.document.guides import turned_guides
from studio.document.pixels import UInt8Array
from studio.document.saved_masks import SetSavedMasks
from studio.document.surface import TiledSurface
from studio.document.texting import SetText


class Turn(NamedTuple):
    """rect: where a rectangle comes to lie when the canvas (second) is turned about its upper left corner.
    pixels: (h, w, ...) turned."""

    label: str
    rect: Callable[[Rect, Rect], Rect]
    pixels: Callable[[UInt8Array], UInt8Array]


def _mirrored(rect: Rect, canvas: Rect) -> Rect:
    return Rect(canvas.x + canvas.right - rect.right, rect.y, rect.width, rect.height)


def _upended(rect: Rect, canvas: Rect) -> Rect:
    return Rect(rect.x, canvas.y + canvas.bottom - rect.bottom, rect.width, rect.height)


def _turned_right(rect: Rect, canvas: Rect) -> Rect:
    return Rect(canvas.x + canvas.bottom - rect.bottom, canvas.y + rect.x - canvas.x, rect.height, rect.width)


def _turned_left(rect: Rect, canvas: Rect) -> Rect:
    return Rect(canvas.x + rect.y - canvas.y, canvas.y + canvas.right - rect.right, rect.height, rect.width)


TURNS: Mapping[str, Turn] = {
    "flip_horizontal": Turn("Flip horizontally", _mirrored, lambda pixels: pixels[:, ::-1]),
    "flip_vertical": Turn("Flip vertically", _upended, lambda pixels: pixels[::-1]),
    "rotate_left": Turn("Rotate left", _turned_left, lambda pixels: np.rot90(pixels, 1)),
    "rotate_right": Turn("Rotate right", _turned_right, lambda pixels: np.rot90(pixels, -1)),
}


def turn_picture(document: Document, name: str) -> Edit:
    """One of TURNS."""
    turn = TURNS[name]
    edits: list[Edit] = [_turned(document, Target.SELECTION, turn)]
    for layer in document.layers:
        if layer.text is not None:
            edits.append(SetText(layer.id, None))  # mirrored words are a picture
        edits.append(_turned(document, Target.pixels(layer.id), turn))
        if layer.mask is not None:
            edits.append(_turned(document, Target.mask(layer.id), turn))
    if document.saved_masks:
        turned = tuple(
            replace(
                mask, tiles=_turned_tiles(TiledSurface.from_tiles(1, mask.tiles), document, turn).snapshot()
            )
            for mask in document.saved_masks
        )
        edits.append(SetSavedMasks(turned, sum(mask.byte_size for mask in turned)))
    if document.guides:
        edits.append(turned_guides(document, turn.rect))
    canvas = turn.rect(document.canvas, document.canvas)
    if canvas != document.canvas:
        edits.append(SetCanvas(canvas))
    return Compound(tuple(edits))


def _turned(document: Document, target: Target, turn: Turn) -> SwapTiles:
    before = document.surface(target)
    after = _turned_tiles(before, document, turn)
    return SwapTiles(target, {key: after.tile(key) for key in before.keys() | after.keys()})


def _turned_tiles(before: TiledSurface, document: Document, turn: Turn) -> TiledSurface:
    after = TiledSurface(before.channels)
    bounds = before.tile_bounds()
    if not bounds.is_empty:
        after.write(turn.rect(bounds, document.canvas), turn.pixels(before.read(bounds)))
    return after
