from __future__ import annotations

import math
import threading
import time

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.core.geometry import Point, Rect
from studio.document.composite import flatten
from studio.ui.canvas.view import CanvasView
from tests.ui.canvas.conftest import MakeView
from tests.ui.canvas.helpers import (
    PaintModel,
    at,
    document_bytes,
    drag,
    mouse_event,
    screen,
    send,
    tablet_event,
    widget_position,
)

CANVAS = Rect(0, 0, 512, 384)
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def coverage_at(model: PaintModel, point: Point) -> int:
    pixel = Rect(math.floor(point.x), math.floor(point.y), 1, 1)
    return int(model.document.selection.read(pixel)[0, 0])


def sine(count: int) -> list[Point]:
    return [Point(30 + 450 * i / count, 190 + 120 * math.sin(i / count * 14)) for i in range(count)]


@pytest.mark.parametrize("rate_hz", [125, 250, 2000])
def test_every_point_sent_is_inked(make_view: MakeView, qtbot: QtBot, rate_hz: int) -> None:
    model = PaintModel(CANVAS)
    model.tool_settings.size_px = 12
    view = make_view(model)
    points = sine(150)
    positions = [widget_position(view, point) for point in points]
    done = threading.Event()

    def hand() -> None:
        QCoreApplication.postEvent(view, mouse_event(QEvent.Type.MouseButtonPress, positions[0], LEFT, LEFT))
        began = time.perf_counter()
        for index, position in enumerate(positions):
            QCoreApplication.postEvent(view, mouse_event(QEvent.Type.MouseMove, position, NONE, LEFT))
            while time.perf_counter() < began + (index + 1) / rate_hz:
                time.sleep(0.0005)
        QCoreApplication.postEvent(
            view, mouse_event(QEvent.Type.MouseButtonRelease, positions[-1], LEFT, NONE)
        )
        done.set()

    thread = threading.Thread(target=hand)
    thread.start()
    qtbot.waitUntil(lambda: done.is_set() and not view.is_stroking and model.history.can_undo)
    thread.join()
    assert [coverage_at(model, point) >= 128 for point in points] == [True] * len(points)
    assert len(model.history.labels()) == 1


def test_moves_that_wait_are_drawn_before_the_release(make_view: MakeView) -> None:
    model = PaintModel(CANVAS)
    model.tool_settings.size_px = 10
    view = make_view(model)
    corner = [(50.0, 50.0), (400.0, 60.0), (60.0, 300.0), (410.0, 320.0)]
    drag(view, corner)  # without a turn of the event loop between the moves
    assert all(coverage_at(model, Point(*point)) >= 128 for point in corner)


def test_pen_pressure_makes_the_line_wider(make_view: MakeView) -> None:
    widths = []
    for pressure in (0.2, 1.0):
        model = PaintModel(CANVAS)
        model.tool_settings.active_tool_id = "brush"
        model.tool_settings.size_px = 40
        view = make_view(model)
        for kind, x in (
            (QEvent.Type.TabletPress, 100),
            (QEvent.Type.TabletMove, 300),
            (QEvent.Type.TabletRelease, 300),
        ):
            send(view, tablet_event(kind, widget_position(view, (x, 200)), pressure))
        column = flatten(model.document, Rect(200, 100, 1, 200))[:, 0, 3]
        widths.append(int(np.count_nonzero(column > 60)))
    assert widths[0] < widths[1]


def test_the_eraser_end_of_the_pen_erases(make_view: MakeView) -> None:
    model = PaintModel(CANVAS)
    view = make_view(model)
    drag(view, [(100, 200), (300, 200)])
    assert coverage_at(model, Point(200, 200)) == 255
    for kind, x in (
        (QEvent.Type.TabletPress, 150),
        (QEvent.Type.TabletMove, 250),
        (QEvent.Type.TabletRelease, 250),
    ):
        send(view, tablet_event(kind, widget_position(view, (x, 200)), 1.0, is_eraser=True))
    assert coverage_at(model, Point(200, 200)) == 0
    assert coverage_at(model, Point(110, 200)) == 255


def test_fractions_of_a_pixel_reach_the_tool(make_view: MakeView) -> None:
    model = PaintModel(Rect(0, 0, 64, 64))
    view = make_view(model)
    view.set_zoom(16.0)
    positions: list[Point] = []
    view.pointer_moved.connect(positions.append)
    send(view, tablet_event(QEvent.Type.TabletMove, widget_position(view, (30.25, 31.5)), 0.0))
    assert positions[-1].x == pytest.approx(30.25)
    assert positions[-1].y == pytest.approx(31.5)


def test_escape_takes_the_stroke_back_and_leaves_the_key_alone_otherwise(
    make_view: MakeView, qtbot: QtBot
) -> None:
    model = PaintModel(CANVAS)
    view = make_view(model)
    before = document_bytes(model.document)
    picture = screen(view)
    drag(view, [(100, 100), (300, 200)], release=False)
    assert view.is_stroking
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not view.is_stroking
    QTest.mouseRelease(view, LEFT, Qt.KeyboardModifier.NoModifier, at(view, (300, 200)))
    assert document_bytes(model.document) == before
    assert not model.history.can_undo
    QTest.mouseMove(view, at(view, (5, 5)))
    view.leaveEvent(QEvent(QEvent.Type.Leave))
    assert np.array_equal(screen(view), picture)
    assert not view.cancel_gesture()


