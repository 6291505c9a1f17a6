"""What generation shows over (or, for outpainting, under) the picture; never written into the document."""

from __future__ import annotations

import math

import cv2
import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from studio.core.geometry import Rect, Size
from studio.generation.request import UInt8Array
from studio.ui.canvas.qimage import CacheImage
from studio.ui.canvas.viewport import CRISP_FROM_ZOOM, Viewport
from studio.workspace.results import Candidate, LivePreview, Results


class ResultOverlay:
    """Composed when it is painted, from the newest value: results that came and went between two paints cost nothing."""

    def __init__(self, results: Results) -> None:
        self._results = results
        self.is_hidden = False
        self._shown: Candidate | LivePreview | None = None
        self._composed: CacheImage | None = None
        self._work_size = Size(0, 0)
        self._mask_source: UInt8Array | None = None
        self._mask_scaled: UInt8Array | None = None

    @property
    def shown(self) -> Candidate | LivePreview | None:
        """What there is to draw now: the running job's estimate before a finished candidate."""
        if self.is_hidden:
            return None
        live = self._results.live
        if live is not None and live.image is not None:
            return live
        return self._results.current

    @property
    def rect(self) -> Rect | None:
        """The canvas rectangle that changes when the overlay does."""
        shown = self.shown
        if shown is None:
            return None
        return shown.rect.intersected(shown.visible_rect) if isinstance(shown, LivePreview) else shown.rect

    @property
    def lies_below(self) -> bool:
        shown = self.shown
        return isinstance(shown, Candidate) and shown.goes_below

    def draw(self, painter: QPainter, viewport: Viewport) -> None:
        """painter: in device pixels, clipped to what needs painting."""
        shown = self.shown
        if shown is None:
            return
        composed = self._compose(shown, viewport.zoom)
        painter.save()
        if isinstance(shown, LivePreview):
            part = viewport.snapped_rect(shown.visible_rect)
            painter.setClipRect(QRectF(*part), Qt.ClipOperation.IntersectClip)
        # An estimate has no pixels worth telling apart, a finished candidate has.
        is_smooth = isinstance(shown, LivePreview) or viewport.zoom < CRISP_FROM_ZOOM
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth)
        left, top, right, bottom = viewport.device_edges(shown.rect)
        painter.drawImage(
            QRectF(left, top, right - left, bottom - top),
            composed.image,
            QRectF(0, 0, composed.width, composed.height),
        )
        painter.restore()

    # Inside ---------------------------------------------------------------------------------------------------

    def _compose(self, shown: Candidate | LivePreview, zoom: float) -> CacheImage:
        """Colour and mask as one image, no larger than the screen shows it."""
        size = _work_size(shown.rect, zoom)
        if self._composed is not None and shown is self._shown and size == self._work_size:
            return self._composed
        rgb = shown.image if isinstance(shown, LivePreview) else shown.rgb
        assert rgb is not None
        alpha = self._alpha(shown.mask, size)
        composed = self._composed
        if composed is None or (composed.width, composed.height) != size:
            composed = CacheImage(size.width, size.height)
        scaled = _resized(rgb, size)
        if alpha is None:
            composed.pixels[:] = cv2.cvtColor(scaled, cv2.COLOR_RGB2BGRA)
        else:
            solid = cv2.cvtColor(scaled, cv2.COLOR_RGB2BGRA)
            cv2.multiply(solid, cv2.merge((alpha, alpha, alpha, alpha)), dst=composed.pixels, scale=1 / 255)
        self._composed, self._shown, self._work_size = composed, shown, size
        return composed

    def _alpha(self, mask: UInt8Array | None, size: Size) -> UInt8Array | None:
        """The mask at work size; the previews of one job share theirs, so it is scaled once."""
        if mask is None:
            return None
        if (
            mask is not self._mask_source
            or self._mask_scaled is None
            or self._mask_scaled.shape[::-1] != size
        ):
            self._mask_source, self._mask_scaled = mask, _resized(mask, size)
        return self._mask_scaled


def _work_size(rect: Rect, zoom: float) -> Size:
    """Powers of two below the full size, so that zooming by hand does not compose anew at every notch."""
    share = 2.0 ** math.ceil(math.log2(min(1.0, zoom)))
    return Size(max(1, round(rect.width * share)), max(1, round(rect.height * share)))


def _resized(pixels: UInt8Array, size: Size) -> UInt8Array:
    height, width = pixels.shape[:2]
    if (width, height) == size:
        return pixels
    is_growing = size.width > width
    interpolation = cv2.INTER_CUBIC if is_growing else cv2.INTER_AREA
    return np.asarray(cv2.resize(pixels, tuple(size), interpolation=interpolation), np.uint8)
