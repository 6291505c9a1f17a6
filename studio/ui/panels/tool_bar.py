"""The tools, one button each, down the left side."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QToolButton, QWidget

from studio.ui.actions import TOOL_ACTIONS
from studio.ui.bind import Bindings
from studio.ui.context import Context

GROUPS: tuple[tuple[str, ...], ...] = (
    ("mask_brush", "mask_eraser", "mix_brush"),
    ("select_rectangle", "select_ellipse", "select_lasso", "select_polygon", "select_wand"),
    ("brush", "eraser", "fill", "gradient", "shape", "text", "color_picker"),
    ("smudge", "blur", "clone", "heal"),
    ("move", "transform", "crop"),
    ("frame", "context", "pan"),
)
GAP_PX = 2
MARGIN_PX = 6


class ToolBar(QWidget):
    """One column; on a screen too low for it, two."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._bindings = Bindings()
        self.setProperty("role", "tools")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.buttons: dict[str, QToolButton] = {}
        self._columns = 0
        self._separators = [_separator() for _ in GROUPS[1:]]
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(MARGIN_PX - 1, MARGIN_PX, MARGIN_PX - 1, MARGIN_PX)
        self._grid.setSpacing(GAP_PX)
        for tool_id in (tool_id for group in GROUPS for tool_id in group):
            self.buttons[tool_id] = context.button(TOOL_ACTIONS[tool_id], role="tool")
        self._place(1)
        self._bindings.subscribe(context.workspace.tool_settings.changed, self._on_changed)
        self._show_active()

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self._height_of(2))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(1 if self.height() >= self._height_of(1) else 2)

    def _height_of(self, columns: int) -> int:
        rows = sum(-(-len(group) // columns) for group in GROUPS)
        button = next(iter(self.buttons.values())).sizeHint().height()
        gaps = rows + 2 * len(self._separators)
        return rows * button + len(self._separators) + gaps * GAP_PX + 2 * MARGIN_PX

    def _place(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._grid.setRowStretch(self._grid.rowCount() - 1, 0)
        self._columns = columns
        row = 0
        for number, group in enumerate(GROUPS):
            if number:
                self._grid.addWidget(self._separators[number - 1], row, 0, 1, columns)
                row += 1
            for index, tool_id in enumerate(group):
                self._grid.addWidget(self.buttons[tool_id], row + index // columns, index % columns)
            row += -(-len(group) // columns)
        self._grid.setRowStretch(row, 1)
        self.updateGeometry()

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
