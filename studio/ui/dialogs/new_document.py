"""The size of a new canvas."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSpinBox, QVBoxLayout, QWidget

from studio.core.geometry import Size
from studio.ui.dialogs.shell import Dialog
from studio.ui.icons import IconSet
from studio.ui.widgets.buttons import icon_button
from studio.ui.widgets.choice_box import Choice, ChoiceBox
from studio.ui.widgets.labels import plain_label

MIN_SIDE_PX = 16
MAX_SIDE_PX = 16384
CUSTOM = "custom"
PRESETS: tuple[tuple[str, Size], ...] = (
    ("Small square", Size(512, 512)),
    ("Square", Size(1024, 1024)),
    ("Large square", Size(2048, 2048)),
    ("Portrait", Size(832, 1216)),
    ("Landscape", Size(1216, 832)),
    ("Wide", Size(1344, 768)),
    ("Full HD", Size(1920, 1080)),
    ("A4 at 150 dpi", Size(1240, 1754)),
)


class NewDocumentDialog(Dialog):
    def __init__(self, size: Size, icons: IconSet, parent: QWidget | None = None) -> None:
        super().__init__(parent, "New canvas")
        self.preset = ChoiceBox("Preset")
        self.width_px, self.height_px = _side("Width"), _side("Height")
        swap = icon_button(icons, "swap", "Exchange width and height")
        swap.clicked.connect(self._on_swap)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.addWidget(plain_label("&Preset", role="muted", buddy=self.preset), 0, 0)
        grid.addWidget(self.preset, 0, 1, 1, 2)
        grid.addWidget(plain_label("&Width", role="muted", buddy=self.width_px), 1, 0)
        grid.addWidget(self.width_px, 1, 1)
        grid.addWidget(plain_label("&Height", role="muted", buddy=self.height_px), 2, 0)
        grid.addWidget(self.height_px, 2, 1)
        side = QVBoxLayout()
        side.addWidget(swap, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addLayout(side, 1, 2, 2, 1)
        grid.setColumnStretch(1, 1)
        self.add_body(grid)
        self.add_buttons("Create")
        self.preset.chosen.connect(self._on_preset_chosen)
        for spin, length in ((self.width_px, size.width), (self.height_px, size.height)):
            spin.setValue(length)
            spin.valueChanged.connect(self._show_preset)
        self._show_preset()
        self.setMinimumWidth(340)

    @property
    def size_px(self) -> Size:
        return Size(self.width_px.value(), self.height_px.value())

    def _show_preset(self) -> None:
        choices = [
            Choice(identifier=name, label=f"{name} · {size.width} × {size.height}") for name, size in PRESETS
        ]
        current = next((name for name, size in PRESETS if size == self.size_px), CUSTOM)
        self.preset.set_choices([*choices, Choice(identifier=CUSTOM, label="Other size")], current)

    def _on_preset_chosen(self, name: str) -> None:
        for preset, size in PRESETS:
            if preset == name:
                self.width_px.setValue(size.width)
                self.height_px.setValue(size.height)

    def _on_swap(self) -> None:
        width, height = self.size_px
        self.width_px.setValue(height)
        self.height_px.setValue(width)


def _side(name: str) -> QSpinBox:
    spin = QSpinBox()
    spin.setAccessibleName(name)
    spin.setRange(MIN_SIDE_PX, MAX_SIDE_PX)
    spin.setSuffix(" px")
    return spin


def ask_size(size: Size, icons: IconSet, parent: QWidget) -> Size | None:
    """None when the artist cancels."""
    dialog = NewDocumentDialog(size, icons, parent)
    try:
        return dialog.size_px if dialog.exec() else None
    finally:
        dialog.deleteLater()
