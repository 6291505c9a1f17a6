"""What dabs add up to where flow is below full, and how spacing, symmetry, paper and smoothing change a stroke."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.brushes.brush import INPUTS, SETTINGS, Brush, Dynamic, pressure_dynamics
from studio.brushes.curve import STRAIGHT, between, curve_through
from studio.brushes.dab import UInt8Array
from studio.brushes.smoothing import PulledString
from studio.brushes.stroke import Stroke, StrokePoint
from studio.brushes.symmetry import Symmetry, SymmetryKind
from studio.brushes.tips import make_dabs
from studio.core.geometry import Rect

CLIP = Rect(-60, -50, 320, 300)
points = st.tuples(
    st.floats(-59, 259),
    st.floats(-49, 249),
    st.floats(0.05, 1),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 1),
).map(lambda values: StrokePoint(*values))
paths = st.lists(points, min_size=1, max_size=8)
curves = st.builds(
    curve_through, st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=5)
)
dynamics = st.lists(
    st.builds(Dynamic, st.sampled_from(SETTINGS), st.sampled_from(INPUTS), curves),
    max_size=3,
    unique_by=lambda entry: entry[:2],
).map(tuple)
brushes = st.builds(
    Brush,
    size_px=st.floats(1, 60),
    hardness=st.floats(0, 1),
    flow=st.sampled_from([1.0, 0.5, 0.1]),
    spacing=st.sampled_from([0.0, 0.1, 1.0]),
    angle_deg=st.floats(0, 360),
    roundness=st.floats(0.1, 1),
    scatter=st.sampled_from([0.0, 0.5]),
    is_pixel=st.booleans(),
    sprays=st.booleans(),
    smoothing=st.sampled_from([0.0, 0.3]),
    dynamics=dynamics,
)


def drawn(brush: Brush, path: list[StrokePoint], *cuts: int, symmetry: Symmetry | None = None) -> UInt8Array:
    stroke = Stroke(brush, make_dabs(brush), clip=CLIP, tile_px=256, seed=3, symmetry=symmetry or Symmetry())
    at = 0
    for cut in (*cuts, len(path)):
        stroke.advance(path[at:cut])
        at = max(at, cut)
    stroke.finish(path[-1])
    return picture(stroke)


def picture(stroke: Stroke) -> UInt8Array:
    result = np.zeros((CLIP.height, CLIP.width), np.uint8)
    for tx, ty in stroke.ink.tiles:
        part = Rect(tx * 256, ty * 256, 256, 256).intersected(CLIP)
        if not part.is_empty:
            result[part.slices_in(CLIP)] = stroke.ink.covered((tx, ty), part)
    return result


@settings(deadline=None, max_examples=60)
@given(brushes, paths, st.integers(1, 7))
def test_the_same_events_make_the_same_pixels_however_they_are_batched(
    brush: Brush, path: list[StrokePoint], cut: int
) -> None:
    assert np.array_equal(drawn(brush, path), drawn(brush, path, cut))


@settings(deadline=None, max_examples=40)
@given(brushes, paths)
def test_every_stroke_tells_what_it_changed_and_keeps_near_its_line(
    brush: Brush, path: list[StrokePoint]
) -> None:
    stroke = Stroke(brush, make_dabs(brush), clip=CLIP, tile_px=256)
    before = picture(stroke)
    for batch in (*([point] for point in path), None):
        changed = stroke.finish(None) if batch is None else stroke.advance(batch)
        now = picture(stroke)
        differs = now != before
        for rect in changed.values():
            differs[rect.slices_in(CLIP)] = False
        assert not differs.any()
        before = now
    longest = max((math.dist(a[:2], b[:2]) for a, b in itertools.pairwise(path)), default=0.0)
    reach = math.ceil(brush.size_px * (0.5 * 1.01 + brush.scatter) + 3 + longest / 5)
    box = Rect.from_edges(
        math.floor(min(p.x for p in path)) - reach,
        math.floor(min(p.y for p in path)) - reach,
        math.ceil(max(p.x for p in path)) + reach,
        math.ceil(max(p.y for p in path)) + reach,
    ).intersected(CLIP)
    before[box.slices_in(CLIP)] = 0
    assert not before.any()


LINE = [StrokePoint(20.0 + 8 * step, 60.0 + 3 * step) for step in range(20)]


@pytest.mark.parametrize("spacing", [0.0, 0.1, 0.25])
def test_more_flow_covers_more_and_full_flow_most(spacing: float) -> None:
    flows = [0.02, 0.1, 0.3, 0.6, 0.9, 1.0]
    found = [drawn(Brush(size_px=40, flow=flow, spacing=spacing), LINE).astype(int) for flow in flows]
    for less, more in itertools.pairwise(found):
        assert (more - less).min() >= -1
        assert more.sum() > less.sum()


def test_flow_is_as_dark_whatever_the_spacing() -> None:
    middles = [
        int(drawn(Brush(size_px=60, hardness=0.9, flow=0.3, spacing=spacing), LINE)[145, 150])
        for spacing in (0.03, 0.06, 0.12)
    ]
    assert max(middles) - min(middles) <= 12
    assert min(middles) > 100


def test_how_often_a_pen_reports_does_not_darken_the_line() -> None:
    often = [StrokePoint(20.0 + step, 60.0 + 3 / 8 * step) for step in range(153)]
    brush = Brush(size_px=40, flow=0.2, spacing=0.2)
    assert np.abs(drawn(brush, LINE).astype(int) - drawn(brush, often)).max() <= 25


def test_going_over_it_again_builds_up_towards_full() -> None:
    brush = Brush(size_px=40, flow=0.1)
    once = drawn(brush, LINE)
    twice = drawn(brush, [*LINE, *reversed(LINE)])
    assert (twice >= once).all()
    assert twice.max() > once.max()


def test_where_pressure_limits_opacity_dabs_build_up_to_that_and_no_further() -> None:
    brush = Brush(size_px=40, flow=0.5, hardness=1.0, dynamics=(Dynamic("opacity", "pressure", STRAIGHT),))
    light = [point._replace(pressure=0.5) for point in LINE]
    covered = drawn(brush, [*light, *reversed(light), *light])
    assert covered.max() in (127, 128)
    # What a firm hand has covered stays when a light one goes over it.
    assert drawn(brush, [*LINE, *reversed(light)]).max() >= 240


@settings(deadline=None, max_examples=40)
@given(paths, st.sampled_from(["vertical", "horizontal", "both"]), st.booleans(), st.floats(1, 50))
def test_a_mirrored_stroke_is_its_own_mirror_image(
    path: list[StrokePoint], kind: SymmetryKind, is_pixel: bool, size_px: float
) -> None:
    brush = Brush(size_px=size_px, is_pixel=is_pixel, roundness=0.999)
    center = Symmetry(kind=kind).with_center(CLIP.center.x, CLIP.center.y)
    made = drawn(brush.with_(roundness=1.0), path, symmetry=center)
    if kind in ("vertical", "both"):
        assert np.array_equal(made, made[:, ::-1])
    if kind in ("horizontal", "both"):
        assert np.array_equal(made, made[::-1])


def test_radial_symmetry_turns_the_stroke_around_its_centre() -> None:
    symmetry = Symmetry(kind="radial", turns=4).with_center(100.0, 100.0)
    made = drawn(Brush(size_px=20), [StrokePoint(130.0, 90.0), StrokePoint(160.0, 110.0)], symmetry=symmetry)
    square = made[100 + 50 - 90 : 100 + 50 + 90, 100 + 60 - 90 : 100 + 60 + 90].astype(int)
    assert square.any()
    assert np.abs(square - np.rot90(square)).max() <= 24


def test_paper_shows_less_the_firmer_the_stroke_and_never_moves() -> None:
    paper = Brush(size_px=60, hardness=1.0, texture="paper", texture_depth=0.8)
    firm = drawn(paper, LINE)
    light = drawn(
        paper.with_(dynamics=pressure_dynamics(opacity=0.6)), [p._replace(pressure=0.0) for p in LINE]
    )
    inside = drawn(paper.with_(texture_depth=0.0), LINE) == 255
    assert firm[inside].std() > 10
    assert np.count_nonzero(light[inside]) < np.count_nonzero(firm[inside])
    assert (light <= firm).all()


def test_spacing_leaves_gaps_and_lies_evenly() -> None:
    far = [
        StrokePoint(0.0, 100.0),
        StrokePoint(31.0, 100.0),
        StrokePoint(77.7, 100.0),
        StrokePoint(200.0, 100.0),
    ]
    row = drawn(Brush(size_px=20, hardness=1.0, spacing=2.0), far)[150] > 128
    starts = np.flatnonzero(np.diff(row.astype(int)) == 1)
    assert len(starts) == 6
    assert set(np.diff(starts)) == {40}


def test_a_tap_of_a_brush_that_follows_the_line_leaves_a_mark() -> None:
    brush = Brush(size_px=20, roundness=0.3, dynamics=(Dynamic("angle_deg", "direction", STRAIGHT),))
    tap = [StrokePoint(50.0, 50.0)]
    assert drawn(brush, tap).any()


def test_an_oval_turns_with_the_line() -> None:
    brush = Brush(
        size_px=40, hardness=1.0, roundness=0.2, dynamics=(Dynamic("angle_deg", "direction", STRAIGHT),)
    )
    across = drawn(brush, [StrokePoint(0.0, 100.0), StrokePoint(200.0, 100.0)])
    upright = drawn(brush, [StrokePoint(100.0, 0.0), StrokePoint(100.0, 200.0)])
    # Its long axis lies along the line, so the line is as thin as the short one either way.
    assert np.count_nonzero(across[:, 160] > 128) == pytest.approx(8, abs=1)
    assert np.count_nonzero(upright[150] > 128) == pytest.approx(8, abs=1)


def test_speed_thins_where_the_brush_says_so() -> None:
    brush = Brush(size_px=30, hardness=1.0, dynamics=(Dynamic("size_px", "speed", between(1.0, 0.2)),))

    def line(step_s: float) -> UInt8Array:
        return drawn(brush, [StrokePoint(10.0 * i, 100.0, 1.0, step_s * i) for i in range(20)])

    assert np.count_nonzero(line(0.001)[:, 200]) < np.count_nonzero(line(0.1)[:, 200])


def test_a_pulled_string_calms_a_tremor_and_catches_up() -> None:
    string = PulledString(12.0)
    shaky = [StrokePoint(4.0 * i, 5.0 * (-1) ** i) for i in range(40)]
    calm = [string.pulled(point) for point in shaky]
    assert max(abs(point.y) for point in calm[8:]) < 2.5
    assert string.rest(shaky[-1])[-1] == shaky[-1]
    untouched = PulledString(0.0)
    assert [untouched.pulled(point) for point in shaky] == shaky


@settings(deadline=None)
@given(curves, st.floats(0, 1))
def test_a_curve_stays_between_its_points(curve: object, x: float) -> None:
    made = curve_through(curve.points)  # type: ignore[attr-defined]  # a Curve
    heights = [point.y for point in made.points]
    assert min(heights) - 1e-9 <= made.at(x) <= max(heights) + 1e-9
    assert STRAIGHT.at(x) == pytest.approx(x, abs=1 / 500)


def test_a_curve_of_nothing_or_of_no_numbers_is_refused() -> None:
    for points in ([], [(math.nan, 0.0)], [(0.0, math.inf)]):
        with pytest.raises(ValueError, match="curve"):
            curve_through(points)


def test_an_airbrush_goes_on_while_the_pen_rests() -> None:
    def rested(seconds: float, *, sprays: bool) -> int:
        brush = Brush(size_px=40, flow=0.1, sprays=sprays)
        stroke = Stroke(brush, make_dabs(brush), clip=CLIP, tile_px=256)
        stroke.advance(
            [StrokePoint(100.0, 100.0, 1.0, 0.03 * step) for step in range(round(seconds / 0.03) + 1)]
        )
        return int(picture(stroke).max())

    levels = [rested(seconds, sprays=True) for seconds in (0.0, 0.3, 1.0, 3.0)]
    assert levels == sorted(set(levels))
    assert levels[-1] > 150
    assert rested(3.0, sprays=False) == levels[0]
