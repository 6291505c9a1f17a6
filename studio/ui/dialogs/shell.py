"""What every dialog shares: a body over a row of buttons, centred text, the window's look."""

from __future__ import annotations

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLayout, QVBoxLayout, QWidget


class Dialog(QDialog):
    """A titled dialog; the default button is what Enter does."""

    def __init__(self, parent: QWidget | None, title: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(18, 16, 18, 14)
        self.column.setSpacing(12)

    def add_body(self, body: QWidget | QLayout) -> None:
        if isinstance(body, QWidget):
            self.column.addWidget(body, 1)
        else:
            self.column.addLayout(body, 1)

    def add_buttons(self, accept: str) -> None:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        button = box.addButton(accept, QDialogButtonBox.ButtonRole.AcceptRole)
        button.setDefault(True)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        self._add_box(box)

    def add_close_button(self) -> None:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        box.rejected.connect(self.reject)
        self._add_box(box)

    def _add_box(self, box: QDialogButtonBox) -> None:
        for button in box.buttons():
            button.setIcon(QIcon())  # some platforms put their own, of another family, beside the words
        self.column.addWidget(box)
