"""Everything the brush in hand can be set to, beside the work: what it is, and what the pen does to it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.brushes.brush import LIMITS, Brush, Input, Setting
from studio.brushes.curve import STRAIGHT, Curve, between
from studio.brushes.tips import ROUND, texture_names, tip_names
from studio.core.geometry import Size
from studio.document.pixels import RGB, UInt8Array
from studio.tools.settings import DEFAULT_BRUSHES
from studio.ui.bind import Bindings
from studio.ui.canvas.qimage import copy_to_image, to_native
from studio.ui.dialogs.shell import Dialog
from studio.ui.later import Later
from studio.ui.widgets.choice_box import Choice, ChoiceBox
from studio.ui.widgets.curve_edit import CurveEdit
from studio.ui.widgets.labels import plain_label
from studio.ui.widgets.slider_spin import SliderSpin
from studio.workspace.brush_sample import sample_stroke
from studio.workspace.workspace import Workspace

PREVIEW = Size(420, 96)
SLIDERS: tuple[tuple[str, str, str, float, float, str], ...] = (
    ("size_px", "Size", "Diameter in picture pixels", 1.0, 3.0, " px"),
    ("hardness", "Hardness", "How sharp the edge is", 100.0, 1.0, " %"),
    ("opacity", "Opacity", "The most a stroke covers", 100.0, 1.0, " %"),
    ("flow", "Flow", "How much each touch adds towards the opacity", 100.0, 1.0, " %"),
    (
        "spacing",
        "Spacing",
        "Between touches, of the diameter; 0: as close as a smooth line needs",
        100.0,
        2.5,
        " %",
    ),
    ("scatter", "Scatter", "How far touches stray from the line, of the diameter", 100.0, 2.0, " %"),
    ("angle_deg", "Angle", "How far the tip is turned, clockwise", 1.0, 1.0, "°"),
    ("roundness", "Roundness", "How much of a circle the tip is", 100.0, 1.0, " %"),
    ("texture_depth", "Grain", "How much of the paper shows", 100.0, 1.0, " %"),
    ("texture_scale", "Paper size", "How large the grain of the paper is", 100.0, 1.0, " %"),
    ("smoothing", "Smoothing", "How far the line trails behind the pen to become calm", 100.0, 1.0, " %"),
)
"""Field, label, tip, shown per unit, curve of the drag, suffix."""

SETTING_LABELS: dict[Setting, str] = {
    "size_px": "Size",
    "opacity": "Opacity",
    "flow": "Flow",
    "hardness": "Hardness",
    "roundness": "Roundness",
    "angle_deg": "Angle",
    "scatter": "Scatter",
}
INPUT_LABELS: dict[Input, tuple[str, str]] = {
    "pressure": ("Pressure", "How hard the pen presses, from left to right"),
    "speed": ("Speed", "How fast the hand moves, from left to right"),
    "tilt": ("Tilt", "How far the pen leans: upright on the left, flat on the right"),
    "direction": ("Direction", "Where the line goes: right, down, left, up and right again"),
    "tilt_direction": ("Leaning", "Where the pen leans to: right, down, left, up and right again"),
    "random": ("Chance", "Anew for each touch"),
}


class StrokePreview(QFrame):
    """The stroke the brush would draw."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._image = QImage()
        self._drawn: tuple[Brush, str] | None = None
        self._is_drawing = False
        self._is_closed = False
        self.setAccessibleName("Stroke of the brush")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(*PREVIEW)

    def close_preview(self) -> None:
        self._is_closed = True

    def draw(self) -> None:
        """On the background's thread; what changes meanwhile is drawn after."""
        settings = self._workspace.tool_settings
        tool_id = settings.active_tool_id
        wanted = (settings.brush_of(tool_id), tool_id)
        if self._is_drawing or self._is_closed or wanted == self._drawn or tool_id not in DEFAULT_BRUSHES:
            return
        self._is_drawing = True
        text = self.palette().color(QPalette.ColorRole.Text)
        color = RGB(text.red(), text.green(), text.blue())

        def done(pixels: UInt8Array) -> None:
            self._is_drawing, self._drawn = False, wanted
            if not self._is_closed:
                self._image = copy_to_image(to_native(pixels))
                self.update()
                self.draw()

        def failed(_: Exception) -> None:
            self._is_drawing, self._drawn = False, wanted

        self._workspace.background.run(
            lambda: sample_stroke(wanted[0], tool_id, PREVIEW, color), done=done, failed=failed
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Base))
        area = self.rect()
        painter.drawImage(
            (area.width() - self._image.width()) // 2,
            (area.height() - self._image.height()) // 2,
            self._image,
        )
        painter.end()


