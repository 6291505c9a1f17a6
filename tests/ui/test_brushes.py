"""The brushes' panel, the editor and its curve, and the commands of brushes and symmetry."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.brushes.curve import STRAIGHT
from studio.core.settings import Settings
from studio.ui.dialogs.brush_editor import BrushEditor
from studio.ui.panels.brushes import BrushesPanel
from studio.ui.session import Session
from studio.ui.widgets.curve_edit import CurveEdit
from tests.ui.conftest import OpenStudio


@pytest.fixture
def session(open_studio: OpenStudio) -> Session:
    made = open_studio(size=(1500, 950))
    made.workspace.tool_settings.active_tool_id = "brush"
    return made


@pytest.fixture
def panel(session: Session, qtbot: QtBot) -> BrushesPanel:
    session.bench.show_panel("brushes")
    made = session.bench.sidebar.panel("brushes")
    assert isinstance(made, BrushesPanel)
    qtbot.waitUntil(lambda: made.list.viewport().height() > 50)
    return made


def click_preset(panel: BrushesPanel, preset_id: str) -> None:
    row = panel.model.row_of(preset_id)
    assert row is not None
    index = panel.model.index(row)
    panel.list.scrollTo(index)
    spot = panel.list.visualRect(index).center()
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def test_a_click_takes_a_brush_and_its_size_is_shown(session: Session, panel: BrushesPanel) -> None:
    click_preset(panel, "ink")
    ink = session.workspace.brush_shelf.preset("ink")
    assert ink is not None
    assert session.workspace.tool_settings.brush_of("brush") == ink.brush
    assert panel.state.text() == "Ink · 14 px"
    panel.flow.setValue(40)
    assert session.workspace.tool_settings.brush_of("brush").flow == pytest.approx(0.4)
    assert panel.state.text().endswith(", changed")


def test_thumbnails_are_painted_in_the_background(
    session: Session, panel: BrushesPanel, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: session.background.is_idle and bool(panel.model._strokes), timeout=20_000)
    image = next(iter(panel.model._strokes.values()))
    assert not image.isNull()


def test_search_narrows_and_says_when_nothing_is_left(panel: BrushesPanel) -> None:
    panel.search.setText("ERASER")
    assert panel.model.rowCount() == 2
    panel.search.setText("no such brush")
    assert panel.model.rowCount() == 0
    assert panel.nothing.isVisibleTo(panel)
    assert not panel.list.isVisibleTo(panel)
    panel.search.clear()
    assert panel.list.isVisibleTo(panel)


def test_a_brush_is_saved_updated_reset_and_deleted(
    session: Session, panel: BrushesPanel, qtbot: QtBot
) -> None:
    actions, shelf = session.actions, session.workspace.brush_shelf
    settings = session.workspace.tool_settings
    session.commands.brushes.ask_name = lambda _, __: "Mine"
    actions["brush_save"].trigger()
    mine = shelf.chosen
    assert mine is not None
    assert (mine.name, mine.is_own) == ("Mine", True)
    assert panel.model.preset(panel.model.index(0)) == mine
    settings.size_px = 123
    qtbot.waitUntil(lambda: actions["brush_update"].isEnabled() and actions["brush_reset"].isEnabled())
    actions["brush_reset"].trigger()
    assert settings.size_px == mine.brush.size_px
    settings.size_px = 99
    qtbot.waitUntil(lambda: actions["brush_update"].isEnabled())
    actions["brush_update"].trigger()
    assert shelf.chosen is not None
    assert shelf.chosen.brush.size_px == 99
    qtbot.waitUntil(lambda: actions["brush_delete"].isEnabled())
    actions["brush_delete"].trigger()
    assert shelf.preset(mine.id) is None
    click_preset(panel, "chalk")
    qtbot.waitUntil(lambda: not actions["brush_delete"].isEnabled())


def test_a_name_that_is_not_given_saves_nothing(session: Session) -> None:
    session.commands.brushes.ask_name = lambda _, __: None
    session.actions["brush_save"].trigger()
    assert not any(preset.is_own for preset in session.workspace.brush_shelf.presets)


def test_import_says_what_it_took_and_what_it_left(session: Session, tmp_path: Path) -> None:
    good, bad = tmp_path / "knife.myb", tmp_path / "bad.myb"
    good.write_text("version 2\nradius_logarithmic 2.0\ntracking_noise 1\n")
    bad.write_text("nothing")
    told = []
    session.workspace.notices.subscribe(told.append)
    session.commands.brushes.ask_files = lambda _, __: [good, bad]
    session.actions["brush_import"].trigger()
    assert "Knife" in told[-1].message
    assert "tracking_noise" in told[-1].details
    assert "bad.myb" in told[-1].details
    session.commands.brushes.ask_files = lambda _, __: [bad]
    session.actions["brush_import"].trigger()
    assert told[-1].is_error


def test_symmetry_keys_combine_and_the_axis_starts_in_the_middle(session: Session) -> None:
    actions, settings = session.actions, session.workspace.tool_settings
    actions["mirror_vertical"].trigger()
    assert settings.symmetry.kind == "vertical"
    assert (settings.symmetry.x, settings.symmetry.y) == (256.0, 256.0)
    actions["mirror_horizontal"].trigger()
    assert settings.symmetry.kind == "both"
    actions["mirror_radial"].trigger()
    assert settings.symmetry.kind == "radial"
    assert not actions["mirror_vertical"].isChecked()
    actions["mirror_vertical"].trigger()
    assert settings.symmetry.kind == "vertical"
    assert not actions["mirror_radial"].isChecked()
    settings.symmetry = settings.symmetry.with_center(10, 20)
    actions["mirror_center"].trigger()
    assert (settings.symmetry.x, settings.symmetry.y) == (256.0, 256.0)
    actions["mirror_vertical"].trigger()
    assert settings.symmetry.kind == "none"


def test_the_brush_in_hand_can_erase(session: Session) -> None:
    session.actions["brush_erasing"].trigger()
    assert session.workspace.tool_settings.is_erasing
    session.actions["brush_erasing"].trigger()
    assert not session.workspace.tool_settings.is_erasing


def test_what_was_chosen_is_chosen_in_the_next_session(open_studio: OpenStudio) -> None:
    settings = Settings({"theme": "dark"})
    first = open_studio(settings=settings)
    first.workspace.tool_settings.active_tool_id = "brush"
    first.workspace.brush_shelf.choose("bristle")
    second = open_studio(settings=settings)
    second.workspace.tool_settings.active_tool_id = "brush"
    chosen = second.workspace.brush_shelf.chosen
    assert chosen is not None
    assert chosen.id == "bristle"
    assert second.workspace.tool_settings.brush_of("brush").tip == "bristle"


@pytest.fixture
def editor(session: Session, qtbot: QtBot) -> BrushEditor:
    session.actions["brush_edit"].trigger()
    made = session.commands._dialog
    assert isinstance(made, BrushEditor)
    qtbot.waitUntil(made.isVisible)
    return made


def test_the_editor_changes_the_brush_at_once(session: Session, editor: BrushEditor) -> None:
    settings = session.workspace.tool_settings
    editor.sliders["spacing"].setValue(50)
    editor.sliders["roundness"].setValue(30)
    editor.tip.chosen.emit("chalk")
    editor.texture.chosen.emit("canvas")
    brush = settings.brush_of("brush")
    assert (brush.spacing, brush.roundness, brush.tip, brush.texture) == (0.5, 0.3, "chalk", "canvas")
    assert not editor.sliders["hardness"].isEnabled()
    settings.size_px = 222
    assert editor.sliders["size_px"].value() == 222


def test_a_curve_is_added_bent_and_taken_away(session: Session, editor: BrushEditor) -> None:
    settings = session.workspace.tool_settings
    editor.setting.chosen.emit("scatter")
    editor.input.chosen.emit("tilt")
    assert not editor.follows.isChecked()
    assert not editor.curve.isEnabled()
    editor.follows.click()
    added = settings.brush_of("brush").dynamic("scatter", "tilt")
    assert added is not None
    assert added.curve == STRAIGHT
    area = editor.curve._area()
    spot = QPointF(area.center().x(), area.top() + 4).toPoint()
    QTest.mouseClick(editor.curve, Qt.MouseButton.LeftButton, pos=spot)
    bent = settings.brush_of("brush").dynamic("scatter", "tilt")
    assert bent is not None
    assert len(bent.curve.points) == 3
    assert bent.curve.at(0.5) > 0.9
    editor.follows.click()
    assert settings.brush_of("brush").dynamic("scatter", "tilt") is None


def test_a_tool_without_a_brush_leaves_the_editor_nothing_to_do(
    session: Session, editor: BrushEditor
) -> None:
    session.workspace.tool_settings.active_tool_id = "pan"
    assert not any(spin.isEnabled() for spin in editor.sliders.values())
    session.workspace.tool_settings.active_tool_id = "brush"
    assert editor.sliders["flow"].isEnabled()


def test_points_are_dragged_between_their_neighbours_dragged_out_and_nudged(qtbot: QtBot) -> None:
    edit = CurveEdit("Curve")
    qtbot.addWidget(edit)
    edit.resize(200, 150)
    edit.show()
    qtbot.waitExposed(edit)
    seen = []
    edit.edited.connect(seen.append)
    area = edit._area()

    def place(x: float, y: float) -> QPoint:
        return QPointF(area.x() + x * area.width(), area.bottom() - y * area.height()).toPoint()

    left = Qt.MouseButton.LeftButton
    QTest.mousePress(edit, left, pos=place(0.5, 0.8))
    QTest.mouseMove(edit, place(1.03, 0.2))
    assert len(edit.curve.points) == 3
    QTest.mouseRelease(edit, left, pos=place(0.7, 0.2))
    QTest.mousePress(edit, left, pos=place(1.0, 1.0))
    QTest.mouseRelease(edit, left, pos=place(1.0, 1.0))
    edit.setFocus()
    QTest.keyClick(edit, Qt.Key.Key_Down)
    assert edit.curve.points[-1].y == pytest.approx(0.98)
    QTest.keyClick(edit, Qt.Key.Key_Delete)
    assert len(edit.curve.points) == 2
    QTest.mousePress(edit, left, pos=place(0.0, 0.0))
    QTest.mouseMove(edit, place(-1.0, -1.0))
    QTest.mouseRelease(edit, left, pos=place(-1.0, -1.0))
    assert len(edit.curve.points) == 1
    QTest.keyClick(edit, Qt.Key.Key_PageDown)
    QTest.keyClick(edit, Qt.Key.Key_Delete)
    assert len(edit.curve.points) == 1
    assert seen[-1] == edit.curve
