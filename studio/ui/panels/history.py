"""Everything that was done, step by step: where the picture stands, where it was saved, and a way to any of it."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSignalBlocker,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListView, QVBoxLayout, QWidget

from studio.document.document import Document
from studio.document.history import History
from studio.ui import icons
from studio.ui.bind import Bindings
from studio.ui.context import Context
from studio.ui.icons import IconSet
from studio.ui.later import Later
from studio.ui.theme import ICON_PX
from studio.ui.widgets.labels import plain_label

BEGINNING = "Beginning"
ICONS: tuple[tuple[str, str], ...] = (
    ("mix results", "mix_brush"),
    ("erase", "eraser"),
    ("paint mask", "mask_brush"),
    ("smudge", "smudge"),
    ("blur", "blur"),
    ("clone", "clone"),
    ("heal", "heal"),
    ("brush", "brush"),
    ("fill", "fill"),
    ("gradient", "gradient"),
    ("accept", "generate"),
    ("mask", "select_rectangle"),
    ("select", "select_rectangle"),
    ("move", "move"),
    ("transform", "transform"),
    ("crop", "crop"),
    ("canvas", "crop"),
    ("image size", "crop"),
    ("group", "group"),
    ("opacity", "adjust"),
)
"""Part of a label, in small letters, -> icon; the first that fits. The rest are changes of layers."""

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


def icon_for(label: str) -> str:
    small = label.lower()
    return next((icon for part, icon in ICONS if part in small), "layers")


class HistoryModel(QAbstractListModel):
    """Row 0 is the beginning, row n what the n-th step made."""

    def __init__(self, icon_set: IconSet, parent: QObject) -> None:
        super().__init__(parent)
        self._icons = icon_set
        self._labels: tuple[str, ...] = ()
        self.position = 0
        self._saved: int | None = 0

    def show(self, history: History) -> None:
        """Takes over what the history says now; rows that are the same stay."""
        labels = history.labels()
        before = self._labels
        same = next(
            (i for i, (old, new) in enumerate(zip(before, labels, strict=False)) if old != new),
            min(len(before), len(labels)),
        )
        if same < len(before):
            self.beginRemoveRows(ROOT, same + 1, len(before))
            self._labels = before[:same]
            self.endRemoveRows()
        if same < len(labels):
            self.beginInsertRows(ROOT, same + 1, len(labels))
            self._labels = labels
            self.endInsertRows()
        self.position, self._saved = history.position, history.clean_position
        self.dataChanged.emit(self.index(0), self.index(len(self._labels)))

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._labels) + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, theme = index.row(), self._icons.theme
        label = self._labels[row - 1] if row else BEGINNING
        is_ahead = row > self.position
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{label} · saved" if row == self._saved else label
        if role == Qt.ItemDataRole.DecorationRole:
            color = theme.text_disabled if is_ahead else theme.text_muted
            return icons.icon(icon_for(label) if row else "image", theme, color=color)
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(theme.text_disabled if is_ahead else theme.text)
        if role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setBold(row == self.position)
            return font
        if role == Qt.ItemDataRole.ToolTipRole:
            if row == self.position:
                return "Where the picture stands"
            return f"Do again up to “{label}”" if is_ahead else f"Go back to “{label}”"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = "to do again" if is_ahead else "present" if row == self.position else "done"
            return f"{label}, {state}"
        return None


class HistoryPanel(QWidget):
    """A click or an arrow key goes there at once; going back the same way undoes that too. What lies ahead is forgotten
    with the next change."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._workspace = context.workspace
        self._bindings = Bindings()
        self.model = HistoryModel(context.icons, self)
        self.list = QListView()
        self.list.setAccessibleName("History")
        self.list.setModel(self.model)
        self.list.setUniformItemSizes(True)
        self.list.setIconSize(QSize(ICON_PX - 4, ICON_PX - 4))
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setMinimumHeight(60)
        self.count = plain_label("", role="small")
        self._lay_out(context)
        self.list.selectionModel().currentChanged.connect(self._on_current_changed)
        self._refresh_later = Later(self._refresh, parent=self)
        self._end = self._workspace.history.changed.subscribe(self._refresh_later.schedule)
        self._bindings.subscribe(self._workspace.document_replaced, self._on_document_replaced)
        self._refresh()

    def close_panel(self) -> None:
        self._end()
        self._bindings.disconnect()

    def _lay_out(self, context: Context) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(2)
        foot.addWidget(context.button("undo"))
        foot.addWidget(context.button("redo"))
        foot.addStretch(1)
        foot.addWidget(self.count)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 2, 10, 8)
        column.setSpacing(6)
        column.addWidget(self.list, 1)
        column.addLayout(foot)

    def _on_document_replaced(self, _: Document) -> None:
        self._end()
        self._end = self._workspace.history.changed.subscribe(self._refresh_later.schedule)
        self._refresh_later.schedule()

    def _refresh(self) -> None:
        history = self._workspace.history
        with QSignalBlocker(self.list.selectionModel()):
            self.model.show(history)
            here = self.model.index(history.position)
            self.list.selectionModel().setCurrentIndex(here, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.list.scrollTo(here)
        self.list.viewport().update()
        total = len(history.labels())
        self.count.setText(f"{history.position} of {total}" if total else "Nothing done yet")
        disk = f", {history.disk_size / 1e6:,.0f} MB of disk" if history.disk_size else ""
        self.count.setToolTip(f"Steps done. Kept for undo: {history.byte_size / 1e6:,.0f} MB{disk}")

    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid() and current.row() != self._workspace.history.position:
            self._workspace.history.go_to(current.row())
