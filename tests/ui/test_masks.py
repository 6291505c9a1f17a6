"""Masks kept by name, masks by colour, a hidden mask: through the window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.core.geometry import Rect
from studio.document.pixels import RGB
from studio.ui.panels.saved_masks import SavedMasksPanel
from studio.ui.session import Session
from tests.document.pictures import state_of
from tests.ui.canvas.helpers import drag, screen

MASKED = Rect(100, 120, 60, 40)


@pytest.fixture
def masked(session: Session) -> Session:
    workspace = session.workspace
    straight = np.full((512, 512, 4), 255, np.uint8)
    straight[:, :200, :3] = (200, 30, 30)
    workspace.layers.add_image("Red and white", straight, (0, 0), label="Import")
    workspace.set_mask(MASKED, np.full((MASKED.height, MASKED.width), 255, np.uint8), label="Mask")
    return session


def test_a_mask_is_kept_renamed_loaded_and_deleted(qtbot: QtBot, masked: Session) -> None:
    workspace = masked.workspace
    masked.actions["mask_save"].trigger()
    panel = masked.bench.sidebar.panel("masks")
    assert isinstance(panel, SavedMasksPanel)
    assert masked.bench.sidebar.is_in_front("masks")
    assert panel.list.count() == 1
    panel.list.item(0).setText("Left door")
    assert workspace.document.saved_masks[0].name == "Left door"
    workspace.clear_mask()
    panel.load.click()
    assert workspace.document.selection.bounds() == MASKED
    panel.subtract.click()
    assert not workspace.has_mask
    panel.add.click()
    assert workspace.document.selection.bounds() == MASKED
    panel.delete.click()
    assert panel.list.count() == 0
    assert not panel.load.isEnabled()
    workspace.undo()
    assert panel.list.item(0).text() == "Left door"


def test_a_hidden_mask_is_not_drawn_and_works(qtbot: QtBot, masked: Session) -> None:
    shown = screen(masked.canvas)
    masked.actions["mask_hide"].trigger()
    hidden = screen(masked.canvas)
    assert (shown != hidden).any()
    masked.actions["mask_delete_pixels"].trigger()
    layer = masked.workspace.document.active_layer
    assert layer is not None
    assert not layer.surface.read(MASKED).any()
    masked.workspace.undo()
    masked.actions["mask_hide"].trigger()
    assert np.abs(screen(masked.canvas).astype(int) - shown).mean() < 1


def test_masking_by_colour_is_seen_while_choosing_and_is_one_step(qtbot: QtBot, masked: Session) -> None:
    workspace = masked.workspace
    workspace.tool_settings.color = RGB(200, 30, 30)
    before, steps = state_of(workspace.document), workspace.history.position
    masked.actions["mask_color_range"].trigger()
    dialog = masked.commands.picture.color_dialog
    assert dialog is not None
    red, white = Rect(0, 0, 200, 512), Rect(200, 0, 312, 512)
    qtbot.waitUntil(lambda: workspace.document.selection.bounds() == red)
    # The colour picker goes on working on the canvas.
    masked.actions["tool_color_picker"].trigger()
    drag(masked.canvas, [(400, 100), (401, 100)])
    qtbot.waitUntil(lambda: workspace.document.selection.bounds() == white)
    dialog.reject()
    assert state_of(workspace.document) == before
    assert workspace.history.position == steps
    masked.actions["mask_color_range"].trigger()
    dialog = masked.commands.picture.color_dialog
    assert dialog is not None
    dialog.mode.chosen.emit("add")
    dialog.accept()
    qtbot.waitUntil(lambda: workspace.history.position == steps + 1)
    assert workspace.document.selection.read(MASKED).all()
    assert workspace.document.selection.read(Rect(400, 100, 1, 1)).all()
    workspace.undo()
    assert state_of(workspace.document) == before


def test_a_stroke_while_choosing_keeps_what_is_seen(qtbot: QtBot, masked: Session) -> None:
    workspace = masked.workspace
    masked.actions["mask_color_range"].trigger()
    dialog = masked.commands.picture.color_dialog
    assert dialog is not None
    dialog.mode.chosen.emit("add")
    qtbot.wait(100)
    masked.actions["tool_brush"].trigger()
    steps = workspace.history.position
    drag(masked.canvas, [(110, 130), (150, 150)])
    assert workspace.history.position == steps + 1
    dialog.tolerance.setValue(50)
    assert masked.commands.picture.color_dialog is None
    workspace.undo()
    QTest.keyClick(masked.canvas, Qt.Key.Key_Escape)
    assert workspace.has_mask
