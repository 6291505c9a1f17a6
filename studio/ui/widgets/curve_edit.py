"""A curve that is drawn by its points: click to add one, drag to move it, drag it out or press Delete to remove it."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.brushes.curve import MAX_POINTS, STEPS, STRAIGHT, Curve, curve_through, table

MARGIN_PX = 9.0
REACH_PX = 11.0
GONE_PX = 28.0
POINT_PX = 4.5
NUDGE = 0.02


class CurveEdit(QWidget):
    """edited: the curve after a change by the hand. Arrow keys move the chosen point, Page Up and Down choose one."""

    edited = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._curve = STRAIGHT
        self._chosen: int | None = None
        self._is_dragging = False
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.CrossCursor)

    @property
    def curve(self) -> Curve:
        return self._curve

    def set_curve(self, curve: Curve) -> None:
        if curve != self._curve:
            self._curve = curve
            if self._chosen is not None and self._chosen >= len(curve.points):
                self._chosen = None
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(210, 150)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 96)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = self.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        line = palette.color(QPalette.ColorRole.Mid)
        painter.setPen(QPen(line, 1))
        painter.setBrush(palette.color(QPalette.ColorRole.Base))
        painter.drawRect(area)
        for share in (0.25, 0.5, 0.75):
            x, y = area.x() + share * area.width(), area.y() + share * area.height()
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        values = table(self._curve)
        path = QPainterPath(self._place(0.0, values[0]))
        for step in range(1, STEPS + 1):
            path.lineTo(self._place(step / STEPS, values[step]))
        accent = QColor(palette.color(QPalette.ColorRole.Highlight))
        if not self.isEnabled():
            accent = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(accent, 1.8))
        painter.drawPath(path)
        for index, point in enumerate(self._curve.points):
            is_chosen = index == self._chosen and (self.hasFocus() or self._is_dragging)
            painter.setBrush(accent if is_chosen else palette.color(QPalette.ColorRole.Base))
            painter.drawEllipse(self._place(point.x, point.y), POINT_PX, POINT_PX)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._chosen = self._near(event.position())
        if self._chosen is None and len(self._curve.points) < MAX_POINTS:
            x, y = self._value(event.position())
            self._become(curve_through((*self._curve.points, (x, y))), chosen_x=x)
        self._is_dragging = self._chosen is not None
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._is_dragging or self._chosen is None:
            return
        if self._is_outside(event.position()) and len(self._curve.points) > 1:
            self._remove()
        else:
            self._move_to(*self._value(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._is_dragging = False
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (-NUDGE, 0.0),
            Qt.Key.Key_Right: (NUDGE, 0.0),
            Qt.Key.Key_Up: (0.0, NUDGE),
            Qt.Key.Key_Down: (0.0, -NUDGE),
        }
        key, count = Qt.Key(event.key()), len(self._curve.points)
        if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            offset = 1 if key == Qt.Key.Key_PageDown else -1
            self._chosen = 0 if self._chosen is None else (self._chosen + offset) % count
            self.update()
        elif self._chosen is not None and key in steps:
            point, (dx, dy) = self._curve.points[self._chosen], steps[key]
            self._move_to(point.x + dx, point.y + dy)
        elif self._chosen is not None and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and count > 1:
            self._remove()
        else:
            super().keyPressEvent(event)

    def _move_to(self, x: float, y: float) -> None:
        """Between its neighbours."""
        points, chosen = self._curve.points, self._chosen
        assert chosen is not None
        lowest = points[chosen - 1].x + 0.01 if chosen > 0 else 0.0
        highest = points[chosen + 1].x - 0.01 if chosen + 1 < len(points) else 1.0
        x, y = min(max(x, lowest), max(lowest, highest)), min(max(y, 0.0), 1.0)
        others = [point for index, point in enumerate(points) if index != chosen]
        self._become(curve_through((*others, (x, y))), chosen_x=x)

    def _remove(self) -> None:
        points = [point for index, point in enumerate(self._curve.points) if index != self._chosen]
        self._chosen, self._is_dragging = None, False
        self._become(curve_through(points))

    def _become(self, curve: Curve, *, chosen_x: float | None = None) -> None:
        if chosen_x is not None:
            self._chosen = min(range(len(curve.points)), key=lambda at: abs(curve.points[at].x - chosen_x))
        if curve != self._curve:
            self._curve = curve
            self.edited.emit(curve)
        self.update()

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX)

    def _place(self, x: float, y: float) -> QPointF:
        area = self._area()
        return QPointF(area.x() + x * area.width(), area.bottom() - y * area.height())

    def _value(self, spot: QPointF) -> tuple[float, float]:
        area = self._area()
        x = (spot.x() - area.x()) / max(area.width(), 1.0)
        y = (area.bottom() - spot.y()) / max(area.height(), 1.0)
        return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)

    def _near(self, spot: QPointF) -> int | None:
        distances = [
            math.hypot(spot.x() - place.x(), spot.y() - place.y())
            for place in (self._place(point.x, point.y) for point in self._curve.points)
        ]
        nearest = min(range(len(distances)), key=distances.__getitem__)
        return nearest if distances[nearest] <= REACH_PX else None

    def _is_outside(self, spot: QPointF) -> bool:
        return not self._area().adjusted(-GONE_PX, -GONE_PX, GONE_PX, GONE_PX).contains(spot)
