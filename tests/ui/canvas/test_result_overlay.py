from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.core.geometry import Point, Rect, Size
from studio.generation.request import UInt8Array
from studio.ui.canvas import result_overlay
from studio.ui.canvas.view import CanvasView
from studio.workspace.results import Candidate, LivePreview
from tests.ui.canvas.conftest import MakeView
from tests.ui.canvas.helpers import RECIPE, PaintModel, at, document_bytes, drag, flat_layer, screen

CANVAS = Rect(0, 0, 256, 192)
WORK = Rect(64, 32, 128, 96)
GREY = (90, 90, 90)


def solid(color: tuple[int, int, int], width: int, height: int) -> UInt8Array:
    return np.full((height, width, 3), color, np.uint8)


def preview(
    color: tuple[int, int, int], *, mask: UInt8Array | None = None, step: int = 1, job_id: str = "job"
) -> LivePreview:
    return LivePreview(
        job_id=job_id,
        rect=WORK,
        visible_rect=WORK,
        image=solid(color, 16, 12),
        mask=mask,
        step=step,
        total_steps=20,
    )


def candidate(color: tuple[int, int, int], *, rect: Rect = WORK, goes_below: bool = False) -> Candidate:
    return Candidate(
        id=str(color),
        recipe=RECIPE,
        rect=rect,
        rgb=solid(color, rect.width, rect.height),
        goes_below=goes_below,
    )


def color_at(picture: UInt8Array, view: CanvasView, x: int, y: int) -> tuple[int, ...]:
    device = view.viewport.to_device(Point(x + 0.5, y + 0.5))
    return tuple(picture[int(device.y), int(device.x)].tolist())


def test_a_preview_lies_over_the_picture_and_leaves_the_document_alone(make_view: MakeView) -> None:
    model = PaintModel(CANVAS, flat_layer(CANVAS, GREY))
    view = make_view(model)
    before = document_bytes(model.document)
    without = screen(view)
    for step in range(1, 6):
        model.results.set_live(preview((step * 40, 10, 10), step=step))
        shown = screen(view)
        assert color_at(shown, view, 128, 80) == (step * 40, 10, 10)
        assert color_at(shown, view, 20, 20) == GREY
        assert document_bytes(model.document) == before
    model.results.set_live(None)
    assert np.array_equal(screen(view), without)
    assert not model.history.can_undo


def test_a_preview_shows_through_its_mask_only(make_view: MakeView) -> None:
    model = PaintModel(CANVAS, flat_layer(CANVAS, GREY))
    view = make_view(model)
    mask = np.zeros((WORK.height, WORK.width), np.uint8)
    mask[:, 64:] = 255
    mask[:, 48:64] = 128
    model.results.set_live(preview((250, 0, 0), mask=mask))
    shown = screen(view)
    assert color_at(shown, view, WORK.x + 20, 80) == GREY
    assert color_at(shown, view, WORK.x + 100, 80) == (250, 0, 0)
    half = color_at(shown, view, WORK.x + 56, 80)
    assert half[0] == pytest.approx(170, abs=2)
    assert half[1] == pytest.approx(45, abs=2)


def test_what_lies_outside_the_visible_part_is_not_shown(make_view: MakeView) -> None:
    model = PaintModel(CANVAS, flat_layer(CANVAS, GREY))
    view = make_view(model)
    live = LivePreview(
        job_id="job",
        rect=Rect(0, 0, 256, 192),
        visible_rect=WORK,
        image=solid((0, 200, 0), 32, 24),
        mask=None,
        step=3,
        total_steps=20,
    )
    model.results.set_live(live)
    shown = screen(view)
    assert color_at(shown, view, 128, 80) == (0, 200, 0)
    assert color_at(shown, view, 20, 20) == GREY


def test_a_candidate_is_shown_pixel_for_pixel(make_view: MakeView) -> None:
    model = PaintModel(CANVAS, flat_layer(CANVAS, GREY))
    view = make_view(model)
    view.zoom_to_actual()
    random = np.random.default_rng(4).integers(0, 256, (WORK.height, WORK.width, 3), dtype=np.uint8)
    model.results.add(Candidate(id="a", recipe=RECIPE, rect=WORK, rgb=random))
    # The frame has no line of its own over the picture here: it is the whole canvas.
    box = view.viewport.snapped_rect(WORK)
    shown = screen(view)[box.y : box.bottom, box.x : box.right]
    assert np.array_equal(shown, random)


