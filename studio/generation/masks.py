"""Masks between the hand and the model: uint8 (h, w), 255 = may change, 0 = stays, grey in between."""

from __future__ import annotations

import math

import numpy as np

from studio.core.geometry import EMPTY, Rect, Size
from studio.core.opencv import cv2
from studio.generation.request import UInt8Array

FULL_LEVEL = 64
"""From this level of the mask on, the result covers what was there. How far a place may *change* is the denoise mask's
word; to let half of the old picture shine through a half-strength change would show both, as a ghost."""

FEATHER_SHARE = 0.1
GROW_SHARE = 0.05
LEAST_FEATHER_PX = 8
LEAST_GROW_PX = 4
DISC_PX = 24
WIDE_SIGMA_PX = 6.0


def automatic_lengths(target: Size, strength: float) -> tuple[int, int]:
    """(grow, feather) in canvas pixels: shares of the target's diagonal, less for a weaker change, never nothing."""
    diagonal = math.hypot(*target) * strength
    return (
        max(LEAST_GROW_PX, round(GROW_SHARE * diagonal)),
        max(LEAST_FEATHER_PX, round(FEATHER_SHARE * diagonal)),
    )


def denoise_mask(painted: UInt8Array, grow_px: float, feather_px: float) -> UInt8Array:
    """How far each place may change, 255 wholly: as painted, reaching outward so that things can join up."""
    return feather_outward(grow(painted, grow_px), feather_px)


def composite_mask(painted: UInt8Array, feather_px: float) -> UInt8Array:
    """Where the result shows: never wider than painted, opaque from FULL_LEVEL on, faded towards the edge by
    `feather_px`, but by no more than a third of the mask's depth: a thin mask must not fade away."""
    if not painted.any():
        return painted
    level = np.minimum(painted.astype(np.float32) / FULL_LEVEL, 1.0)
    opaque = np.rint(255.0 * level * level * (3.0 - 2.0 * level))
    shown = np.maximum(opaque, painted > 0).astype(np.uint8)
    inside = cv2.copyMakeBorder((painted > 0).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    depth = float(cv2.distanceTransform(inside, cv2.DIST_L2, 3).max())
    return feather_inward(shown, min(feather_px, depth / 3))


def bounds(mask: UInt8Array) -> Rect:
    """The tight rectangle of everything above zero; EMPTY for an empty mask."""
    if not mask.any():
        return EMPTY
    x, y, width, height = cv2.boundingRect(mask)
    return Rect(x, y, width, height)


def grow(mask: UInt8Array, radius_px: float) -> UInt8Array:
    """Every level dilated by a disc; a radius below half a pixel changes nothing.

    A large disc is the sum of smaller ones: a fraction of the time, and within two pixels of it up to 90 px.
    """
    left = round(radius_px)
    while left > 0:
        radius = min(left, DISC_PX)
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
        mask = np.asarray(cv2.dilate(mask, disc), np.uint8)
        left -= radius
    return mask


def feather_outward(mask: UInt8Array, radius_px: float) -> UInt8Array:
    """A soft skirt of about `radius_px` around the mask; nothing inside it becomes weaker."""
    if radius_px < 0.5:
        return mask
    return np.maximum(mask, _blurred(grow(mask, radius_px / 2), radius_px / 2))


def _blurred(mask: UInt8Array, sigma_px: float) -> UInt8Array:
    """Gaussian; a wide one as three box filters, whose cost does not grow with their width (Wells 1986)."""
    if sigma_px < WIDE_SIGMA_PX:
        return np.asarray(cv2.GaussianBlur(mask, (0, 0), sigma_px), np.uint8)
    width = 2 * round((math.sqrt(4.0 * sigma_px**2 + 1.0) - 1.0) / 2.0) + 1
    for _ in range(3):
        mask = np.asarray(cv2.blur(mask, (width, width)), np.uint8)
    return mask


def feather_inward(mask: UInt8Array, radius_px: float) -> UInt8Array:
    """Fades towards the edge *inside* the mask: what was 0 stays 0, so no pixel outside can ever change.

    The fade is a smoothstep of the distance to the nearest zero pixel. The border of the array is no edge:
    a mask that reaches it runs on beyond.
    """
    if radius_px < 0.5 or not mask.any():
        return mask
    inside = cv2.copyMakeBorder((mask > 0).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    distance = cv2.distanceTransform(inside, cv2.DIST_L2, 5)[1:-1, 1:-1]
    ramp = np.clip(distance / (radius_px + 1.0), 0.0, 1.0)
    faded = mask * (ramp * ramp * (3.0 - 2.0 * ramp))
    # Rounding must not open a hole of zeros along the edge of what the artist painted.
    return np.asarray(np.maximum(np.rint(faded), mask > 0), np.uint8)
