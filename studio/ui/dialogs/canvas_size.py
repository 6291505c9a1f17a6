"""How large the canvas is, and on which side it grows or shrinks."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QGridLayout, QSpinBox, QToolButton, QWidget

from studio.core.geometry import Rect
from studio.ui.dialogs.shell import Dialog
from studio.ui.widgets.labels import plain_label

MAX_SIDE_PX = 16384
ANCHOR_PX = 30
ARROWS = ("↖", "↑", "↗", "←", "•", "→", "↙", "↓", "↘")
PLACES = (
    *("upper left", "top", "upper right"),
    *("left", "middle", "right"),
    *("lower left", "bottom", "lower right"),
)


class CanvasSizeDialog(Dialog):
    """Layers are not resampled; the anchor says where the picture as it is comes to lie in the new canvas."""

    def __init__(self, canvas: Rect, parent: QWidget | None = None) -> None:
        super().__init__(parent, "Canvas size")
        self._before = canvas
        self.width_px, self.height_px = _side("Width", canvas.width), _side("Height", canvas.height)
        self.is_relative = QCheckBox("&Add to what there is")
        self.is_relative.toggled.connect(self._on_relative_toggled)
        self.anchors = QButtonGroup(self)
        anchors = QGridLayout()
        anchors.setSpacing(2)
        for number, (arrow, place) in enumerate(zip(ARROWS, PLACES, strict=True)):
            button = _anchor(arrow, place)
            self.anchors.addButton(button, number)
            anchors.addWidget(button, number // 3, number % 3)
        self._button(4).setChecked(True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.addWidget(plain_label("&Width", role="muted", buddy=self.width_px), 0, 0)
        grid.addWidget(self.width_px, 0, 1)
        grid.addWidget(plain_label("&Height", role="muted", buddy=self.height_px), 1, 0)
        grid.addWidget(self.height_px, 1, 1)
        grid.addWidget(self.is_relative, 2, 1)
        grid.addWidget(plain_label("A&nchor", role="muted", buddy=self._button(4)), 3, 0)
        grid.addLayout(anchors, 3, 1, Qt.AlignmentFlag.AlignLeft)
        self.summary = plain_label("", role="muted")
        grid.addWidget(self.summary, 4, 0, 1, 2)
        grid.setColumnStretch(1, 1)
        self.add_body(grid)
        self.add_buttons("Resize")
        for spin in (self.width_px, self.height_px):
            spin.valueChanged.connect(lambda _: self._show_summary())
        self._show_summary()
        self.setMinimumWidth(320)

    @property
    def canvas(self) -> Rect:
        """In the pixels of the old one. What an odd difference leaves over goes to the right and below."""
        width, height = self.width_px.value(), self.height_px.value()
        if self.is_relative.isChecked():
            width, height = width + self._before.width, height + self._before.height
        width, height = max(width, 1), max(height, 1)
        row, column = divmod(self.anchors.checkedId(), 3)
        return Rect(
            self._before.x - (width - self._before.width) * column // 2,
            self._before.y - (height - self._before.height) * row // 2,
            width,
            height,
        )

    def choose_anchor(self, place: str) -> None:
        """place: one of PLACES."""
        self._button(PLACES.index(place)).setChecked(True)

    def _button(self, number: int) -> QToolButton:
        button = self.anchors.button(number)
        assert isinstance(button, QToolButton)
        return button

    def _on_relative_toggled(self, is_relative: bool) -> None:
        for spin, length in ((self.width_px, self._before.width), (self.height_px, self._before.height)):
            shown = spin.value() - length if is_relative else spin.value() + length
            spin.setMinimum(1 - length if is_relative else 1)
            spin.setValue(shown)
        self._show_summary()

    def _show_summary(self) -> None:
        size = self.canvas.size
        before = self._before
        self.summary.setText(f"{before.width} × {before.height} becomes {size.width} × {size.height} px")


def _anchor(arrow: str, place: str) -> QToolButton:
    button = QToolButton()
    button.setText(arrow)
    button.setCheckable(True)
    button.setAutoExclusive(True)
    button.setFixedSize(ANCHOR_PX, ANCHOR_PX)
    button.setAccessibleName(f"Anchor: {place}")
    button.setToolTip(f"The picture stays at the {place} of the new canvas")
    return button


def _side(name: str, length: int) -> QSpinBox:
    spin = QSpinBox()
    spin.setAccessibleName(name)
    spin.setRange(1, max(MAX_SIDE_PX, length))
    spin.setSuffix(" px")
    spin.setValue(length)
    return spin
