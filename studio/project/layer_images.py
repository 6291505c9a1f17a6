"""Between tiles and pictures: a surface as the tight PNG of what is not zero, and back, bit for bit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.errors import ProjectError
from studio.core.geometry import Rect
from studio.core.opencv import cv2
from studio.document.pixels import TILE_PX, UInt8Array, erase, premultiply, unpremultiply, weighted
from studio.document.surface import TiledSurface
from studio.project import png
from studio.project.snapshot import Tiles

# Also what OpenCV and Pillow hold in one array without 64-bit trouble.
MAX_PIXELS = 1 << 29


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Tiles of one surface and the tight rectangle around what is not zero; one pixel where all is zero."""

    surface: TiledSurface
    rect: Rect

    def encode(self) -> bytes:
        """An 8-bit PNG: straight RGBA, or grey for a mask."""
        pixels = self.surface.read(self.rect)
        return png.encode(unpremultiply(pixels) if self.surface.channels == 4 else pixels)


def sheet(tiles: Tiles, channels: int, canvas: Rect, name: str) -> Sheet:
    """canvas: gives an empty surface its place. Raises ProjectError, naming `name`, for a surface beyond measure."""
    surface = TiledSurface.from_tiles(channels, tiles)
    rect = surface.bounds()
    if rect.is_empty:
        rect = Rect(canvas.x, canvas.y, 1, 1)
    if rect.area > MAX_PIXELS:
        raise ProjectError(
            f"{name} reaches over {rect.width} × {rect.height} pixels, too far to be saved.",
            remedy="Erase what lies far outside the canvas.",
        )
    return Sheet(surface=surface, rect=rect)


def masked(tiles: Tiles, mask: Tiles) -> Tiles:
    """What a masked layer shows, for programs that know no masks."""
    return {
        key: erase(tile, np.asarray(cv2.bitwise_not(mask[key]), np.uint8), 1.0)
        for key, tile in tiles.items()
        if key in mask
    }


def both_masks(one: Tiles | None, other: Tiles | None) -> Tiles | None:
    """A mask that shows what both show; None shows everything."""
    if one is None or other is None:
        return other if one is None else one
    return {key: weighted(tile, other[key]) for key, tile in one.items() if key in other}


def surface_of_pixels(straight: UInt8Array, x: int, y: int) -> TiledSurface:
    """Premultiplied tiles of a straight RGBA picture with its upper left pixel at (x, y) on the canvas."""
    surface = TiledSurface(4)
    height, width = straight.shape[:2]
    row = 0
    # In bands as high as a tile: the products of a whole layer would take twice its memory.
    while row < height:
        end = min(height, row + TILE_PX - (y + row) % TILE_PX)
        surface.write(Rect(x, y + row, width, end - row), premultiply(straight[row:end]))
        row = end
    return surface


def surface_of_mask(grey: UInt8Array, x: int, y: int) -> TiledSurface:
    """Tiles of a (h, w) mask with its upper left pixel at (x, y) on the canvas."""
    surface = TiledSurface(1)
    surface.write(Rect(x, y, grey.shape[1], grey.shape[0]), grey)
    return surface
