from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.geometry import Point, Rect
from studio.document.outlines import (
    filled,
    line_outline,
    parallel,
    rectangle_outline,
    regular_outline,
    rounded_outline,
    star_outline,
    stroked,
)
from studio.document.shapes import Patch, ellipse_outline

CLIP = Rect(-50, -50, 400, 400)
BOX = Rect(20, 30, 120, 80)


def area(patch: Patch) -> float:
    return float(patch.coverage.astype(float).sum() / 255)


def test_a_rectangles_line_is_whole_pixels_half_on_either_side() -> None:
    patch = stroked(rectangle_outline(BOX), 6, clip=CLIP)
    assert patch.rect == BOX.expanded(3)
    assert area(patch) == 126 * 86 - 114 * 74
    assert set(np.unique(patch.coverage)) == {0, 255}


@pytest.mark.parametrize("width", [1, 7, 24])
def test_an_ellipses_line_is_as_wide_all_around(width: int) -> None:
    circle = Rect(0, 0, 100, 100)
    patch = stroked(ellipse_outline(circle), width, clip=CLIP)
    assert area(patch) == pytest.approx(math.pi * 100 * width, rel=0.01)


def test_a_line_wider_than_the_figure_leaves_no_hole() -> None:
    for outline in (rectangle_outline(Rect(0, 0, 10, 50)), ellipse_outline(Rect(0, 0, 12, 12))):
        patch = stroked(outline, 30, clip=CLIP)
        assert (patch.coverage[patch.rect.height // 2, 8:-8] == 255).all()


@settings(deadline=None)
@given(radius=st.floats(0, 200), width=st.integers(2, 200), height=st.integers(2, 200))
def test_round_corners_take_what_they_must(radius: float, width: int, height: int) -> None:
    box = Rect(3, 4, width, height)
    fits = min(radius, width / 2, height / 2)
    assert area(filled(rounded_outline(box, radius), clip=CLIP)) == pytest.approx(
        width * height - (4 - math.pi) * fits * fits, rel=0.01, abs=1
    )


def test_regular_figures_have_their_area_and_stand_upright() -> None:
    circle = Rect(0, 0, 200, 200)
    for sides in (3, 4, 6, 9):
        expected = sides / 2 * 100 * 100 * math.sin(2 * math.pi / sides)
        assert area(filled(regular_outline(circle, sides), clip=CLIP)) == pytest.approx(expected, rel=0.005)
    star = star_outline(circle, 5, 0.4)
    assert len(star) == 10
    assert star[0] == pytest.approx((100, 0))
    assert area(filled(star, clip=CLIP)) == pytest.approx(5 * 100 * 40 * math.sin(math.pi / 5), rel=0.005)


def test_a_sharp_tip_is_cut_off_rather_than_shot_out() -> None:
    star = star_outline(Rect(0, 0, 200, 200), 5, 0.05)
    patch = stroked(star, 10, clip=CLIP)
    assert Rect(0, 0, 200, 200).expanded(21).contains_rect(patch.rect)


@given(st.floats(0, 100), st.floats(0, 100), st.floats(1, 30), st.floats(0, 2 * math.pi), st.floats(2, 100))
@settings(deadline=None)
def test_a_line_has_round_ends(x: float, y: float, width: float, angle: float, length: float) -> None:
    end = Point(x + length * math.cos(angle), y + length * math.sin(angle))
    patch = filled(line_outline(Point(x, y), end, width), clip=Rect(-200, -200, 600, 600))
    assert area(patch) == pytest.approx(length * width + math.pi * width * width / 4, rel=0.02, abs=0.5)


def test_parallels_keep_their_distance() -> None:
    outline = rectangle_outline(BOX)
    assert parallel(outline, 5) == rectangle_outline(BOX.expanded(5))
    assert parallel(list(reversed(outline)), 5) == list(reversed(rectangle_outline(BOX.expanded(5))))
