"""The colour panel and the painting colour say the same, whoever changes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from studio.document.pixels import RGB
from studio.project.palette import read_palette
from studio.ui.panels.color import ColorPanel
from studio.ui.session import Session


@pytest.fixture
def panel(session: Session, qtbot: QtBot) -> ColorPanel:
    session.actions["panel_color"].trigger()
    made = session.bench.sidebar.panels["color"]
    assert isinstance(made, ColorPanel)
    qtbot.wait(10)
    return made


def test_sliders_hex_and_wheel_follow_the_color(session: Session, panel: ColorPanel) -> None:
    session.workspace.tool_settings.color = (255, 0, 128)
    assert [spin.value() for spin in panel.rgb] == [255, 0, 128]
    assert panel.hex.text() == "#ff0080"
    assert panel.hsv[0].value() == pytest.approx(330, abs=1)
    assert panel.wheel.saturation == pytest.approx(1, abs=0.01)


def test_every_field_changes_the_color(session: Session, panel: ColorPanel) -> None:
    settings = session.workspace.tool_settings
    panel.rgb[1].setValue(200)
    assert settings.color.green == 200
    panel.hex.setText("12ab34")
    panel.hex.editingFinished.emit()
    assert settings.color == (0x12, 0xAB, 0x34)
    panel.hex.setText("no color")
    panel.hex.editingFinished.emit()
    assert panel.hex.text() == "#12ab34"
    for spin, value in zip(panel.hsv, (0, 100, 100), strict=True):
        spin.setValue(value)
    assert settings.color == (255, 0, 0)


def test_black_forgets_no_hue(session: Session, panel: ColorPanel) -> None:
    settings = session.workspace.tool_settings
    settings.color = (0, 0, 255)
    panel.hsv[2].setValue(0)
    assert settings.color == (0, 0, 0)
    panel.hsv[2].setValue(100)
    assert settings.color == (0, 0, 255)


def test_the_wheel_is_dragged_and_walked(qtbot: QtBot, session: Session, panel: ColorPanel) -> None:
    settings, wheel = session.workspace.tool_settings, panel.wheel
    settings.color = (255, 0, 0)
    ring = QPoint(wheel.width() // 2, 8)
    qtbot.mouseClick(wheel, Qt.MouseButton.LeftButton, pos=ring)
    assert settings.color.green > 240
    assert settings.color.red < 140
    corner = wheel._square.bottomLeft().toPoint() + QPoint(1, -1)
    qtbot.mousePress(wheel, Qt.MouseButton.LeftButton, pos=wheel._square.center().toPoint())
    qtbot.mouseMove(wheel, corner)
    qtbot.mouseRelease(wheel, Qt.MouseButton.LeftButton, pos=corner)
    assert max(settings.color) < 20
    wheel.setFocus()
    qtbot.keyClick(wheel, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert wheel.value == pytest.approx(0.1, abs=0.03)


def test_swap_and_default(session: Session, panel: ColorPanel) -> None:
    settings = session.workspace.tool_settings
    settings.color = (1, 2, 3)
    session.actions["swap_colors"].trigger()
    assert (settings.color, settings.background) == ((255, 255, 255), (1, 2, 3))
    session.actions["default_colors"].trigger()
    assert settings.background == (255, 255, 255)
    assert max(settings.color) < 40


def test_a_color_that_was_used_is_remembered(session: Session, panel: ColorPanel) -> None:
    settings = session.workspace.tool_settings
    settings.color = (9, 8, 7)
    assert panel.recent.patches == ()
    session.actions["layer_fill"].trigger()
    assert [patch[:3] for patch in panel.recent.patches] == [(9, 8, 7)]
    settings.color = (200, 1, 1)
    session.workspace.undo()
    assert len(panel.recent.patches) == 1
    assert session.settings.items("recent_colors") == ["#090807"]
    panel.recent.picked.emit(0)
    assert settings.color == (9, 8, 7)


def test_a_swatch_is_added_picked_and_removed(session: Session, panel: ColorPanel) -> None:
    settings = session.workspace.tool_settings
    settings.color = (11, 22, 33)
    panel.add.click()
    settings.color = (0, 0, 0)
    panel.swatches.picked.emit(0)
    assert settings.color == (11, 22, 33)
    panel._palettes.remove_color(0, "own")
    assert panel.swatches.patches == ()


def test_palettes_are_chosen_imported_and_exported(
    session: Session, panel: ColorPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel.palette_box.chosen.emit("landscape")
    assert len(panel.swatches.patches) == 32
    assert not panel.add.isEnabled()
    target = tmp_path / "out"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    panel.give.click()
    assert len(read_palette(tmp_path / "out.gpl").swatches) == 32
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "out.gpl"), ""))
    panel.take.click()
    assert panel.add.isEnabled()
    assert session.settings.text("palette") == "out"
    (tmp_path / "bad.gpl").write_text("nothing")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "bad.gpl"), ""))
    panel.take.click()
    assert "palette" in session.bench.notices.cards[0].notice.message


def test_the_background_is_remembered(session: Session) -> None:
    settings = session.workspace.tool_settings
    settings.background = RGB(3, 4, 5)
    saved = settings.to_json()
    settings.default_colors()
    settings.restore(saved)
    assert settings.background == (3, 4, 5)
    settings.restore({"background": ["x", None, 3]})
    assert settings.background == (3, 4, 5)
