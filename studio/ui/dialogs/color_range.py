"""A mask by colour: the canvas shows it while colour and tolerance are being chosen."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from studio.document.color_range import MAX_TOLERANCE
from studio.document.selection import SELECTION_MODES, SelectionMode
from studio.tools.settings import ToolSettings
from studio.ui.dialogs.shell import Dialog
from studio.ui.widgets.choice_box import Choice, ChoiceBox
from studio.ui.widgets.color_button import ColorButton
from studio.ui.widgets.labels import plain_label
from studio.ui.widgets.slider_spin import SliderSpin
from studio.workspace.color_ranging import ColorChoice, ColorRanging

LABEL_PX = 72
CORNER_PX = (56, 76)
MODE_LABELS: dict[SelectionMode, str] = {
    "replace": "Replace the mask",
    "add": "Add to the mask",
    "subtract": "Take from the mask",
    "intersect": "Keep what both have",
}


class ColorRangeDialog(Dialog):
    """The colour is the painting colour, so that the colour picker chooses it on the canvas meanwhile. Keeps or gives
    back the mask when it closes."""

    def __init__(
        self,
        ranging: ColorRanging,
        settings: ToolSettings,
        tolerance: int,
        softness: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, "Mask by color")
        self._ranging = ranging
        self._settings = settings
        self._mode: SelectionMode = "replace"
        self.color = ColorButton("Color to mask")
        self.color.picked.connect(self._on_color_picked)
        self.tolerance = SliderSpin("Tolerance", 0, MAX_TOLERANCE, curve=1.5)
        self.tolerance.setValue(tolerance)
        self.softness = SliderSpin("Softness", 0, 100, suffix=" %")
        self.softness.setValue(softness)
        self.mode = ChoiceBox("Mode")
        self.mode.set_choices(
            [Choice(identifier=mode, label=MODE_LABELS[mode]) for mode in SELECTION_MODES], self._mode
        )
        self._lay_out()
        self.mode.chosen.connect(self._on_mode_chosen)
        for spin in (self.tolerance, self.softness):
            spin.valueChanged.connect(lambda _: self._show())
            spin.committed.connect(self.accept)
        self._settings_end = settings.changed.subscribe(self._on_settings_changed)
        self._failed_end = ranging.failed.subscribe(lambda _: self.reject())
        self._on_settings_changed("color")

    @property
    def numbers(self) -> tuple[int, int]:
        return round(self.tolerance.value()), round(self.softness.value())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        parent = self.parentWidget()
        if parent is not None:
            # In a corner: in the middle it would hide what it changes.
            self.move(parent.mapToGlobal(QPoint(*CORNER_PX)))

    def done(self, result: int) -> None:
        self._settings_end()
        self._failed_end()
        if result:
            self._ranging.keep()
        else:
            self._ranging.cancel()
        super().done(result)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("&Color", self.color),
            ("&Tolerance", self.tolerance),
            ("&Softness", self.softness),
            ("&Mode", self.mode),
        )
        for row, (text, field) in enumerate(rows):
            grid.addWidget(plain_label(text, role="muted", buddy=field), row, 0)
            grid.addWidget(field, row, 1)
        hint = plain_label("Pick another color on the canvas with the color picker (I).", role="small")
        grid.addWidget(hint, len(rows), 0, 1, 2)
        grid.setColumnMinimumWidth(0, LABEL_PX)
        grid.setColumnStretch(1, 1)
        self.add_body(grid)
        self.add_buttons("Mask")
        self.setMinimumWidth(340)

    def _on_color_picked(self, red: int, green: int, blue: int) -> None:
        self._settings.color = (red, green, blue)

    def _on_settings_changed(self, name: str) -> None:
        if name == "color":
            self.color.show_color(*self._settings.color)
            self._show()

    def _on_mode_chosen(self, name: str) -> None:
        self._mode = next(mode for mode in SELECTION_MODES if mode == name)
        self._show()

    def _show(self) -> None:
        tolerance, softness = self.numbers
        if not self._ranging.is_open:
            # An undo or another step has ended it.
            self.reject()
            return
        self._ranging.show(
            ColorChoice(color=self._settings.color, tolerance=tolerance, softness=softness, mode=self._mode)
        )
