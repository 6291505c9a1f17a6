"""The questions before work would be lost."""

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


class Overwrite(enum.Enum):
    overwrite = "overwrite"
    copy = "copy"
    cancel = "cancel"


def ask_overwrite(parent: QWidget, name: str) -> Overwrite:
    """The file was changed by somebody else. Escape means cancel, Enter means save a copy: neither loses anything."""
    box = QMessageBox(parent)
    box.setWindowTitle("Changed outside")
    box.setText(f"“{name}” was changed by another program since it was opened here.")
    box.setInformativeText("Saving over it would lose what was changed there.")
    roles = QMessageBox.ButtonRole
    copy = box.addButton("Save as Copy…", roles.AcceptRole)
    over = box.addButton("Overwrite", roles.DestructiveRole)
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(copy)
    box.setEscapeButton(cancel)
    box.exec()
    chosen = box.clickedButton()
    box.deleteLater()
    if chosen is over:
        return Overwrite.overwrite
    return Overwrite.copy if chosen is copy else Overwrite.cancel
