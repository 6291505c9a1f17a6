"""From the model's picture to pixels the canvas can take: scaled, colour-matched, limited to the mask."""

from __future__ import annotations

import cv2
import numpy as np

from studio.core.geometry import Size
from studio.generation.fill import spread
from studio.generation.request import UInt8Array

RING_PX = 24


def resize(image: UInt8Array, size: Size) -> UInt8Array:
    """uint8 (h, w) or (h, w, 3) to `size`: averaged when it shrinks, Lanczos when it grows, itself when equal."""
    if (image.shape[1], image.shape[0]) == tuple(size):
        return image
    shrinks = size.width < image.shape[1]
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(image, tuple(size), interpolation=interpolation), np.uint8)


def match_surroundings(
    generated: UInt8Array, original: UInt8Array, mask: UInt8Array, known: UInt8Array
) -> UInt8Array:
    """Bends the generated colours at the edge of the mask to those of the picture around it.

    The model's picture also covers the kept surroundings; how far it is off there, in a ring of `RING_PX` around
    the mask, is carried into the mask as a smooth membrane that fades with the distance to the edge
    (the guidance-free case of Perez et al., "Poisson Image Editing", SIGGRAPH 2003).

    generated, original: uint8 (h, w, 3), same size. mask: (h, w), where `generated` will show.
    known: (h, w), 255 where `original` holds a real pixel. Returns uint8 (h, w, 3).
    """
    outside = (mask == 0) & (known == 255)
    inside = mask > 0
    if not outside.any() or not inside.any():
        return generated
    distance_outside = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 3)
    ring = outside & (distance_outside <= RING_PX)
    if not ring.any():
        return generated
    difference = original.astype(np.float32) - generated.astype(np.float32)
    # Blurred inside the ring first, so that texture does not leak in, only tone.
    weight = ring.astype(np.float32)
    sigma = RING_PX / 4
    soft_weight = cv2.GaussianBlur(weight, (0, 0), sigma)
    tone = (
        cv2.GaussianBlur(difference * weight[..., None], (0, 0), sigma)
        / np.maximum(soft_weight, 1e-4)[..., None]
    )
    membrane = spread(np.asarray(tone, np.float32), weight)
    distance_inside = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 3)
    reach = max(2.0 * RING_PX, 0.25 * float(distance_inside.max()))
    fade = np.exp(-distance_inside / reach)[..., None]
    return np.asarray(np.clip(np.rint(generated + membrane * fade), 0, 255), np.uint8)
