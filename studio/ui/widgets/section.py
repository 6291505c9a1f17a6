"""A titled part of the sidebar that folds away."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from studio.ui.icons import IconSet


class Section(QWidget):
    """Header with title and buttons, body below. folded: the artist folded or unfolded it."""

    folded = Signal(bool)

    def __init__(
        self, title: str, body: QWidget, icons: IconSet, *, buttons: tuple[QWidget, ...] = ()
    ) -> None:
        super().__init__()
        self._body = body
        self._icons = icons
        self._toggle = QToolButton()
        self._toggle.setProperty("role", "header")
        self._toggle.setText(title)
        self._toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._toggle.setCheckable(True)
        self._toggle.setChecked(True)
        self._toggle.setAccessibleName(f"{title}: fold or unfold")
        self._toggle.setToolTip(f"Fold or unfold {title.lower()}")
        self._toggle.toggled.connect(self._on_toggled)
        icons.put(self._toggle, "expand")
        self._header = QWidget()
        self._header.setProperty("role", "header")
        self._header.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self._header)
        row.setContentsMargins(4, 4, 8, 4)
        row.setSpacing(2)
        row.addWidget(self._toggle)
        row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(body, 1)

    @property
    def is_open(self) -> bool:
        return self._toggle.isChecked()

    def set_open(self, is_open: bool) -> None:
        self._toggle.setChecked(is_open)

    def _on_toggled(self, is_open: bool) -> None:
        self._body.setVisible(is_open)
        self._icons.put(self._toggle, "expand" if is_open else "next")
        self.setMaximumHeight(16777215 if is_open else self._header.sizeHint().height())
        self.folded.emit(not is_open)
