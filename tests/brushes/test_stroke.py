from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.brushes.brush import Brush, pressure_dynamics
from studio.brushes.dab import RoundDabs, UInt8Array
from studio.brushes.stroke import Stroke, StrokePoint
from studio.core.geometry import Rect

CLIP = Rect(-100, -80, 420, 360)

points = st.tuples(st.floats(-99, 319), st.floats(-79, 279), st.floats(0.05, 1)).map(
    lambda values: StrokePoint(*values)
)
paths = st.lists(points, min_size=1, max_size=12)
brushes = st.builds(
    Brush,
    size_px=st.floats(1, 60),
    hardness=st.floats(0, 1),
    dynamics=st.builds(pressure_dynamics, size=st.floats(0, 0.9), opacity=st.floats(0, 0.5)),
)


def stroke_of(brush: Brush, path: Sequence[StrokePoint], *, clip: Rect = CLIP, tile_px: int = 256) -> Stroke:
    stroke = Stroke(brush, RoundDabs(), clip=clip, tile_px=tile_px)
    stroke.advance(path)
    return stroke


def picture(stroke: Stroke, tile_px: int = 256, area: Rect = CLIP) -> UInt8Array:
    result = np.zeros((area.height, area.width), np.uint8)
    for tx, ty in stroke.ink.tiles:
        part = Rect(tx * tile_px, ty * tile_px, tile_px, tile_px).intersected(area)
        if not part.is_empty:
            result[part.slices_in(area)] = stroke.ink.covered((tx, ty), part)
    return result


@settings(deadline=None, max_examples=40)
@given(brushes, paths)
def test_every_input_point_is_inked(brush: Brush, path: list[StrokePoint]) -> None:
    coverage = picture(stroke_of(brush, path))
    for point in path:
        assert coverage[math.floor(point.y) - CLIP.y, math.floor(point.x) - CLIP.x] > 0


@settings(deadline=None, max_examples=30)
@given(brushes, paths, st.integers(1, 11))
def test_how_events_are_batched_changes_nothing(brush: Brush, path: list[StrokePoint], cut: int) -> None:
    stroke = Stroke(brush, RoundDabs(), clip=CLIP, tile_px=256)
    stroke.advance(path[:cut])
    stroke.advance(path[cut:])
    assert np.array_equal(picture(stroke), picture(stroke_of(brush, path)))


@settings(deadline=None, max_examples=30)
@given(brushes, paths)
def test_tiles_are_only_a_way_of_storing(brush: Brush, path: list[StrokePoint]) -> None:
    small = picture(stroke_of(brush, path, tile_px=64), 64)
    assert np.array_equal(small, picture(stroke_of(brush, path)))


@settings(deadline=None, max_examples=30)
@given(brushes, paths, paths)
def test_what_changed_lies_in_the_rectangles_told(
    brush: Brush, first: list[StrokePoint], second: list[StrokePoint]
) -> None:
    stroke = Stroke(brush, RoundDabs(), clip=CLIP, tile_px=256)
    stroke.advance(first)
    before = picture(stroke)
    changed = stroke.advance(second)
    differs = picture(stroke) != before
    for key, rect in changed.items():
        assert Rect(key[0] * 256, key[1] * 256, 256, 256).contains_rect(rect)
        assert CLIP.contains_rect(rect)
        differs[rect.slices_in(CLIP)] = False
    assert not differs.any()


@settings(deadline=None, max_examples=30)
@given(brushes, paths)
def test_nothing_is_written_far_from_the_line(brush: Brush, path: list[StrokePoint]) -> None:
    coverage = picture(stroke_of(brush, path))
    longest = max((math.dist(a[:2], b[:2]) for a, b in itertools.pairwise(path)), default=0.0)
    # A curve leaves its chord by a fifth of it at most.
    reach = math.ceil(brush.size_px / 2 * 1.01 + 2 + longest / 5)
    box = Rect.from_edges(
        math.floor(min(p.x for p in path)) - reach,
        math.floor(min(p.y for p in path)) - reach,
        math.ceil(max(p.x for p in path)) + reach,
        math.ceil(max(p.y for p in path)) + reach,
    ).intersected(CLIP)
    coverage[box.slices_in(CLIP)] = 0
    assert not coverage.any()


