"""What the active layer's mask hides, tinted over the picture: for the screen only."""

from __future__ import annotations

import numpy as np

from studio.core.geometry import Rect
from studio.core.opencv import cv2
from studio.document.document import Document
from studio.document.pixels import RGB, UInt8Array, over_color
from studio.document.surface import TiledSurface

TINT = RGB(230, 30, 50)
OPACITY = 0.5


def mask_to_show(document: Document) -> TiledSurface | None:
    """The active layer's mask, where the artist wants to see it."""
    layer = document.active_layer if document.shows_mask else None
    return None if layer is None else layer.mask


def tinted(pixels: UInt8Array, mask: TiledSurface, rect: Rect) -> UInt8Array:
    """(h, w, 4) premultiplied pixels of `rect` with the tint where the mask hides."""
    hidden = np.asarray(cv2.bitwise_not(mask.read(rect)), np.uint8)
    return over_color(pixels, hidden, TINT, OPACITY)
