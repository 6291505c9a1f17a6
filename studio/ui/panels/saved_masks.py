"""The masks kept by name: load, add, take away, rename, delete; with a prompt one is a region of the picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.core.errors import StudioError
from studio.document.changes import Change, SavedMasksChanged
from studio.document.document import Document
from studio.document.saved_mask import MAX_FEATHER_PX, MAX_REGION_PROMPT_CHARS
from studio.document.selection import SelectionMode
from studio.ui.bind import Bindings
from studio.ui.context import Context
from studio.ui.region_colors import region_color
from studio.ui.widgets.buttons import icon_button
from studio.ui.widgets.labels import plain_label
from studio.ui.widgets.slider_spin import SliderSpin
from studio.workspace.notice import Notice

SWATCH_PX = 12
ID_ROLE = int(Qt.ItemDataRole.UserRole)


def _swatch(color: str) -> QIcon:
    pixmap = QPixmap(SWATCH_PX, SWATCH_PX)
    pixmap.fill(QColor(color))
    return QIcon(pixmap)


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
            "No mask is kept yet. The plus keeps the one you see under a name; with a prompt it becomes a region, "
            "which says what is to stand there.",
            role="muted",
            wraps=True,
        )
        self.load = self._button("open", "Load this mask", lambda: self._load("replace"))
        self.add = self._button("mask_add", "Add it to the mask", lambda: self._load("add"))
        self.subtract = self._button(
            "mask_take", "Take it away from the mask", lambda: self._load("subtract")
        )
        self.delete = self._button("delete", "Delete this saved mask", self._delete)
        self.prompt = QLineEdit()
        self.prompt.setPlaceholderText("What is to be there")
        self.prompt.setAccessibleName("Prompt of the region")
        self.prompt.setToolTip(
            "With a prompt of its own the mask is a region: whatever the model makes of the picture, this stands there"
        )
        self.prompt.setMaxLength(MAX_REGION_PROMPT_CHARS)
        self.prompt.editingFinished.connect(lambda: self._tell(prompt=self.prompt.text()))
        self.weight = SliderSpin("Weight", 5, 100, prefix="Weight ", suffix=" %")
        self.weight.setToolTip("How far the region's prompt rules there against the picture's own")
        self.weight.valueChanged.connect(lambda value: self._tell(weight=value / 100.0))
        self.feather = SliderSpin("Feather", 0, MAX_FEATHER_PX, prefix="Feather ", suffix=" px", curve=2.0)
        self.feather.setToolTip("How softly the region ends")
        self.feather.valueChanged.connect(lambda value: self._tell(feather_px=value))
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
        column.addWidget(self.prompt)
        numbers = QHBoxLayout()
        numbers.setSpacing(6)
        numbers.addWidget(self.weight)
        numbers.addWidget(self.feather)
        column.addLayout(numbers)
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
            for index, mask in enumerate(masks):
                item = QListWidgetItem(mask.name)
                if mask.is_region:
                    item.setIcon(_swatch(region_color(index)))
                    item.setToolTip(mask.prompt)
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
        masks = self._context.workspace.document.saved_masks
        mask = next((each for each in masks if each.id == self._current_id), None)
        for widget in (self.prompt, self.weight, self.feather):
            widget.setVisible(mask is not None)
        if mask is None:
            return
        is_region = mask.is_region
        self.weight.setEnabled(is_region)
        self.feather.setEnabled(is_region)
        with QSignalBlocker(self.prompt), QSignalBlocker(self.weight), QSignalBlocker(self.feather):
            if self.prompt.text() != mask.prompt:
                self.prompt.setText(mask.prompt)
            self.weight.setValue(round(mask.weight * 100))
            self.feather.setValue(mask.feather_px)

    def _tell(self, **changes: Any) -> None:
        mask_id = self._current_id
        if mask_id is not None:
            self._guarded(lambda: self._context.workspace.saved_masks.tell(mask_id, **changes))

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
