"""A line along the mask's edge."""

from __future__ import annotations

from typing import Literal

import numpy as np

from studio.core.geometry import Rect
from studio.core.opencv import cv2
from studio.document.changes import Target
from studio.document.copying import copy_document
from studio.document.document import Document
from studio.document.edits import SwapTiles
from studio.document.layer import Layer
from studio.document.pixels import RGB, FloatArray, UInt8Array
from studio.document.region import fill_region
from studio.document.selection import set_selection
from studio.document.shapes import Patch

StrokeSide = Literal["inside", "center", "outside"]
STROKE_SIDES: tuple[StrokeSide, ...] = ("inside", "center", "outside")


def stroke_selection(
    document: Document, layer: Layer, color: RGB, *, width_px: int, side: StrokeSide, clip: Rect
) -> SwapTiles:
    """`color` along the edge, as far as `clip` reaches; the mask itself stays as it is."""
    rect = document.selection.bounds().expanded(width_px + 2)
    band = edge_band(document.selection.read(rect), width_px, side)
    inside = rect.intersected(clip)
    banded = copy_document(document)
    set_selection(banded, Patch(inside, np.ascontiguousarray(band[inside.slices_in(rect)]))).apply(banded)
    return fill_region(banded, Target.pixels(layer.id), color)


def edge_band(mask: UInt8Array, width_px: int, side: StrokeSide) -> UInt8Array:
    """(h, w): 255 on a line `width_px` wide along the edge of (h, w) `mask`, antialiased on both sides."""
    distance = _signed_distance(mask)
    middle = {"inside": -width_px / 2, "center": 0.0, "outside": width_px / 2}[side]
    coverage = np.clip(width_px / 2 - np.abs(distance - middle) + 0.5, 0.0, 1.0)
    return np.asarray(np.rint(coverage * 255), np.uint8)


def _signed_distance(mask: UInt8Array) -> FloatArray:
    """From the centre of each pixel to the edge, in pixels, negative inside.

    Measured to the nearest pixel at the edge, and from its centre as far as its grey says that the edge lies beside
    it: to whole pixels alone, a slanted line would come out a quarter of a pixel too wide.
    """
    is_inside = mask >= 128
    beside_nothing = cv2.erode(mask, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))) == 0
    rim = (mask == 255) & beside_nothing
    is_edge = rim | ((mask > 0) & (mask < 255))
    if not is_edge.any():
        return np.full(mask.shape, np.float32(1e6))
    distance, labels = cv2.distanceTransformWithLabels(
        np.logical_not(is_edge).astype(np.uint8),
        cv2.DIST_L2,
        cv2.DIST_MASK_5,
        labelType=cv2.DIST_LABEL_PIXEL,
    )
    beside = np.zeros(int(labels.max()) + 1, np.float32)
    beside[labels[is_edge]] = 0.5 - mask[is_edge].astype(np.float32) / 255
    return np.asarray(np.where(is_inside, -distance, distance) + beside[labels], np.float32)
