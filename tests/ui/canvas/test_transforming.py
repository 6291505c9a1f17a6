"""Moving and transforming through real events: what is seen while it goes on, and the keys that end it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.core.geometry import Rect
from studio.ui.canvas.view import CanvasView
from tests.ui.canvas.conftest import MakeView
from tests.ui.canvas.helpers import PaintModel, at, document_bytes, drag, flat_layer, screen

CANVAS = Rect(0, 0, 512, 384)
PATCH = Rect(100, 100, 120, 90)


@pytest.fixture
def model() -> PaintModel:
    """A red patch under a green one, the red one's layer active."""
    model = PaintModel(
        CANVAS,
        flat_layer(CANVAS, (250, 250, 250)),
        flat_layer(PATCH, (200, 20, 20)),
        flat_layer(Rect(300, 100, 60, 90), (20, 180, 20)),
    )
    model.document.active_layer_id = model.document.layers.ids[1]
    return model


def color_at(view: CanvasView, x: float, y: float) -> tuple[int, ...]:
    place = at(view, (x, y))
    return tuple(screen(view)[place.y(), place.x()].tolist())


def bounds(model: PaintModel) -> Rect:
    layer = model.document.active_layer
    assert layer is not None
    return layer.surface.bounds()


def near(rect: Rect, other: Rect) -> bool:
    return max(abs(one - two) for one, two in zip(rect, other, strict=True)) <= 2


def test_moving_is_seen_under_the_pen_and_lands_under_the_layers_above(
    model: PaintModel, make_view: MakeView
) -> None:
    model.tool_settings.active_tool_id = "move"
    view = make_view(model)
    drag(view, [(150, 140), (200, 180), (350, 140)], release=False)
    QTest.qWait(40)  # fast moves come in groups
    assert color_at(view, 330, 170) == (200, 20, 20), "it floats over everything"
    assert color_at(view, 120, 120) == (250, 250, 250)
    assert bounds(model) == PATCH
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at(view, (350, 140)))
    assert near(bounds(model), PATCH.translated(200, 0))
    assert color_at(view, 330, 170) == (20, 180, 20)
    assert color_at(view, 390, 170) == (200, 20, 20)
    model.history.undo()
    assert bounds(model) == PATCH
    assert color_at(view, 120, 120) == (200, 20, 20)


def test_a_handle_scales_the_picture_is_true_on_release_and_enter_keeps_it(
    model: PaintModel, make_view: MakeView
) -> None:
    model.tool_settings.active_tool_id = "transform"
    view = make_view(model)
    before = document_bytes(model.document)
    QTest.mouseMove(view, at(view, (150, 140)))
    drag(view, [(220, 190), (260, 220), (340, 280)])
    assert document_bytes(model.document) == before
    assert color_at(view, 310, 150) == (20, 180, 20), "under the layer above, as it will be"
    assert color_at(view, 290, 250) == (200, 20, 20)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert near(bounds(model), Rect(100, 100, 240, 180))
    assert len(model.history.labels()) == 1
    assert color_at(view, 290, 250) == (200, 20, 20)


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, None])
def test_escape_and_undo_leave_no_trace(model: PaintModel, make_view: MakeView, key: Qt.Key | None) -> None:
    model.tool_settings.active_tool_id = "transform"
    view = make_view(model)
    QTest.mouseMove(view, at(view, (400, 300)))
    before, seen = document_bytes(model.document), screen(view)
    drag(view, [(220, 190), (260, 220), (340, 280)])
    assert (screen(view) != seen).any()
    if key is not None:
        QTest.keyClick(view, key)
    else:
        model.history.undo()
    QTest.mouseMove(view, at(view, (400, 300)))
    assert document_bytes(model.document) == before
    assert (screen(view) == seen).all()
    assert not model.history.can_undo


def test_another_tool_keeps_it(model: PaintModel, make_view: MakeView) -> None:
    model.tool_settings.active_tool_id = "transform"
    view = make_view(model)
    drag(view, [(220, 190), (260, 220), (340, 280)])
    model.tool_settings.active_tool_id = "brush"
    assert near(bounds(model), Rect(100, 100, 240, 180))
    assert not model.tool_settings.adjusting.is_open
    drag(view, [(20, 20), (40, 40)])
    assert len(model.history.labels()) == 2


def test_another_document_ends_it_quietly(model: PaintModel, make_view: MakeView) -> None:
    model.tool_settings.active_tool_id = "transform"
    view = make_view(model)
    drag(view, [(220, 190), (260, 220), (340, 280)])
    model.replace(Rect(0, 0, 200, 200), flat_layer(Rect(0, 0, 200, 200), (10, 20, 200)))
    assert color_at(view, 100, 100) == (10, 20, 200)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert not model.history.can_undo


def test_numbers_move_what_is_seen(model: PaintModel, make_view: MakeView) -> None:
    model.tool_settings.active_tool_id = "transform"
    view = make_view(model)
    QTest.mouseMove(view, at(view, (150, 140)))
    adjusting = model.tool_settings.adjusting
    assert adjusting.values["x"] == pytest.approx(100)
    adjusting.entered.emit(("x", 10.0))
    assert adjusting.is_open
    assert color_at(view, 60, 150) == (200, 20, 20)
    adjusting.ended.emit(True)
    assert near(bounds(model), Rect(10, 100, 120, 90))


def test_turned_by_hand_it_has_soft_straight_edges(model: PaintModel, make_view: MakeView) -> None:
    model.tool_settings.active_tool_id = "transform"
    view = make_view(model)
    QTest.mouseMove(view, at(view, (40, 40)))
    drag(view, [(160, 60), (200, 70), (230, 90)])
    QTest.keyClick(view, Qt.Key.Key_Return)
    layer = model.document.active_layer
    assert layer is not None
    alpha = layer.surface.read(CANVAS)[..., 3]
    assert 0.98 < alpha.astype(float).sum() / 255 / PATCH.area < 1.02
    assert np.count_nonzero((alpha > 0) & (alpha < 255)) > 200
