from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.errors import GenerationError
from studio.core.geometry import EMPTY, Rect, Size
from studio.generation.catalog import ModelInfo
from studio.generation.plan import closer_windows, plan_region

MODEL = ModelInfo(
    identifier="m",
    name="M",
    family="sd",
    path="",
    native_size=256,
    min_size=64,
    max_size=512,
    size_multiple=8,
)

SIDES = st.integers(64, 3000)


@given(SIDES, SIDES, st.integers(-500, 500), st.integers(-500, 500), st.data())
def test_every_plan_shows_the_target_undistorted_within_the_models_sizes(
    width: int, height: int, x: int, y: int, data: st.DataObject
) -> None:
    frame = Rect(x, y, width, height)
    target_width, target_height = data.draw(st.integers(1, width)), data.draw(st.integers(1, height))
    target = Rect(
        x + data.draw(st.integers(0, width - target_width)),
        y + data.draw(st.integers(0, height - target_height)),
        target_width,
        target_height,
    )
    if max(width, height) / min(width, height) > 8:
        return
    plan = plan_region(target=target, frame=frame, model=MODEL)
    assert plan.work_rect.contains_rect(plan.target_rect)
    assert plan.target_rect == target
    for side in plan.model_size:
        assert side % 8 == 0
        assert 64 <= side <= 512
    horizontal = plan.model_size.width / plan.work_rect.width
    vertical = plan.model_size.height / plan.work_rect.height
    # Square pixels, as far as whole numbers allow: no side is off by more than one canvas pixel.
    assert abs(horizontal - vertical) * min(plan.work_rect.size) <= max(horizontal, vertical)


def test_native_sizes_are_drawn_one_to_one() -> None:
    for size in (Size(256, 256), Size(384, 256), Size(384, 384)):
        frame = Rect(10, 20, *size)
        plan = plan_region(target=frame, frame=frame, model=MODEL)
        assert plan.work_rect == frame
        assert plan.model_size == size


def test_a_small_target_in_a_large_frame_gets_the_native_resolution() -> None:
    plan = plan_region(target=Rect(1000, 700, 60, 60), frame=Rect(0, 0, 2000, 1500), model=MODEL)
    assert plan.scale >= 1.0
    assert plan.work_rect.contains_rect(Rect(968, 668, 124, 124))


def test_a_mask_outside_the_frame_is_a_sentence() -> None:
    with pytest.raises(GenerationError, match="outside the frame"):
        plan_region(target=Rect(0, 0, 10, 10), frame=Rect(100, 100, 64, 64), model=MODEL)


def test_a_sliver_is_refused() -> None:
    frame = Rect(0, 0, 3000, 64)
    with pytest.raises(GenerationError, match="too narrow"):
        plan_region(target=frame, frame=frame, model=MODEL)


LARGE = replace(MODEL, native_size=512, max_size=1024)


@given(st.integers(8, 900), st.integers(8, 900), st.sampled_from([128, 256, 512]), st.data())
def test_a_target_gets_the_pixels_it_was_promised(
    width: int, height: int, least_px: int, data: st.DataObject
) -> None:
    frame = Rect(0, 0, 4096, 4096)
    target = Rect(
        data.draw(st.integers(0, 4096 - width)), data.draw(st.integers(0, 4096 - height)), width, height
    )
    for model in (MODEL, LARGE):
        plan = plan_region(target=target, frame=frame, model=model, least_px=least_px)
        assert plan.target_px >= min(least_px, model.native_size)
        assert plan.work_rect.contains_rect(target)
        assert plan.model_size.long_side <= model.max_size


def test_a_face_of_100_px_on_a_large_canvas() -> None:
    face = Rect(2000, 2000, 100, 100)
    plan = plan_region(target=face, frame=Rect(0, 0, 4096, 4096), model=LARGE, least_px=512)
    assert plan.target_px >= 512
    assert plan.work_rect.contains_rect(face.expanded(16))


def test_a_context_chosen_by_hand_is_what_the_model_sees() -> None:
    frame, target = Rect(0, 0, 2000, 2000), Rect(900, 900, 80, 80)
    context = Rect(700, 800, 400, 300)
    plan = plan_region(target=target, frame=frame, model=LARGE, context=context, least_px=512)
    assert plan.work_rect.contains_rect(context)
    assert plan.work_rect.width <= 410
    assert plan.model_size.long_side == LARGE.max_size
    elsewhere = plan_region(target=target, frame=frame, model=LARGE, context=Rect(0, 0, 64, 64))
    assert elsewhere.work_rect.contains_rect(target)


def test_what_was_drawn_too_small_is_gone_over_closer() -> None:
    frame = Rect(0, 0, 2000, 2000)
    plan = plan_region(
        target=Rect(600, 600, 300, 250), frame=frame, model=LARGE, context=Rect(0, 0, 1900, 1800)
    )
    (window,) = closer_windows(plan, LARGE)
    assert window.scale >= 1.25 * plan.scale
    assert plan.work_rect.contains_rect(window.work_rect)
    assert window.target_rect == plan.target_rect
    small = plan_region(target=Rect(600, 600, 60, 60), frame=frame, model=MODEL)
    assert closer_windows(small, MODEL) == ()


@given(st.integers(300, 3000), st.integers(300, 3000), st.sampled_from([MODEL, LARGE]))
def test_windows_cover_the_target_and_overlap(width: int, height: int, model: ModelInfo) -> None:
    frame = Rect(-50, 20, 3000, 3000)
    target = Rect(-50, 20, width, height)
    windows = closer_windows(plan_region(target=target, frame=frame, model=model), model)
    assert len(windows) <= 16
    if not windows:
        return
    covered = np.zeros((height, width), np.uint8)
    for window in windows:
        assert window.work_rect.intersected(target) != EMPTY
        assert max(window.model_size) <= model.max_size
        covered[window.work_rect.intersected(target).slices_in(target)] += 1
    assert covered.min() >= 1
    columns = sorted({(window.work_rect.x, window.work_rect.right) for window in windows})
    for (_, right), (left, _) in itertools.pairwise(columns):
        assert right - left >= 0.2 * min(window.work_rect.width for window in windows)
