"""The numbers of an open transform or crop, with the buttons that keep it or give it up."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QHBoxLayout, QPushButton, QWidget

from studio.tools.options import NUMBERS, LiveNumber
from studio.tools.settings import ToolSettings
from studio.ui.bind import Bindings
from studio.ui.theme import CONTROL_HEIGHT_PX

REACH = 100_000.0
NUMBER_PX = 104


class AdjustFields(QWidget):
    """For one tool. spins: by the number's name; they are idle while there is nothing to adjust.

    committed: a number was typed and Enter pressed.
    """

    committed = Signal()

    def __init__(self, tool_id: str, settings: ToolSettings) -> None:
        super().__init__()
        self._adjusting = settings.adjusting
        self._bindings = Bindings()
        self.spins: dict[str, QDoubleSpinBox] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for number in NUMBERS[tool_id]:
            self.spins[number.name] = self._spin(number)
            row.addWidget(self.spins[number.name])
        self.keep = self._button("Apply", "Keep it (Enter)", keeps=True)
        self.give_up = self._button("Cancel", "Put everything back (Esc)", keeps=False)
        row.addWidget(self.keep)
        row.addWidget(self.give_up)
        self._bindings.subscribe(self._adjusting.changed, lambda _: self._show())
        self._show()

    def close_panel(self) -> None:
        self._bindings.disconnect()

    def _spin(self, number: LiveNumber) -> QDoubleSpinBox:
        spin = QDoubleSpinBox()
        spin.setAccessibleName(number.label)
        spin.setDecimals(number.decimals)
        spin.setRange(-REACH, REACH)
        spin.setPrefix(f"{number.label} ")
        spin.setSuffix(number.suffix)
        spin.setKeyboardTracking(False)
        spin.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        spin.setFixedSize(NUMBER_PX, CONTROL_HEIGHT_PX)
        spin.setToolTip(number.tip)

        def enter(value: float) -> None:
            self._adjusting.entered.emit((number.name, value))

        self._bindings.connect(spin.valueChanged, enter)
        self._bindings.connect(spin.lineEdit().returnPressed, self.committed.emit)
        return spin

    def _button(self, text: str, tip: str, *, keeps: bool) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._bindings.connect(button.clicked, lambda _: self._adjusting.ended.emit(keeps))
        return button

    def _show(self) -> None:
        values = self._adjusting.values
        for name, spin in self.spins.items():
            spin.setEnabled(name in values)
            with QSignalBlocker(spin):
                spin.setValue(values.get(name, 0.0))
        for button in (self.keep, self.give_up):
            button.setEnabled(self._adjusting.is_open)
