"""From the model's picture to pixels the canvas can take: scaled, colour-matched, limited to the mask."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.core.geometry import Rect, Size
from studio.core.opencv import cv2
from studio.generation.fill import FloatArray, spread
from studio.generation.request import UInt8Array

RING_PX = 24
EDGE_PX = 1.5
EDGE_REACH_PX = 10.0
TONE_PX = 12.0
REFLECT_PX = 16.0
KEPT_UNTIL, FREE_FROM = 0.4, 0.7

BoolArray = npt.NDArray[np.bool_]


def resize(image: UInt8Array, size: Size) -> UInt8Array:
    """uint8 (h, w) or (h, w, 3) to `size`: averaged when it shrinks, Lanczos when it grows, itself when equal."""
    if (image.shape[1], image.shape[0]) == tuple(size):
        return image
    shrinks = size.width < image.shape[1]
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(image, tuple(size), interpolation=interpolation), np.uint8)


def resize_mask(mask: UInt8Array, size: Size) -> UInt8Array:
    """uint8 (h, w) to `size` without overshoot: no place gets more than some place around it had."""
    if (mask.shape[1], mask.shape[0]) == tuple(size):
        return mask
    interpolation = cv2.INTER_AREA if size.width < mask.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(mask, tuple(size), interpolation=interpolation), np.uint8)


def lay_over(original: UInt8Array, generated: UInt8Array, mask: UInt8Array, known: UInt8Array) -> UInt8Array:
    """The picture as it will look: `generated` over `original` by `mask`, and under what `original` does not cover.

    original, generated: uint8 (h, w, 3). mask, known: (h, w); where `known` is 0 `original` holds nothing.
    """
    weight = (np.maximum(mask, 255 - known).astype(np.float32) / 255.0)[..., None]
    laid = original + (generated.astype(np.float32) - original) * weight
    return np.asarray(np.rint(laid), np.uint8)


def match_surroundings(
    generated: UInt8Array, original: UInt8Array, mask: UInt8Array, known: UInt8Array
) -> UInt8Array:
    """Bends the generated colours at the edge of the mask to those of the picture around it.

    The model's picture also covers the kept surroundings; how far it is off there is carried into the mask as a
    smooth membrane that fades with the distance to the edge (the guidance-free case of Perez et al., "Poisson Image
    Editing", SIGGRAPH 2003). Twice: broadly for tone, from a wide ring, then closely for what still jumps in the
    last pixels before the edge.

    generated, original: uint8 (h, w, 3), same size. mask: (h, w), where `generated` will show.
    known: (h, w), 255 where `original` holds a real pixel. Returns uint8 (h, w, 3).
    """
    inside = mask > 0
    outside = ~inside & (known == 255)
    if not outside.any() or not inside.any():
        return generated
    distance_out = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 3)
    distance_in = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 3)
    wide = outside & (distance_out <= RING_PX)
    if not wide.any():
        return generated
    matched = generated.astype(np.float32)
    difference = original.astype(np.float32) - matched
    reach = max(2.0 * RING_PX, 0.25 * float(distance_in.max()))
    # Blurred, so that no texture leaks in, only tone.
    matched += _membrane(difference, wide, RING_PX / 4) * np.exp(-distance_in / reach)[..., None]
    close = outside & (distance_out <= EDGE_PX)
    difference = original.astype(np.float32) - matched
    matched += _membrane(difference, close, 0.0) * np.exp(-distance_in / EDGE_REACH_PX)[..., None]
    return np.asarray(np.clip(np.rint(matched), 0, 255), np.uint8)


def reflect_edge(
    generated: UInt8Array, original: UInt8Array, mask: UInt8Array, known: UInt8Array
) -> UInt8Array:
    """For a hard edge that may not be softened inward of the picture: the first pixels beyond it are the picture's own,
    mirrored at the edge with their grain, and give way to `generated` over REFLECT_PX.

    A membrane carries over tone, but not texture: a smooth sky beside a grainy one shows where it begins. Arguments as
    for `match_surroundings`. Returns uint8 (h, w, 3); only pixels under the mask differ from `generated`.
    """
    inside = mask > 0
    kept = ~inside & (known == 255)
    if not kept.any() or not inside.any():
        return generated
    distance, nearest = cv2.distanceTransformWithLabels(
        (~kept).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    reach = min(REFLECT_PX, float(distance[inside].max()) / 3)
    band = inside & (distance < reach)
    if not band.any():
        return generated
    rows, columns = np.nonzero(band)
    places = np.zeros((int(nearest.max()) + 1, 2), np.int64)
    edge_rows, edge_columns = np.nonzero(kept)
    places[nearest[kept]] = np.stack((edge_rows, edge_columns), -1)
    edge = places[nearest[band]]
    # The edge's own pixel is the mirror, so that nothing is doubled.
    mirror = 2 * edge - np.stack((rows, columns), -1)
    mirror = np.clip(mirror, 0, np.array(inside.shape) - 1)
    is_real = kept[mirror[:, 0], mirror[:, 1]]
    source = np.where(is_real[:, None], mirror, edge)
    share = 1.0 - np.clip((distance[band] - 1.0) / reach, 0.0, 1.0)
    share = (share * share * (3.0 - 2.0 * share))[:, None]
    made = generated.copy()
    there = original[source[:, 0], source[:, 1]]
    made[band] = np.rint(generated[band] + (there.astype(np.float32) - generated[band]) * share)
    return made


def window_share(window: Rect, whole: Rect, overlap_px: int) -> UInt8Array:
    """(window.height, window.width): how much of a window of `whole` counts, fading over `overlap_px` towards those of
    its sides that are not sides of `whole`."""
    sides = (
        _side(window.height, overlap_px, window.y > whole.y, window.bottom < whole.bottom),
        _side(window.width, overlap_px, window.x > whole.x, window.right < whole.right),
    )
    return np.asarray(np.rint(255.0 * np.outer(*sides)), np.uint8)


def _side(length: int, overlap_px: int, fades_in: bool, fades_out: bool) -> FloatArray:
    place = np.arange(length, dtype=np.float32) + 0.5
    share = np.ones(length, np.float32)
    if fades_in:
        share = np.minimum(share, place / overlap_px)
    if fades_out:
        share = np.minimum(share, (length - place) / overlap_px)
    return np.asarray(share * share * (3.0 - 2.0 * share), np.float32)


def keep_tones(
    generated: UInt8Array, original: UInt8Array, freedom: FloatArray, known: UInt8Array
) -> UInt8Array:
    """Gives the low frequencies back that a weak change should not have touched: `original`'s colours, `generated`'s
    detail. Wholly up to a freedom of KEPT_UNTIL, not at all from FREE_FROM on.

    generated, original: uint8 (h, w, 3). freedom: (h, w) in 0..1, strength by place. known: (h, w), as elsewhere.
    """
    weight = (known == 255).astype(np.float32)
    soft = np.maximum(cv2.GaussianBlur(weight, (0, 0), TONE_PX), 1e-3)[..., None]
    difference = (original.astype(np.float32) - generated) * weight[..., None]
    tone = cv2.GaussianBlur(difference, (0, 0), TONE_PX) / soft
    share = np.clip((FREE_FROM - freedom) / (FREE_FROM - KEPT_UNTIL), 0.0, 1.0) * weight
    return np.asarray(np.clip(np.rint(generated + tone * share[..., None]), 0, 255), np.uint8)


def _membrane(difference: FloatArray, ring: BoolArray, blur_px: float) -> FloatArray:
    """(h, w, 3) that equals `difference`, blurred, in the ring and continues it smoothly everywhere else."""
    weight = ring.astype(np.float32)
    values = difference
    if blur_px > 0:
        soft = cv2.GaussianBlur(weight, (0, 0), blur_px)
        blurred = cv2.GaussianBlur(difference * weight[..., None], (0, 0), blur_px)
        values = np.asarray(blurred / np.maximum(soft, 1e-4)[..., None], np.float32)
    return spread(values, weight)
