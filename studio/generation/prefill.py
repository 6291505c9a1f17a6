"""What stands under the mask before the model begins: the ground a verb paints on."""

from __future__ import annotations

import enum

import numpy as np

from studio.core.opencv import cv2
from studio.generation.fill import FloatArray, continue_edges
from studio.generation.request import UInt8Array

BLUR_SHARE = 0.2
RING_PX = 24


class Prefill(enum.Enum):
    """The value is stored in projects."""

    painted = "painted"
    edges = "edges"
    blur = "blur"
    color = "color"
    noise = "noise"


PREFILL_LABELS: dict[Prefill, str] = {
    Prefill.painted: "What is painted",
    Prefill.edges: "Continued edges",
    Prefill.blur: "Blurred picture",
    Prefill.color: "Color around it",
    Prefill.noise: "Noise",
}


def prefill_of(identifier: str) -> Prefill:
    """What is painted for an unknown one: settings come from files."""
    return next((kind for kind in Prefill if kind.value == identifier), Prefill.painted)


def prefill(kind: Prefill, rgb: UInt8Array, mask: UInt8Array, known: UInt8Array, seed: int) -> UInt8Array:
    """The picture with its pre-fill under the mask, blended where the mask is grey.

    rgb: uint8 (h, w, 3), mask: (h, w), known: (h, w), 255 where `rgb` holds a real pixel; what is not known is
    continued from its edges whatever the kind. Bit-identical to `rgb` where it is known and the mask is 0.
    """
    whole = continue_edges(rgb, known)
    if kind is Prefill.painted or not mask.any():
        return whole
    ground = _ground(kind, whole, mask, seed)
    share = (mask.astype(np.float32) / 255.0)[..., None]
    blended = whole + (ground - whole) * share
    return np.where(mask[..., None] > 0, np.clip(np.rint(blended), 0, 255), whole).astype(np.uint8)


def _ground(kind: Prefill, rgb: UInt8Array, mask: UInt8Array, seed: int) -> FloatArray:
    if kind is Prefill.edges:
        return continue_edges(rgb, np.where(mask > 0, np.uint8(0), np.uint8(255))).astype(np.float32)
    if kind is Prefill.blur:
        _, _, width, height = cv2.boundingRect(mask)
        sigma = max(4.0, BLUR_SHARE * min(width, height))
        return np.asarray(cv2.GaussianBlur(rgb, (0, 0), sigma), np.float32)
    mean, spread = _around(rgb, mask)
    flat = np.broadcast_to(mean, rgb.shape).astype(np.float32)
    if kind is Prefill.color:
        return flat
    generator = np.random.default_rng(seed)
    return flat + generator.standard_normal(rgb.shape, np.float32) * np.maximum(spread, 24.0)


def _around(rgb: UInt8Array, mask: UInt8Array) -> tuple[FloatArray, FloatArray]:
    """(mean, standard deviation) of the colours beside the mask; of all where nothing is beside it."""
    away = cv2.distanceTransform((mask == 0).astype(np.uint8), cv2.DIST_L2, 3)
    pixels = rgb[(away > 0) & (away <= RING_PX)]
    if not pixels.size:
        pixels = rgb.reshape(-1, 3)
    return pixels.mean(0, dtype=np.float32), pixels.std(0, dtype=np.float32)
