"""Every command and its key, made from the table of actions, with a search."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHeaderView, QLineEdit, QTreeWidget, QTreeWidgetItem, QWidget

from studio.ui.action_spec import ActionSpec
from studio.ui.actions import ACTIONS
from studio.ui.dialogs.shell import Dialog


class ShortcutsDialog(Dialog):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, "Keyboard shortcuts")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search commands and keys…")
        self.search.setAccessibleName("Search")
        self.search.setClearButtonEnabled(True)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName("Commands and keys")
        self.tree.setHeaderLabels(["Command", "Keys", "What it does"])
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(14)
        self._groups: dict[str, QTreeWidgetItem] = {}
        self._items: list[tuple[QTreeWidgetItem, str]] = []
        for entry in ACTIONS:
            self._add(entry)
        self.tree.expandAll()
        header = self.tree.header()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self.column.addWidget(self.search)
        self.add_body(self.tree)
        self.add_close_button()
        self.search.textChanged.connect(self._on_search_changed)
        self.resize(720, 560)

    @property
    def visible_labels(self) -> list[str]:
        return [item.text(0) for item, _ in self._items if not item.isHidden()]

    def _add(self, entry: ActionSpec) -> None:
        group = entry.menu.replace("/", " › ")
        if group not in self._groups:
            heading = QTreeWidgetItem(self.tree, [group])
            font = heading.font(0)
            font.setBold(True)
            heading.setFont(0, font)
            self._groups[group] = heading
        label = entry.label.replace("&", "").rstrip("…")
        keys = "  or  ".join(
            QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in entry.shortcuts
        )
        item = QTreeWidgetItem(self._groups[group], [label, keys, entry.tip])
        item.setToolTip(2, entry.tip)
        self._items.append((item, f"{group} {label} {keys} {entry.tip}".casefold()))

    def _on_search_changed(self, text: str) -> None:
        words = text.casefold().split()
        for item, searched in self._items:
            item.setHidden(not all(word in searched for word in words))
        for heading in self._groups.values():
            heading.setHidden(all(item.isHidden() for item, _ in self._items if item.parent() is heading))
