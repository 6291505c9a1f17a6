"""The history panel shows where the picture stands and goes anywhere in one go."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.core.paths import resources_dir
from studio.ui.panels.history import ICONS, HistoryPanel, icon_for
from studio.ui.session import Session


@pytest.fixture
def panel(session: Session) -> HistoryPanel:
    session.actions["panel_history"].trigger()
    made = session.bench.sidebar.panels["history"]
    assert isinstance(made, HistoryPanel)
    return made


def texts(panel: HistoryPanel) -> list[str]:
    return [panel.model.index(row).data() for row in range(panel.model.rowCount())]


def work(session: Session, qtbot: QtBot, panel: HistoryPanel) -> None:
    for _ in range(3):
        session.workspace.add_layer()
    session.workspace.fill_mask()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 5)


def test_steps_are_listed_with_the_place_and_what_is_saved(
    qtbot: QtBot, session: Session, panel: HistoryPanel
) -> None:
    assert texts(panel) == ["Beginning · saved"]
    assert panel.count.text() == "Nothing done yet"
    work(session, qtbot, panel)
    assert texts(panel)[0] == "Beginning · saved"
    assert texts(panel)[-1] == "Mask everything"
    assert panel.model.index(4).data(Qt.ItemDataRole.FontRole).bold()
    assert panel.count.text() == "4 of 4"
    session.workspace.history.mark_clean()
    qtbot.waitUntil(lambda: texts(panel)[-1] == "Mask everything · saved")


def test_a_click_goes_there_and_back_again(qtbot: QtBot, session: Session, panel: HistoryPanel) -> None:
    work(session, qtbot, panel)
    history, layers = session.workspace.history, session.workspace.document.layers
    changes: list[int] = []
    history.changed.subscribe(lambda _: changes.append(history.position))
    spot = panel.list.visualRect(panel.model.index(1)).center()
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert (history.position, len(layers.ids), changes) == (1, 2, [1])
    qtbot.waitUntil(lambda: panel.count.text() == "1 of 4")
    assert panel.model.rowCount() == 5
    assert "to do again" in panel.model.index(4).data(Qt.ItemDataRole.AccessibleTextRole)
    spot = panel.list.visualRect(panel.model.index(4)).center()
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert (history.position, len(layers.ids)) == (4, 4)


def test_arrow_keys_walk(qtbot: QtBot, session: Session, panel: HistoryPanel) -> None:
    work(session, qtbot, panel)
    panel.list.setFocus()
    for _ in range(2):
        qtbot.keyClick(panel.list, Qt.Key.Key_Up)
        qtbot.wait(5)
    assert session.workspace.history.position == 2
    qtbot.keyClick(panel.list, Qt.Key.Key_Home)
    assert session.workspace.history.position == 0


def test_a_new_step_forgets_what_lay_ahead(qtbot: QtBot, session: Session, panel: HistoryPanel) -> None:
    work(session, qtbot, panel)
    session.workspace.history.go_to(1)
    session.workspace.invert_mask()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 3)
    assert texts(panel)[-1] == "Invert mask"


def test_another_document_has_a_history_of_its_own(
    qtbot: QtBot, session: Session, panel: HistoryPanel
) -> None:
    work(session, qtbot, panel)
    session.workspace.new(session.workspace.document.canvas.size)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    session.workspace.add_layer()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 2)


def test_every_kind_of_step_has_an_icon_that_exists() -> None:
    for icon in {icon for _, icon in ICONS} | {"layers", "image"}:
        assert (resources_dir() / "icons" / f"{icon}.svg").is_file()
    assert icon_for("Brush stroke") == "brush"
    assert icon_for("Erase mask") == "eraser"
    assert icon_for("Add layer") == "layers"
