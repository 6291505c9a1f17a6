"""The mask made wider, narrower, softer: functions of uint8 (h, w), zero beyond the array, each grey level kept.

Radii are whole pixels; 0 changes nothing. `margin_px` says how far a change reaches.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, cast

import numpy as np

from studio.core.geometry import Rect
from studio.core.opencv import cv2
from studio.document.document import Document
from studio.document.edits import SwapTiles
from studio.document.flood import disc
from studio.document.pixels import FloatArray, UInt8Array
from studio.document.selection import replace_part

MAX_RADIUS_PX = 500

_SAMPLES_PER_SIGMA = 6
_STEP_PX = 5
"""A disc of r pixels as a chain of discs of 5: 50 px on 2048 x 2048 take 0.08 s in place of 0.54 s, and the shape of
many small discs is a polygon that leaves the circle by 3 %."""


def grown(mask: UInt8Array, radius_px: int) -> UInt8Array:
    """Dilated by a disc."""
    while radius_px > 0:
        step = min(radius_px, _STEP_PX)
        mask = _u8(cv2.dilate(mask, disc(step), borderType=cv2.BORDER_CONSTANT, borderValue=0))
        radius_px -= step
    return mask


def shrunk(mask: UInt8Array, radius_px: int) -> UInt8Array:
    """Eroded by a disc: what is free grows, from beyond the array too."""
    while radius_px > 0:
        step = min(radius_px, _STEP_PX)
        mask = _u8(cv2.erode(mask, disc(step), borderType=cv2.BORDER_CONSTANT, borderValue=0))
        radius_px -= step
    return mask


def feathered(mask: UInt8Array, radius_px: int) -> UInt8Array:
    """The edge fades over about `radius_px` to both sides (a Gaussian of half of it)."""
    if radius_px < 1:
        return mask
    return np.asarray(np.rint(_blurred(mask, radius_px / 2)), np.uint8)


def bordered(mask: UInt8Array, width_px: int) -> UInt8Array:
    """A band along the edge, half of it outside and half inside."""
    outer, inner = (width_px + 1) // 2, width_px // 2
    band: UInt8Array = np.minimum(grown(mask, outer), 255 - shrunk(mask, inner))
    return band


def smoothed(mask: UInt8Array, radius_px: int) -> UInt8Array:
    """Corners and bumps smaller than the radius are rounded; the edge is as crisp as an antialiased one."""
    if radius_px < 1:
        return mask
    sigma = radius_px / 2
    # Where a straight edge crosses 1/2 the slope of its blur is 1 / (sigma sqrt(2 pi)) per pixel: back to one.
    gain = sigma * 2.507
    steep = np.rint((_blurred(mask, sigma) - 127.5) * max(gain, 1.0) + 127.5)
    return np.asarray(np.clip(steep, 0, 255), np.uint8)


def _blurred(mask: UInt8Array, sigma_px: float) -> FloatArray:
    """(h, w) float, 0..255, Gaussian; wide ones on a smaller copy; within two levels of the truth."""
    factor = int(sigma_px / _SAMPLES_PER_SIGMA)
    if factor < 2:
        # In bytes: eight times as fast as in floats.
        return _u8(cv2.GaussianBlur(mask, (0, 0), sigma_px, borderType=cv2.BORDER_CONSTANT)).astype(
            np.float32
        )
    height, width = mask.shape
    padded = cv2.copyMakeBorder(mask, 0, -height % factor, 0, -width % factor, cv2.BORDER_CONSTANT)
    size = (padded.shape[1] // factor, padded.shape[0] // factor)
    small = cv2.resize(padded.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    # Averaging over `factor` pixels and drawing straight lines between the averages blur already.
    left = math.sqrt(max(sigma_px**2 - (factor**2 - 1) / 4, 0.0)) / factor
    soft = cv2.GaussianBlur(small, (0, 0), left, borderType=cv2.BORDER_CONSTANT)
    large = cv2.resize(soft, (padded.shape[1], padded.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large[:height, :width], np.float32)


RESHAPES: Mapping[str, Callable[[UInt8Array, int], UInt8Array]] = {
    "grow": grown,
    "shrink": shrunk,
    "feather": feathered,
    "border": bordered,
    "smooth": smoothed,
}


def margin_px(radius_px: int) -> int:
    """How far beyond what is masked any of these may reach: three sigma of the blur, and its kernel's rounding."""
    return 2 * radius_px + 4


def reshape_selection(document: Document, name: str, radius_px: int, *, clip: Rect) -> SwapTiles:
    """The mask changed by one of RESHAPES; it never comes to lie where it was not yet and `clip` is not either."""
    masked = document.selection.bounds()
    rect = masked.expanded(margin_px(radius_px))
    changed = RESHAPES[name](document.selection.read(rect), radius_px)
    inside = rect.intersected(clip.united(masked))
    return replace_part(document, inside, changed[inside.slices_in(rect)])


def _u8(array: Any) -> UInt8Array:
    """OpenCV's type hints allow any depth; with 8-bit input its result is 8-bit."""
    return cast("UInt8Array", array)
