from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.brushes.brush import Brush, Follower, pressure_dynamics
from studio.brushes.dab import (
    PixelDabs,
    RoundDabs,
    disc_coverage,
    oval_coverage,
    round_coverage,
    rounded_radius,
)
from studio.brushes.tips import make_dabs, tip_names

positions = st.floats(-300, 300)
radii = st.floats(0.5, 60)
hardnesses = st.floats(0, 1)


@settings(deadline=None)
@given(positions, positions, radii, hardnesses)
def test_a_dab_covers_the_pixel_under_its_centre_and_keeps_to_its_disc(
    x: float, y: float, radius_px: float, hardness: float
) -> None:
    dab = RoundDabs().dab(x, y, radius_px, hardness)
    height, width = dab.coverage.shape
    column, row = math.floor(x) - dab.x, math.floor(y) - dab.y
    assert 0 <= column < width
    assert 0 <= row < height
    assert dab.coverage[row, column] > 0
    reach = radius_px * 1.01 + 1.5
    assert dab.x >= x - reach
    assert dab.y >= y - reach
    assert dab.x + width <= x + reach
    assert dab.y + height <= y + reach
    assert not dab.coverage.flags.writeable


@settings(deadline=None)
@given(radii, hardnesses)
def test_coverage_falls_with_the_distance_and_is_full_at_the_centre(radius: float, hardness: float) -> None:
    left, top, coverage = round_coverage(radius, hardness, 0.5, 0.5)
    rows, columns = np.mgrid[: coverage.shape[0], : coverage.shape[1]]
    distance = np.hypot(rows + top, columns + left)
    order = np.argsort(distance, axis=None, kind="stable")
    falling = coverage.reshape(-1)[order].astype(int)
    assert (np.diff(falling) <= 0).all()
    assert falling[0] == 255
    assert np.array_equal(coverage, coverage.T)
    assert np.array_equal(coverage, coverage[::-1, ::-1])


def test_the_box_is_tight() -> None:
    _, _, coverage = round_coverage(20.0, 1.0, 0.25, 0.75)
    for border in (coverage[0], coverage[-1], coverage[:, 0], coverage[:, -1]):
        assert border.any()


def test_a_hard_dab_has_the_area_of_its_disc_and_an_edge_of_two_pixels() -> None:
    _, _, coverage = round_coverage(30.0, 1.0, 0.0, 0.0)
    assert abs(coverage.sum() / 255 - math.pi * 900) < 5
    middle = coverage[coverage.shape[0] // 2]
    assert np.count_nonzero((middle > 0) & (middle < 255)) <= 4


def test_hardness_is_where_the_fall_begins() -> None:
    left, top, coverage = round_coverage(40.0, 0.5, 0.5, 0.5)
    row = coverage[-top, -left:]
    assert (row[:20] == 255).all()
    assert 120 <= row[30] <= 135
    assert row[-1] <= 2


def test_a_dab_is_made_once_per_sub_pixel_position() -> None:
    dabs = RoundDabs()
    first = dabs.dab(10.3, 20.6, 20.0, 0.5)
    again = dabs.dab(-89.72, 320.62, 20.0, 0.5)
    assert again.coverage is first.coverage
    assert (again.x, again.y) == (first.x - 100, first.y + 300)
    assert dabs.dab(10.5, 20.6, 20.0, 0.5).coverage is not first.coverage


def test_the_cache_keeps_to_its_budget() -> None:
    dabs = RoundDabs(cache_bytes=40_000)
    for radius in range(5, 60):
        dabs.dab(0, 0, radius, 1.0)
    newest = dabs.dab(0, 0, 59, 1.0)
    assert 0 < dabs._kept.byte_size <= 40_000
    assert dabs.dab(0, 0, 59, 1.0).coverage is newest.coverage


@settings(deadline=None)
@given(st.floats(0.5, 1000))
def test_a_rounded_radius_is_the_same_to_the_eye(radius_px: float) -> None:
    assert abs(rounded_radius(radius_px) / radius_px - 1) <= 0.004


def test_every_tip_makes_dabs() -> None:
    for name in tip_names():
        dabs = make_dabs(Brush(tip=name))
        assert dabs.dab(5, 5, 8, 0.5).coverage.max() > 100
        assert 0 < dabs.spacing_px(8, 0.5) <= 8


def test_pressure_thins_and_lightens_as_far_as_the_brush_says() -> None:
    brush = Brush(size_px=40, dynamics=pressure_dynamics(size=0.5, opacity=0.25))
    assert (brush.radius_px(1.0), brush.radius_px(0.0)) == (20.0, 10.0)
    follower = Follower(brush)
    assert follower.values((1.0, 0, 0, 0, 0, 0)).opacity == 1.0
    assert follower.values((0.0, 0, 0, 0, 0, 0)).opacity == 0.75
    assert Brush(size_px=1, dynamics=pressure_dynamics(size=1.0)).radius_px(0.0) == 0.5


@settings(deadline=None, max_examples=30)
@given(st.floats(4, 90), hardnesses, st.floats(0.1, 0.95), st.floats(0, 180))
def test_an_oval_lies_inside_its_disc_and_turned_by_half_is_itself(
    radius: float, hardness: float, roundness: float, turn_deg: float
) -> None:
    left, top, oval = oval_coverage(radius, hardness, 0.5, 0.5, roundness, turn_deg)
    reach = math.ceil(radius + 2)
    assert left >= -reach
    assert top >= -reach
    assert left + oval.shape[1] <= reach + 1
    assert top + oval.shape[0] <= reach + 1
    assert np.array_equal(oval, oval[::-1, ::-1])
    assert oval.any()


def test_an_oval_that_is_round_is_the_disc() -> None:
    _, _, disc = round_coverage(40.0, 0.3, 0.5, 0.5)
    _, _, oval = oval_coverage(40.0, 0.3, 0.5, 0.5, 1.0, 0.0)
    assert np.abs(disc.astype(int) - oval).max() <= 1


@pytest.mark.parametrize(("radius", "hardness"), [(128.0, 0.0), (500.0, 0.5), (1000.0, 0.0), (1000.0, 0.9)])
def test_a_large_soft_disc_is_drawn_from_a_small_one_without_a_difference(
    radius: float, hardness: float
) -> None:
    area = np.zeros((2, 2100, 2100), np.int16)
    for layer, made in zip(
        area,
        (round_coverage(radius, hardness, 0.5, 0.0), disc_coverage(radius, hardness, 0.5, 0.0)),
        strict=True,
    ):
        left, top, coverage = made
        layer[1050 + top : 1050 + top + coverage.shape[0], 1050 + left : 1050 + left + coverage.shape[1]] = (
            coverage
        )
    assert np.abs(area[0] - area[1]).max() <= 2


def test_a_pixel_brush_knows_only_whole_pixels() -> None:
    dabs = PixelDabs()
    one = dabs.dab(7.9, 3.2, 0.5, 0.0)
    assert (one.x, one.y, one.coverage.tolist()) == (7, 3, [[255]])
    for size in range(1, 30):
        dab = dabs.dab(0.4, 0.4, size / 2, 0.0)
        assert dab.coverage.shape == (size, size)
        assert set(np.unique(dab.coverage)) <= {0, 255}
        assert np.array_equal(dab.coverage, dab.coverage.T)
