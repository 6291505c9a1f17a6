"""Settings of adjustments: live, one drag one step, following undo, gone with their layer."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from studio.document.composite import flatten
from studio.document.effects import STRAIGHT, BrightnessContrast, Curves, LevelRange, Levels, SolidColor
from studio.document.histogram import histogram_below
from studio.document.layer import Layer
from studio.document.pixels import RGB
from studio.ui.dialogs.effect_fields import CurvesFields, FillFields, LevelsFields, NumberFields
from studio.ui.dialogs.effect_settings import EffectDialog
from studio.ui.session import Session
from tests.document.pictures import noise


def opened(session: Session, action_id: str) -> EffectDialog:
    session.actions[action_id].trigger()
    dialog = session.commands.layers.dialog
    assert dialog is not None
    return dialog


def active(session: Session) -> Layer:
    layer = session.workspace.document.active_layer
    assert layer is not None
    return layer


@pytest.fixture
def painted(session: Session) -> Session:
    session.workspace.layers.add_image("Noise", noise(1, 300, 400), (0, 0), label="Import")
    return session


def test_a_drag_is_one_step_and_undo_shows_in_the_dialog(painted: Session) -> None:
    dialog = opened(painted, "layer_add_brightness_contrast")
    layer, steps = active(painted), painted.workspace.history.position
    before = flatten(painted.workspace.document, painted.workspace.document.canvas)
    fields = dialog.fields
    assert isinstance(fields, NumberFields)
    for value in (10, 30, 50):
        fields.sliders["brightness"].setValue(value)
    fields.sliders["contrast"].setValue(-20)
    assert layer.effect == BrightnessContrast(brightness=50, contrast=-20)
    assert (flatten(painted.workspace.document, painted.workspace.document.canvas) != before).any()
    assert painted.workspace.history.position == steps + 2
    painted.workspace.undo()
    painted.workspace.undo()
    assert fields.sliders["brightness"].value() == 0
    painted.workspace.undo()
    assert painted.commands.layers.dialog is None, "its layer is gone"


def test_levels_of_one_channel(painted: Session) -> None:
    fields = opened(painted, "layer_add_levels").fields
    assert isinstance(fields, LevelsFields)
    fields.choice.chosen.emit("green")
    fields.sliders["black"].setValue(40)
    fields.sliders["white"].setValue(20)
    assert active(painted).effect == Levels(channels={"green": LevelRange(black=40, white=41)})
    assert fields.sliders["white"].value() == 41, "never below the black point"
    fields.reset.click()
    assert active(painted).effect == Levels()


def test_a_curve_is_bent_by_hand(qtbot: QtBot, painted: Session) -> None:
    dialog = opened(painted, "layer_add_curves")
    fields = dialog.fields
    assert isinstance(fields, CurvesFields)
    editor = fields.editor
    middle = editor.rect().center()
    qtbot.mousePress(editor, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(editor, middle - QPoint(0, 40))
    qtbot.mouseRelease(editor, Qt.MouseButton.LeftButton, pos=middle - QPoint(0, 40))
    effect = active(painted).effect
    assert isinstance(effect, Curves)
    (_, (x, y), _) = effect.channels["rgb"]
    assert y > x + 20
    qtbot.keyClick(editor, Qt.Key.Key_Right)
    assert editor.points[1] == (x + 1, y)
    qtbot.keyClick(editor, Qt.Key.Key_Delete)
    assert editor.points == STRAIGHT
    qtbot.keyClick(editor, Qt.Key.Key_Delete)
    assert editor.points == STRAIGHT, "a curve keeps two points"


def test_a_fill_takes_the_painting_color_and_another_later(painted: Session) -> None:
    painted.workspace.tool_settings.color = RGB(200, 20, 40)
    painted.actions["layer_add_fill"].trigger()
    assert active(painted).effect == SolidColor(color=RGB(200, 20, 40))
    flat = flatten(painted.workspace.document, painted.workspace.document.canvas)
    assert (flat == (200, 20, 40, 255)).all()
    fields = opened(painted, "layer_settings").fields
    assert isinstance(fields, FillFields)
    fields.color.picked.emit(1, 2, 3)
    assert active(painted).effect == SolidColor(color=RGB(1, 2, 3))


def test_a_locked_adjustment_says_so_and_stays(painted: Session) -> None:
    fields = opened(painted, "layer_add_brightness_contrast").fields
    assert isinstance(fields, NumberFields)
    painted.workspace.set_layer(active(painted).id, is_locked=True)
    fields.sliders["contrast"].setValue(50)
    assert active(painted).effect == BrightnessContrast()
    assert fields.sliders["contrast"].value() == 0


def test_the_painted_mask_becomes_the_adjustments_own(painted: Session) -> None:
    painted.workspace.fill_mask()
    opened(painted, "layer_add_levels").reject()
    assert active(painted).mask is not None


def test_the_histogram_counts_what_lies_below(painted: Session) -> None:
    document = painted.workspace.document
    pixels = np.full((512, 512, 4), (10, 20, 30, 255), np.uint8)
    painted.workspace.layers.add_image("Flat", pixels, (0, 0), label="Import")
    opened(painted, "layer_add_levels").reject()
    counts = histogram_below(document, active(painted).id)
    assert counts[1].argmax() == 10
    assert counts[1, 10] == counts[2, 20] == counts[3, 30] == counts[0].sum() // 3
    assert not histogram_below(document, "nobody").any()
