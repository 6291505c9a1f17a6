"""The picture as one image: the reference for export, for what the model is shown, and for tests of the screen."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from studio.core.geometry import Rect
from studio.core.opencv import cv2
from studio.document.blend import NORMAL, BlendMode, blend_mode, composite
from studio.document.document import Document
from studio.document.layer import Layer
from studio.document.pixels import ALPHA, TILE_PX, FloatArray, UInt8Array, is_opaque, spread
from studio.document.surface import TileKey, tile_rect


def flatten(
    source: Document | Iterable[Layer], rect: Rect, *, skip_layer_ids: Collection[str] = ()
) -> UInt8Array:
    """(height, width, 4) premultiplied: the visible layers over transparency, within 1/255 of the formulas.

    Tile by tile; a tile that one layer alone covers is copied, and what lies under an opaque one is not read.
    """
    layers = [
        layer
        for layer in (source.layers if isinstance(source, Document) else source)
        if layer.properties.is_visible and layer.properties.opacity > 0 and layer.id not in skip_layer_ids
    ]
    flat = np.zeros((max(rect.height, 0), max(rect.width, 0), 4), np.uint8)
    for key in rect.tiles(TILE_PX):
        sheets = _sheets(layers, key)
        if sheets:
            box = tile_rect(key)
            part = box.intersected(rect)
            _merge(sheets, part.slices_in(box), flat[part.slices_in(rect)])
    return flat


@dataclass(frozen=True, kw_only=True)
class _Sheet:
    """What one layer adds to one tile."""

    pixels: UInt8Array
    mask: UInt8Array | None
    opacity: float
    mode: BlendMode

    @property
    def is_plain(self) -> bool:
        return self.mask is None and self.opacity == 1.0


def _sheets(layers: list[Layer], key: TileKey) -> list[_Sheet]:
    """From the lowest that can be seen to the highest."""
    sheets: list[_Sheet] = []
    for layer in reversed(layers):
        pixels = layer.surface.tile(key)
        mask = None if layer.mask is None else layer.mask.tile(key)
        if pixels is None or (layer.mask is not None and mask is None):
            continue
        properties = layer.properties
        sheet = _Sheet(
            pixels=pixels, mask=mask, opacity=properties.opacity, mode=blend_mode(properties.blend_mode)
        )
        sheets.append(sheet)
        if sheet.is_plain and sheet.mode is NORMAL and is_opaque(pixels):
            break
    sheets.reverse()
    return sheets


def _merge(sheets: list[_Sheet], part: tuple[slice, slice], flat: UInt8Array) -> None:
    lowest, *others = sheets
    # Over nothing every mode is normal.
    if not others and lowest.is_plain:
        flat[:] = lowest.pixels[part]
        return
    merged = _weighted(lowest, part)
    for sheet in others:
        pixels = _weighted(sheet, part)
        if sheet.mode is NORMAL:
            kept = np.subtract(np.float32(1), pixels[..., ALPHA])
            cv2.multiply(merged, spread(kept), dst=merged)
            cv2.add(merged, pixels, dst=merged)
        else:
            merged = composite(merged, pixels, sheet.mode)
    flat[:] = cv2.convertScaleAbs(merged, alpha=255)


def _weighted(sheet: _Sheet, part: tuple[slice, slice]) -> FloatArray:
    """Premultiplied float (h, w, 4) in 0..1, with opacity and mask in it."""
    pixels = np.multiply(sheet.pixels[part], np.float32(sheet.opacity / 255), dtype=np.float32)
    if sheet.mask is not None:
        weights = np.multiply(sheet.mask[part], np.float32(1 / 255), dtype=np.float32)
        cv2.multiply(pixels, spread(weights), dst=pixels)
    return pixels