def test_a_second_button_does_not_disturb_a_stroke(make_view: MakeView) -> None:
    model = PaintModel(CANVAS)
    view = make_view(model)
    drag(view, [(100, 100), (200, 100)], release=False)
    QTest.mousePress(view, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, at(view, (200, 100)))
    QTest.mouseRelease(view, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, at(view, (200, 100)))
    assert view.is_stroking
    QTest.mouseMove(view, at(view, (300, 100)))
    QTest.mouseRelease(view, LEFT, Qt.KeyboardModifier.NoModifier, at(view, (300, 100)))
    assert coverage_at(model, Point(290, 100)) == 255
    assert len(model.history.labels()) == 1


def test_a_quick_second_click_is_a_second_dab(make_view: MakeView) -> None:
    model = PaintModel(CANVAS)
    model.tool_settings.size_px = 10
    view = make_view(model)
    QTest.mouseClick(view, LEFT, Qt.KeyboardModifier.NoModifier, at(view, (100, 100)))
    position = widget_position(view, (150, 100))
    send(view, mouse_event(QEvent.Type.MouseButtonDblClick, position, LEFT, LEFT))
    send(view, mouse_event(QEvent.Type.MouseButtonRelease, position, LEFT, NONE))
    assert coverage_at(model, Point(150, 100)) >= 128


def test_a_locked_layer_refuses_with_a_sentence(make_view: MakeView, qtbot: QtBot) -> None:
    model = PaintModel(CANVAS)
    layer = model.document.active_layer
    assert layer is not None
    layer.properties = layer.properties.with_(is_locked=True)
    model.tool_settings.active_tool_id = "brush"
    view = make_view(model)
    with qtbot.waitSignal(view.refused) as refused:
        drag(view, [(100, 100), (200, 100)])
    assert "lock" in str(refused.args).lower()
    assert not view.is_stroking


def test_alt_picks_a_colour_without_leaving_the_brush(make_view: MakeView) -> None:
    model = PaintModel(CANVAS)
    model.tool_settings.active_tool_id = "brush"
    model.tool_settings.color = (200, 40, 90)
    model.tool_settings.hardness = 1.0
    view = make_view(model)
    drag(view, [(100, 100), (200, 100)])
    model.tool_settings.color = (0, 0, 0)
    QTest.keyPress(view, Qt.Key.Key_Alt)
    drag(view, [(150, 100), (151, 100)], modifiers=Qt.KeyboardModifier.AltModifier)
    QTest.keyRelease(view, Qt.Key.Key_Alt)
    assert model.tool_settings.color == (200, 40, 90)
    assert model.tool_settings.active_tool_id == "brush"
    assert len(model.history.labels()) == 1


def test_no_shortcut_acts_while_the_pen_is_down(make_view: MakeView) -> None:
    model = PaintModel(CANVAS)
    view = make_view(model)

    def is_swallowed() -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        event.ignore()
        QCoreApplication.sendEvent(view, event)
        return event.isAccepted()

    assert not is_swallowed()
    drag(view, [(100, 100), (200, 100)], release=False)
    assert is_swallowed()
    QTest.mouseRelease(view, LEFT, Qt.KeyboardModifier.NoModifier, at(view, (200, 100)))
    assert not is_swallowed()


def test_another_document_ends_the_gesture(make_view: MakeView) -> None:
    model = PaintModel(CANVAS)
    view = make_view(model)
    drag(view, [(100, 100), (200, 100)], release=False)
    model.replace(Rect(0, 0, 128, 128))
    assert not view.is_stroking
    QTest.mouseRelease(view, LEFT, Qt.KeyboardModifier.NoModifier, at(view, (60, 60)))
    drag(view, [(20, 20), (100, 100)])
    assert coverage_at(model, Point(60, 60)) == 255


def test_hiding_the_view_takes_the_stroke_back(make_view: MakeView) -> None:
    model = PaintModel(CANVAS)
    view = make_view(model)
    before = document_bytes(model.document)
    drag(view, [(100, 100), (200, 100)], release=False)
    view.hide()
    assert document_bytes(model.document) == before


def test_qt_merges_no_moves(make_view: MakeView) -> None:
    make_view(PaintModel(CANVAS))
    for attribute in (
        Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents,
        Qt.ApplicationAttribute.AA_CompressTabletEvents,
    ):
        assert not QCoreApplication.testAttribute(attribute)


def outline_is_drawn(view: CanvasView, center: Point, radius_px: float) -> bool:
    rim = view.viewport.to_device(Point(center.x + radius_px, center.y))
    with_pointer = screen(view)[round(rim.y), round(rim.x) - 2 : round(rim.x) + 3].copy()
    view.leaveEvent(QEvent(QEvent.Type.Leave))
    without = screen(view)[round(rim.y), round(rim.x) - 2 : round(rim.x) + 3]
    return not np.array_equal(with_pointer, without)


def test_the_brush_outline_follows_the_pointer_and_goes_with_it(make_view: MakeView) -> None:
    model = PaintModel(CANVAS)
    model.tool_settings.size_px = 60
    view = make_view(model)
    QTest.mouseMove(view, at(view, (200, 150)))
    assert outline_is_drawn(view, view.viewport.to_canvas(Point(*at(view, (200, 150)).toTuple())), 30)


def test_pointer_positions_are_canvas_points(make_view: MakeView) -> None:
    view = make_view(PaintModel(CANVAS))
    seen: list[object] = []
    view.pointer_moved.connect(seen.append)
    QTest.mouseMove(view, at(view, (123, 77)))
    assert isinstance(seen[-1], Point)
    assert abs(seen[-1].x - 123) <= 1
    send(view, QEvent(QEvent.Type.Leave))
    assert seen[-1] is None
