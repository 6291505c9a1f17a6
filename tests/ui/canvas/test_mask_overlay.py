from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

from studio.core.geometry import Point, Rect, Size
from studio.document.surface import TiledSurface
from studio.generation.request import UInt8Array
from studio.ui.canvas.mask_overlay import MaskOverlay
from studio.ui.canvas.viewport import Viewport
from tests.ui.canvas.helpers import pixels_of

AREA = Rect(0, 0, 600, 500)
SIZE = Size(300, 240)
boxes = st.builds(Rect, st.integers(0, 500), st.integers(0, 400), st.integers(1, 150), st.integers(1, 150))
viewports = st.builds(
    lambda zoom, x, y: Viewport(size=SIZE, zoom=zoom, origin=Point(x, y)),
    st.sampled_from([0.1, 0.37, 0.5, 1.0, 1.6, 2.0, 5.3, 16.0]),
    st.integers(-900, 200),
    st.integers(-700, 150),
)


def painted(overlay: MaskOverlay, viewport: Viewport) -> UInt8Array:
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    image.fill(0xFF808080)
    painter = QPainter(image)
    overlay.draw(painter, viewport, QRect(0, 0, *SIZE))
    painter.end()
    return pixels_of(image)


def filled(surface: TiledSurface, rect: Rect, value: int) -> None:
    surface.write(rect, np.full((rect.height, rect.width), value, np.uint8))


@settings(max_examples=60, deadline=None)
@given(
    viewports,
    st.lists(st.tuples(boxes, st.sampled_from([0, 90, 255])), min_size=1, max_size=5),
    st.sampled_from([1.0, 1.5, 3.0]),
)
def test_renewing_parts_gives_the_same_picture_as_drawing_it_all(
    viewport: Viewport, changes: list[tuple[Rect, int]], scale: float
) -> None:
    surface = TiledSurface(1)
    filled(surface, Rect(100, 100, 200, 150), 255)
    overlay = MaskOverlay("#ff3d7f", surface)
    overlay.set_scale(scale)
    overlay.set_source(AREA, surface)
    painted(overlay, viewport)
    for rect, value in changes:
        filled(surface, rect, value)
        overlay.invalidate(rect)
        shown = painted(overlay, viewport)
    fresh = MaskOverlay("#ff3d7f", surface)
    fresh.set_scale(scale)
    fresh.set_source(AREA, surface)
    assert np.array_equal(shown, painted(fresh, viewport))


def test_tint_shows_on_a_picture_of_its_own_colour() -> None:
    surface = TiledSurface(1)
    filled(surface, AREA, 255)
    overlay = MaskOverlay("#ff3d7f", surface)
    overlay.set_source(AREA, surface)
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    image.fill(0xFFFF3D7F)
    painter = QPainter(image)
    overlay.draw(painter, Viewport(size=SIZE), QRect(0, 0, *SIZE))
    painter.end()
    inside = pixels_of(image)[50:100, 50:100].astype(int)
    assert np.ptp(inside[..., 1]) > 40


def test_soft_coverage_tints_in_proportion() -> None:
    surface = TiledSurface(1)
    filled(surface, Rect(0, 0, 100, 240), 60)
    filled(surface, Rect(100, 0, 100, 240), 255)
    overlay = MaskOverlay("#ff0000", surface)
    overlay.set_source(AREA, surface)
    shown = painted(overlay, Viewport(size=SIZE))
    none, little, much = (float(shown[40:200, x : x + 80, 0].mean()) for x in (215, 10, 110))
    assert none == 128
    assert none < little < much


@pytest.mark.parametrize("zoom", [0.5, 1.0, 4.0])
def test_the_edge_is_black_and_white_and_marches(zoom: float) -> None:
    surface = TiledSurface(1)
    box = Rect(10, 10, 40, 30)
    filled(surface, box, 255)
    overlay = MaskOverlay("#ff3d7f", surface)
    overlay.set_source(AREA, surface)
    viewport = Viewport(size=SIZE, zoom=zoom)
    before = painted(overlay, viewport)
    device = viewport.snapped_rect(box)
    edge = before[device.y, device.x + 2 : device.right - 2]
    assert {tuple(pixel) for pixel in edge.tolist()} == {(0, 0, 0), (255, 255, 255)}
    region = overlay.advance()
    assert region.contains(QRect(device.x, device.y, 1, 1))
    after = painted(overlay, viewport)
    assert not np.array_equal(before, after)
    moved = np.argwhere((before != after).any(axis=2))
    assert all(region.contains(QRect(int(x), int(y), 1, 1)) for y, x in moved)
    for _ in range(9):
        overlay.advance()
    assert np.array_equal(painted(overlay, viewport), before)  # ten steps are one period


def test_diagonal_edges_keep_their_dashes() -> None:
    surface = TiledSurface(1)
    triangle = np.tri(200, 200, dtype=np.uint8) * np.uint8(255)
    for pixels in (triangle, triangle[::-1].copy()):
        surface.write(Rect(20, 20, 200, 200), pixels)
        overlay = MaskOverlay("#ff3d7f", surface)
        overlay.set_source(AREA, surface)
        shown = painted(overlay, Viewport(size=SIZE))
        is_white = (shown == 255).all(axis=2)
        is_black = (shown == 0).all(axis=2)
        middle = (slice(80, 160), slice(80, 160))
        assert is_white[middle].sum() > 25
        assert is_black[middle].sum() > 25


def test_without_tint_only_the_edge_is_left() -> None:
    surface = TiledSurface(1)
    filled(surface, Rect(50, 50, 100, 100), 255)
    overlay = MaskOverlay("#ff3d7f", surface)
    overlay.set_source(AREA, surface)
    viewport = Viewport(size=SIZE)
    painted(overlay, viewport)
    assert overlay.set_tinted(False)
    assert not overlay.set_tinted(False)
    shown = painted(overlay, viewport)
    assert (shown[60:140, 60:140] == 128).all()
    assert (shown[50, 60:140] != 128).all()
