from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.geometry import EMPTY, Point, Rect, Size

coordinates = st.integers(-500, 500)
rects = st.builds(Rect, coordinates, coordinates, st.integers(-3, 300), st.integers(-3, 300))
filled_rects = st.builds(Rect, coordinates, coordinates, st.integers(1, 300), st.integers(1, 300))


def pixels(rect: Rect) -> set[tuple[int, int]]:
    return {(x, y) for x in range(rect.x, rect.right) for y in range(rect.y, rect.bottom)}


small = st.builds(Rect, st.integers(-6, 6), st.integers(-6, 6), st.integers(-1, 8), st.integers(-1, 8))


@settings(deadline=None)
@given(small, small)
def test_intersection_is_the_common_pixels(a: Rect, b: Rect) -> None:
    both = a.intersected(b)
    assert pixels(both) == pixels(a) & pixels(b)
    assert both == b.intersected(a)
    assert both == EMPTY or not both.is_empty


@settings(deadline=None)
@given(small, small)
def test_union_is_the_smallest_that_holds_both(a: Rect, b: Rect) -> None:
    union = a.united(b)
    assert union == b.united(a)
    assert union.contains_rect(a)
    assert union.contains_rect(b)
    points = pixels(a) | pixels(b)
    if points:
        assert union.x == min(x for x, _ in points)
        assert union.right == max(x for x, _ in points) + 1
        assert union.y == min(y for _, y in points)
        assert union.bottom == max(y for _, y in points) + 1
    else:
        assert union == EMPTY


@settings(deadline=None)
@given(small, small)
def test_contains_rect_means_no_pixel_outside(a: Rect, b: Rect) -> None:
    assert a.contains_rect(b) == (pixels(b) <= pixels(a))


@settings(deadline=None)
@given(rects, st.integers(-50, 50), st.integers(-50, 50))
def test_translation_can_be_taken_back(rect: Rect, dx: int, dy: int) -> None:
    assert rect.translated(dx, dy).translated(-dx, -dy) == rect


@settings(deadline=None)
@given(rects, st.integers(-50, 50))
def test_expansion_can_be_taken_back(rect: Rect, margin_px: int) -> None:
    assert rect.expanded(margin_px).expanded(-margin_px) == rect


@settings(deadline=None)
@given(filled_rects, st.integers(16, 300))
def test_tiles_cover_the_rectangle_and_each_is_touched(rect: Rect, tile_px: int) -> None:
    keys = list(rect.tiles(tile_px))
    boxes = [Rect(tx * tile_px, ty * tile_px, tile_px, tile_px) for tx, ty in keys]
    assert len(set(keys)) == len(keys)
    assert sum(box.intersected(rect).area for box in boxes) == rect.area
    assert all(not box.intersected(rect).is_empty for box in boxes)


def test_an_empty_rectangle_touches_no_tile() -> None:
    assert list(Rect(5, 5, 0, 10).tiles(4)) == []


@settings(deadline=None)
@given(filled_rects, filled_rects)
def test_slices_address_the_same_pixels(outer: Rect, inner: Rect) -> None:
    inner = inner.intersected(outer)
    rows, columns = np.mgrid[outer.y : outer.bottom, outer.x : outer.right]
    part = inner.slices_in(outer)
    assert rows[part].shape == (inner.height, inner.width) or inner.is_empty
    if not inner.is_empty:
        assert (rows[part][0, 0], columns[part][0, 0]) == (inner.y, inner.x)


@settings(deadline=None)
@given(st.floats(-100, 100), st.floats(-100, 100), st.floats(0, 50))
def test_a_disc_lies_in_its_rectangle(x: float, y: float, radius_px: float) -> None:
    rect = Rect.around(Point(x, y), radius_px)
    assert rect.x <= x - radius_px
    assert rect.right >= x + radius_px
    assert rect.y <= y - radius_px
    assert rect.bottom >= y + radius_px


def test_points_belong_to_the_half_open_rectangle() -> None:
    rect = Rect(-1, 0, 2, 3)
    assert rect.contains(Point(-1.0, 0.0))
    assert rect.contains(Point(0.99, 2.99))
    assert not rect.contains(Point(1.0, 0.0))
    assert not rect.contains(Point(0.0, 3.0))


def test_sizes() -> None:
    assert Rect(3, 4, 5, 6).size == Size(5, 6)
    assert Size(5, 6).area == 30
    assert Size(5, 6).long_side == 6
    assert Rect(0, 0, -2, 5).area == 0
    assert Rect(1, 1, 4, 6).center == Point(3.0, 4.0)
    assert Point(0, 0).distance_to(Point(3, 4)) == 5.0
    assert Rect.from_edges(1, 2, 4, 8) == Rect(1, 2, 3, 6)
