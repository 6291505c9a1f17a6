"""One image, a stamped tip, dirty rectangles: the least a canvas can do."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QRadialGradient
from PySide6.QtWidgets import QWidget

from studio.core.geometry import Point

SPACING = 0.1
"""Of the tip's diameter: what a soft brush needs to look even."""

INTERVAL_S = 0.008


def soft_tip(size_px: int) -> QImage:
    tip = QImage(size_px, size_px, QImage.Format.Format_ARGB32_Premultiplied)
    tip.fill(Qt.GlobalColor.transparent)
    middle = size_px / 2
    gradient = QRadialGradient(QPointF(middle, middle), middle)
    gradient.setColorAt(0, QColor(30, 30, 30, 255))
    gradient.setColorAt(1, QColor(30, 30, 30, 0))
    painter = QPainter(tip)
    painter.fillRect(tip.rect(), gradient)
    painter.end()
    return tip


class BareCanvas(QWidget):
    """Shows the middle of an image of side_px² at half its size."""

    def __init__(self, side_px: int, brush_px: int) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._image = QImage(side_px // 2, side_px // 2, QImage.Format.Format_RGB32)
        self._image.fill(QColor(90, 120, 90))
        self._tip = soft_tip(brush_px)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        corner = QPointF(
            self.width() / 2 - self._image.width() / 4, self.height() / 2 - self._image.height() / 4
        )
        painter.setClipRect(event.rect())
        painter.translate(corner)
        painter.scale(0.5, 0.5)
        painter.drawImage(0, 0, self._image)
        painter.end()

    def stroke(self, points: Sequence[Point]) -> list[float]:
        """Points in the widget; milliseconds of each: stamps along the way, repaint."""
        times: list[float] = []
        half = self._tip.width() // 2
        offset = self._image.width() / 4
        last = points[0]
        for point in points[1:]:
            began = time.perf_counter()
            painter = QPainter(self._image)
            count = max(1, round(2 * point.distance_to(last) / (SPACING * self._tip.width())))
            box = QRect()
            for index in range(1, count + 1):
                x = last.x + (point.x - last.x) * index / count
                y = last.y + (point.y - last.y) * index / count
                spot = QPointF(
                    2 * (x - self.width() / 2 + offset) - half, 2 * (y - self.height() / 2 + offset) - half
                )
                painter.drawImage(spot, self._tip)
                box |= QRect(round(x) - half // 2 - 1, round(y) - half // 2 - 1, half + 3, half + 3)
            painter.end()
            self.update(box)
            QCoreApplication.sendPostedEvents(self.window(), QEvent.Type.UpdateRequest)
            QCoreApplication.processEvents()
            times.append((time.perf_counter() - began) * 1000)
            last = point
            time.sleep(max(0.0, INTERVAL_S - times[-1] / 1000))
        return times


def stamps_per_second(size_px: int, canvas_px: int, count: int) -> float:
    """One open painter, the tip at whole pixels."""
    image = QImage(canvas_px, canvas_px, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    tip = soft_tip(size_px)
    painter = QPainter(image)
    began = time.perf_counter()
    for index in range(count):
        at = 100 + index * 13 % (canvas_px - size_px - 200)
        painter.drawImage(at, at, tip)
    took = time.perf_counter() - began
    painter.end()
    return count / took
