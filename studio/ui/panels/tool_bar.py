"""The tools, one button each, down the left side."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from studio.ui.actions import TOOL_ACTIONS
from studio.ui.bind import Bindings
from studio.ui.context import Context
from studio.ui.widgets.buttons import action_button

GROUPS: tuple[tuple[str, ...], ...] = (
    ("mask_brush", "mask_eraser"),
    ("brush", "eraser", "color_picker"),
    ("frame", "pan"),
)


class ToolBar(QWidget):
    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._bindings = Bindings()
        self.setProperty("role", "tools")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.buttons: dict[str, QToolButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(5, 6, 5, 6)
        column.setSpacing(2)
        for number, group in enumerate(GROUPS):
            if number:
                column.addWidget(_separator())
            for tool_id in group:
                button = action_button(context.actions[TOOL_ACTIONS[tool_id]], role="tool")
                self.buttons[tool_id] = button
                column.addWidget(button)
        column.addStretch(1)
        self._bindings.subscribe(context.workspace.tool_settings.changed, self._on_changed)
        self._show_active()

    def close_panel(self) -> None:
        self._bindings.disconnect()

    def _on_changed(self, name: str) -> None:
        if name == "active_tool_id":
            self._show_active()

    def _show_active(self) -> None:
        active = self._context.workspace.tool_settings.active_tool_id
        for tool_id, action_id in TOOL_ACTIONS.items():
            self._context.actions[action_id].setChecked(tool_id == active)


def _separator() -> QFrame:
    line = QFrame()
    line.setProperty("role", "separator")
    line.setFixedHeight(1)
    return line