class BrushEditor(Dialog):
    """Changes the brush of the active tool at once; a brush is kept with Save as New Brush."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent, "Brush")
        self._workspace = workspace
        self._settings = workspace.tool_settings
        self._bindings = Bindings()
        self.preview = StrokePreview(workspace)
        self.sliders = {entry[0]: self._slider(*entry) for entry in SLIDERS}
        self.tip = ChoiceBox("Tip")
        self.texture = ChoiceBox("Paper")
        self.is_pixel = QCheckBox("Whole pixels")
        self.is_pixel.setToolTip("No soft edge: for pixel art")
        self.sprays = QCheckBox("Sprays at rest")
        self.sprays.setToolTip("With little flow it goes on building up while the pen rests")
        self.setting = ChoiceBox("What changes")
        self.input = ChoiceBox("What changes it")
        self.follows = QCheckBox("Changes along this curve")
        self.curve = CurveEdit("Curve")
        first = self._brush.dynamics[0] if self._brush.dynamics else None
        self._chosen_setting: Setting = first.setting if first is not None else "size_px"
        self._chosen_input: Input = first.input if first is not None else "pressure"
        self._lay_out()
        self._bindings.connect(self.tip.chosen, lambda value: self._set(tip=value))
        self._bindings.connect(self.texture.chosen, lambda value: self._set(texture=value))
        self._bindings.connect(self.is_pixel.toggled, lambda value: self._set(is_pixel=value))
        self._bindings.connect(self.sprays.toggled, lambda value: self._set(sprays=value))
        self._bindings.connect(self.setting.chosen, self._on_setting_chosen)
        self._bindings.connect(self.input.chosen, self._on_input_chosen)
        self._bindings.connect(self.follows.toggled, self._on_follows_toggled)
        self._bindings.connect(self.curve.edited, self._on_curve_edited)
        self._later = Later(self.preview.draw, parent=self)
        self._bindings.subscribe(self._settings.changed, lambda _: self._show())
        self._show()

    def done(self, result: int) -> None:
        self._bindings.disconnect()
        self._later.stop()
        self.preview.close_preview()
        super().done(result)

    def _slider(
        self, field: str, label: str, tip: str, scale: float, curve: float, suffix: str
    ) -> SliderSpin:
        low, high = LIMITS[field]
        spin = SliderSpin(
            label, round(low * scale), round(high * scale), prefix=f"{label} ", suffix=suffix, curve=curve
        )
        spin.setToolTip(tip)
        self._bindings.connect(spin.valueChanged, lambda value: self._set(**{field: value / scale}))
        return spin

    def _lay_out(self) -> None:
        left = QGridLayout()
        left.setHorizontalSpacing(6)
        left.setVerticalSpacing(6)
        left.addWidget(self.tip, 0, 0)
        left.addWidget(self.texture, 0, 1)
        for index, (field, *_) in enumerate(SLIDERS):
            left.addWidget(self.sliders[field], 1 + index // 2, index % 2)
        left.addWidget(self.is_pixel, 1 + len(SLIDERS) // 2, 1)
        left.addWidget(self.sprays, 2 + len(SLIDERS) // 2, 1)
        left.setRowStretch(8, 1)
        right = QVBoxLayout()
        right.setSpacing(6)
        choices = QHBoxLayout()
        choices.setSpacing(6)
        choices.addWidget(self.setting, 1)
        choices.addWidget(plain_label("by"))
        choices.addWidget(self.input, 1)
        right.addLayout(choices)
        right.addWidget(self.follows)
        right.addWidget(self.curve, 1)
        halves = QHBoxLayout()
        halves.setSpacing(16)
        halves.addLayout(left, 5)
        halves.addLayout(right, 4)
        whole = QVBoxLayout()
        whole.setSpacing(12)
        whole.addWidget(self.preview)
        whole.addLayout(halves, 1)
        self.add_body(whole)
        self.add_close_button()
        self.setMinimumWidth(640)

    @property
    def _brush(self) -> Brush:
        return self._settings.brush_of(self._settings.active_tool_id)

    def _set(self, **changes: object) -> None:
        self._settings.set_brush(self._settings.active_tool_id, self._brush.with_(**changes))

    def _show(self) -> None:
        brush = self._brush
        has_brush = self._settings.active_tool_id in DEFAULT_BRUSHES
        for field, _, _, scale, _, _ in SLIDERS:
            spin = self.sliders[field]
            spin.setEnabled(has_brush)
            with QSignalBlocker(spin):
                spin.setValue(round(getattr(brush, field) * scale))
            spin.update()
        self.sliders["hardness"].setEnabled(has_brush and brush.tip == ROUND and not brush.is_pixel)
        for field in ("texture_depth", "texture_scale"):
            self.sliders[field].setEnabled(has_brush and bool(brush.texture))
        for widget in (
            self.tip,
            self.texture,
            self.is_pixel,
            self.sprays,
            self.setting,
            self.input,
            self.follows,
        ):
            widget.setEnabled(has_brush)
        self.tip.set_choices(
            [Choice(identifier=name, label=_readable(name)) for name in tip_names()], brush.tip
        )
        papers = [Choice(identifier="", label="Smooth paper")]
        papers += [Choice(identifier=name, label=_readable(name)) for name in texture_names()]
        self.texture.set_choices(papers, brush.texture)
        with QSignalBlocker(self.is_pixel):
            self.is_pixel.setChecked(brush.is_pixel)
        with QSignalBlocker(self.sprays):
            self.sprays.setChecked(brush.sprays)
        self._show_dynamic()
        self._later.schedule()

    def _show_dynamic(self) -> None:
        """What follows something is marked, so that it can be found."""
        brush = self._brush
        self.setting.set_choices(
            [
                Choice(
                    identifier=name,
                    label=label + _mark(any(entry.setting == name for entry in brush.dynamics)),
                )
                for name, label in SETTING_LABELS.items()
            ],
            self._chosen_setting,
        )
        self.input.set_choices(
            [
                Choice(
                    identifier=name,
                    label=label + _mark(brush.dynamic(self._chosen_setting, name) is not None),
                    note=note,
                )
                for name, (label, note) in INPUT_LABELS.items()
            ],
            self._chosen_input,
        )
        self.curve.setToolTip(
            f"{INPUT_LABELS[self._chosen_input][1]}. Click to add a point, drag it, drag it out to remove it."
        )
        found = brush.dynamic(self._chosen_setting, self._chosen_input)
        with QSignalBlocker(self.follows):
            self.follows.setChecked(found is not None)
        self.curve.setEnabled(found is not None)
        self.curve.setCursor(Qt.CursorShape.CrossCursor if found is not None else Qt.CursorShape.ArrowCursor)
        self.curve.set_curve(found.curve if found is not None else STRAIGHT)

    def _on_setting_chosen(self, name: str) -> None:
        self._chosen_setting = next(setting for setting in SETTING_LABELS if setting == name)
        self._show_dynamic()

    def _on_input_chosen(self, name: str) -> None:
        self._chosen_input = next(source for source in INPUT_LABELS if source == name)
        self._show_dynamic()

    def _on_follows_toggled(self, follows: bool) -> None:
        start = between(1.0, 0.3) if self._chosen_input == "speed" else STRAIGHT
        self._follow(start if follows else None)

    def _on_curve_edited(self, curve: Curve) -> None:
        self._follow(curve)

    def _follow(self, curve: Curve | None) -> None:
        brush = self._brush.with_dynamic(self._chosen_setting, self._chosen_input, curve)
        self._settings.set_brush(self._settings.active_tool_id, brush)


def _mark(is_followed: bool) -> str:
    return "  •" if is_followed else ""


def _readable(name: str) -> str:
    return name.replace("_", " ").capitalize()
