"""A curve over a histogram: press to add a point, drag to move it, drag it out or press Delete to take it away."""

from __future__ import annotations

import itertools

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.document.effects import MAX_POINTS, STRAIGHT, Points, curve_table
from studio.document.histogram import Histogram
from studio.ui.theme import Theme

MARGIN_PX = 8
REACH_PX = 12
OUT_PX = 40
DOT_PX = 4.0


class CurveEditor(QWidget):
    """edited: the points are others now. x and y are levels, 0..255, y upwards."""

    edited = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._points: list[tuple[int, int]] = list(STRAIGHT)
        self._chosen = 0
        self._is_dragging = False
        self._counts = np.zeros(256, np.int64)
        self._color = theme.text
        self.setMinimumSize(220, 220)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Curve")
        self.setToolTip(
            "Press to add a point, drag it; Delete or dragging it out takes it away. Arrow keys move it"
        )

    @property
    def points(self) -> Points:
        return tuple(self._points)

    def show_points(self, points: Points, counts: Histogram, color: str) -> None:
        """counts: (256,), how often each level occurs. color: of the curve."""
        self._points = list(points)
        self._chosen = min(self._chosen, len(points) - 1)
        self._counts, self._color = counts, color
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, 280)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        spot = event.position()
        near = min(range(len(self._points)), key=lambda k: self._distance(k, spot))
        if self._distance(near, spot) <= REACH_PX:
            self._chosen = near
        elif len(self._points) < MAX_POINTS and self._add(spot):
            self.edited.emit()
        else:
            return
        self._is_dragging = True
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_dragging:
            x, y = self._level_at(event.position())
            is_out = (
                not QRectF(self.rect()).adjusted(-OUT_PX, -OUT_PX, OUT_PX, OUT_PX).contains(event.position())
            )
            if is_out:
                self._remove()
            else:
                self._move_to(x, y)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._is_dragging = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, 1),
            Qt.Key.Key_Down: (0, -1),
        }
        key = Qt.Key(event.key())
        if key in steps:
            x, y = self._points[self._chosen]
            self._move_to(x + steps[key][0], y + steps[key][1])
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._remove()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        painter.fillRect(area, QColor(self._theme.field))
        painter.setPen(QPen(QColor(self._theme.line), 1))
        for share in (0.25, 0.5, 0.75):
            painter.drawLine(self._at(share * 255, 0), self._at(share * 255, 255))
            painter.drawLine(self._at(0, share * 255), self._at(255, share * 255))
        paint_histogram(painter, area, self._counts, self._theme.line_strong)
        painter.drawRect(area)
        painter.setPen(QPen(QColor(self._color), 1.8))
        line = curve_table(self.points) * 255
        painter.drawPolyline(QPolygonF([self._at(x, float(line[x])) for x in range(256)]))
        for number, (x, y) in enumerate(self._points):
            painter.setPen(QPen(QColor(self._theme.text), 1.4))
            is_chosen = number == self._chosen and (self.hasFocus() or self._is_dragging)
            painter.setBrush(QColor(self._theme.accent if is_chosen else self._theme.window))
            painter.drawEllipse(self._at(x, y), DOT_PX, DOT_PX)
        painter.end()

    def _add(self, spot: QPointF) -> bool:
        x, y = self._level_at(spot)
        if any(x == taken for taken, _ in self._points):
            return False
        self._points = sorted([*self._points, (x, y)])
        self._chosen = self._points.index((x, y))
        return True

    def _move_to(self, x: int, y: int) -> None:
        """Between its neighbours: a curve has one value for every level."""
        left = self._points[self._chosen - 1][0] + 1 if self._chosen else 0
        right = self._points[self._chosen + 1][0] - 1 if self._chosen + 1 < len(self._points) else 255
        moved = (max(left, min(right, x)), max(0, min(255, y)))
        if moved != self._points[self._chosen]:
            self._points[self._chosen] = moved
            self.update()
            self.edited.emit()

    def _remove(self) -> None:
        if len(self._points) > 2:
            del self._points[self._chosen]
            self._chosen = max(0, self._chosen - 1)
            self._is_dragging = False
            self.update()
            self.edited.emit()

    def _distance(self, number: int, spot: QPointF) -> float:
        away = self._at(*self._points[number]) - spot
        return max(abs(away.x()), abs(away.y()))

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX)

    def _at(self, x: float, y: float) -> QPointF:
        area = self._area()
        return QPointF(area.left() + x / 255 * area.width(), area.bottom() - y / 255 * area.height())

    def _level_at(self, spot: QPointF) -> tuple[int, int]:
        area = self._area()
        x = (spot.x() - area.left()) / max(1.0, area.width()) * 255
        y = (area.bottom() - spot.y()) / max(1.0, area.height()) * 255
        return max(0, min(255, round(x))), max(0, min(255, round(y)))


def paint_histogram(painter: QPainter, area: QRectF, counts: Histogram, color: str) -> None:
    """Bars of 256 levels; the few highest are cut off at the top."""
    # One flat colour would dwarf everything else.
    present = counts[counts > 0]
    highest = float(np.percentile(present, 95)) if present.size else 1.0
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    edges = [area.left() + level / 256 * area.width() for level in range(257)]
    for (left, right), count in zip(itertools.pairwise(edges), counts.tolist(), strict=True):
        height = min(1.0, count / highest) * area.height()
        if height > 0:
            painter.drawRect(QRectF(left, area.bottom() - height, right - left, height))
    painter.restore()
