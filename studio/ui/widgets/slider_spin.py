"""A number that is dragged like a slider and typed like a field, in the height of one line."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPainterPath, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QDoubleSpinBox, QSizePolicy, QWidget

from studio.ui.theme import CONTROL_HEIGHT_PX, RADIUS_PX

FILL_ALPHA = 70
TEXT_MARGIN_PX = 7


class SliderSpin(QDoubleSpinBox):
    """Drag to change, click to type, arrow keys and the wheel (when focused) to nudge.

    curve: exponent of the drag scale; above 1 gives small values more room. committed: Enter was pressed.
    A drag leaves the keyboard focus where it was, so that shortcuts go on working.
    """

    committed = Signal()

    def __init__(
        self,
        name: str,
        lowest: float,
        highest: float,
        *,
        decimals: int = 0,
        step: float = 1.0,
        curve: float = 1.0,
        prefix: str = "",
        suffix: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._curve = curve
        self._pressed_at: QPointF | None = None
        self._is_dragging = False
        self.setProperty("role", "slider")
        self.setAccessibleName(name)
        self.setDecimals(decimals)
        self.setRange(lowest, highest)
        self.setSingleStep(step)
        self.setPrefix(prefix)
        self.setSuffix(suffix)
        self.setKeyboardTracking(False)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        edit = self.lineEdit()
        edit.installEventFilter(self)
        edit.setCursor(Qt.CursorShape.SizeHorCursor)
        edit.returnPressed.connect(self._on_return_pressed)

    def sizeHint(self) -> QSize:
        return QSize(max(self._text_width(), 96), CONTROL_HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._text_width(), CONTROL_HEIGHT_PX)

    def _place_edit(self) -> None:
        # WORKAROUND: a styled spin box without buttons leaves its text one pixel (Qt 6.11).
        self.lineEdit().setGeometry(self.rect().adjusted(TEXT_MARGIN_PX, 1, -TEXT_MARGIN_PX, -1))

    def _text_width(self) -> int:
        """Room for what usually stands there, not for the largest number that could be typed."""
        widest = self.prefix() + "8888"[: len(self.textFromValue(self.maximum()))] + self.suffix()
        return self.fontMetrics().horizontalAdvance(widest) + 2 * TEXT_MARGIN_PX + 6

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_edit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self._place_edit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        outline = QPainterPath()
        outline.addRoundedRect(area, RADIUS_PX - 1, RADIUS_PX - 1)
        color = self.palette().highlight().color()
        color.setAlpha(FILL_ALPHA if self.isEnabled() else FILL_ALPHA // 3)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipPath(outline)
        painter.fillRect(QRectF(area.x(), area.y(), area.width() * self._share(), area.height()), color)
        painter.end()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.lineEdit() and isinstance(event, QMouseEvent) and not self._is_typing():
            return self._on_mouse_event(event)
        return super().eventFilter(watched, event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        # A wheel over a panel scrolls the panel; it must not change a value in passing.
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _on_mouse_event(self, event: QMouseEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.globalPosition()
            self._is_dragging = False
            return True
        if event.type() == QEvent.Type.MouseMove and self._pressed_at is not None:
            moved = abs(event.globalPosition().x() - self._pressed_at.x())
            self._is_dragging = self._is_dragging or moved >= QApplication.startDragDistance() / 2
            if self._is_dragging:
                self._set_share(self.mapFromGlobal(event.globalPosition()).x() / max(1, self.width()))
            return True
        if event.type() == QEvent.Type.MouseButtonRelease and self._pressed_at is not None:
            self._pressed_at = None
            if not self._is_dragging:
                self.setFocus(Qt.FocusReason.MouseFocusReason)
                self.selectAll()
            return True
        return event.type() == QEvent.Type.MouseButtonDblClick

    def _is_typing(self) -> bool:
        return self.hasFocus() and self._pressed_at is None

    def _share(self) -> float:
        span = self.maximum() - self.minimum()
        linear = (self.value() - self.minimum()) / span if span > 0 else 0.0
        return float(linear ** (1 / self._curve))

    def _set_share(self, share: float) -> None:
        share = min(max(share, 0.0), 1.0) ** self._curve
        value = self.minimum() + share * (self.maximum() - self.minimum())
        step = self.singleStep()
        if self._curve == 1.0 or step > 1.0:
            value = round(value / step) * step
        self.setValue(value)

    def _on_return_pressed(self) -> None:
        self.interpretText()
        self.committed.emit()
