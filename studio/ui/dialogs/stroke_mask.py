"""How a line along the mask's edge shall look."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget

from studio.document.stroking import STROKE_SIDES, StrokeSide
from studio.ui.dialogs.shell import Dialog
from studio.ui.widgets.choice_box import Choice, ChoiceBox
from studio.ui.widgets.labels import plain_label
from studio.ui.widgets.slider_spin import SliderSpin

MAX_WIDTH_PX = 500
SIDE_LABELS: dict[StrokeSide, str] = {
    "inside": "Inside the mask",
    "center": "On its edge",
    "outside": "Outside the mask",
}


class StrokeMaskDialog(Dialog):
    """In the painting colour, on the active layer."""

    def __init__(self, width_px: int, side: StrokeSide, parent: QWidget | None = None) -> None:
        super().__init__(parent, "Stroke mask")
        self._side: StrokeSide = side
        self.width_px = SliderSpin("Width", 1, MAX_WIDTH_PX, suffix=" px", curve=2.5)
        self.width_px.setValue(width_px)
        self.place = ChoiceBox("Where")
        choices = [Choice(identifier=name, label=SIDE_LABELS[name]) for name in STROKE_SIDES]
        self.place.set_choices(choices, side)
        self.place.chosen.connect(self._on_chosen)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.addWidget(plain_label("&Width", role="muted", buddy=self.width_px), 0, 0)
        grid.addWidget(self.width_px, 0, 1)
        grid.addWidget(plain_label("W&here", role="muted", buddy=self.place), 1, 0)
        grid.addWidget(self.place, 1, 1)
        grid.setColumnStretch(1, 1)
        self.add_body(grid)
        self.add_buttons("Stroke")
        self.width_px.committed.connect(self.accept)
        self.setMinimumWidth(320)

    @property
    def line(self) -> tuple[int, StrokeSide]:
        return round(self.width_px.value()), self._side

    def _on_chosen(self, name: str) -> None:
        self._side = next(side for side in STROKE_SIDES if side == name)
