from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QInputDevice,
    QNativeGestureEvent,
    QPointingDevice,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.core.geometry import Point, Rect
from studio.document.composite import flatten
from studio.document.edits import AddLayer, SetCanvas, SetProperties
from studio.document.layer import Layer, LayerProperties
from studio.ui.canvas import marching
from studio.ui.canvas.colors import DARK_COLORS, LIGHT_COLORS, colors_for
from studio.ui.canvas.view import CanvasView
from studio.ui.canvas.viewport import MAX_ZOOM, MIN_ZOOM
from studio.ui.theme import DARK, LIGHT
from tests.ui.canvas.conftest import MakeView
from tests.ui.canvas.helpers import (
    PaintModel,
    at,
    blank_layer,
    drag,
    flat_layer,
    picture_layer,
    screen,
    send,
    shown_now,
    straight_pixels,
    widget_position,
)

CANVAS = Rect(0, 0, 300, 200)
NO_KEY = Qt.KeyboardModifier.NoModifier


def wheel(
    view: CanvasView,
    position: QPointF,
    angle: QPoint,
    modifiers: Qt.KeyboardModifier = NO_KEY,
    pixels: QPoint | None = None,
) -> None:
    is_trackpad = pixels is not None
    send(
        view,
        QWheelEvent(
            position,
            position,
            pixels or QPoint(),
            angle,
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.ScrollUpdate if is_trackpad else Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )


def picture_part(view: CanvasView, rect: Rect) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The screen where a canvas rectangle is shown."""
    box = view.viewport.snapped_rect(rect)
    return screen(view)[box.y : box.bottom, box.x : box.right]


# What is shown ------------------------------------------------------------------------------------------------


def layers() -> list[Layer]:
    """Five, with modes, opacities, a mask and holes; the lowest is opaque."""
    made = [picture_layer(CANVAS, 1)]
    for index, (mode, opacity) in enumerate(
        (("normal", 0.6), ("multiply", 1.0), ("screen", 0.5), ("overlay", 0.8))
    ):
        layer = picture_layer(Rect(20 * index, 10, 200, 150), index + 2, is_opaque=False)
        layer.properties = LayerProperties(name=mode, blend_mode=mode, opacity=opacity)
        made.append(layer)
    return made


def test_the_screen_shows_the_flattened_picture(make_view: MakeView) -> None:
    model = PaintModel(CANVAS, *layers())
    view = make_view(model)
    view.zoom_to_actual()
    reference = flatten(model.document, CANVAS)[..., :3]
    difference = np.abs(picture_part(view, CANVAS).astype(int) - reference.astype(int))
    assert difference.max() <= 1


def test_transparency_lies_over_the_checkerboard(make_view: MakeView) -> None:
    model = PaintModel(CANVAS, blank_layer(), flat_layer(Rect(-9, -9, 1, 1), (0, 0, 0)))  # no hint
    view = make_view(model)
    view.zoom_to_actual()
    without = picture_part(view, CANVAS).astype(float)
    AddLayer(picture_layer(CANVAS, 3, is_opaque=False), 1).apply(model.document)
    pixels = flatten(model.document, CANVAS).astype(float)
    expected = pixels[..., :3] + without * (1 - pixels[..., 3:] / 255)
    assert np.abs(picture_part(view, CANVAS) - expected).max() <= 1.5


@pytest.mark.parametrize("zoom", [0.4, 0.77, 1.0, 1.5, 3.0])
def test_painting_parts_gives_the_same_screen_as_painting_all(make_view: MakeView, zoom: float) -> None:
    model = PaintModel(CANVAS, *layers())
    model.tool_settings.active_tool_id = "brush"
    view = make_view(model)
    view.set_zoom(zoom)
    screen(view)
    drag(view, [(80, 60), (140, 120), (200, 70)])
    send(view, QEvent(QEvent.Type.Leave))
    in_parts = shown_now(view)
    other = make_view(model)
    other.set_zoom(zoom)
    # Qt's smooth scaling rounds by the position of a span: one level at most.
    assert np.abs(in_parts.astype(int) - screen(other).astype(int)).max() <= 1


def test_layers_that_change_are_shown_changed(make_view: MakeView) -> None:
    model = PaintModel(CANVAS, flat_layer(CANVAS, (200, 0, 0)))
    view = make_view(model)
    top = flat_layer(Rect(0, 0, 100, 100), (0, 200, 0))
    AddLayer(top, 1).apply(model.document)
    assert picture_part(view, Rect(10, 10, 4, 4))[0, 0].tolist() == [0, 200, 0]
    SetProperties(top.id, top.properties.with_(is_visible=False)).apply(model.document)
    assert picture_part(view, Rect(10, 10, 4, 4))[0, 0].tolist() == [200, 0, 0]
    SetProperties(top.id, top.properties.with_(is_visible=True)).apply(model.document)
    removal = AddLayer(blank_layer(), 0).apply(model.document)
    removal.apply(model.document)
    assert picture_part(view, Rect(10, 10, 4, 4))[0, 0].tolist() == [0, 200, 0]


def test_a_larger_canvas_shows_what_it_uncovers(make_view: MakeView) -> None:
    model = PaintModel(CANVAS, flat_layer(Rect(-50, 0, 350, 200), (0, 0, 220)))
    view = make_view(model)
    surround = view.grab().toImage().pixelColor(at(view, (-20, 100))).getRgb()[:3]
    assert surround != (0, 0, 220)
    SetCanvas(Rect(-50, 0, 350, 200)).apply(model.document)
    model.set_frame(model.document.canvas)
    assert picture_part(view, Rect(-40, 50, 10, 10))[0, 0].tolist() == [0, 0, 220]


def test_large_pixels_are_crisp(make_view: MakeView) -> None:
    model = PaintModel(CANVAS, picture_layer(CANVAS, 5))
    view = make_view(model)
    view.set_zoom(8.0)
    middle = view.viewport.to_canvas(Point(300, 200))
    rect = Rect(int(middle.x), int(middle.y), 6, 5)
    expected = flatten(model.document, rect)[..., :3].repeat(8, axis=0).repeat(8, axis=1)
    assert np.array_equal(picture_part(view, rect), expected)


def test_a_picture_too_large_for_one_paint_arrives_piece_by_piece(make_view: MakeView, qtbot: QtBot) -> None:
    canvas = Rect(0, 0, 2048, 1536)
    model = PaintModel(canvas, *(picture_layer(canvas, seed, is_opaque=seed == 0) for seed in range(4)))
    view = make_view(model)
    view.zoom_to_actual()
    qtbot.waitUntil(lambda: view.is_settled)
    visible = view.viewport.visible_canvas().intersected(canvas).expanded(-2)
    reference = flatten(model.document, visible)[..., :3]
    difference = np.abs(picture_part(view, visible).astype(int) - reference.astype(int))
    assert difference.max() <= 1


def test_the_hint_is_there_until_something_is_done(make_view: MakeView) -> None:
    blank = PaintModel(CANVAS)
    view = make_view(blank)
    with_hint = picture_part(view, CANVAS)
    AddLayer(flat_layer(Rect(0, 0, 1, 1), (0, 0, 0)), 1).apply(blank.document)
    without = picture_part(view, CANVAS)
    assert not np.array_equal(with_hint[60:140], without[60:140])
    drag(view, [(10, 10), (20, 10)])
    send(view, QEvent(QEvent.Type.Leave))
    blank.history.undo()
    assert np.array_equal(picture_part(view, CANVAS)[60:140], without[60:140])


def test_the_mask_is_tinted(make_view: MakeView) -> None:
    model = PaintModel(CANVAS, flat_layer(CANVAS, (100, 100, 100)))
    model.tool_settings.size_px = 50
    view = make_view(model)
    drag(view, [(100, 100), (200, 100)])
    send(view, QEvent(QEvent.Type.Leave))
    inside = picture_part(view, Rect(120, 90, 60, 20)).astype(int)
    assert (inside[..., 0] > inside[..., 1] + 20).all()
    model.history.undo()
    assert (picture_part(view, Rect(50, 50, 200, 100)) == 100).all()


def test_colours_follow_the_theme(make_view: MakeView) -> None:
    view = make_view(PaintModel(CANVAS))
    assert colors_for(DARK).checker_dark == DARK_COLORS.checker_dark
    assert colors_for(LIGHT).checker_dark == LIGHT_COLORS.checker_dark
    view.set_colors(colors_for(LIGHT))
    assert screen(view)[2, 2].tolist() == [int(LIGHT.surface[i : i + 2], 16) for i in (1, 3, 5)]


# Moving about -------------------------------------------------------------------------------------------------


def test_the_wheel_zooms_about_the_pointer(make_view: MakeView) -> None:
    view = make_view(PaintModel(CANVAS))
    position = widget_position(view, (220, 60))
    for angle in (120, 120, -240, -120, 60):
        before = view.viewport.to_canvas(Point(position.x(), position.y()))
        zoom = view.zoom
        wheel(view, position, QPoint(0, angle))
        assert (view.zoom > zoom) == (angle > 0)
        after = view.viewport.to_device(before)
        assert abs(after.x - position.x()) <= 1.5
        assert abs(after.y - position.y()) <= 1.5


def test_ctrl_zooms_and_shift_turns(make_view: MakeView) -> None:
    view = make_view(PaintModel(Rect(0, 0, 2000, 2000)))
    view.zoom_to_actual()
    middle = QPointF(300, 200)
    zoom = view.zoom
    wheel(view, middle, QPoint(0, 120), Qt.KeyboardModifier.ShiftModifier)
    assert view.zoom == zoom
    assert view.navigator.pose.degrees == 7.5
    view.navigator.straighten()
    wheel(view, middle, QPoint(0, 120), Qt.KeyboardModifier.ControlModifier)
    assert view.zoom > zoom


def test_two_fingers_move_the_view(make_view: MakeView) -> None:
    view = make_view(PaintModel(Rect(0, 0, 2000, 2000)))
    view.zoom_to_actual()
    origin = view.viewport.origin
    wheel(view, QPointF(300, 200), QPoint(0, -30), pixels=QPoint(12, -30))
    assert view.zoom == 1.0
    assert view.viewport.origin == Point(origin.x + 12, origin.y - 30)


def pinch(view: CanvasView, kind: Qt.NativeGestureType, value: float) -> None:
    position = QPointF(300, 200)
    pad = QPointingDevice(
        "pad",
        7,
        QInputDevice.DeviceType.TouchPad,
        QPointingDevice.PointerType.Finger,
        QInputDevice.Capability.Position,
        2,
        0,
    )
    send(view, QNativeGestureEvent(kind, pad, 2, position, position, position, value, QPointF()))


def test_pinching_zooms_about_the_fingers(make_view: MakeView) -> None:
    view = make_view(PaintModel(Rect(0, 0, 2000, 2000)))
    view.zoom_to_actual()
    before = view.viewport.to_canvas(Point(300, 200))
    pinch(view, Qt.NativeGestureType.ZoomNativeGesture, 0.25)
    assert view.zoom == pytest.approx(1.25)
    assert view.viewport.to_device(before) == pytest.approx(Point(300, 200), abs=1)
    pinch(view, Qt.NativeGestureType.SmartZoomNativeGesture, 0.0)
    assert view.viewport.bounds.contains_rect(view.viewport.snapped_rect(Rect(0, 0, 2000, 2000)))
    pinch(view, Qt.NativeGestureType.SmartZoomNativeGesture, 0.0)
    assert view.zoom == 1.0


def test_zoom_commands(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(PaintModel(CANVAS))
    with qtbot.waitSignal(view.zoom_changed) as changed:
        view.set_zoom(3.0)
    assert changed.args == [3.0]
    view.zoom_to_actual()
    assert view.zoom == 1.0
    view.zoom_in()
    assert view.zoom == 1.5
    view.zoom_out()
    assert view.zoom == 1.0
    for _ in range(40):
        view.zoom_in()
    assert view.zoom == MAX_ZOOM
    for _ in range(60):
        view.zoom_out()
    assert view.zoom == MIN_ZOOM
    screen(view)
    view.fit_canvas()
    assert view.viewport.bounds.contains_rect(view.viewport.snapped_rect(CANVAS))


def test_fit_selection_shows_the_mask(make_view: MakeView) -> None:
    model = PaintModel(Rect(0, 0, 2000, 1500))
    model.tool_settings.size_px = 20
    view = make_view(model)
    drag(view, [(1500, 1200), (1600, 1250)])
    zoom = view.zoom
    view.fit_selection()
    assert view.zoom > zoom
    assert view.viewport.bounds.contains_rect(view.viewport.snapped_rect(model.document.selection.bounds()))


def test_it_stays_fitted_until_it_is_moved(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(PaintModel(Rect(0, 0, 3000, 2000)))
    fitted = view.zoom
    view.resize(900, 700)
    qtbot.waitUntil(lambda: view.zoom > fitted)
    view.set_zoom(0.5)
    view.resize(500, 400)
    qtbot.waitUntil(lambda: view.viewport.size == (500, 400))
    assert view.zoom == 0.5


@pytest.mark.parametrize("how", ["middle", "space", "tool"])
def test_panning(make_view: MakeView, how: str) -> None:
    model = PaintModel(CANVAS)
    view = make_view(model)
    button = Qt.MouseButton.MiddleButton if how == "middle" else Qt.MouseButton.LeftButton
    if how == "space":
        QTest.keyPress(view, Qt.Key.Key_Space)
    if how == "tool":
        model.tool_settings.active_tool_id = "pan"
    if how != "middle":
        assert view.cursor().shape() == Qt.CursorShape.OpenHandCursor
    origin = view.viewport.origin
    QTest.mousePress(view, button, NO_KEY, QPoint(200, 150))
    assert view.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    QTest.mouseMove(view, QPoint(230, 120))
    QTest.mouseRelease(view, button, NO_KEY, QPoint(230, 120))
    if how == "space":
        QTest.keyRelease(view, Qt.Key.Key_Space)
    assert view.viewport.origin == Point(origin.x + 30, origin.y - 30)
    assert not model.history.can_undo
    if how != "tool":
        drag(view, [(50, 50), (60, 60)])
        assert model.history.can_undo


def test_arrow_keys_move_the_view_and_other_keys_go_on(make_view: MakeView) -> None:
    view = make_view(PaintModel(Rect(0, 0, 2000, 2000)))
    view.zoom_to_actual()
    origin = view.viewport.origin
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.viewport.origin.x < origin.x
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.viewport.origin.y < origin.y


def test_one_can_look_beyond_the_canvas_but_not_lose_it(make_view: MakeView) -> None:
    view = make_view(PaintModel(CANVAS))
    for _ in range(30):
        QTest.keyClick(view, Qt.Key.Key_Right)
    box = view.viewport.snapped_rect(CANVAS)
    assert box.x < 0
    assert not box.intersected(view.viewport.bounds).is_empty


# The frame ----------------------------------------------------------------------------------------------------


def test_the_frame_can_be_dragged_past_the_picture(make_view: MakeView) -> None:
    model = PaintModel(CANVAS, flat_layer(CANVAS, (100, 100, 100)))
    model.tool_settings.active_tool_id = "frame"
    view = make_view(model, 700, 500)
    plain = screen(view)
    zoom = view.zoom
    drag(view, [(300, 100), (320, 100), (428, 100)])
    assert model.frame.x == 0
    assert model.frame.right == pytest.approx(428, abs=9)
    assert view.zoom == zoom
    assert not model.history.can_undo
    box = view.viewport.snapped_rect(Rect(310, 20, 80, 60))
    shown = screen(view)
    outside = shown[box.y : box.bottom, box.x : box.right]
    assert not np.array_equal(outside, plain[box.y : box.bottom, box.x : box.right])
    assert len(np.unique(outside.reshape(-1, 3), axis=0)) >= 2  # hatched


def test_what_lies_outside_the_frame_is_dimmed(make_view: MakeView) -> None:
    model = PaintModel(CANVAS, flat_layer(CANVAS, (200, 200, 200)))
    view = make_view(model)
    model.set_frame(Rect(100, 50, 100, 100))
    assert picture_part(view, Rect(140, 90, 4, 4))[0, 0].tolist() == [200, 200, 200]
    assert picture_part(view, Rect(20, 20, 4, 4))[0, 0, 0] < 190


def test_handles_are_drawn_with_the_frame_tool(make_view: MakeView) -> None:
    model = PaintModel(CANVAS, flat_layer(CANVAS, (100, 100, 100)))
    view = make_view(model)
    model.set_frame(Rect(100, 50, 100, 100))
    without = picture_part(view, Rect(96, 96, 8, 8))
    model.tool_settings.active_tool_id = "frame"
    assert not np.array_equal(picture_part(view, Rect(96, 96, 8, 8)), without)


# Focus, drops, access -----------------------------------------------------------------------------------------


def test_keyboard_focus_is_shown(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(PaintModel(CANVAS))
    view.clearFocus()
    without = screen(view)
    view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: not np.array_equal(screen(view)[0], without[0]))
    drag(view, [(10, 10), (20, 20)])
    view.clearFocus()
    view.setFocus(Qt.FocusReason.MouseFocusReason)
    assert np.array_equal(screen(view)[0], without[0])


def mime_of_files(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def drop(view: CanvasView, mime: QMimeData) -> bool:
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(50, 50), copy, mime, left, NO_KEY)
    enter.ignore()
    send(view, enter)
    if not enter.isAccepted():
        return False
    highlighted = screen(view)
    send(view, QDropEvent(QPointF(50, 50), copy, mime, left, NO_KEY))
    assert not np.array_equal(highlighted, screen(view))
    return True


def test_files_can_be_dropped(make_view: MakeView, qtbot: QtBot, tmp_path: Path) -> None:
    view = make_view(PaintModel(CANVAS))
    with qtbot.waitSignal(view.files_dropped) as dropped:
        assert drop(view, mime_of_files(tmp_path / "a.png", tmp_path / "b.ora"))
    assert dropped.args == [(tmp_path / "a.png", tmp_path / "b.ora")]


def test_text_cannot_be_dropped(make_view: MakeView) -> None:
    view = make_view(PaintModel(CANVAS))
    mime = QMimeData()
    mime.setText("hello")
    assert not drop(view, mime)


def test_pictures_can_be_dropped_and_pasted(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(PaintModel(CANVAS))
    pixels = straight_pixels(7, 9, 6)
    image = QImage(pixels.data, 6, 9, 24, QImage.Format.Format_RGBA8888)
    mime = QMimeData()
    mime.setImageData(image)
    with qtbot.waitSignal(view.image_dropped) as dropped:
        assert drop(view, mime)
    assert np.array_equal(dropped.args[0], pixels)
    clipboard = QGuiApplication.clipboard()
    clipboard.setImage(image)
    with qtbot.waitSignal(view.image_dropped) as pasted:
        assert view.paste()
    assert pasted.args[0].shape == (9, 6, 4)
    clipboard.setText("no picture")
    assert not view.paste()


def test_screen_readers_are_told_what_it_is(make_view: MakeView) -> None:
    model = PaintModel(CANVAS)
    view = make_view(model)
    assert view.accessibleName() == "Canvas"
    assert "300 by 200" in view.accessibleDescription()
    SetCanvas(Rect(0, 0, 400, 200)).apply(model.document)
    assert "400 by 200" in view.accessibleDescription()


def test_a_closed_view_hears_nothing(make_view: MakeView) -> None:
    model = PaintModel(CANVAS)
    view = make_view(model)
    view.close_model()
    zooms: list[float] = []
    view.zoom_changed.connect(zooms.append)
    model.replace(Rect(0, 0, 2000, 1000))
    assert zooms == []


def test_the_edge_rests_when_nobody_moves(
    make_view: MakeView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marching, "REST_S", 0.3)
    monkeypatch.setattr(CanvasView, "isActiveWindow", lambda _: True)
    model = PaintModel(CANVAS)
    view = make_view(model)
    drag(view, [(100, 100), (200, 100)])
    first = picture_part(view, CANVAS)
    qtbot.waitUntil(lambda: not np.array_equal(picture_part(view, CANVAS), first))
    qtbot.waitUntil(lambda: not view._marcher.is_marching)
    resting = picture_part(view, CANVAS)
    qtbot.wait(400)
    assert np.array_equal(picture_part(view, CANVAS), resting)
