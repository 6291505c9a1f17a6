"""What the active tool can be set to, in a slim bar over the canvas."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QColorDialog, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from studio.tools.settings import DEFAULT_VALUES, MAX_SIZE_PX, MIN_SIZE_PX
from studio.ui.bind import Bindings
from studio.ui.context import Context
from studio.ui.widgets.buttons import action_button
from studio.ui.widgets.labels import ElidedLabel
from studio.ui.widgets.slider_spin import SliderSpin

NAMES = {
    "brush": "Brush",
    "eraser": "Eraser",
    "mask_brush": "Mask brush",
    "mask_eraser": "Mask eraser",
    "pan": "Pan",
    "frame": "Frame",
    "color_picker": "Color picker",
}
HINTS = {
    "pan": "Drag to move the view, turn the wheel to zoom.",
    "frame": "Drag the frame or its edges. What lies past the picture is painted on.",
    "color_picker": "Click the picture to take its color.",
}
COLOR_TOOLS = frozenset({"brush", "color_picker"})


class ColorButton(QPushButton):
    """Shows the painting color; a click opens the color dialog, which stays beside the work."""

    picked = Signal(int, int, int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Painting color")
        self.setFixedSize(44, 26)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._color = QColor("black")
        self._dialog: QColorDialog | None = None
        self.clicked.connect(self.choose)

    def show_color(self, red: int, green: int, blue: int) -> None:
        self._color = QColor(red, green, blue)
        self.setToolTip(f"Painting color {self._color.name()}")
        self.update()

    def choose(self) -> None:
        if self._dialog is None:
            self._dialog = QColorDialog(self.window())
            self._dialog.setWindowTitle("Painting color")
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


class ToolOptions(QWidget):
    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._settings = context.workspace.tool_settings
        self._bindings = Bindings()
        self.setProperty("role", "options")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._name = ElidedLabel(role="section")
        self._name.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._hint = ElidedLabel(role="muted")
        self._hint.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.size_px = SliderSpin(
            "Brush size", MIN_SIZE_PX, MAX_SIZE_PX, prefix="Size ", suffix=" px", curve=3.0
        )
        self.hardness = SliderSpin("Brush hardness", 0, 100, prefix="Hardness ", suffix=" %")
        self.opacity = SliderSpin("Brush opacity", 0, 100, prefix="Opacity ", suffix=" %")
        self.size_px.setToolTip("Diameter in picture pixels ([ and ])")
        self.hardness.setToolTip("How sharp the brush's edge is (Shift+[ and Shift+])")
        self.opacity.setToolTip("How strongly a stroke covers; for a mask, how much may change")
        self.color = ColorButton()
        self._fit = QPushButton("Frame the whole canvas")
        self._fit.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._fit.setToolTip(context.actions["frame_to_canvas"].toolTip())
        self._fit.clicked.connect(context.actions["frame_to_canvas"].trigger)
        self._lay_out()
        for spin, name, scale in (
            (self.size_px, "size_px", 1.0),
            (self.hardness, "hardness", 100.0),
            (self.opacity, "opacity", 100.0),
        ):
            self._connect(spin, name, scale)
        self.color.picked.connect(self._on_color_picked)
        self._bindings.subscribe(self._settings.changed, self._show)
        self._show("active_tool_id")

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), 40)

    def close_panel(self) -> None:
        self._bindings.disconnect()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 10, 5)
        row.setSpacing(8)
        row.addWidget(self._name)
        for spin in (self.size_px, self.hardness, self.opacity):
            spin.setMaximumWidth(170)
            row.addWidget(spin, 3)
        row.addWidget(self.color)
        row.addWidget(self._hint, 4)
        row.addWidget(self._fit)
        row.addStretch(1)
        for action_id in ("undo", "redo"):
            row.addWidget(action_button(self._context.actions[action_id]))

    def _connect(self, spin: SliderSpin, name: str, scale: float) -> None:
        def store(value: float) -> None:
            setattr(self._settings, name, value / scale)

        self._bindings.connect(spin.valueChanged, store)

    def _on_color_picked(self, red: int, green: int, blue: int) -> None:
        self._settings.color = (red, green, blue)

    def _show(self, _changed: str) -> None:
        tool_id = self._settings.active_tool_id
        has_brush = tool_id in DEFAULT_VALUES
        values = (
            (self.size_px, self._settings.size_px),
            (self.hardness, self._settings.hardness * 100),
            (self.opacity, self._settings.opacity * 100),
        )
        for spin, value in values:
            spin.setVisible(has_brush)
            with QSignalBlocker(spin):
                spin.setValue(round(value))
            spin.update()
        self.color.setVisible(tool_id in COLOR_TOOLS)
        self.color.show_color(*self._settings.color)
        self._name.setText(NAMES.get(tool_id, tool_id))
        self._hint.setText(HINTS.get(tool_id, ""))
        self._hint.setVisible(tool_id in HINTS)
        self._fit.setVisible(tool_id == "frame")
