from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.geometry import Rect
from studio.document.shapes import Patch, ellipse, polygon, rectangle

WORLD = Rect(-40, -40, 200, 200)
coordinates = st.floats(-30, 90)
points = st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=12)


def whole(patch: Patch) -> np.ndarray:
    """The patch laid into the world."""
    plane = np.zeros((WORLD.height, WORLD.width), np.int64)
    plane[patch.rect.slices_in(WORLD)] = patch.coverage
    return plane


def test_a_rectangle_is_exact_and_clipped() -> None:
    patch = rectangle(Rect(3, 4, 10, 5), clip=Rect(0, 0, 8, 100))
    assert patch.rect == Rect(3, 4, 5, 5)
    assert (patch.coverage == 255).all()
    assert rectangle(Rect(3, 4, 10, 5), clip=Rect(50, 50, 8, 8)).rect.is_empty


def test_coverage_is_the_area_of_each_pixel() -> None:
    patch = polygon([(0.5, 0.5), (3.25, 0.5), (3.25, 2.0), (0.5, 2.0)], clip=WORLD)
    assert patch.rect == Rect(0, 0, 4, 2)
    assert patch.coverage.tolist() == [[64, 128, 128, 32], [128, 255, 255, 64]]


@settings(deadline=None)
@given(left=st.floats(-20, 20), top=st.floats(-20, 20), width=st.floats(0.5, 60), height=st.floats(0.5, 60))
def test_a_box_covers_its_area_in_either_direction(
    left: float, top: float, width: float, height: float
) -> None:
    corners = [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]
    patch = polygon(corners, clip=WORLD)
    assert patch.coverage.sum() / 255 == pytest.approx(width * height, abs=0.5 + (width + height) / 255)
    assert (polygon(corners[::-1], clip=WORLD).coverage == patch.coverage).all()


@settings(deadline=None)
@given(outline=points)
def test_clipping_is_cutting(outline: list[tuple[float, float]]) -> None:
    clip = Rect(5, -7, 31, 40)
    everything, cut = whole(polygon(outline, clip=WORLD)), whole(polygon(outline, clip=clip))
    rows, columns = clip.slices_in(WORLD)
    expected = np.zeros_like(everything)
    expected[rows, columns] = everything[rows, columns]
    assert np.abs(cut - expected).max() <= 1


@settings(deadline=None)
@given(corners=st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=3))
def test_triangles_that_share_an_edge_add_up(corners: list[tuple[float, float]]) -> None:
    a, b, c = corners
    middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    parts = whole(polygon([a, middle, c], clip=WORLD)) + whole(polygon([middle, b, c], clip=WORLD))
    assert np.abs(parts - whole(polygon(corners, clip=WORLD))).max() <= 2


def test_a_loop_drawn_over_itself_is_covered_once() -> None:
    turns = np.linspace(0, 4 * math.pi, 300)
    outline = [(20 + 10 * math.cos(a), 20 + 10 * math.sin(a)) for a in turns]
    once = whole(ellipse(Rect(10, 10, 20, 20), clip=WORLD))
    twice = whole(polygon(outline, clip=WORLD))
    inside, outside = once == 255, once == 0
    assert (twice[inside] >= 253).all()
    assert (twice[outside] <= 3).all()


@settings(deadline=None, max_examples=30)
@given(width=st.integers(1, 100), height=st.integers(1, 100))
def test_an_ellipse_fills_its_box_and_its_area(width: int, height: int) -> None:
    patch = ellipse(Rect(-3, 2, width, height), clip=WORLD)
    assert Rect(-3, 2, width, height).contains_rect(patch.rect)
    area = math.pi * width * height / 4
    assert patch.coverage.sum() / 255 == pytest.approx(area, abs=0.05 * (width + height) + 0.2)
    assert np.abs(patch.coverage.astype(int) - patch.coverage[::-1, ::-1]).max() <= 1


def test_nonsense_covers_nothing() -> None:
    for outline in (
        [],
        [(1.0, 1.0)],
        [(1.0, 1.0), (5.0, 5.0)],
        [(math.nan, 1.0), (math.inf, 2.0), (3.0, 3.0)],
    ):
        assert polygon(outline, clip=WORLD).rect.is_empty
    assert not polygon([(1.0, 1.0), (5.0, 1.0), (9.0, 1.0)], clip=WORLD).coverage.any()
    far = polygon([(-1e12, -1e12), (1e12, -1e12), (1e12, 1e12), (-1e12, 1e12)], clip=WORLD)
    assert far.rect == WORLD
    assert (far.coverage == 255).all()
