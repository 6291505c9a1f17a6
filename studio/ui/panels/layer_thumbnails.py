"""Small pictures of layers and their masks, made when they are first shown and again some time after a change."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtGui import QImage

from studio.core.geometry import Rect
from studio.document.changes import Target
from studio.document.document import Document
from studio.document.layer import Layer
from studio.document.pixels import TILE_PX, unpremultiply
from studio.document.surface import TiledSurface
from studio.ui.canvas.qimage import straight_to_image

THUMBNAIL_PX = 64


class Thumbnails:
    def __init__(self) -> None:
        self._images: dict[Target, QImage] = {}

    def clear(self) -> None:
        self._images.clear()

    def forget(self, target: Target) -> None:
        self._images.pop(target, None)

    def of_pixels(self, document: Document, layer: Layer) -> QImage:
        target = Target.pixels(layer.id)
        if target not in self._images:
            self._images[target] = straight_to_image(layer_thumbnail(layer, document.canvas, THUMBNAIL_PX))
        return self._images[target]

    def of_mask(self, document: Document, layer: Layer) -> QImage | None:
        target = Target.mask(layer.id)
        if layer.mask is None:
            return None
        if target not in self._images:
            grey = _sampled(layer.mask, document.canvas, THUMBNAIL_PX)
            opaque = np.full_like(grey, 255)
            self._images[target] = straight_to_image(np.dstack((grey, grey, grey, opaque)))
        return self._images[target]


def layer_thumbnail(layer: Layer, canvas: Rect, side_px: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Straight RGBA (h, w, 4) of the layer inside the canvas, at most side_px a side."""
    return unpremultiply(_sampled(layer.surface, canvas, side_px))


def _sampled(surface: TiledSurface, canvas: Rect, side_px: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Samples single pixels of the tiles instead of reading the layer: 0.4 ms instead of 30 ms at 4096 x 4096."""
    stride = max(1, -(-canvas.size.long_side // side_px))
    rows = np.arange(canvas.y + stride // 2, canvas.bottom, stride)
    columns = np.arange(canvas.x + stride // 2, canvas.right, stride)
    shape = (max(1, len(rows)), max(1, len(columns)))
    made = np.zeros(shape if surface.channels == 1 else (*shape, 4), np.uint8)
    for key in surface.keys():  # noqa: SIM118 - a surface is no mapping
        tile = surface.tile(key)
        in_rows = np.flatnonzero(rows // TILE_PX == key[1])
        in_columns = np.flatnonzero(columns // TILE_PX == key[0])
        if tile is not None and len(in_rows) and len(in_columns):
            sampled = tile[np.ix_(rows[in_rows] - key[1] * TILE_PX, columns[in_columns] - key[0] * TILE_PX)]
            made[np.ix_(in_rows, in_columns)] = sampled
    return made
