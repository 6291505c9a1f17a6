"""How layers without pixels of their own show in the composite. Imported when the first one is there."""

from __future__ import annotations

import functools

import numpy as np

from studio.core.opencv import cv2
from studio.document.blend import BlendMode, mixed
from studio.document.effects import Effect, SolidColor, adjusted
from studio.document.pixels import ALPHA, RGB, TILE_PX, FloatArray, UInt8Array


def effect_tile(effect: Effect) -> UInt8Array | None:
    """The opaque tile of a fill, the same everywhere; None for what has no pixels."""
    return _solid_tile(effect.color) if isinstance(effect, SolidColor) else None


@functools.lru_cache(maxsize=16)
def _solid_tile(color: RGB) -> UInt8Array:
    tile = np.empty((TILE_PX, TILE_PX, 4), np.uint8)
    tile[:] = (*color, 255)
    tile.flags.writeable = False
    return tile


def adjusted_sheet(
    below: FloatArray, effect: Effect, weight: FloatArray | np.float32, mode: BlendMode
) -> FloatArray:
    """`below` (h, w, 4) with its colours adjusted as far as `weight` says: (h, w) or one number in 0..1. Its alpha
    stays. A mode mixes the adjusted colours with those there were."""
    if isinstance(effect, SolidColor):
        return below
    planes = np.empty((4, *below.shape[:2]), np.float32)
    cv2.split(below, list(planes))
    color, alpha = planes[:3], planes[ALPHA]
    is_opaque = float(alpha.min()) >= 1
    if not is_opaque:
        color = np.divide(color, alpha, out=np.zeros_like(color), where=alpha > 0)
    after = mixed(color, adjusted(effect, color), mode)
    if not is_opaque:
        after = after * alpha
    if not isinstance(weight, np.float32) or weight < 1:
        after = planes[:3] + (after - planes[:3]) * weight
    # Rounding may lift a colour above its alpha by a few units of the last place.
    np.clip(after, 0, alpha, out=planes[:3])
    return np.ascontiguousarray(cv2.merge(tuple(planes)), np.float32)
