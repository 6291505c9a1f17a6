"""The pen: its tilt, its buttons, and symmetry under it, through Qt's own tablet events."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.brushes.brush import Dynamic
from studio.brushes.curve import STRAIGHT, between, curve_through
from studio.brushes.symmetry import Symmetry
from studio.core.geometry import Point, Rect
from studio.document.pixels import RGB
from studio.ui.canvas.input import to_pointer_event
from studio.ui.canvas.pen import PEN_ACTIONS, pen_buttons, pressure_curve
from studio.ui.canvas.view import CanvasView
from tests.ui.canvas.conftest import MakeView
from tests.ui.canvas.helpers import PaintModel, drag, send, tablet_event, widget_position

CANVAS = Rect(0, 0, 512, 384)
RIGHT, MIDDLE = Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
PRESS, MOVE, RELEASE = QEvent.Type.TabletPress, QEvent.Type.TabletMove, QEvent.Type.TabletRelease


@pytest.fixture
def model() -> PaintModel:
    made = PaintModel(CANVAS)
    made.tool_settings.set(active_tool_id="brush", color=(200, 30, 60), size_px=30, hardness=1.0)
    return made


def pen(
    view: CanvasView, *path: tuple[float, float], button: Qt.MouseButton = Qt.MouseButton.LeftButton
) -> None:
    send(view, tablet_event(PRESS, widget_position(view, path[0]), 1.0, button=button))
    for point in path[1:]:
        send(view, tablet_event(MOVE, widget_position(view, point), 1.0, button=button))
    send(view, tablet_event(RELEASE, widget_position(view, path[-1]), 1.0, button=button))


def alpha(model: PaintModel, rect: Rect = CANVAS) -> np.ndarray:
    layer = model.document.active_layer
    assert layer is not None
    return layer.surface.read(rect)[..., 3]


def test_tilt_reaches_the_brush(make_view: MakeView, model: PaintModel) -> None:
    view = make_view(model)
    flat = to_pointer_event(tablet_event(PRESS, QPointF(5, 5), 1.0, tilt=(0.0, 60.0)), view.viewport, 1.0)
    assert (flat.tilt, flat.tilt_turn) == (1.0, pytest.approx(0.25))
    half = to_pointer_event(tablet_event(PRESS, QPointF(5, 5), 1.0, tilt=(-30.0, 0.0)), view.viewport, 1.0)
    assert (half.tilt, half.tilt_turn) == (0.5, pytest.approx(0.5))
    brush = model.tool_settings.brush_of("brush")
    model.tool_settings.set_brush(
        "brush", brush.with_(dynamics=(Dynamic("size_px", "tilt", between(0.2, 1.0)),))
    )
    pen(view, (100, 100), (200, 100))
    assert np.count_nonzero(alpha(model)[:, 150] > 128) == pytest.approx(6, abs=1)


def test_a_pen_button_picks_a_color_and_leaves_the_brush(make_view: MakeView, model: PaintModel) -> None:
    view = make_view(model)
    view.set_pen(pen_buttons({}), STRAIGHT)
    pen(view, (100, 100), (200, 100))
    model.tool_settings.color = RGB(0, 0, 0)
    steps = model.history.position
    pen(view, (150, 100), button=RIGHT)
    assert model.tool_settings.color == (200, 30, 60)
    assert model.history.position == steps
    pen(view, (100, 200), (200, 200))
    assert alpha(model)[200, 150] == 255


def test_a_pen_button_that_picks_does_nothing_to_the_mask(make_view: MakeView, model: PaintModel) -> None:
    view = make_view(model)
    view.set_pen(pen_buttons({}), STRAIGHT)
    model.tool_settings.active_tool_id = "mask_brush"
    pen(view, (100, 100), (200, 100), button=RIGHT)
    assert not model.history.labels()
    pen(view, (100, 100), (200, 100))
    assert model.history.labels() == ("Paint mask",)


def test_a_pen_button_moves_the_view(make_view: MakeView, model: PaintModel) -> None:
    view = make_view(model)
    view.set_zoom(4.0)
    view.set_pen(pen_buttons({"second": "pan"}), STRAIGHT)
    place = Point(250, 200)
    before = view.viewport.to_device(place)
    pen(view, (250, 200), (230, 190), button=MIDDLE)
    after = view.viewport.to_device(place)
    assert (after.x - before.x, after.y - before.y) == pytest.approx((-80, -40), abs=2)
    assert not model.history.labels()


def test_a_pen_button_erases_while_it_is_held(make_view: MakeView, model: PaintModel) -> None:
    view = make_view(model)
    view.set_pen(pen_buttons({"first": "erase"}), STRAIGHT)
    pen(view, (100, 100), (300, 100))
    pen(view, (150, 100), (250, 100), button=RIGHT)
    assert alpha(model)[100, 200] == 0
    assert alpha(model)[100, 110] == 255
    assert model.history.labels() == ("Brush stroke", "Erase")


@pytest.mark.parametrize(
    ("action", "command"), [("undo", "undo"), ("redo", "redo"), ("erasing", "brush_erasing")]
)
def test_a_pen_button_can_be_a_command(
    make_view: MakeView, model: PaintModel, action: str, command: str
) -> None:
    view = make_view(model)
    view.set_pen(pen_buttons({"first": action}), STRAIGHT)
    asked: list[str] = []
    view.pen_commanded.connect(asked.append)
    pen(view, (100, 100), button=RIGHT)
    assert asked == [command]
    pen(view, (100, 100), (200, 100))
    assert model.history.labels() == ("Brush stroke",)


def test_the_pressure_curve_says_what_pressing_means(make_view: MakeView, model: PaintModel) -> None:
    brush = model.tool_settings.brush_of("brush")
    model.tool_settings.set_brush(
        "brush", brush.with_(dynamics=(Dynamic("size_px", "pressure", between(0.0, 1.0)),))
    )
    view = make_view(model)
    view.set_pen({}, pressure_curve([[0.0, 0.0], [0.5, 1.0]]))
    for kind, x in ((PRESS, 100), (MOVE, 300), (RELEASE, 300)):
        send(view, tablet_event(kind, widget_position(view, (x, 100)), 0.5))
    assert np.count_nonzero(alpha(model)[:, 200] > 128) == pytest.approx(30, abs=1)
    for saved in ([], [3], ["x"], [[1, 2, 3]], [[float("nan"), 0]]):
        assert pressure_curve(saved) == STRAIGHT
    assert pressure_curve([[0, 0.5]]) == curve_through([(0.0, 0.5)])


def test_settings_of_any_kind_make_buttons() -> None:
    for value in (None, 3, "dance", ["pan"], *PEN_ACTIONS):
        found = pen_buttons({"first": value, "second": value})
        assert set(found) == {RIGHT, MIDDLE}
        assert set(found.values()) <= set(PEN_ACTIONS)


def test_a_mirrored_stroke_is_painted_and_its_axis_can_be_dragged(
    make_view: MakeView, model: PaintModel
) -> None:
    view = make_view(model)
    model.tool_settings.symmetry = Symmetry(kind="vertical").with_center(256, 192)
    drag(view, [(60, 100), (160, 120)])
    made = alpha(model)
    assert made[100, 60] == 255
    assert np.array_equal(made, made[:, ::-1])
    drag(view, [(256, 192), (300, 220)])
    assert model.tool_settings.symmetry.x == pytest.approx(300, abs=1)
    assert len(model.history.labels()) == 1


def test_ctrl_and_alt_size_the_brush_though_alt_alone_picks(make_view: MakeView, model: PaintModel) -> None:
    view = make_view(model)
    view.setFocus()
    before = model.tool_settings.size_px
    QTest.keyPress(view, Qt.Key.Key_Alt)
    drag(
        view,
        [(150, 100), (200, 100)],
        modifiers=Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier,
    )
    QTest.keyRelease(view, Qt.Key.Key_Alt)
    assert model.tool_settings.size_px > before
    assert not model.history.labels()


def test_a_resting_pen_sprays_until_it_is_lifted(
    make_view: MakeView, model: PaintModel, qtbot: QtBot
) -> None:
    brush = model.tool_settings.brush_of("brush").with_(flow=0.2, sprays=True, dynamics=())
    model.tool_settings.set_brush("brush", brush)
    view = make_view(model)
    drag(view, [(200, 200)], release=False)
    first = int(alpha(model).max())
    qtbot.waitUntil(lambda: int(alpha(model).max()) > first + 20)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton)
    lifted = alpha(model)
    qtbot.wait(120)
    assert np.array_equal(alpha(model), lifted)
    assert model.history.labels() == ("Brush stroke",)
