"""The masks kept by name: load, add, take away, rename, delete."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.core.errors import StudioError
from studio.document.changes import Change, SavedMasksChanged
from studio.document.document import Document
from studio.document.selection import SelectionMode
from studio.ui.bind import Bindings
from studio.ui.context import Context
from studio.ui.widgets.buttons import icon_button
from studio.ui.widgets.labels import plain_label
from studio.workspace.notice import Notice

ID_ROLE = int(Qt.ItemDataRole.UserRole)


class MaskList(QListWidget):
    def sizeHint(self) -> QSize:
        return QSize(200, 100)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 60)


class SavedMasksPanel(QWidget):
    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._bindings = Bindings()
        self.list = MaskList()
        self.list.setAccessibleName("Saved masks")
        self.list.setToolTip("A double click loads a mask, F2 renames it")
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.list.itemActivated.connect(lambda _: self._load("replace"))
        self.list.itemChanged.connect(self._on_item_changed)
        self.list.currentItemChanged.connect(lambda *_: self._show_buttons())
        self._empty = plain_label(
            "No mask is kept yet. The plus keeps the one you see under a name.", role="muted", wraps=True
        )
        self.load = self._button("open", "Load this mask", lambda: self._load("replace"))
        self.add = self._button("mask_add", "Add it to the mask", lambda: self._load("add"))
        self.subtract = self._button(
            "mask_take", "Take it away from the mask", lambda: self._load("subtract")
        )
        self.delete = self._button("delete", "Delete this saved mask", self._delete)
        self._lay_out()
        self._document_end = context.workspace.document.changed.subscribe(self._on_document_changed)
        self._bindings.subscribe(context.workspace.document_replaced, self._on_document_replaced)
        self._refresh()

    def close_panel(self) -> None:
        self._document_end()
        self._bindings.disconnect()

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(2)
        foot.addWidget(self._context.button("mask_save"))
        for button in (self.load, self.add, self.subtract):
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(self.delete)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 2, 10, 8)
        column.setSpacing(6)
        column.addWidget(self._empty)
        column.addWidget(self.list, 1)
        column.addLayout(foot)

    def _button(self, icon: str, tip: str, verb: Callable[[], None]) -> QToolButton:
        button = icon_button(self._context.icons, icon, tip)
        button.clicked.connect(verb)
        return button

    def _on_document_replaced(self, document: Document) -> None:
        self._document_end()
        self._document_end = document.changed.subscribe(self._on_document_changed)
        self._refresh()

    def _on_document_changed(self, change: Change) -> None:
        if isinstance(change, SavedMasksChanged):
            self._refresh()

    def _refresh(self) -> None:
        current_id = self._current_id
        masks = self._context.workspace.document.saved_masks
        with QSignalBlocker(self.list):
            self.list.clear()
            for mask in masks:
                item = QListWidgetItem(mask.name)
                item.setData(ID_ROLE, mask.id)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
                self.list.addItem(item)
                if mask.id == current_id:
                    self.list.setCurrentItem(item)
            if masks and self.list.currentRow() < 0:
                self.list.setCurrentRow(len(masks) - 1)
        self._empty.setVisible(not masks)
        self._show_buttons()

    def _show_buttons(self) -> None:
        for button in (self.load, self.add, self.subtract, self.delete):
            button.setEnabled(self._current_id is not None)

    @property
    def _current_id(self) -> str | None:
        item: QListWidgetItem | None = self.list.currentItem()
        return None if item is None else str(item.data(ID_ROLE))

    def _load(self, mode: SelectionMode) -> None:
        mask_id = self._current_id
        if mask_id is not None:
            self._guarded(lambda: self._context.workspace.saved_masks.load(mask_id, mode))

    def _delete(self) -> None:
        mask_id = self._current_id
        if mask_id is not None:
            self._guarded(lambda: self._context.workspace.saved_masks.delete(mask_id))

    def _on_item_changed(self, item: QListWidgetItem) -> None:
        mask_id, name = str(item.data(ID_ROLE)), item.text()
        self._guarded(lambda: self._context.workspace.saved_masks.rename(mask_id, name))
        self._refresh()  # a name that was refused shows the old one again

    def _guarded(self, verb: Callable[[], None]) -> None:
        try:
            verb()
        except StudioError as error:
            self._context.workspace.notices.emit(Notice(error.message, remedy=error.remedy))
