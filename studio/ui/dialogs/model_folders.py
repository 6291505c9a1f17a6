"""Where the artist's own models lie: the folders the image engine looks through, besides the model that ships."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QListWidget, QPushButton, QVBoxLayout, QWidget

from studio.ui.dialogs.shell import Dialog
from studio.ui.widgets.labels import plain_label

INTRODUCTION = (
    "Folders with models you already have, also those of other studios: checkpoints as .safetensors files and diffusers "
    "folders, of Stable Diffusion 1, 2 and XL. They are read where they lie and never changed. Pickled files (.ckpt) "
    "could run programs and are refused."
)


class ModelFoldersDialog(Dialog):
    """folders: what is in the list now."""

    def __init__(self, folders: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent, "Model folders")
        self.list = QListWidget()
        self.list.setAccessibleName("Model folders")
        self.list.addItems(list(folders))
        self.list.setAlternatingRowColors(True)
        self.add = QPushButton("Add…")
        self.remove = QPushButton("Remove")
        for button in (self.add, self.remove):
            button.setAutoDefault(False)
        self.remove.setToolTip("Take the folder off the list; nothing is deleted")
        self._note = plain_label(
            "No folder yet: only the model that ships is offered.", role="small", wraps=True
        )
        buttons = QVBoxLayout()
        buttons.addWidget(self.add)
        buttons.addWidget(self.remove)
        buttons.addStretch(1)
        row = QHBoxLayout()
        row.addWidget(self.list, 1)
        row.addLayout(buttons)
        self.column.addWidget(plain_label(INTRODUCTION, role="muted", wraps=True))
        self.add_body(row)
        self.column.addWidget(self._note)
        self.add_buttons("Use These Folders")
        self.add.clicked.connect(self._on_add_clicked)
        self.remove.clicked.connect(self._on_remove_clicked)
        self.list.currentRowChanged.connect(lambda _: self._refresh())
        self._refresh()
        self.resize(620, 380)

    @property
    def folders(self) -> list[str]:
        return [self.list.item(row).text() for row in range(self.list.count())]

    def add_folder(self, name: str) -> None:
        """One that is there already is chosen; one inside another is searched with it."""
        if name in self.folders:
            self.list.setCurrentRow(self.folders.index(name))
            return
        around = next((folder for folder in self.folders if Path(name).is_relative_to(folder)), "")
        if around:
            self._note.setText(f"“{around}” is searched with all that lies in it.")
            return
        self.list.addItem(name)
        self.list.setCurrentRow(self.list.count() - 1)

    def _on_add_clicked(self) -> None:
        start = self.folders[-1] if self.list.count() else str(Path.home())
        name = QFileDialog.getExistingDirectory(self, "Add a model folder", start)
        if name:
            self.add_folder(name)

    def _on_remove_clicked(self) -> None:
        self.list.takeItem(self.list.currentRow())
        self._refresh()

    def _refresh(self) -> None:
        if self.list.count():
            self._note.setText(" ")
        self.remove.setEnabled(self.list.currentRow() >= 0)
