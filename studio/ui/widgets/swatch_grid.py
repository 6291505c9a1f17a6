"""Small patches of colour in rows: click takes one, arrow keys walk."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

CELL_PX = 18
GAP_PX = 2

Patch = tuple[int, int, int, str]
"""Red, green, blue, name."""


class SwatchGrid(QWidget):
    """picked: index of the patch that was clicked. asked: index and where, for a menu. columns: as many as fit."""

    picked = Signal(int)
    asked = Signal(int, QPoint)

    def __init__(self, name: str, *, rows: int = 0) -> None:
        """rows: at most so many are shown; 0: all."""
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._rows = rows
        self._patches: tuple[Patch, ...] = ()
        self._current = 0

    @property
    def patches(self) -> tuple[Patch, ...]:
        return self._patches

    def show_patches(self, patches: Sequence[Patch]) -> None:
        self._patches = tuple(patches)
        self._current = min(self._current, max(0, len(self._patches) - 1))
        self._fit()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(8 * (CELL_PX + GAP_PX), self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(4 * (CELL_PX + GAP_PX), self._height())

    # Events ---------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._index_at(event.position().toPoint())
        if index is None:
            return
        self._current = index
        self.update()
        if event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(index)
        elif event.button() == Qt.MouseButton.RightButton:
            self.asked.emit(index, event.globalPosition().toPoint())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns,
            Qt.Key.Key_Down: self._columns,
        }
        key = Qt.Key(event.key())
        if key in steps and self._patches:
            self._current = min(max(self._current + steps[key], 0), len(self._patches) - 1)
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._patches:
            self.picked.emit(self._current)
        elif key in (Qt.Key.Key_Menu, Qt.Key.Key_Delete) and self._patches:
            corner = self._cell(self._current).bottomLeft().toPoint()
            self.asked.emit(self._current, self.mapToGlobal(corner))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self._index_at(event.pos())
            if index is not None:
                red, green, blue, name = self._patches[index]
                shown = QColor(red, green, blue).name()
                QToolTip.showText(event.globalPos(), f"{name} {shown}".strip(), self)
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = QColor(self.palette().mid().color())
        for index, (red, green, blue, _) in enumerate(self._patches[: self._shown]):
            painter.setPen(QPen(edge, 1))
            painter.setBrush(QColor(red, green, blue))
            painter.drawRoundedRect(self._cell(index).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        if self.hasFocus() and self._patches:
            painter.setPen(QPen(self.palette().highlight().color(), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self._cell(self._current), 3, 3)
        painter.end()

    # Inside ---------------------------------------------------------------------------------------------------

    @property
    def _columns(self) -> int:
        return max(1, (self.width() + GAP_PX) // (CELL_PX + GAP_PX))

    @property
    def _shown(self) -> int:
        return len(self._patches) if not self._rows else min(len(self._patches), self._rows * self._columns)

    def _height(self) -> int:
        rows = math.ceil(max(self._shown, 1) / self._columns)
        return rows * (CELL_PX + GAP_PX) - GAP_PX + 2

    def _fit(self) -> None:
        self.setFixedHeight(self._height())

    def _cell(self, index: int) -> QRectF:
        row, column = divmod(index, self._columns)
        step = CELL_PX + GAP_PX
        return QRectF(column * step + 1, row * step + 1, CELL_PX, CELL_PX)

    def _index_at(self, position: QPoint) -> int | None:
        step = CELL_PX + GAP_PX
        column, row = position.x() // step, position.y() // step
        index = row * self._columns + column
        is_inside = 0 <= column < self._columns and 0 <= index < self._shown and position.y() >= 0
        return index if is_inside else None
