"""The whole picture at another size."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QGridLayout, QSpinBox, QWidget

from studio.core.geometry import Size
from studio.document.transform import Quality
from studio.ui.dialogs.shell import Dialog
from studio.ui.widgets.choice_box import Choice, ChoiceBox
from studio.ui.widgets.labels import plain_label

MAX_SIDE_PX = 16384
QUALITIES: tuple[tuple[Quality, str, str], ...] = (
    ("smooth", "Smooth", "Averages when it shrinks, bicubic when it grows"),
    ("sharp", "Sharp pixels", "The nearest pixel, for pixel art"),
)


class ImageSizeDialog(Dialog):
    """wanted: the artist asked for the size; the dialog stays until `accept` or `give_back` tells how it went."""

    wanted = Signal()

    def __init__(self, size: Size, quality: Quality, parent: QWidget | None = None) -> None:
        super().__init__(parent, "Image size")
        self._before = size
        self._quality: Quality = quality
        self.width_px, self.height_px = _side("Width", size.width), _side("Height", size.height)
        self.percent = QDoubleSpinBox()
        self.percent.setAccessibleName("Scale")
        self.percent.setRange(0.1, 10_000)
        self.percent.setDecimals(1)
        self.percent.setSuffix(" %")
        self.percent.setValue(100)
        self.keeps_ratio = QCheckBox("&Keep proportions")
        self.keeps_ratio.setChecked(True)
        self.quality = ChoiceBox("Quality")
        self.quality.set_choices(
            [Choice(identifier=name, label=label, note=note) for name, label, note in QUALITIES], quality
        )
        self.summary = plain_label("", role="muted")
        self._lay_out()
        self.width_px.valueChanged.connect(lambda _: self._follow(self.width_px))
        self.height_px.valueChanged.connect(lambda _: self._follow(self.height_px))
        self.percent.valueChanged.connect(self._on_percent_changed)
        self.keeps_ratio.toggled.connect(lambda _: self._follow(self.width_px))
        self.quality.chosen.connect(self._on_quality_chosen)
        self._show_summary()
        self.setMinimumWidth(360)

    @property
    def size_px(self) -> Size:
        return Size(self.width_px.value(), self.height_px.value())

    @property
    def chosen_quality(self) -> Quality:
        return self._quality

    def accept(self) -> None:
        """Enter and the button ask; only the answer closes the dialog."""
        if self.size_px == self._before:
            self.reject()
        elif self.isEnabled():
            self.setEnabled(False)
            self.summary.setText("Working…")
            self.wanted.emit()

    def finish(self) -> None:
        super().accept()

    def give_back(self) -> None:
        """It did not work: another size may."""
        self.setEnabled(True)
        self._show_summary()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("&Width", self.width_px),
            ("&Height", self.height_px),
            ("&Scale", self.percent),
            ("&Quality", self.quality),
        )
        for row, (text, field) in enumerate(rows):
            grid.addWidget(plain_label(text, role="muted", buddy=field), row, 0)
            grid.addWidget(field, row, 1)
        grid.addWidget(self.keeps_ratio, len(rows), 1)
        grid.addWidget(self.summary, len(rows) + 1, 0, 1, 2)
        grid.setColumnStretch(1, 1)
        self.add_body(grid)
        self.add_buttons("Resize")

    def _follow(self, changed: QSpinBox) -> None:
        if self.keeps_ratio.isChecked():
            wide = changed is self.width_px
            share = changed.value() / (self._before.width if wide else self._before.height)
            other = self.height_px if wide else self.width_px
            with QSignalBlocker(other):
                other.setValue(max(1, round((self._before.height if wide else self._before.width) * share)))
        self._show_summary()

    def _on_percent_changed(self, percent: float) -> None:
        for spin, length in ((self.width_px, self._before.width), (self.height_px, self._before.height)):
            with QSignalBlocker(spin):
                spin.setValue(max(1, round(length * percent / 100)))
        self._show_summary()

    def _on_quality_chosen(self, name: str) -> None:
        self._quality = next(quality for quality, _, _ in QUALITIES if quality == name)

    def _show_summary(self) -> None:
        size = self.size_px
        with QSignalBlocker(self.percent):
            self.percent.setValue(100 * size.width / self._before.width)
        self.summary.setText(
            f"{self._before.width} × {self._before.height} becomes {size.width} × {size.height} px, "
            f"{size.area / 1e6:.1f} megapixels"
        )


def _side(name: str, length: int) -> QSpinBox:
    spin = QSpinBox()
    spin.setAccessibleName(name)
    spin.setRange(1, max(MAX_SIDE_PX, length))
    spin.setSuffix(" px")
    spin.setValue(length)
    return spin
