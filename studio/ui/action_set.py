"""Turns the table of actions into Qt's: one QAction each, enabled when its condition holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from studio.document.layer import Layer
from studio.ui.action_spec import ActionSpec
from studio.ui.actions import ACTIONS, MENUS
from studio.workspace.workspace import Workspace


def _index(workspace: Workspace) -> int:
    layer_id = workspace.document.active_layer_id
    return -1 if layer_id is None else workspace.document.layers.index(layer_id)


def _active(workspace: Workspace) -> Layer | None:
    return workspace.document.active_layer


def _has_recipe(workspace: Workspace) -> bool:
    layer = _active(workspace)
    return layer is not None and layer.recipe is not None


def _has_text(workspace: Workspace) -> bool:
    layer = _active(workspace)
    return layer is not None and layer.text is not None


def _has_layer_mask(workspace: Workspace) -> bool:
    layer = _active(workspace)
    return layer is not None and layer.mask is not None


def _has_no_layer_mask(workspace: Workspace) -> bool:
    layer = _active(workspace)
    return layer is not None and layer.mask is None


def _has_effect(workspace: Workspace) -> bool:
    layer = _active(workspace)
    return layer is not None and layer.effect is not None


def _is_group(workspace: Workspace) -> bool:
    layer = _active(workspace)
    return layer is not None and layer.is_group


def _can_step(workspace: Workspace, up: bool) -> bool:
    layer, layers = _active(workspace), workspace.document.layers
    if layer is None:
        return False
    index, parent_id = layers.place(layer.id)
    return parent_id is not None or (index + 1 < len(layers.roots) if up else index > 0)


def _has_own_brush(workspace: Workspace) -> bool:
    chosen = workspace.open_shelf.chosen if workspace.open_shelf is not None else None
    return chosen is not None and chosen.is_own


def _is_brush_changed(workspace: Workspace) -> bool:
    return workspace.open_shelf is not None and workspace.open_shelf.is_changed


def _knows_words(workspace: Workspace) -> bool:
    model = workspace.model
    return model is not None and bool(model.vocabulary or model.examples)


def _shows_earlier_step(workspace: Workspace) -> bool:
    return workspace.in_the_making.can_fork and workspace.in_the_making.looked_at is not None


CONDITIONS: dict[str, Callable[[Workspace], bool]] = {
    "undo": lambda w: w.history.can_undo,
    "redo": lambda w: w.history.can_redo,
    "several_layers": lambda w: len(w.document.layers) > 1,
    "layer_above": lambda w: 0 <= _index(w) < len(w.document.layers) - 1,
    "layer_below": lambda w: _index(w) > 0,
    "can_go_up": lambda w: _can_step(w, True),
    "can_go_down": lambda w: _can_step(w, False),
    "layer": lambda w: _active(w) is not None,
    "group": _is_group,
    "effect": _has_effect,
    "recipe": _has_recipe,
    "mask": lambda w: w.has_mask,
    "context": lambda w: w.forecasts.context is not None,
    "layer_mask": _has_layer_mask,
    "text": _has_text,
    "guides": lambda w: bool(w.document.guides),
    "no_layer_mask": _has_no_layer_mask,
    "making": lambda w: w.in_the_making.running is not None,
    "timeline": lambda w: w.in_the_making.timeline is not None,
    "fork": lambda w: w.in_the_making.can_fork,
    "earlier_step": _shows_earlier_step,
    "own_brush": _has_own_brush,
    "brush_changed": _is_brush_changed,
    "own_brush_changed": lambda w: _has_own_brush(w) and _is_brush_changed(w),
    "live": lambda w: w.live_canvas.is_on,
    "live_picture": lambda w: w.live_canvas.can_accept,
    "bakeable": lambda w: w.bakes.can_bake(w.document.active_layer_id),
    "stale": lambda w: bool(w.bakes.stale),
    "busy": lambda w: w.generating.is_busy,
    "candidates": lambda w: bool(w.results.candidates),
    "several_candidates": lambda w: len(w.results.of_place) > 1,
    "candidate": lambda w: w.results.current is not None,
    "vocabulary": _knows_words,
    "ended": lambda w: any(job.has_ended for job in w.queue.jobs),
}

CHECKS: dict[str, str] = {
    "layer_clip": "is_clipped",
    "layer_lock_alpha": "is_alpha_locked",
    "layer_lock_pixels": "are_pixels_locked",
    "layer_lock": "is_locked",
}
"""Checkable actions that say what is so with the active layer."""

IMPATIENT_MENUS = frozenset({"Edit/Tools", "Generate", "Generate/What to Do", "View"})
IMPATIENT = frozenset({"open", "save", "undo", "redo", "mask_clear", "quit"})
"""Whose keys answer from the first stroke on; buttons show some of them."""


class ActionSet:
    """All QActions of a window by id; those of IMPATIENT are there at once, the rest after `complete`.

    handlers: what each action does; a checkable one is called after its check mark has changed.
    """

    def __init__(self, owner: QWidget, canvas: QWidget, handlers: Mapping[str, Callable[[], None]]) -> None:
        self._owner = owner
        self._canvas = canvas
        self._handlers = handlers
        self._actions: dict[str, QAction] = {}
        for entry in ACTIONS:
            if entry.menu in IMPATIENT_MENUS or entry.id in IMPATIENT:
                self._add(entry)

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def refresh(self, workspace: Workspace) -> None:
        """Enables what can be done now and names what undo and redo would do."""
        for entry in ACTIONS:
            if entry.needs and entry.id in self._actions:
                self._actions[entry.id].setEnabled(CONDITIONS[entry.needs](workspace))
        layer = _active(workspace)
        for action_id, name in CHECKS.items():
            if action_id in self._actions:
                is_so = layer is not None and bool(getattr(layer.properties, name))
                self._actions[action_id].setChecked(is_so)
        for action_id, label in (
            ("undo", workspace.history.undo_label),
            ("redo", workspace.history.redo_label),
        ):
            entry_label = "&Undo" if action_id == "undo" else "&Redo"
            # An ampersand in a prompt must not become a mnemonic.
            text = f"{entry_label} {label.replace('&', '&&')}" if label else entry_label
            self._actions[action_id].setText(text)

    def complete(self) -> None:
        """The other actions, and what is told of all: to write a hundred shortcuts out takes a third of the making."""
        for entry in ACTIONS:
            if entry.id not in self._actions:
                self._add(entry)
            action = self._actions[entry.id]
            action.setToolTip(tooltip(entry))
            action.setStatusTip(entry.tip)

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

    def _add(self, entry: ActionSpec) -> None:
        action = self._make(entry)
        action.triggered.connect(_without_argument(self._handlers[entry.id]))
        (self._canvas if entry.is_canvas_key else self._owner).addAction(action)
        self._actions[entry.id] = action

    def _make(self, entry: ActionSpec) -> QAction:
        action = QAction(entry.label, self._owner)
        action.setObjectName(entry.id)
        action.setShortcuts([QKeySequence(keys) for keys in entry.shortcuts])
        action.setShortcutContext(
            Qt.ShortcutContext.WidgetShortcut if entry.is_canvas_key else Qt.ShortcutContext.WindowShortcut
        )
        action.setAutoRepeat(
            entry.id.startswith(
                ("brush_", "zoom_", "candidate_", "undo", "redo", "making_back", "making_forward")
            )
        )
        action.setCheckable(entry.is_checkable)
        action.setIconVisibleInMenu(False)
        return action


def tooltip(entry: ActionSpec) -> str:
    return f"{entry.tip} ({shown_keys(entry)})"


def shown_keys(entry: ActionSpec) -> str:
    """The first shortcut as this system writes it."""
    return QKeySequence(entry.shortcuts[0]).toString(QKeySequence.SequenceFormat.NativeText)


def _without_argument(handler: Callable[[], None]) -> Callable[[bool], None]:
    return lambda _checked: handler()
