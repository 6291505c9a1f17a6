"""The actions of mask, layer and canvas, through the window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.core.geometry import Rect
from studio.document.turning import TURNS
from studio.tools.options import NUMBERS, OPTIONS, NumberOption
from studio.ui.actions import TOOL_ACTIONS
from studio.ui.session import Session
from studio.ui.widgets.slider_spin import SliderSpin
from studio.workspace.masks import RESHAPE_LABELS
from tests.document.pictures import noise, state_of
from tests.ui.canvas.helpers import at

MASKED = Rect(100, 120, 160, 140)


@pytest.fixture
def painted(session: Session) -> Session:
    """A picture, its layer active, a rectangle of it masked."""
    workspace = session.workspace
    workspace.layers.add_image("Noise", noise(1, 512, 512), (0, 0), label="Import")
    workspace.set_mask(MASKED, np.full((MASKED.height, MASKED.width), 255, np.uint8), label="Mask")
    return session


SIMPLE = (
    "mask_from_layer",
    "mask_from_luminosity",
    "mask_delete_pixels",
    "mask_copy_to_layer",
    "mask_cut_to_layer",
    "layer_fill",
    "layer_merge_down",
    "layer_from_visible",
    "layer_mask_add",
    "layer_clip",
    "cut",
    "crop_to_mask",
    *TURNS,
)


@pytest.mark.parametrize("action_id", SIMPLE)
def test_each_is_one_step_that_undo_takes_back(painted: Session, action_id: str) -> None:
    workspace = painted.workspace
    before, steps = state_of(workspace.document), workspace.history.position
    assert painted.actions[action_id].isEnabled()
    painted.actions[action_id].trigger()
    assert workspace.history.position == steps + 1
    assert state_of(workspace.document) != before
    workspace.undo()
    assert state_of(workspace.document) == before


def test_layer_masks_are_added_applied_and_deleted(painted: Session) -> None:
    actions, layer = painted.actions, painted.workspace.document.active_layer
    assert layer is not None
    assert not actions["layer_mask_apply"].isEnabled()
    actions["layer_mask_add"].trigger()
    assert layer.mask is not None
    assert layer.mask.bounds() == MASKED
    assert not actions["layer_mask_add"].isEnabled()
    actions["layer_mask_delete"].trigger()
    assert layer.mask is None
    actions["layer_mask_add"].trigger()
    actions["layer_mask_apply"].trigger()
    assert layer.mask is None
    assert MASKED.contains_rect(layer.surface.bounds())


@pytest.mark.parametrize("name", RESHAPE_LABELS)
def test_reshaping_shows_while_choosing_and_is_one_step(qtbot: QtBot, painted: Session, name: str) -> None:
    workspace = painted.workspace
    before, steps = state_of(workspace.document), workspace.history.position
    painted.actions[f"mask_{name}"].trigger()
    dialog = painted.commands.picture.dialog
    assert dialog is not None
    assert state_of(workspace.document) != before
    shown = state_of(workspace.document)
    dialog.radius_px.setValue(31)
    qtbot.waitUntil(lambda: state_of(workspace.document) != shown)
    dialog.reject()
    assert state_of(workspace.document) == before
    assert workspace.history.position == steps
    painted.actions[f"mask_{name}"].trigger()
    dialog = painted.commands.picture.dialog
    assert dialog is not None
    assert dialog.radius == 31
    dialog.radius_px.setValue(12)
    dialog.accept()
    after = state_of(workspace.document)
    assert workspace.history.position == steps + 1
    workspace.undo()
    assert state_of(workspace.document) == before
    workspace.masks.reshape(name, 12)
    assert state_of(workspace.document) == after


def test_another_step_while_choosing_ends_it_cleanly(painted: Session) -> None:
    workspace = painted.workspace
    painted.actions["mask_grow"].trigger()
    dialog = painted.commands.picture.dialog
    assert dialog is not None
    workspace.add_layer()
    kept = state_of(workspace.document)
    dialog.radius_px.setValue(40)
    dialog.reject()
    assert state_of(workspace.document) == kept


def test_cropping_to_the_frame_and_turning_takes_the_frame_along(painted: Session) -> None:
    workspace = painted.workspace
    workspace.set_frame(Rect(-100, 50, 300, 200))
    painted.actions["crop_to_frame"].trigger()
    assert workspace.document.canvas == Rect(-100, 50, 300, 200)
    painted.actions["rotate_right"].trigger()
    assert workspace.document.canvas == workspace.frame == Rect(-100, 50, 200, 300)


def test_refusals_are_told_in_a_sentence(painted: Session) -> None:
    workspace = painted.workspace
    told: list[str] = []
    workspace.notices.subscribe(lambda notice: told.append(notice.message))
    layer_id = workspace.document.active_layer_id
    assert layer_id is not None
    workspace.set_layer(layer_id, is_locked=True)
    steps = workspace.history.position
    for action_id in ("mask_delete_pixels", "mask_cut_to_layer", "layer_fill"):
        painted.actions[action_id].trigger()
    assert told == ["The layer “Noise” is locked."] * 3
    assert workspace.history.position == steps


@pytest.mark.parametrize("tool_id", NUMBERS)
def test_numbers_of_a_gesture_are_typed_kept_and_given_up(painted: Session, tool_id: str) -> None:
    workspace = painted.workspace
    workspace.clear_mask()
    painted.actions[TOOL_ACTIONS[tool_id]].trigger()
    QTest.mouseMove(painted.canvas, at(painted.canvas, (5, 5)))
    numbers = painted.bench.options.adjusting[tool_id]
    assert numbers.isVisible()
    assert numbers.spins.keys() == {number.name for number in NUMBERS[tool_id]}
    assert not numbers.keep.isEnabled()
    before, steps = state_of(workspace.document), workspace.history.position
    for ends in (numbers.give_up, numbers.keep):
        numbers.spins["width"].setValue(50)
        assert numbers.keep.isEnabled()
        ends.click()
        assert not numbers.keep.isEnabled()
        if ends is numbers.give_up:
            assert state_of(workspace.document) == before
    QTest.qWait(300)
    assert workspace.history.position == steps + 1
    painted.actions["tool_brush"].trigger()
    assert not numbers.isVisible()


@pytest.mark.parametrize("tool_id", OPTIONS)
def test_options_are_bound_both_ways_and_fit(painted: Session, tool_id: str) -> None:
    settings, fields = painted.workspace.tool_settings, painted.bench.options.fields
    painted.actions[TOOL_ACTIONS[tool_id]].trigger()
    assert fields.isVisible()
    assert fields.widget().minimumSizeHint().width() <= fields.width(), "wider than 1280 pixels leave"
    for option in OPTIONS[tool_id]:
        field = fields.fields[tool_id, option.name]
        assert field.isVisible()
        assert field.toolTip()
        if isinstance(option, NumberOption):
            assert isinstance(field, SliderSpin)
            field.setValue(option.highest)
            assert settings.number(tool_id, option.name) == option.highest
            settings.set_option(tool_id, option.name, option.lowest)
            assert field.value() == option.lowest
    painted.actions["tool_pan"].trigger()
    assert not fields.isVisible()


def test_delete_is_pixels_on_the_canvas_and_letters_in_the_prompt(qtbot: QtBot, painted: Session) -> None:
    workspace, prompt = painted.workspace, painted.bench.prompt.prompt
    painted.window.activateWindow()
    qtbot.waitUntil(painted.window.isActiveWindow)
    steps = workspace.history.position
    prompt.setFocus()
    qtbot.keyClicks(prompt, "Rl")
    qtbot.keyClick(prompt, Qt.Key.Key_Home)
    qtbot.keyClick(prompt, Qt.Key.Key_Delete)
    qtbot.keyClick(prompt, Qt.Key.Key_Backspace, Qt.KeyboardModifier.ShiftModifier)
    assert prompt.toPlainText() == "l"
    assert workspace.history.position == steps
    assert workspace.tool_settings.active_tool_id == "mask_brush"
    painted.bench.focus_canvas()
    qtbot.keyClick(painted.canvas, Qt.Key.Key_Delete)
    assert workspace.history.undo_label == "Delete masked pixels"
    qtbot.keyClick(painted.canvas, Qt.Key.Key_Backspace, Qt.KeyboardModifier.ShiftModifier)
    assert workspace.history.undo_label == "Fill mask with color"
    qtbot.keyClick(painted.canvas, Qt.Key.Key_W)
    assert workspace.tool_settings.active_tool_id == "select_wand"
