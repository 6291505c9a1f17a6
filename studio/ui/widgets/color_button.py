"""A patch of color that opens the color dialog."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QColorDialog, QPushButton


class ColorButton(QPushButton):
    """Shows a color; a click opens the color dialog, which stays beside the work."""

    picked = Signal(int, int, int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setAccessibleName(name)
        self.setFixedSize(44, 26)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._color = QColor("black")
        self._dialog: QColorDialog | None = None
        self.clicked.connect(self.choose)

    def show_color(self, red: int, green: int, blue: int) -> None:
        self._color = QColor(red, green, blue)
        self.setToolTip(f"{self._name} {self._color.name()}")
        self.update()

    def choose(self) -> None:
        if self._dialog is None:
            self._dialog = QColorDialog(self.window())
            self._dialog.setWindowTitle(self._name)
            self._dialog.setOptions(
                QColorDialog.ColorDialogOption.NoButtons | QColorDialog.ColorDialogOption.DontUseNativeDialog
            )
            self._dialog.setModal(False)
            self._dialog.currentColorChanged.connect(self._on_picked)
        with QSignalBlocker(self._dialog):
            self._dialog.setCurrentColor(self._color)
        self._dialog.show()
        self._dialog.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._color)
        painter.drawRoundedRect(self.rect().adjusted(4, 4, -4, -4), 3, 3)
        painter.end()

    def _on_picked(self, color: QColor) -> None:
        self.picked.emit(color.red(), color.green(), color.blue())