def test_the_running_job_is_shown_before_a_finished_candidate(make_view: MakeView) -> None:
    model = PaintModel(CANVAS, flat_layer(CANVAS, GREY))
    view = make_view(model)
    model.results.add(candidate((0, 0, 250)))
    assert color_at(screen(view), view, 128, 80) == (0, 0, 250)
    model.results.set_live(preview((250, 0, 0)))
    assert color_at(screen(view), view, 128, 80) == (250, 0, 0)
    model.results.set_live(None)
    model.results.add(candidate((0, 250, 0)))
    assert color_at(screen(view), view, 128, 80) == (0, 250, 0)


def test_compare_hides_it_while_it_is_held(make_view: MakeView) -> None:
    model = PaintModel(CANVAS, flat_layer(CANVAS, GREY))
    view = make_view(model)
    model.results.add(candidate((0, 0, 250)))
    view.set_compare_held(True)
    assert color_at(screen(view), view, 128, 80) == GREY
    view.set_compare_held(False)
    assert color_at(screen(view), view, 128, 80) == (0, 0, 250)


def test_an_outpainted_candidate_lies_under_the_picture(make_view: MakeView) -> None:
    model = PaintModel(CANVAS, flat_layer(Rect(0, 0, 256, 192), GREY))
    view = make_view(model)
    wide = Rect(-64, 0, 256, 192)
    model.set_frame(wide)
    model.results.add(candidate((0, 0, 250), rect=wide, goes_below=True))
    view.fit_frame()
    shown = screen(view)
    assert color_at(shown, view, 100, 96) == GREY
    assert color_at(shown, view, -20, 150) == (0, 0, 250)


def test_results_are_judged_without_tint_until_the_mask_is_worked_on(make_view: MakeView) -> None:
    model = PaintModel(CANVAS, flat_layer(CANVAS, GREY))
    model.tool_settings.size_px = 60
    view = make_view(model)
    drag(view, [(110, 80), (150, 80)])
    middle = (130, 80)
    assert color_at(screen(view), view, *middle) != GREY
    model.results.add(candidate((0, 0, 250)))
    assert color_at(screen(view), view, *middle) == (0, 0, 250)
    drag(view, [(100, 110), (110, 110)])
    assert color_at(screen(view), view, *middle) != (0, 0, 250)


def test_a_preview_that_comes_under_the_pen_takes_no_tint_away(make_view: MakeView, qtbot: QtBot) -> None:
    model = PaintModel(CANVAS, flat_layer(CANVAS, GREY))
    model.tool_settings.size_px = 40
    view = make_view(model)
    drag(view, [(20, 20), (40, 20)], release=False)
    model.results.set_live(preview((0, 200, 0)))
    assert color_at(screen(view), view, 128, 80) == GREY  # ink goes first
    qtbot.waitUntil(lambda: color_at(screen(view), view, 128, 80) == (0, 200, 0))
    assert color_at(screen(view), view, 30, 20) != GREY
    model.results.set_live(preview((0, 0, 200), step=2))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at(view, (40, 20)))
    assert color_at(screen(view), view, 128, 80) == (0, 0, 200)


def test_only_the_newest_of_many_previews_is_composed(
    make_view: MakeView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    scaled = []
    original = result_overlay._resized

    def counting(pixels: UInt8Array, size: Size) -> UInt8Array:
        scaled.append(int(pixels[0, 0, 0]))
        return original(pixels, size)

    monkeypatch.setattr(result_overlay, "_resized", counting)
    model = PaintModel(CANVAS, flat_layer(CANVAS, GREY))
    view = make_view(model)
    for step in range(1, 21):
        model.results.set_live(preview((step, 0, 0), step=step))
    qtbot.waitUntil(lambda: bool(scaled))
    assert scaled == [20]
    assert view.is_settled
