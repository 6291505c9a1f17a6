"""What the active tool can be set to, in a slim bar over the canvas."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from studio.brushes.brush import MAX_SIZE_PX, MIN_SIZE_PX
from studio.tools.options import NUMBERS, OPTIONS
from studio.tools.settings import DEFAULT_BRUSHES
from studio.ui.bind import Bindings
from studio.ui.context import Context
from studio.ui.panels.adjust_fields import AdjustFields
from studio.ui.panels.option_fields import OptionFields
from studio.ui.widgets.color_button import ColorButton
from studio.ui.widgets.labels import ElidedLabel
from studio.ui.widgets.slider_spin import SliderSpin

NAMES = {
    "brush": "Brush",
    "eraser": "Eraser",
    "mask_brush": "Mask brush",
    "mask_eraser": "Mask eraser",
    "mix_brush": "Candidate brush",
    "move": "Move",
    "transform": "Transform",
    "crop": "Crop",
    "text": "Text",
    "shape": "Shape",
    "pan": "Pan",
    "frame": "Frame",
    "context": "Context",
    "color_picker": "Color picker",
    "select_rectangle": "Rectangle mask",
    "select_ellipse": "Ellipse mask",
    "select_lasso": "Lasso",
    "select_polygon": "Polygon lasso",
    "select_wand": "Magic wand",
    "fill": "Fill",
    "gradient": "Gradient",
    "smudge": "Smudge",
    "blur": "Blur",
    "clone": "Clone",
    "heal": "Heal",
}
HINTS = {
    "move": "Drag the masked pixels, or the whole layer. Alt leaves a copy, Shift keeps straight.",
    "pan": "Drag to move the view, turn the wheel to zoom.",
    "context": "What the model sees around the mask. Drag it or its edges; nothing masked, nothing to drag.",
    "frame": "Drag the frame or its edges. What lies past the picture is painted on.",
    "color_picker": "Click the picture to take its color.",
    "select_rectangle": "Shift adds, Ctrl takes away. While dragging: Shift makes a square, Space moves it.",
    "select_ellipse": "Shift adds, Ctrl takes away. While dragging: Shift makes a circle, Space moves it.",
    "select_lasso": "Draw around what may change. Shift adds, Ctrl takes away.",
    "select_polygon": "Click the corners. A double click or Enter closes, Backspace takes one back, Esc all.",
    "mix_brush": "Paint where the active layer shows; Alt+[ and Alt+] choose another.",
    "clone": "Alt+click or Ctrl+click sets the source.",
    "heal": "Alt+click or Ctrl+click sets the source.",
    "gradient": "Drag from the painting color to where it ends. Shift keeps the line straight.",
}
COLOR_TOOLS = frozenset({"shape", "text", "brush", "color_picker", "fill", "gradient"})


class ToolOptions(QWidget):
    """committed: a number was typed and Enter pressed; the keyboard may go back to the canvas."""

    committed = Signal()

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
        self.color = ColorButton("Painting color")
        self.fields = OptionFields(context)
        self.adjusting: dict[str, AdjustFields] = {}
        self._fit = QPushButton("Frame the whole canvas")
        self._fit.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._fit.setToolTip(context.actions["frame_to_canvas"].toolTip())
        self._fit.clicked.connect(context.actions["frame_to_canvas"].trigger)
        self._automatic = QPushButton("Automatic")
        self._automatic.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._automatic.setToolTip(context.actions["context_auto"].toolTip())
        self._automatic.clicked.connect(context.actions["context_auto"].trigger)
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
        self.fields.close_panel()
        for numbers in self.adjusting.values():
            numbers.close_panel()

    def _lay_out(self) -> None:
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 10, 5)
        row.setSpacing(8)
        row.addWidget(self._name)
        for spin in (self.size_px, self.hardness, self.opacity):
            spin.setMaximumWidth(170)
            row.addWidget(spin, 3)
        row.addWidget(self.color)
        row.addWidget(self.fields)
        row.addWidget(self._hint, 4)
        row.addWidget(self._fit)
        row.addWidget(self._automatic)
        row.addStretch(1)
        for action_id in ("undo", "redo"):
            row.addWidget(self._context.button(action_id))

    def _connect(self, spin: SliderSpin, name: str, scale: float) -> None:
        def store(value: float) -> None:
            setattr(self._settings, name, value / scale)

        self._bindings.connect(spin.valueChanged, store)

    def _on_color_picked(self, red: int, green: int, blue: int) -> None:
        self._settings.color = (red, green, blue)

    def _show(self, _changed: str) -> None:
        tool_id = self._settings.active_tool_id
        has_brush = tool_id in DEFAULT_BRUSHES
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
        self._automatic.setVisible(tool_id == "context")
        self.fields.setVisible(tool_id in OPTIONS)
        self._show_numbers(tool_id)

    def _show_numbers(self, tool_id: str) -> None:
        """Made when the tool is first taken."""
        if tool_id in NUMBERS and tool_id not in self.adjusting:
            self.adjusting[tool_id] = AdjustFields(tool_id, self._settings)
            self.adjusting[tool_id].committed.connect(self.committed)
            self._row.insertWidget(self._row.indexOf(self.fields) + 1, self.adjusting[tool_id])
        for other_id, numbers in self.adjusting.items():
            numbers.setVisible(other_id == tool_id)
