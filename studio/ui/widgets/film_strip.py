"""The steps of a picture as a strip of small pictures: drag along it to see the picture at any of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from studio.generation.request import UInt8Array
from studio.ui.canvas.qimage import copy_to_image

STRIP_PX = 30
CELL_PX = 26
"""Of one step when there is room; with many steps they become narrower."""
MIN_CELL_PX = 5.0


class FilmStrip(QWidget):
    """looked: at a step, from 1; the last known one means: as it is."""

    looked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._total = 1
        self._shown = 0
        self._first_own = 1
        self._pictures: dict[int, UInt8Array] = {}
        self._pixmaps: dict[int, QPixmap] = {}
        self.setFixedHeight(STRIP_PX)
        self.setMinimumWidth(120)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Steps of the picture")

    @property
    def shown(self) -> int:
        return self._shown

    @property
    def latest(self) -> int:
        return max(self._pictures, default=0)

    def sizeHint(self) -> QSize:
        return QSize(self._total * CELL_PX, STRIP_PX)

    def show_steps(
        self, pictures: Mapping[int, UInt8Array], total: int, shown: int, *, first_own: int = 1
    ) -> None:
        """first_own: the step a fork has begun with; those before it belong to its source."""
        for step in [n for n in self._pixmaps if self._pictures.get(n) is not pictures.get(n)]:
            del self._pixmaps[step]
        self._pictures = dict(pictures)
        if total != self._total:
            self._total = max(1, total)
            self.updateGeometry()
        self._shown, self._first_own = shown, first_own
        self.setAccessibleDescription(f"Step {shown} of {total}")
        self.update()

    def step_at(self, x: float) -> int:
        """1 to the latest step there is."""
        step = 1 + int(x / max(1.0, self.width() / self._total))
        return max(1, min(step, self.latest))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._pictures:
            self._look(self.step_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._pictures:
            self._look(self.step_at(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: self._shown - 1,
            Qt.Key.Key_Right: self._shown + 1,
            Qt.Key.Key_Home: 1,
            Qt.Key.Key_End: self.latest,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self._pictures:
            super().keyPressEvent(event)
        else:
            self._look(max(1, min(step, self.latest)))

    def focusInEvent(self, event: QEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        palette = self.palette()
        painter.fillRect(self.rect(), palette.base())
        width = self.width() / self._total
        # Narrower than a line apiece says nothing: then every second one, every fourth…
        stride = max(1, round(MIN_CELL_PX / width)) if width < MIN_CELL_PX else 1
        for step in range(1, self._total + 1, stride):
            cell = QRectF((step - 1) * width, 0, width * stride, STRIP_PX)
            pixmap = self._pixmap(step)
            if pixmap is not None:
                painter.setOpacity(1.0 if step <= self._shown else 0.45)
                _draw_middle(painter, cell, pixmap)
        painter.setOpacity(1.0)
        if 1 < self._first_own <= self._total:
            painter.setPen(QPen(palette.highlight().color(), 1, Qt.PenStyle.DotLine))
            x = (self._first_own - 1) * width
            painter.drawLine(int(x), 0, int(x), STRIP_PX)
        if self._shown:
            marker = QRectF((self._shown - 1) * width, 0, max(width, 3.0), STRIP_PX).adjusted(1, 1, -1, -1)
            painter.setPen(QPen(palette.highlight().color(), 2))
            painter.drawRect(marker)
        if self.hasFocus():
            painter.setPen(QPen(palette.text().color(), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _look(self, step: int) -> None:
        # At once: a held key must not wait for the next refresh.
        self._shown = step
        self.update()
        self.looked.emit(step)

    def _pixmap(self, step: int) -> QPixmap | None:
        picture = self._pictures.get(step)
        if picture is None:
            return None
        if step not in self._pixmaps:
            factor = max(1, min(picture.shape[:2]) // (2 * STRIP_PX))
            small = np.ascontiguousarray(picture[::factor, ::factor])
            self._pixmaps[step] = QPixmap.fromImage(copy_to_image(small))
        return self._pixmaps[step]


def _draw_middle(painter: QPainter, cell: QRectF, pixmap: QPixmap) -> None:
    """As much of the picture's middle as the cell shows at full height."""
    share = min(1.0, cell.width() / cell.height() * pixmap.height() / max(1, pixmap.width()))
    width = pixmap.width() * share
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(cell, pixmap, QRectF((pixmap.width() - width) / 2, 0, width, pixmap.height()))
