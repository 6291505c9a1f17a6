"""A view that is turned or mirrored: everything is where it seems to be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt

from studio.core.geometry import Point, Rect, Size
from studio.ui.canvas.cursors import turned
from studio.ui.canvas.pose import Pose
from studio.ui.session import Session
from tests.ui.canvas.conftest import MakeView
from tests.ui.canvas.helpers import PaintModel, drag, picture_layer, screen, send, shown_now
from tests.ui.canvas.test_view import wheel

CANVAS = Rect(0, 0, 300, 200)
angles = st.floats(0, 359.9)
poses = st.builds(
    Pose,
    widget=st.builds(Size, st.integers(100, 1000), st.integers(100, 1000)),
    degrees=angles,
    is_mirrored=st.booleans(),
)
points = st.builds(Point, st.floats(-500, 1500), st.floats(-500, 1500))


@given(poses, points)
def test_there_and_back_again(pose: Pose, point: Point) -> None:
    back = pose.to_sheet(pose.to_widget(point))
    assert back.distance_to(point) < 1e-6
    mapped = pose.transform().map(QPointF(*point))
    assert Point(mapped.x(), mapped.y()).distance_to(pose.to_widget(point)) < 1e-6


@given(poses)
def test_the_sheet_covers_the_widget(pose: Pose) -> None:
    sheet = Rect(0, 0, *pose.sheet).expanded(1)
    width, height = pose.widget
    for corner in (Point(0, 0), Point(width, 0), Point(0, height), Point(width, height)):
        assert sheet.contains(pose.to_sheet(corner))


@given(poses, points, st.integers(1, 200), st.integers(1, 200))
def test_rectangles_hold_what_they_held(pose: Pose, corner: Point, width: int, height: int) -> None:
    rect = Rect(round(corner.x), round(corner.y), width, height)
    there = pose.widget_rect(rect)
    assert pose.sheet_rect(there).contains_rect(rect)


def test_quarter_turns_are_exact() -> None:
    pose = Pose(widget=Size(400, 400), degrees=90)
    assert pose.to_widget(Point(pose.sheet.width / 2 + 10, pose.sheet.height / 2)) == (200, 210)


@pytest.mark.parametrize("degrees", [0.0, 30.0, 90.0, 217.5])
@pytest.mark.parametrize("is_mirrored", [False, True])
def test_paint_lands_under_the_pointer(make_view: MakeView, degrees: float, is_mirrored: bool) -> None:
    model = PaintModel(CANVAS, picture_layer(CANVAS, 1))
    model.tool_settings.active_tool_id = "brush"
    model.tool_settings.set(size_px=12, hardness=1.0, opacity=1.0)
    model.tool_settings.color = (255, 0, 255)
    view = make_view(model)
    view.zoom_to_actual()
    view.navigator.turn_by(degrees)
    view.navigator.mirror(is_mirrored)
    screen(view)
    spot = view.to_widget(Point(200, 60)).toPoint()
    drag(view, [(200, 60), (200.5, 60.5)])
    send(view, QEvent(QEvent.Type.Leave))
    pixel = model.document.layers[0].surface.read(Rect(200, 60, 1, 1))[0, 0]
    assert tuple(pixel[:3]) == (255, 0, 255)
    shown = shown_now(view)
    assert tuple(shown[spot.y(), spot.x()]) == (255, 0, 255)
    # What was painted in parts is what painting everything shows; of noise turned by an odd angle, Qt rounds a pixel in a
    # thousand by where its span begins.
    difference = np.abs(shown.astype(int) - screen(view)).max(axis=-1)
    assert (difference > 1).sum() <= (0 if degrees % 90 == 0 else 250)
    assert (difference > 16).sum() <= 6


def test_it_turns_about_the_middle_and_mirrors_what_is_seen(make_view: MakeView) -> None:
    view = make_view(PaintModel(CANVAS, picture_layer(CANVAS, 1)))
    view.zoom_to_actual()
    middle = Point(view.width() / 2, view.height() / 2)
    held = view.navigator.to_canvas(middle)
    view.navigator.turn_by(40)
    assert view.navigator.to_canvas(middle).distance_to(held) < 1
    before = screen(view)
    view.navigator.mirror(True)
    assert view.navigator.to_canvas(middle).distance_to(held) < 1
    difference = np.abs(before[:, ::-1].astype(int) - screen(view))
    assert np.median(difference) <= 2
    view.navigator.straighten()
    assert view.navigator.pose.is_straight


def test_zooming_and_panning_follow_the_hand(make_view: MakeView) -> None:
    view = make_view(PaintModel(Rect(0, 0, 3000, 2000)))
    view.zoom_to_actual()
    view.navigator.turn_by(60)
    view.navigator.mirror(True)
    anchor = QPointF(123, 77)
    held = view.navigator.to_canvas(Point(123, 77))
    wheel(view, anchor, QPoint(0, 120))
    assert view.navigator.to_canvas(Point(123, 77)).distance_to(held) < 1
    grabbed = view.navigator.to_canvas(Point(200, 100))
    view.navigator.pan(30, -20)
    assert view.navigator.to_canvas(Point(230, 80)).distance_to(grabbed) < 2


def test_all_of_a_turned_canvas_fits(make_view: MakeView) -> None:
    view = make_view(PaintModel(Rect(0, 0, 3000, 400)))
    for _ in range(5):
        view.navigator.turn_by(25)
        view.fit_canvas()
        for corner in (Point(0, 0), Point(3000, 0), Point(0, 400), Point(3000, 400)):
            spot = view.to_widget(corner)
            assert -1 <= spot.x() <= view.width() + 1
            assert -1 <= spot.y() <= view.height() + 1


def test_straight_is_not_missed_by_a_little(make_view: MakeView) -> None:
    view = make_view(PaintModel(CANVAS))
    view.navigator.turn_by(91.0 - 1.5)
    assert view.navigator.pose.degrees == 90
    view.navigator.turn_by(-89.4)
    assert view.navigator.pose.degrees == 0


def test_arrows_go_with_the_picture() -> None:
    across = Qt.CursorShape.SizeHorCursor
    assert turned(across, Pose(degrees=90)) == Qt.CursorShape.SizeVerCursor
    assert turned(across, Pose(degrees=44)) == Qt.CursorShape.SizeFDiagCursor
    mirrored = Pose(is_mirrored=True)
    assert turned(Qt.CursorShape.SizeFDiagCursor, mirrored) == Qt.CursorShape.SizeBDiagCursor
    assert turned(Qt.CursorShape.CrossCursor, mirrored) == Qt.CursorShape.CrossCursor


def test_pixels_have_a_grid_from_eight_times_on(make_view: MakeView) -> None:
    view = make_view(PaintModel(CANVAS, picture_layer(CANVAS, 1)))
    for zoom, has_lines in ((6.0, False), (8.0, True)):
        view.set_zoom(zoom)
        view.set_pixel_grid(False)
        without = screen(view)
        view.set_pixel_grid(True)
        assert (screen(view) != without).any() == has_lines


def test_the_actions_turn_mirror_and_straighten(session: Session) -> None:
    navigator = session.canvas.navigator
    session.actions["view_turn_right"].trigger()
    session.actions["view_turn_right"].trigger()
    session.actions["view_turn_left"].trigger()
    assert navigator.pose.degrees == 15
    session.actions["view_mirror"].trigger()
    assert navigator.pose.is_mirrored
    assert navigator.pose.degrees == 345
    session.actions["view_straighten"].trigger()
    assert navigator.pose.is_straight
    assert not session.actions["view_mirror"].isChecked()
    session.actions["pixel_grid"].trigger()
    assert not session.settings.flag("is_pixel_grid_shown")
