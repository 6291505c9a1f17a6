"""How near each pixel comes to a colour, and the mask that makes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.geometry import Rect
from studio.core.opencv import cv2
from studio.document.composite import flatten
from studio.document.document import Document
from studio.document.pixels import ALPHA, RGB, FloatArray, UInt8Array, unpremultiply
from studio.document.shapes import Patch

MAX_TOLERANCE = 100
BAND_PX = 512
"""Rows at a time: CIE Lab takes three floats a pixel."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ColorDistance:
    """distance: uint8 (h, w), the difference CIE 1976 (a just noticeable one is about 2), 255 at most. alpha: (h, w),
    how much there is of each pixel."""

    rect: Rect
    distance: UInt8Array
    alpha: UInt8Array


def color_distance(document: Document, color: RGB) -> ColorDistance:
    """Of the picture as it is shown, inside the canvas; on any thread, from a copy of the document."""
    rect = document.canvas
    distance = np.empty((rect.height, rect.width), np.uint8)
    alpha = np.empty_like(distance)
    goal = _lab(np.array([[color]], np.uint8))[0, 0]
    for top in range(0, rect.height, BAND_PX):
        rows = slice(top, min(top + BAND_PX, rect.height))
        band = Rect(rect.x, rect.y + top, rect.width, rows.stop - top)
        pixels = unpremultiply(flatten(document, band))
        alpha[rows] = pixels[..., ALPHA]
        differs = _lab(pixels[..., :ALPHA]) - goal
        distance[rows] = np.minimum(np.sqrt((differs * differs).sum(axis=-1)), 255)
    return ColorDistance(rect=rect, distance=distance, alpha=alpha)


def range_patch(found: ColorDistance, tolerance: int, softness: int) -> Patch:
    """Masked in full up to where the softness begins, not at all beyond the tolerance. tolerance: 0..MAX_TOLERANCE.
    softness: 0..100, the share of the tolerance over which it fades."""
    steps = np.arange(256, dtype=np.float32)
    fade = max(tolerance * softness / 100, 1e-3)
    table = np.clip((tolerance + 0.5 - steps) / fade, 0.0, 1.0) * 255
    coverage = cv2.LUT(found.distance, np.rint(table).astype(np.uint8))
    coverage = cv2.multiply(coverage, found.alpha, scale=1 / 255)
    return Patch(found.rect, np.asarray(coverage, np.uint8))


def _lab(rgb: UInt8Array) -> FloatArray:
    """(h, w, 3) sRGB to CIE L*a*b* in its own units."""
    return np.asarray(cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2Lab), np.float32)
