"""A ruler along an edge of the canvas; a guide is dragged out of it."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.core.geometry import Point
from studio.document.guide import Guide
from studio.ui.canvas.pose import Pose
from studio.ui.canvas.view import CanvasView
from studio.ui.canvas.viewport import Viewport

RULER_PX = 20
LABEL_LEAST_PX = 56
FONT_PX = 9
STEPS = (1, 2, 5)


class Ruler(QWidget):
    """is_upright: along the left edge, for y. guide_dropped: Guide, dragged onto the canvas."""

    guide_dropped = Signal(object)

    def __init__(self, canvas: CanvasView, *, is_upright: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._is_upright = is_upright
        self._drawn: tuple[Viewport, Pose] | None = None
        self._pointer: Point | None = None
        self._is_dragging = False
        kind = "upright" if is_upright else "level"
        self.setAccessibleName("Ruler, left" if is_upright else "Ruler, top")
        self.setToolTip(f"Drag a guide out of it onto the picture, {kind} as this ruler is")
        self.setCursor(Qt.CursorShape.SplitHCursor if is_upright else Qt.CursorShape.SplitVCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        canvas.installEventFilter(self)
        canvas.pointer_moved.connect(self._on_pointer_moved)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._looks != self._drawn:
            self.update()
        return super().eventFilter(watched, event)

    @property
    def _looks(self) -> tuple[Viewport, Pose]:
        return self._canvas.viewport, self._canvas.navigator.pose

    def paintEvent(self, event: QPaintEvent) -> None:
        self._drawn, viewport = self._looks, self._canvas.viewport
        ratio = self._canvas.devicePixelRatioF()
        painter = QPainter(self)
        palette = self.palette()
        painter.fillRect(self.rect(), palette.color(QPalette.ColorRole.Window))
        ink = QColor(palette.color(QPalette.ColorRole.WindowText))
        ink.setAlpha(150)
        if not self._canvas.navigator.pose.is_straight:
            # Along the edge of a turned view there is nothing to measure; guides still come out of the ruler.
            painter.end()
            return
        painter.setPen(ink)
        font = painter.font()
        font.setPixelSize(FONT_PX)
        painter.setFont(font)
        step = _label_step(viewport.zoom / ratio)
        length = self.height() if self._is_upright else self.width()
        first = math.floor(self._to_canvas(0) / step) * step
        place = first
        while (at := self._to_widget(place)) <= length:
            self._draw_label(painter, at, place)
            for part in range(1, 10):
                middle = self._to_widget(place + step * part / 10)
                self._draw_tick(painter, middle, 7 if part == 5 else 4)
            place += step
        if self._pointer is not None:
            painter.setPen(palette.color(QPalette.ColorRole.Highlight))
            at = self._to_widget(self._pointer.y if self._is_upright else self._pointer.x)
            self._draw_tick(painter, at, RULER_PX)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._is_dragging = True

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_dragging:
            self._preview(self._guide_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._is_dragging:
            return
        self._is_dragging = False
        self._preview(None)
        guide = self._guide_at(event.position())
        if guide is not None:
            self.guide_dropped.emit(guide)

    def _preview(self, guide: Guide | None) -> None:
        self._canvas.lines.preview = guide
        self._canvas.update()

    def _guide_at(self, position: QPointF) -> Guide | None:
        """None beside the canvas widget. The left ruler gives upright guides, the upper one level ones."""
        inside = self._canvas.mapFromGlobal(self.mapToGlobal(position))
        if not self._canvas.rect().contains(inside.toPoint()):
            return None
        ratio = self._canvas.devicePixelRatioF()
        point = self._canvas.navigator.to_canvas(Point(inside.x() * ratio, inside.y() * ratio))
        return Guide(self._is_upright, round(point.x if self._is_upright else point.y))

    def _draw_label(self, painter: QPainter, at: float, place: float) -> None:
        self._draw_tick(painter, at, RULER_PX)
        if self._is_upright:
            painter.save()
            painter.translate(FONT_PX + 1, at + 3)
            painter.rotate(90)
            painter.drawText(QPointF(0, 0), f"{place:g}")
            painter.restore()
        else:
            painter.drawText(QPointF(at + 3, FONT_PX + 1), f"{place:g}")

    def _draw_tick(self, painter: QPainter, at: float, length: int) -> None:
        middle = round(at)
        if self._is_upright:
            painter.drawLine(RULER_PX - length, middle, RULER_PX, middle)
        else:
            painter.drawLine(middle, RULER_PX - length, middle, RULER_PX)

    def _to_widget(self, place: float) -> float:
        device = self._canvas.viewport.to_device(Point(place, place))
        return (device.y if self._is_upright else device.x) / self._canvas.devicePixelRatioF()

    def _to_canvas(self, at: float) -> float:
        device = at * self._canvas.devicePixelRatioF()
        point = self._canvas.viewport.to_canvas(Point(device, device))
        return point.y if self._is_upright else point.x

    def _on_pointer_moved(self, point: Point | None) -> None:
        if self.isVisible():
            self._pointer = point
            self.update()


def _label_step(zoom: float) -> float:
    """Canvas pixels between two numbers. zoom: logical pixels per canvas pixel."""
    decade = 1
    while True:
        for step in STEPS:
            if step * decade * zoom >= LABEL_LEAST_PX and step * decade >= 10:
                return step * decade
        decade *= 10
