"""A drop-down whose choices may be refused, greyed with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget


@dataclass(frozen=True, kw_only=True)
class Choice:
    """refusal: why it cannot be chosen, a sentence; empty when it can. opens_group: a line stands above it."""

    identifier: str
    label: str
    note: str = ""
    refusal: str = ""
    opens_group: bool = False


class ChoiceBox(QComboBox):
    """chosen: the artist picked another identifier."""

    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._choices: tuple[Choice, ...] = ()
        self.activated.connect(self._on_activated)

    @property
    def choices(self) -> tuple[Choice, ...]:
        return self._choices

    def set_choices(self, choices: Sequence[Choice], current: str) -> None:
        """A `current` that is not among them is shown as it is, so that nothing changes by itself."""
        shown = tuple(choices)
        if current not in {choice.identifier for choice in shown}:
            shown = (Choice(identifier=current, label=current or "—"), *shown)
        if shown != self._choices:
            self._choices = shown
            model = QStandardItemModel(self)
            for choice in shown:
                item = QStandardItem(choice.label)
                item.setToolTip(choice.refusal or choice.note)
                item.setEnabled(not choice.refusal)
                item.setData(choice.identifier, Qt.ItemDataRole.UserRole)
                model.appendRow(item)
            with QSignalBlocker(self):
                self.setModel(model)
                for index in reversed(range(1, len(shown))):
                    if shown[index].opens_group:
                        self.insertSeparator(index)
        self.set_current(current)

    def set_current(self, identifier: str) -> None:
        for choice in self._choices:
            if choice.identifier == identifier:
                with QSignalBlocker(self):
                    self.setCurrentIndex(self.findData(identifier))
                self.setToolTip(choice.refusal or choice.note)
                return

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def _on_activated(self, index: int) -> None:
        identifier = self.itemData(index)
        if isinstance(identifier, str):
            self.chosen.emit(identifier)
