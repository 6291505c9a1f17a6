"""How visible the edge of a placed result is: a number per candidate."""

from __future__ import annotations

import numpy as np

from studio.core.opencv import cv2
from studio.generation.color_difference import difference, to_lab
from studio.generation.composite import BoolArray
from studio.generation.fill import FloatArray
from studio.generation.request import UInt8Array

SPACINGS_PX = (1, 2, 4, 8)
RING_PX = 16
LEAST_VARIATION = 0.5
"""Differences below half a unit nobody sees, on however smooth a ground: the measure does not magnify them."""

MAX_PAIRS = 20_000


def seam_score(result: UInt8Array, original: UInt8Array, mask: UInt8Array, known: UInt8Array) -> float | None:
    """The mean CIEDE2000 across the border of `mask`, over that between neighbours in the picture as it was, along the
    same border: 1 is what an untouched picture has, at 1 or below there is nothing to see.

    From pixel to pixel for a hard edge, and between means of 2, 4 and 8 pixels for the shift of tone that a soft edge
    hides; the mean of the four.

    result: the finished picture, original: as it was; uint8 (h, w, 3). mask: (h, w), above 0 where the result may
    show. known: (h, w), 255 where `original` holds a real pixel. None where no border lies inside the picture.
    """
    inside = mask > 0
    outside = ~inside & (known == 255)
    if not inside.any() or not outside.any():
        return None
    away = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 3)
    depth = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 3)
    ring = (known == 255) & (away <= RING_PX) & (depth <= RING_PX)
    placed, before = to_lab(result), to_lab(original)
    scores = [
        score
        for spacing in SPACINGS_PX
        if (score := _score(placed, before, inside, outside, ring, spacing)) is not None
    ]
    return sum(scores) / len(scores) if scores else None


def _score(
    placed: FloatArray,
    before: FloatArray,
    inside: BoolArray,
    outside: BoolArray,
    ring: BoolArray,
    spacing: int,
) -> float | None:
    if spacing > 1:
        placed, before = (
            np.asarray(cv2.blur(image, (spacing, spacing)), np.float32) for image in (placed, before)
        )
    across: list[FloatArray] = []
    beside: list[FloatArray] = []
    for down, right in ((0, spacing), (spacing, 0)):
        here = (slice(0, inside.shape[0] - down), slice(0, inside.shape[1] - right))
        there = (slice(down, None), slice(right, None))
        crossing = (inside[here] & outside[there]) | (outside[here] & inside[there])
        across.append(_differences(placed[here], placed[there], crossing))
        beside.append(_differences(before[here], before[there], ring[here] & ring[there]))
    step, variation = np.concatenate(across), np.concatenate(beside)
    if step.size == 0 or variation.size == 0:
        return None
    return float(step.mean() / max(float(variation.mean()), LEAST_VARIATION))


def _differences(one: FloatArray, other: FloatArray, where: BoolArray) -> FloatArray:
    places = np.flatnonzero(where)
    places = places[:: max(1, -(-places.size // MAX_PAIRS))]
    return difference(one.reshape(-1, 3)[places], other.reshape(-1, 3)[places])
