"""Premultiplied RGBA8, the pixel format inside: the only file that knows channel order and alpha.

A premultiplied pixel never has a colour above its alpha. Opaque pixels are exact; a fully transparent one is
(0, 0, 0, 0), whatever colour hid under it; between them a colour is rounded to one of `alpha` steps.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
import numpy.typing as npt

from studio.core.opencv import cv2

UInt8Array = npt.NDArray[np.uint8]
FloatArray = npt.NDArray[np.float32]
AnyArray = TypeVar("AnyArray", UInt8Array, FloatArray)

TILE_PX = 256
ALPHA = 3


class RGB(NamedTuple):
    """A straight sRGB colour, 0..255 each."""

    red: int
    green: int
    blue: int


def premultiply(straight: UInt8Array) -> UInt8Array:
    """(..., 4) straight to premultiplied, a fresh array."""
    alpha = straight[..., ALPHA]
    if alpha.size and int(alpha.min()) == 255:
        return straight.copy()
    # (c * a + 127) // 255 without a division: x / 255 = (x + 1 + (x >> 8)) >> 8 for x < 65536.
    product = straight.astype(np.uint16)
    product[..., ALPHA] = 255
    product *= alpha[..., None]
    product += 127
    product += (product >> 8) + 1
    product >>= 8
    return product.astype(np.uint8)


def unpremultiply(premultiplied: UInt8Array) -> UInt8Array:
    """(..., 4) premultiplied to straight, a fresh array. `premultiply` of it gives `premultiplied` back exactly."""
    alpha = premultiplied[..., ALPHA]
    straight = premultiplied.copy()
    if alpha.size and int(alpha.min()) == 255:
        return straight
    row = alpha.astype(np.uint16) << 8
    table = _quotients()
    for channel in range(ALPHA):
        straight[..., channel] = table[row | premultiplied[..., channel]]
    return straight


@functools.cache
def _quotients() -> UInt8Array:
    """round(255 c / a) at index 256 a + c, at most 255; 0 where a is 0."""
    alpha = np.arange(256, dtype=np.uint32)[:, None]
    color = np.arange(256, dtype=np.uint32)[None, :]
    quotient = np.minimum((color * 255 + alpha // 2) // np.maximum(alpha, 1), 255)
    return np.where(alpha == 0, 0, quotient).astype(np.uint8).reshape(-1)


def is_opaque(tile: UInt8Array) -> bool:
    """Whether every pixel of (h, w, 4) has alpha 255."""
    return bool(tile[..., ALPHA].min() == 255)


def covers(pixels: UInt8Array) -> npt.NDArray[np.bool_]:
    """(h, w): where (h, w, 4) or (h, w) holds anything but zero."""
    channel = pixels[..., ALPHA] if pixels.ndim == 3 else pixels
    return np.not_equal(channel, 0)


def over_color(before: UInt8Array, coverage: UInt8Array, color: RGB, opacity: float) -> UInt8Array:
    """Paint: `color` over (h, w, 4) premultiplied `before`, as opaque as (h, w) `coverage` times `opacity` says.

    Returns a fresh array; where the coverage is 0 it equals `before` exactly.
    """
    source = np.take(_color_ramp(color, opacity), coverage).view(np.uint8).reshape(before.shape)
    kept = _u8(cv2.LUT(coverage, _kept_ramp(opacity)))
    return _u8(cv2.add(_scaled(before, kept), source))


def over_pixels(before: UInt8Array, source: UInt8Array, coverage: UInt8Array | None = None) -> UInt8Array:
    """Premultiplied (h, w, 4) `source` over `before`, where (h, w) `coverage` lets it; a fresh array. Where the
    coverage or the source's alpha is 0 it equals `before` exactly, where both are 255 the source."""
    if coverage is not None:
        source = _scaled(source, coverage)
    kept = _u8(cv2.bitwise_not(source[..., ALPHA]))
    return _u8(cv2.add(_scaled(before, kept), source))


def weighted(pixels: UInt8Array, coverage: UInt8Array) -> UInt8Array:
    """(h, w, 4) premultiplied or (h, w) `pixels` times (h, w) `coverage` / 255, rounded; a fresh array."""
    return _scaled(pixels, coverage)


