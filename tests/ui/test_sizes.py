"""Image size, canvas size and trim through their actions and dialogs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.core.geometry import Rect, Size
from studio.ui.dialogs.canvas_size import CanvasSizeDialog
from studio.ui.dialogs.image_size import ImageSizeDialog
from studio.ui.session import Session
from tests.document.pictures import noise, state_of


@pytest.fixture
def painted(session: Session) -> Session:
    session.workspace.layers.add_image("Noise", noise(1, 200, 300), (100, 120), label="Import")
    return session


def image_dialog() -> ImageSizeDialog:
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ImageSizeDialog)
    return dialog


def test_the_image_is_resized_in_one_step(qtbot: QtBot, painted: Session) -> None:
    workspace = painted.workspace
    before, steps = state_of(workspace.document), workspace.history.position
    painted.actions["image_size"].trigger()
    dialog = image_dialog()
    dialog.width_px.setValue(256)
    assert dialog.height_px.value() == 256
    assert dialog.percent.value() == 50
    assert "0.1 megapixels" in dialog.summary.text()
    dialog.accept()
    qtbot.waitUntil(lambda: workspace.document.canvas.size == Size(256, 256))
    assert workspace.frame == workspace.document.canvas
    assert workspace.history.position == steps + 1
    layer = workspace.document.active_layer
    assert layer is not None
    assert layer.surface.bounds() == Rect(50, 60, 150, 100)
    workspace.undo()
    assert state_of(workspace.document) == before


def test_the_numbers_follow_each_other(painted: Session) -> None:
    painted.actions["image_size"].trigger()
    dialog = image_dialog()
    dialog.percent.setValue(200)
    assert dialog.size_px == Size(1024, 1024)
    dialog.keeps_ratio.setChecked(False)
    dialog.height_px.setValue(100)
    assert dialog.size_px == Size(1024, 100)
    dialog.keeps_ratio.setChecked(True)
    assert dialog.size_px == Size(1024, 1024)
    dialog.reject()
    assert painted.workspace.document.canvas.size == Size(512, 512)


def answer(change: Callable[[CanvasSizeDialog], None]) -> None:
    def run() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, CanvasSizeDialog)
        change(dialog)
        dialog.accept()

    QTimer.singleShot(0, run)


@pytest.mark.parametrize(
    ("place", "canvas"),
    [
        ("upper left", Rect(0, 0, 612, 412)),
        ("middle", Rect(-50, 50, 612, 412)),
        ("lower right", Rect(-100, 100, 612, 412)),
    ],
)
def test_the_canvas_grows_away_from_its_anchor(painted: Session, place: str, canvas: Rect) -> None:
    def change(dialog: CanvasSizeDialog) -> None:
        dialog.width_px.setValue(612)
        dialog.is_relative.setChecked(True)
        assert dialog.width_px.value() == 100
        dialog.height_px.setValue(-100)
        dialog.choose_anchor(place)
        assert "612 × 412" in dialog.summary.text()

    pixels = painted.workspace.document.layers[1].surface.read(Rect(100, 120, 300, 200))
    answer(change)
    painted.actions["canvas_size"].trigger()
    assert painted.workspace.document.canvas == canvas
    assert painted.workspace.history.undo_label == "Canvas size"
    assert np.array_equal(painted.workspace.document.layers[1].surface.read(Rect(100, 120, 300, 200)), pixels)


def test_trimming_finds_the_content_or_says_why_not(qtbot: QtBot, painted: Session) -> None:
    painted.actions["trim"].trigger()
    qtbot.waitUntil(lambda: painted.workspace.document.canvas == Rect(100, 120, 300, 200))
    assert painted.workspace.history.undo_label == "Trim to content"
    told: list[str] = []
    painted.workspace.notices.subscribe(lambda notice: told.append(notice.message))
    painted.actions["trim"].trigger()
    qtbot.waitUntil(lambda: bool(told))
    assert "nothing to trim" in told[0]