@pytest.mark.parametrize("size_px", [6, 40, 256])
@pytest.mark.parametrize("hardness", [0.0, 0.5, 0.9, 1.0])
def test_a_line_of_dabs_looks_like_a_line(size_px: float, hardness: float) -> None:
    """Against the exact shape: the profile of the dab by the distance from the axis."""
    clip = Rect(0, 0, 700, 420)
    start, end = StrokePoint(150.0, 170.25), StrokePoint(550.0, 230.25)
    coverage = picture(
        stroke_of(Brush(size_px=size_px, hardness=hardness), [start, end], clip=clip), 256, clip
    )
    rows, columns = np.mgrid[0:420, 0:700] + 0.5
    length = math.dist(start[:2], end[:2])
    across = abs((columns - start.x) * (end.y - start.y) - (rows - start.y) * (end.x - start.x)) / length
    along = ((columns - start.x) * (end.x - start.x) + (rows - start.y) * (end.y - start.y)) / length
    radius = size_px / 2
    rim = max(radius * (1 - hardness), 1.5)
    t = np.clip((radius * (1 + hardness) / 2 + rim / 2 - across) / rim, 0, 1)
    exact = 255 * t * t * (3 - 2 * t)
    inside = (along > 0) & (along < length)
    error = np.abs(coverage - exact)[inside]
    # Dabs stand on quarters or halves of a pixel; at the steepest rim that is some 30 levels for single pixels.
    assert error.max() <= (40 if rim < 4 else 14)
    assert error.mean() <= 1.0


def test_a_stroke_that_crosses_itself_grows_no_darker() -> None:
    brush = Brush(size_px=30, hardness=1.0, dynamics=pressure_dynamics(opacity=0.5))
    path = [
        StrokePoint(0, 0, 0.5),
        StrokePoint(100, 100, 0.5),
        StrokePoint(0, 100, 0.5),
        StrokePoint(100, 0, 0.5),
    ]
    assert picture(stroke_of(brush, path)).max() == round(255 * 0.75)


def test_a_circle_of_few_points_is_round() -> None:
    circle = [
        StrokePoint(100 + 80 * math.cos(a * math.pi / 6), 100 + 80 * math.sin(a * math.pi / 6))
        for a in range(14)
    ]
    coverage = picture(stroke_of(Brush(size_px=6, hardness=1.0), circle[:1] + circle))
    rows, columns = np.nonzero(coverage > 128)
    radius = np.hypot(columns + 0.5 + CLIP.x - 100, rows + 0.5 + CLIP.y - 100)
    angle = np.arctan2(rows + CLIP.y - 100, columns + CLIP.x - 100)
    # A polygon of twelve sides would come as near as 77.3; only its first side has no past to bend by.
    bent = (angle < 0) | (angle > math.pi / 6 + 0.1)
    assert radius[bent].min() > 80 - 3 - 1.5
    assert radius.max() < 80 + 3 + 1.5


def test_a_sharp_turn_stays_sharp() -> None:
    coverage = picture(
        stroke_of(
            Brush(size_px=4, hardness=1.0), [StrokePoint(0, 0), StrokePoint(100, 0), StrokePoint(100, 100)]
        )
    )
    rows, columns = np.nonzero(coverage)
    assert columns.max() + CLIP.x <= 103
    assert rows.min() + CLIP.y >= -4


def test_a_point_that_is_not_a_number_is_passed_over() -> None:
    path = [StrokePoint(10, 10), StrokePoint(math.nan, 10), StrokePoint(math.inf, 0), StrokePoint(20, 10)]
    brush = Brush(size_px=8)
    assert np.array_equal(picture(stroke_of(brush, path)), picture(stroke_of(brush, [path[0], path[3]])))


def test_a_point_beyond_the_horizon_costs_little_and_writes_inside_only() -> None:
    stroke = stroke_of(Brush(size_px=20), [StrokePoint(0, 0), StrokePoint(1e12, -1e12), StrokePoint(10, 10)])
    assert len(stroke.ink.tiles) <= 4
    assert picture(stroke, area=CLIP)[90, 110] > 0


def test_standing_still_adds_nothing() -> None:
    stroke = Stroke(Brush(size_px=8), RoundDabs(), clip=CLIP, tile_px=256)
    stroke.advance([StrokePoint(5, 5)])
    assert stroke.advance([StrokePoint(5, 5), StrokePoint(5, 5)]) == {}
    assert stroke.advance([]) == {}
