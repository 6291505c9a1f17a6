"""How a line along the mask's edge shall look."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtWidgets import QGridLayout, QWidget

from studio.document.stroking import STROKE_SIDES, StrokeSide
from studio.ui.dialogs.shell import Dialog
from studio.ui.widgets.choice_box import Choice, ChoiceBox
from studio.ui.widgets.labels import plain_label
from studio.ui.widgets.slider_spin import SliderSpin

MAX_WIDTH_PX = 500
LABEL_PX = 76
SIDE_LABELS: dict[StrokeSide, str] = {
    "inside": "Inside the mask",
    "center": "On its edge",
    "outside": "Outside the mask",
}


@dataclass(frozen=True, kw_only=True)
class MaskLine:
    """with_brush: the brush as it is set; the other two do not matter then."""

    width_px: int = 4
    side: StrokeSide = "center"
    with_brush: bool = False


class StrokeMaskDialog(Dialog):
    """In the painting colour, on the active layer."""

    def __init__(self, line: MaskLine, parent: QWidget | None = None) -> None:
        super().__init__(parent, "Stroke mask")
        self._line = line
        self.pen = ChoiceBox("With")
        self.pen.set_choices(
            [
                Choice(identifier="line", label="A plain line"),
                Choice(identifier="brush", label="The brush", note="As it is set now, along the edge"),
            ],
            "brush" if line.with_brush else "line",
        )
        self.pen.chosen.connect(self._on_pen_chosen)
        self.width_px = SliderSpin("Width", 1, MAX_WIDTH_PX, suffix=" px", curve=2.5)
        self.width_px.setValue(line.width_px)
        self.place = ChoiceBox("Where")
        choices = [Choice(identifier=name, label=SIDE_LABELS[name]) for name in STROKE_SIDES]
        self.place.set_choices(choices, line.side)
        self.place.chosen.connect(self._on_chosen)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("&Draw with", self.pen),
            ("&Width", self.width_px),
            ("W&here", self.place),
        )
        for row, (text, field) in enumerate(rows):
            grid.addWidget(plain_label(text, role="muted", buddy=field), row, 0)
            grid.addWidget(field, row, 1)
        grid.setColumnMinimumWidth(0, LABEL_PX)
        grid.setColumnStretch(1, 1)
        self.add_body(grid)
        self.add_buttons("Stroke")
        self.width_px.committed.connect(self.accept)
        self.setMinimumWidth(320)
        self._show_pen()

    @property
    def line(self) -> MaskLine:
        return replace(self._line, width_px=round(self.width_px.value()))

    def _on_chosen(self, name: str) -> None:
        self._line = replace(self._line, side=next(side for side in STROKE_SIDES if side == name))

    def _on_pen_chosen(self, name: str) -> None:
        self._line = replace(self._line, with_brush=name == "brush")
        self._show_pen()

    def _show_pen(self) -> None:
        for field in (self.width_px, self.place):
            field.setEnabled(not self._line.with_brush)
