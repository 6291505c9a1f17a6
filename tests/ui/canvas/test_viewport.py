from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.geometry import Point, Rect, Size
from studio.ui.canvas.viewport import FIT_MAX_ZOOM, MAX_ZOOM, MIN_ZOOM, Viewport, next_stop

coordinates = st.floats(-5000, 5000)
zooms = st.floats(MIN_ZOOM, MAX_ZOOM)
viewports = st.builds(
    lambda zoom, x, y: Viewport(size=Size(1600, 900), zoom=zoom, origin=Point(x, y)),
    zooms,
    coordinates,
    coordinates,
)


@given(viewports, coordinates, coordinates)
def test_canvas_to_device_and_back(viewport: Viewport, x: float, y: float) -> None:
    back = viewport.to_canvas(viewport.to_device(Point(x, y)))
    assert back.x == pytest.approx(x, abs=1e-6)
    assert back.y == pytest.approx(y, abs=1e-6)


@given(viewports, zooms, st.floats(0, 1600), st.floats(0, 900))
def test_zooming_keeps_the_point_under_the_pointer(
    viewport: Viewport, zoom: float, x: float, y: float
) -> None:
    anchor = Point(x, y)
    under = viewport.to_canvas(anchor)
    after = viewport.zoomed(zoom, anchor).to_device(under)
    # Each of the two views is drawn on whole device pixels: half a pixel each, the first one magnified.
    tolerance = 0.5 + 0.5 * max(1.0, zoom / viewport.zoom)
    assert abs(after.x - x) <= tolerance
    assert abs(after.y - y) <= tolerance


def test_many_steps_in_and_out_end_where_they_began() -> None:
    viewport = start = Viewport(size=Size(800, 600), zoom=1.0, origin=Point(12.0, -40.0))
    anchor = Point(311, 97)
    for _ in range(40):
        viewport = viewport.zoomed(viewport.zoom / 1.07, anchor)
    for _ in range(40):
        viewport = viewport.zoomed(viewport.zoom * 1.07, anchor)
    assert viewport.zoom == pytest.approx(start.zoom)
    assert viewport.origin.x == pytest.approx(start.origin.x, abs=1e-6)


@given(
    viewports, st.integers(-3000, 3000), st.integers(-3000, 3000), st.integers(1, 900), st.integers(1, 900)
)
def test_covering_rect_holds_the_drawn_rect(viewport: Viewport, x: int, y: int, w: int, h: int) -> None:
    rect = Rect(x, y, w, h)
    drawn = viewport.snapped_rect(rect).intersected(viewport.bounds)
    assert viewport.covering_rect(rect).contains_rect(drawn)


@given(viewports, st.integers(0, 1500), st.integers(0, 800), st.integers(1, 100), st.integers(1, 100))
def test_visible_canvas_holds_every_pixel_of_the_screen_part(
    viewport: Viewport, x: int, y: int, w: int, h: int
) -> None:
    visible = viewport.visible_canvas(Rect(x, y, w, h))
    for corner in (Point(x, y), Point(x + w - 0.01, y + h - 0.01)):
        assert visible.contains(viewport.to_canvas(corner))


def test_fit_shows_everything_and_enlarges_by_whole_numbers() -> None:
    viewport = Viewport(size=Size(1000, 800))
    small = viewport.fitted(Rect(0, 0, 256, 256), 36)
    assert small.zoom == 2.0
    assert viewport.fitted(Rect(0, 0, 8, 8), 36).zoom == FIT_MAX_ZOOM
    large = viewport.fitted(Rect(-128, 0, 4096, 2048), 36)
    box = large.snapped_rect(Rect(-128, 0, 4096, 2048))
    assert large.bounds.contains_rect(box)
    assert abs(box.center.x - 500) <= 1


def test_the_canvas_cannot_be_lost_from_sight() -> None:
    viewport = Viewport(size=Size(400, 300)).panned(99999, -99999)
    kept = viewport.kept_in_sight(Rect(0, 0, 100, 100), 40)
    visible = kept.snapped_rect(Rect(0, 0, 100, 100)).intersected(kept.bounds)
    assert visible.width >= 40
    assert visible.height >= 40


def test_stops_reach_both_ends() -> None:
    zoom, seen = 1.0, []
    for _ in range(40):
        zoom = next_stop(zoom, -1)
        seen.append(zoom)
    assert seen[-1] == MIN_ZOOM
    for _ in range(40):
        zoom = next_stop(zoom, 1)
        seen.append(zoom)
    assert zoom == MAX_ZOOM
    assert 1.0 in seen
