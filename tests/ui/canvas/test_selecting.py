"""Drawing the mask through real events: keys between presses, keys while dragging, what is shown."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from studio.core.geometry import Rect
from studio.ui.canvas.view import CanvasView
from tests.ui.canvas.conftest import MakeView
from tests.ui.canvas.helpers import PaintModel, at, drag, screen

CANVAS = Rect(0, 0, 512, 384)
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CORNERS = ((100, 100), (300, 100), (300, 200), (100, 200))


def model_with(tool_id: str) -> PaintModel:
    model = PaintModel(CANVAS)
    model.tool_settings.active_tool_id = tool_id
    return model


def bounds(model: PaintModel) -> Rect:
    return model.document.selection.bounds()


def near(rect: Rect, other: Rect) -> bool:
    """Within two pixels: the widget's pixels are not the canvas's."""
    return max(abs(one - two) for one, two in zip(rect, other, strict=True)) <= 2


def click_corners(view: CanvasView, corners: tuple[tuple[int, int], ...] = CORNERS) -> None:
    for corner in corners:
        QTest.mouseClick(view, LEFT, NO_KEY, at(view, corner))
        QTest.mouseMove(view, at(view, (corner[0] + 9, corner[1] + 9)))


@pytest.mark.parametrize("tool_id", ["select_rectangle", "select_ellipse"])
def test_a_drag_masks_and_shift_at_the_press_adds(make_view: MakeView, tool_id: str) -> None:
    model = model_with(tool_id)
    view = make_view(model)
    drag(view, [(50, 60), (80, 90), (150, 160)])
    assert near(bounds(model), Rect(50, 60, 100, 100))
    drag(view, [(200, 60), (300, 160)], modifiers=Qt.KeyboardModifier.ShiftModifier)
    assert near(bounds(model), Rect(50, 60, 250, 100))
    assert len(model.history.labels()) == 2


def test_the_outline_is_seen_while_dragging_and_escape_gives_up(make_view: MakeView) -> None:
    model = model_with("select_rectangle")
    view = make_view(model)
    before = screen(view)
    drag(view, [(50, 60), (250, 260)], release=False)
    assert (screen(view) != before).any()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    QTest.mouseRelease(view, LEFT, NO_KEY, at(view, (250, 260)))
    assert bounds(model).is_empty
    assert not model.history.can_undo


def test_space_moves_the_rectangle_and_does_not_pan(make_view: MakeView) -> None:
    model = model_with("select_rectangle")
    view = make_view(model)
    viewport = view.viewport
    drag(view, [(50, 60), (150, 160)], release=False)
    QTest.keyPress(view, Qt.Key.Key_Space)
    QTest.mouseMove(view, at(view, (250, 180)))
    QCoreApplication.processEvents()
    QTest.keyRelease(view, Qt.Key.Key_Space)
    QTest.mouseRelease(view, LEFT, NO_KEY, at(view, (250, 180)))
    assert near(bounds(model), Rect(150, 80, 100, 100))
    assert view.viewport == viewport


def test_a_polygon_is_closed_by_a_double_click(make_view: MakeView) -> None:
    model = model_with("select_polygon")
    view = make_view(model)
    click_corners(view, CORNERS[:-1])
    QTest.mouseClick(view, LEFT, NO_KEY, at(view, CORNERS[-1]))
    QTest.mouseDClick(view, LEFT, NO_KEY, at(view, CORNERS[-1]))
    assert near(bounds(model), Rect(100, 100, 200, 100))
    assert len(model.history.labels()) == 1


def test_keys_belong_to_an_open_polygon_and_to_the_window_otherwise(
    make_view: MakeView, qtbot: QtBot
) -> None:
    model = model_with("select_polygon")
    view = make_view(model)
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(view)
    pressed: list[str] = []
    for key in ("Backspace", "Escape", "Return"):
        action = QAction(key, window)
        action.setShortcut(key)
        action.triggered.connect(lambda _=False, key=key: pressed.append(key))
        window.addAction(action)
    window.resize(700, 500)
    window.show()
    qtbot.waitExposed(window)
    view.setFocus()
    click_corners(view, (CORNERS[0], CORNERS[1], (400, 350), CORNERS[2], CORNERS[3]))
    assert not model.history.can_undo
    QTest.keyClick(view, Qt.Key.Key_Backspace)
    QTest.keyClick(view, Qt.Key.Key_Backspace)
    QTest.keyClick(view, Qt.Key.Key_Backspace)
    click_corners(view, CORNERS[2:])
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert near(bounds(model), Rect(100, 100, 200, 100))
    click_corners(view)
    QTest.keyClick(view, Qt.Key.Key_Escape)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert len(model.history.labels()) == 1
    assert pressed == ["Return"]
    view.setParent(None)


def test_another_tool_gives_an_open_polygon_up(make_view: MakeView) -> None:
    model = model_with("select_polygon")
    view = make_view(model)
    clean = screen(view)
    click_corners(view)
    assert (screen(view) != clean).any()
    model.tool_settings.active_tool_id = "brush"
    model.tool_settings.active_tool_id = "select_polygon"
    view.cancel_gesture()
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert bounds(model).is_empty


def test_an_open_polygon_stays_when_the_pointer_leaves(make_view: MakeView) -> None:
    model = model_with("select_polygon")
    view = make_view(model)
    click_corners(view)
    shown = screen(view)
    QCoreApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert np.abs(screen(view).astype(int) - shown).mean() < 1
