"""Pixels in the hand, drawn over the picture while they move."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPolygonF, QTransform

from studio.core.geometry import Point, Rect
from studio.generation.request import UInt8Array
from studio.tools.tool import FloatingPicture
from studio.ui.canvas.qimage import CacheImage, to_native
from studio.ui.canvas.viewport import Viewport


class FloatingImage:
    """Keeps the picture last drawn as Qt likes it: a million pixels take 1 ms to convert."""

    def __init__(self) -> None:
        self._pixels: UInt8Array | None = None
        self._image = CacheImage(1, 1)

    def draw(self, painter: QPainter, picture: FloatingPicture, viewport: Viewport) -> None:
        """painter: in device pixels."""
        if picture.pixels is not self._pixels:
            height, width = picture.pixels.shape[:2]
            self._image = CacheImage(width, height)
            self._image.pixels[:] = to_native(picture.pixels)
            self._pixels = picture.pixels
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        painter.setOpacity(picture.opacity)
        painter.setTransform(_to_device(picture, viewport), True)
        painter.drawImage(0, 0, self._image.image)
        painter.restore()


def picture_bounds(picture: FloatingPicture, viewport: Viewport) -> Rect:
    """Device pixels it may touch."""
    height, width = picture.pixels.shape[:2]
    box = _to_device(picture, viewport).map(QPolygonF(QRectF(0, 0, width, height))).boundingRect()
    limits = [min(max(side, -1e6), 1e6) for side in (box.left(), box.top(), box.right(), box.bottom())]
    left, top, right, bottom = limits
    return Rect.from_edges(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom)).expanded(2)


def _to_device(picture: FloatingPicture, viewport: Viewport) -> QTransform:
    # Qt multiplies rows from the left: its matrices are ours transposed.
    own = QTransform(*picture.matrix.T.reshape(-1).tolist())
    span = 1024.0
    origin = viewport.to_device(Point(0.0, 0.0))
    across, down = viewport.to_device(Point(span, 0.0)), viewport.to_device(Point(0.0, span))
    view = QTransform(
        (across.x - origin.x) / span,
        (across.y - origin.y) / span,
        (down.x - origin.x) / span,
        (down.y - origin.y) / span,
        origin.x,
        origin.y,
    )
    return own * view
