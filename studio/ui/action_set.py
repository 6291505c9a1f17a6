"""Turns the table of actions into Qt's: one QAction each, enabled when its condition holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from studio.document.layer import Layer
from studio.ui.actions import ACTIONS, MENUS, ActionSpec
from studio.workspace.workspace import Workspace


def _index(workspace: Workspace) -> int:
    layer_id = workspace.document.active_layer_id
    return -1 if layer_id is None else workspace.document.layers.index(layer_id)


def _active(workspace: Workspace) -> Layer | None:
    return workspace.document.active_layer


def _has_recipe(workspace: Workspace) -> bool:
    layer = _active(workspace)
    return layer is not None and layer.recipe is not None


def _has_layer_mask(workspace: Workspace) -> bool:
    layer = _active(workspace)
    return layer is not None and layer.mask is not None


def _has_no_layer_mask(workspace: Workspace) -> bool:
    layer = _active(workspace)
    return layer is not None and layer.mask is None


def _knows_words(workspace: Workspace) -> bool:
    model = workspace.model
    return model is not None and bool(model.vocabulary or model.examples)


CONDITIONS: dict[str, Callable[[Workspace], bool]] = {
    "undo": lambda w: w.history.can_undo,
    "redo": lambda w: w.history.can_redo,
    "several_layers": lambda w: len(w.document.layers) > 1,
    "layer_above": lambda w: 0 <= _index(w) < len(w.document.layers) - 1,
    "layer_below": lambda w: _index(w) > 0,
    "recipe": _has_recipe,
    "mask": lambda w: w.has_mask,
    "layer_mask": _has_layer_mask,
    "no_layer_mask": _has_no_layer_mask,
    "busy": lambda w: w.generating.is_busy,
    "candidates": lambda w: bool(w.results.candidates),
    "candidate": lambda w: w.results.current is not None,
    "vocabulary": _knows_words,
    "ended": lambda w: any(job.has_ended for job in w.queue.jobs),
}


class ActionSet:
    """All QActions of a window by id.

    handlers: what each action does; a checkable one is called after its check mark has changed.
    """

    def __init__(self, owner: QWidget, canvas: QWidget, handlers: Mapping[str, Callable[[], None]]) -> None:
        self._actions: dict[str, QAction] = {}
        for entry in ACTIONS:
            action = self._make(owner, entry)
            action.triggered.connect(_without_argument(handlers[entry.id]))
            (canvas if entry.is_canvas_key else owner).addAction(action)
            self._actions[entry.id] = action

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def refresh(self, workspace: Workspace) -> None:
        """Enables what can be done now and names what undo and redo would do."""
        for entry in ACTIONS:
            if entry.needs:
                self._actions[entry.id].setEnabled(CONDITIONS[entry.needs](workspace))
        for action_id, label in (
            ("undo", workspace.history.undo_label),
            ("redo", workspace.history.redo_label),
        ):
            entry_label = "&Undo" if action_id == "undo" else "&Redo"
            # An ampersand in a prompt must not become a mnemonic.
            text = f"{entry_label} {label.replace('&', '&&')}" if label else entry_label
            self._actions[action_id].setText(text)

    def fill(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Builds every menu; returns them by name, submenus under `Menu/Submenu`."""
        menus: dict[str, QMenu] = {}
        for name in MENUS:
            menus[name] = bar.addMenu(f"&{name}")
        for entry in ACTIONS:
            parent, _, submenu = entry.menu.partition("/")
            menu = menus[parent]
            if submenu:
                if entry.menu not in menus:
                    menus[parent].addSeparator()
                    menus[entry.menu] = menus[parent].addMenu(submenu)
                elif entry.opens_group:
                    menus[entry.menu].addSeparator()
                menu = menus[entry.menu]
            elif entry.opens_group and not menu.isEmpty():
                menu.addSeparator()
            menu.addAction(self._actions[entry.id])
        for menu in menus.values():
            menu.setToolTipsVisible(False)
        return menus

    def _make(self, owner: QWidget, entry: ActionSpec) -> QAction:
        action = QAction(entry.label, owner)
        action.setObjectName(entry.id)
        action.setShortcuts([QKeySequence(keys) for keys in entry.shortcuts])
        action.setShortcutContext(
            Qt.ShortcutContext.WidgetShortcut if entry.is_canvas_key else Qt.ShortcutContext.WindowShortcut
        )
        action.setAutoRepeat(entry.id.startswith(("brush_", "zoom_", "candidate_", "undo", "redo")))
        action.setCheckable(entry.is_checkable)
        action.setToolTip(tooltip(entry))
        action.setStatusTip(entry.tip)
        action.setIconVisibleInMenu(False)
        return action


def tooltip(entry: ActionSpec) -> str:
    return f"{entry.tip} ({shown_keys(entry)})"


def shown_keys(entry: ActionSpec) -> str:
    """The first shortcut as this system writes it."""
    return QKeySequence(entry.shortcuts[0]).toString(QKeySequence.SequenceFormat.NativeText)


def _without_argument(handler: Callable[[], None]) -> Callable[[bool], None]:
    return lambda _checked: handler()
