"""The table of actions is complete: every command has a key, an icon that exists, and something that does it."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence

from studio.core.paths import resources_dir
from studio.ui.action_set import CONDITIONS
from studio.ui.actions import ACTIONS, MENUS, TOOL_ACTIONS
from studio.ui.dialogs.shortcuts import ShortcutsDialog
from studio.ui.panels.table import PANELS
from studio.ui.session import Session


def test_ids_are_unique() -> None:
    assert not [id for id, count in Counter(entry.id for entry in ACTIONS).items() if count > 1]


@pytest.mark.parametrize("entry", ACTIONS, ids=lambda entry: entry.id)
def test_every_action_has_a_key_a_menu_and_words(entry) -> None:  # type: ignore[no-untyped-def]
    assert entry.shortcuts
    for keys in entry.shortcuts:
        sequence = QKeySequence(keys, QKeySequence.SequenceFormat.PortableText)
        assert not sequence.isEmpty()
        assert sequence.toString(QKeySequence.SequenceFormat.PortableText)
    assert entry.menu.partition("/")[0] in MENUS
    assert entry.label
    assert entry.tip
    assert not entry.tip.endswith(".")
    if entry.icon:
        assert (resources_dir() / "icons" / f"{entry.icon}.svg").is_file()
    if entry.needs:
        assert entry.needs in CONDITIONS


def test_no_key_means_two_things() -> None:
    keys = Counter(QKeySequence(key).toString() for entry in ACTIONS for key in entry.shortcuts)
    assert not {key: count for key, count in keys.items() if count > 1}


def test_mnemonics_differ_within_a_menu() -> None:
    for menu in {entry.menu for entry in ACTIONS}:
        letters = Counter(
            entry.label[entry.label.index("&") + 1].lower()
            for entry in ACTIONS
            if entry.menu == menu and "&" in entry.label
        )
        assert not {letter: count for letter, count in letters.items() if count > 1}, menu


def test_every_tool_and_panel_has_an_action() -> None:
    ids = {entry.id for entry in ACTIONS}
    assert set(TOOL_ACTIONS.values()) <= ids
    assert {f"panel_{entry.id}" for entry in PANELS} <= ids


def test_every_action_stands_in_a_menu(session: Session) -> None:
    bar = session.window.menuBar()
    found: set[str] = set()
    pending = [action.menu() for action in bar.actions()]
    while pending:
        menu = pending.pop()
        for action in menu.actions():  # type: ignore[union-attr]
            if action.menu() is not None:
                pending.append(action.menu())
            found.add(action.objectName())
    assert {entry.id for entry in ACTIONS} <= found


def test_the_shortcuts_page_lists_all_and_finds(session: Session) -> None:
    dialog = ShortcutsDialog(session.window)
    assert len(dialog.visible_labels) == len(ACTIONS)
    dialog.search.setText("invert mask")
    assert set(dialog.visible_labels) == {"Invert Layer Mask", "Invert Mask"}
    dialog.search.setText("ctrl+enter")
    assert "Generate" in dialog.visible_labels
    dialog.deleteLater()