def erase(before: UInt8Array, coverage: UInt8Array, opacity: float) -> UInt8Array:
    """Takes `coverage` times `opacity` away from (h, w, 4) premultiplied or (h, w) `before`; a fresh array."""
    return _scaled(before, _u8(cv2.LUT(coverage, _kept_ramp(opacity))))


def over_mask(before: UInt8Array, coverage: UInt8Array, opacity: float) -> UInt8Array:
    """Raises (h, w) `before` towards 255 by `coverage` times `opacity`; a fresh array."""
    kept = _u8(cv2.LUT(coverage, _kept_ramp(opacity)))
    return _u8(cv2.bitwise_not(_scaled(_u8(cv2.bitwise_not(before)), kept)))


def over_level(before: UInt8Array, coverage: UInt8Array, opacity: float, level: int) -> UInt8Array:
    """Moves (h, w) `before` towards `level` (0..255) by `coverage` times `opacity`; a fresh array. Where the coverage is
    0 it equals `before` exactly, where it is 255 at full opacity the level."""
    kept = cv2.LUT(coverage, _kept_ramp(opacity))
    added = cv2.LUT(coverage, _level_ramp(opacity, level))
    return _u8(cv2.add(_scaled(before, _u8(kept)), added))


def over_lightness(before: UInt8Array, source: UInt8Array) -> UInt8Array:
    """The luma of premultiplied (h, w, 4) `source` over (h, w) `before`; a fresh array."""
    light = _u8(cv2.cvtColor(source, cv2.COLOR_RGBA2GRAY))
    return _u8(cv2.add(_scaled(before, _u8(cv2.bitwise_not(source[..., ALPHA]))), light))


def with_alpha_of(before: UInt8Array, after: UInt8Array) -> UInt8Array:
    """The colours of (h, w, 4) premultiplied `after` at the alpha of `before`; a fresh array. Where `after` has no alpha
    left it is `before`."""
    straight = unpremultiply(after)
    straight[..., ALPHA] = before[..., ALPHA]
    kept = premultiply(straight)
    same = (after[..., ALPHA] == 0) | (after == before).all(axis=-1)
    kept[same] = before[same]
    return kept


def _scaled(pixels: UInt8Array, factor: UInt8Array) -> UInt8Array:
    """pixels * factor / 255, rounded: exact for factor 255 and 0."""
    if pixels.ndim == 3:
        factor = spread(factor)
    return _u8(cv2.multiply(pixels, factor, scale=1 / 255))


def spread(channel: AnyArray) -> AnyArray:
    """(h, w) of any depth repeated into (h, w, 4)."""
    # The conversion to BGRA would set alpha to 255; merging takes twice its time (11 against 6 microseconds a tile).
    return cast("AnyArray", cv2.merge((channel, channel, channel, channel)))


@functools.lru_cache(maxsize=8)
def _color_ramp(color: RGB, opacity: float) -> npt.NDArray[np.uint32]:
    """The premultiplied pixel for each coverage 0..255, packed into 32 bits."""
    alpha = np.rint(np.arange(256) * opacity).astype(np.uint8)
    straight = np.empty((256, 4), np.uint8)
    straight[:, :ALPHA] = color
    straight[:, ALPHA] = alpha
    packed: npt.NDArray[np.uint32] = premultiply(straight).view(np.uint32).reshape(-1)
    return packed


@functools.lru_cache(maxsize=8)
def _kept_ramp(opacity: float) -> UInt8Array:
    """What stays of the picture below for each coverage 0..255."""
    ramp: UInt8Array = (255 - np.rint(np.arange(256) * opacity)).astype(np.uint8)
    return ramp


@functools.lru_cache(maxsize=8)
def _level_ramp(opacity: float, level: int) -> UInt8Array:
    """What is added for each coverage 0..255."""
    alpha = 255 - _kept_ramp(opacity).astype(np.uint16)
    ramp: UInt8Array = ((alpha * level + 127) // 255).astype(np.uint8)
    return ramp


def _u8(array: Any) -> UInt8Array:
    """OpenCV's type hints allow any depth; with 8-bit input its result is 8-bit."""
    return cast("UInt8Array", array)
