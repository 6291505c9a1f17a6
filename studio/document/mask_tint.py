"""What the active layer's mask hides, tinted over the picture: for the screen only."""

from __future__ import annotations

import numpy as np

from studio.core.geometry import Rect
from studio.core.opencv import cv2
from studio.document.document import Document
from studio.document.pixels import RGB, UInt8Array, over_color

TINT = RGB(230, 30, 50)
OPACITY = 0.5


def tinted(document: Document, pixels: UInt8Array, rect: Rect) -> UInt8Array:
    """(h, w, 4) premultiplied pixels of `rect` with the tint, or as they are where no mask is to be shown."""
    layer = document.active_layer if document.shows_mask else None
    if layer is None or layer.mask is None:
        return pixels
    hidden = np.asarray(cv2.bitwise_not(layer.mask.read(rect)), np.uint8)
    return over_color(pixels, hidden, TINT, OPACITY)
