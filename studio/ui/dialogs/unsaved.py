"""The one question before work would be lost."""

from __future__ import annotations

import enum

from PySide6.QtWidgets import QMessageBox, QWidget


class Answer(enum.Enum):
    save = "save"
    discard = "discard"
    cancel = "cancel"


def ask_unsaved(parent: QWidget, title: str) -> Answer:
    """Escape means cancel, Enter means save."""
    box = QMessageBox(parent)
    box.setWindowTitle("Unsaved changes")
    box.setText(f"Save the changes to “{title}”?")
    box.setInformativeText("What is not saved is lost.")
    buttons = QMessageBox.StandardButton
    box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
    box.button(buttons.Discard).setText("Don't Save")
    box.setDefaultButton(buttons.Save)
    box.setEscapeButton(buttons.Cancel)
    chosen = box.exec()
    box.deleteLater()
    if chosen == buttons.Save:
        return Answer.save
    return Answer.discard if chosen == buttons.Discard else Answer.cancel
