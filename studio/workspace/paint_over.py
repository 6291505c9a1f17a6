"""What the artist paints while a picture in the making is paused: found where the document differs from what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from studio.core.geometry import Rect
from studio.document.composite import flatten
from studio.document.copying import copy_document
from studio.document.document import Document
from studio.document.pixels import unpremultiply
from studio.generation.request import UInt8Array

if TYPE_CHECKING:
    from studio.core.geometry import Size


class PaintOver:
    """Begun with the document as it is. rect: canvas pixels the model sees. Belongs to the UI thread; `update` looks
    at what a stroke has touched only."""

    def __init__(self, document: Document, rect: Rect) -> None:
        self._document = document
        self._before = copy_document(document)
        self._rect = rect
        self._painted: npt.NDArray[np.bool_] = np.zeros((rect.height, rect.width), np.bool_)

    @property
    def has_paint(self) -> bool:
        return bool(self._painted.any())

    def update(self, rect: Rect) -> None:
        """Something changed within `rect`, canvas pixels; painted or taken back."""
        part = rect.intersected(self._rect)
        if part.is_empty:
            return
        now, before = flatten(self._document, part), flatten(self._before, part)
        self._painted[part.slices_in(self._rect)] = (now != before).any(axis=-1)

    def cut_out(self, mask: UInt8Array | None) -> UInt8Array:
        """`mask` (None: everything) without what is painted, so that it shows."""
        shown = np.full(self._painted.shape, 255, np.uint8) if mask is None else mask.copy()
        shown[self._painted] = 0
        return shown

    def pixels(self, size: Size) -> tuple[UInt8Array, UInt8Array]:
        """What is painted and where, uint8 (h, w, 3) and (h, w) at the model's size. Empty pixels count as white."""
        from studio.generation.composite import resize

        seen = flatten(self._document, self._rect)
        straight = unpremultiply(seen)
        alpha = straight[..., 3:].astype(np.uint16)
        over_white = (straight[..., :3] * alpha + 255 * (255 - alpha)) // 255
        mask = np.where(self._painted, np.uint8(255), np.uint8(0))
        image = resize(np.ascontiguousarray(over_white.astype(np.uint8)), size)
        return np.ascontiguousarray(image), np.ascontiguousarray(resize(mask, size))
