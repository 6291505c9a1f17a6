"""What stands in an empty place before the model sees it: colours that continue from the edges."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from studio.generation.request import UInt8Array

FloatArray = npt.NDArray[np.float32]


def spread(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Smooth interpolation of known values into unknown places: the push-pull pyramid of
    Gortler et al., "The Lumigraph" (SIGGRAPH 1996), section 3.4.

    values: (h, w, c). weight: (h, w) in [0, 1], how well a value is known. Returns (h, w, c): the known values
    where weight is 1, elsewhere an ever smoother continuation; zeros where nothing is known at all.
    Costs about the work of two image copies, whatever the size of the hole.
    """
    height, width = weight.shape
    weighted = values * weight[..., None]
    if min(height, width) <= 2 or float(weight.min()) >= 1.0:
        total = float(weight.sum())
        if total <= 0.0:
            return np.zeros_like(values)
        mean = weighted.sum((0, 1)) / total
        return np.asarray(weighted + (1.0 - weight[..., None]) * mean, np.float32)
    half = ((width + 1) // 2, (height + 1) // 2)
    small_weight = np.asarray(cv2.resize(weight, half, interpolation=cv2.INTER_AREA), np.float32)
    small_values = _resized(weighted, half, cv2.INTER_AREA) / np.maximum(small_weight, 1e-6)[..., None]
    coarse = spread(np.asarray(small_values, np.float32), np.minimum(small_weight * 4.0, 1.0))
    pulled = _resized(coarse, (width, height), cv2.INTER_LINEAR)
    return np.asarray(weighted + (1.0 - weight[..., None]) * pulled, np.float32)


def continue_edges(rgb: UInt8Array, known: UInt8Array) -> UInt8Array:
    """Fills what is not `known` from what is.

    rgb: (h, w, 3) straight colours, anything where unknown. known: (h, w), 255 = keep, 0 = fill, grey blends.
    Returns (h, w, 3); bit-identical to `rgb` where known is 255. Mid-grey where nothing is known.
    """
    if (known == 255).all():
        return rgb
    if not known.any():
        return np.full_like(rgb, 128)
    filled = spread(rgb.astype(np.float32), known.astype(np.float32) / 255.0)
    result = np.clip(np.rint(filled), 0, 255).astype(np.uint8)
    result[known == 255] = rgb[known == 255]
    return result


def _resized(image: FloatArray, size: tuple[int, int], interpolation: int) -> FloatArray:
    resized = np.asarray(cv2.resize(image, size, interpolation=interpolation), np.float32)
    return resized if resized.ndim == 3 else resized[..., None]
