"""A ring of hues around a square of one: saturation to the right, brightness upwards."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QConicalGradient,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.canvas.qimage import straight_to_image

RING_SHARE = 0.16
"""Of the radius."""

GAP_PX = 3.0
SMALL_STEP, LARGE_STEP = 0.01, 0.1


class ColorWheel(QWidget):
    """hue, saturation and value are 0..1. picked: the artist chose others.

    Arrow keys change saturation and value, with Ctrl the hue; with Shift in large steps.
    """

    picked = Signal(float, float, float)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Color wheel")
        self.setToolTip("Ring: hue. Square: saturation to the right, brightness upwards")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hue = self.saturation = self.value = 0.0
        self._is_in_ring: bool | None = None
        self._field: QImage | None = None
        self._field_hue = -1.0
        self._describe()

    def show_color(self, hue: float, saturation: float, value: float) -> None:
        self.hue, self.saturation, self.value = hue % 1.0, saturation, value
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(150, 150)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 120)

    # Events ---------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            distance = math.hypot(*self._from_center(event.position()))
            self._is_in_ring = distance > self._outer * (1 - RING_SHARE) - GAP_PX / 2
            self._follow(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_in_ring is not None:
            self._follow(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._is_in_ring = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        arrows = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, 1),
            Qt.Key.Key_Down: (0, -1),
        }
        direction = arrows.get(Qt.Key(event.key()))
        if direction is None:
            super().keyPressEvent(event)
            return
        modifiers = event.modifiers()
        step = LARGE_STEP if modifiers & Qt.KeyboardModifier.ShiftModifier else SMALL_STEP
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self._choose((self.hue + step * sum(direction)) % 1.0, self.saturation, self.value)
        else:
            self._choose(self.hue, self.saturation + step * direction[0], self.value + step * direction[1])

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._field = None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        center, outer = self._center, self._outer
        inner = outer * (1 - RING_SHARE)
        ring = QPainterPath()
        ring.addEllipse(center, outer, outer)
        ring.addEllipse(center, inner, inner)
        gradient = QConicalGradient(center, 0)
        for step in range(13):
            gradient.setColorAt(step / 12, QColor.fromHsvF(step / 12 % 1.0, 1, 1))
        painter.fillPath(ring, gradient)
        square = self._square
        painter.drawImage(square, self._field_image())
        angle, middle = 2 * math.pi * self.hue, (outer + inner) / 2
        self._mark(
            painter, center + QPointF(math.cos(angle), -math.sin(angle)) * middle, (outer - inner) / 2 - 2
        )
        spot = QPointF(
            square.left() + self.saturation * square.width(), square.bottom() - self.value * square.height()
        )
        self._mark(painter, spot, 5)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().highlight().color(), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()

    # Inside ---------------------------------------------------------------------------------------------------

    @property
    def _center(self) -> QPointF:
        return QPointF(self.width() / 2, self.height() / 2)

    @property
    def _outer(self) -> float:
        return min(self.width(), self.height()) / 2 - 4

    @property
    def _square(self) -> QRectF:
        half = (self._outer * (1 - RING_SHARE) - GAP_PX) / math.sqrt(2)
        return QRectF(self._center.x() - half, self._center.y() - half, 2 * half, 2 * half)

    def _from_center(self, position: QPointF) -> tuple[float, float]:
        return position.x() - self._center.x(), self._center.y() - position.y()

    def _follow(self, position: QPointF) -> None:
        if self._is_in_ring:
            across, up = self._from_center(position)
            self._choose(math.atan2(up, across) / (2 * math.pi) % 1.0, self.saturation, self.value)
        else:
            square = self._square
            self._choose(
                self.hue,
                (position.x() - square.left()) / square.width(),
                (square.bottom() - position.y()) / square.height(),
            )

    def _choose(self, hue: float, saturation: float, value: float) -> None:
        self.show_color(hue, min(max(saturation, 0.0), 1.0), min(max(value, 0.0), 1.0))
        self.picked.emit(self.hue, self.saturation, self.value)

    def _describe(self) -> None:
        self.setAccessibleDescription(
            f"Hue {self.hue * 360:.0f} degrees, saturation {self.saturation:.0%}, brightness {self.value:.0%}"
        )

    def _mark(self, painter: QPainter, spot: QPointF, radius: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((QColor(0, 0, 0, 190), 3.0), (QColor(255, 255, 255), 1.4)):
            painter.setPen(QPen(color, width))
            painter.drawEllipse(spot, radius, radius)

    def _field_image(self) -> QImage:
        """All saturations and values of the hue, a pixel of the display each."""
        side = max(2, round(self._square.width() * self.devicePixelRatioF()))
        if self._field is None or self._field.width() != side or self._field_hue != self.hue:
            color = QColor.fromHsvF(min(self.hue, 1.0), 1, 1)
            pure = np.array((color.red(), color.green(), color.blue()), np.float32)
            saturation = np.linspace(0, 1, side, dtype=np.float32)[None, :, None]
            value = np.linspace(1, 0, side, dtype=np.float32)[:, None, None]
            colors = value * (255 + saturation * (pure - 255))
            pixels = np.full((side, side, 4), 255, np.uint8)
            pixels[..., :3] = np.rint(colors)
            self._field = straight_to_image(pixels)
            self._field_hue = self.hue
        return self._field
