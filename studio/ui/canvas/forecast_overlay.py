"""Where a run will change things, drawn before it: how far the model may go, where its result will show."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from studio.core.geometry import EMPTY, Rect, Size
from studio.core.opencv import cv2
from studio.generation.request import UInt8Array
from studio.ui.canvas.qimage import CacheImage
from studio.ui.canvas.viewport import Viewport
from studio.workspace.forecasts import Forecast, Forecasts

REACH_COLOR = (255, 196, 64)
"""B, G, R. Beyond what is masked the model may work, nothing of it will show."""

REACH_ALPHA = 0.45
EDGE_ALPHA = 0.9


class ForecastOverlay:
    """The reach as a tint that fades as the freedom does; the line inside which the result covers wholly."""

    def __init__(self, forecasts: Forecasts) -> None:
        self._forecasts = forecasts
        self._drawn: Forecast | None = None
        self._size = Size(0, 0)
        self._image: CacheImage | None = None

    @property
    def shown(self) -> Forecast | None:
        return self._forecasts.shown

    @property
    def rect(self) -> Rect:
        """Canvas pixels it may touch, notes excepted; EMPTY for nothing."""
        shown = self.shown
        return EMPTY if shown is None else shown.area.united(self._forecasts.context_rect)

    @property
    def context_rect(self) -> Rect:
        return EMPTY if self.shown is None else self._forecasts.context_rect

    def note(self) -> str:
        """What the model will see and how many of its pixels the masked part gets."""
        shown = self.shown
        if shown is None:
            return ""
        seen = shown.work_rect
        passes = " · two passes" if shown.is_two_pass else ""
        return f"Sees {seen.width} × {seen.height} · {shown.target_px} model px on the mask{passes}"

    def draw(self, painter: QPainter, viewport: Viewport) -> None:
        """painter: in device pixels."""
        shown = self.shown
        if shown is None:
            return
        image = self._composed(shown, viewport.zoom)
        left, top, right, bottom = viewport.device_edges(shown.area)
        painter.drawImage(
            QRectF(left, top, right - left, bottom - top),
            image.image,
            QRectF(0, 0, image.width, image.height),
        )

    def _composed(self, shown: Forecast, zoom: float) -> CacheImage:
        share = 2.0 ** math.ceil(math.log2(min(1.0, zoom)))
        size = Size(max(1, round(shown.area.width * share)), max(1, round(shown.area.height * share)))
        if self._image is not None and self._drawn is shown and self._size == size:
            return self._image
        image = CacheImage(size.width, size.height)
        denoise, composite = _resized(shown.denoise, size), _resized(shown.composite, size)
        reach = np.where(composite > 0, 0.0, denoise * (REACH_ALPHA / 255.0))
        core = (composite >= 250).astype(np.uint8)
        edge = core - cv2.erode(core, np.ones((3, 3), np.uint8))
        alpha = np.maximum(reach, edge * EDGE_ALPHA)[..., None]
        image.pixels[..., :3] = np.rint(np.array(REACH_COLOR) * alpha)
        image.pixels[..., 3] = np.rint(255 * alpha[..., 0])
        self._drawn, self._size, self._image = shown, size, image
        return image


def _resized(mask: UInt8Array, size: Size) -> UInt8Array:
    if mask.shape[::-1] == size:
        return mask
    return np.asarray(cv2.resize(mask, tuple(size), interpolation=cv2.INTER_AREA), np.uint8)
