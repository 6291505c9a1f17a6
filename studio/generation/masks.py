"""Masks between the hand and the model: uint8 (h, w), 255 = may change, 0 = stays, grey in between."""

from __future__ import annotations

import numpy as np

from studio.core.geometry import EMPTY, Rect
from studio.core.opencv import cv2
from studio.generation.request import UInt8Array


def bounds(mask: UInt8Array) -> Rect:
    """The tight rectangle of everything above zero; EMPTY for an empty mask."""
    if not mask.any():
        return EMPTY
    x, y, width, height = cv2.boundingRect(mask)
    return Rect(x, y, width, height)


def grow(mask: UInt8Array, radius_px: float) -> UInt8Array:
    """Every level dilated by a disc; a radius below half a pixel changes nothing."""
    radius = round(radius_px)
    if radius < 1:
        return mask
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return np.asarray(cv2.dilate(mask, disc), np.uint8)


def feather_outward(mask: UInt8Array, radius_px: float) -> UInt8Array:
    """A soft skirt of about `radius_px` around the mask; nothing inside it becomes weaker."""
    if radius_px < 0.5:
        return mask
    blurred = cv2.GaussianBlur(grow(mask, radius_px / 2), (0, 0), radius_px / 2)
    return np.maximum(mask, np.asarray(blurred, np.uint8))


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
