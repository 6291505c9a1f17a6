from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.geometry import Point, Rect
from studio.document.pixels import premultiply
from studio.document.transform import (
    from_corners,
    mapped,
    mapped_corners,
    rotation,
    scaling,
    shearing,
    transformed,
    translation,
)
from tests.document.pictures import noise

CANVAS = Rect(0, 0, 400, 300)
RECT = Rect(20, 30, 60, 40)


def picture() -> np.ndarray:
    return premultiply(noise(3, RECT.height, RECT.width))


def test_a_move_by_whole_pixels_is_exact() -> None:
    rect, pixels = transformed(picture(), RECT, translation(-300, 7), canvas=CANVAS)
    assert rect == RECT.translated(-300, 7)
    assert (pixels == picture()).all()


@pytest.mark.parametrize("quality", ["smooth", "sharp"])
def test_quarter_turns_and_mirroring_are_exact(quality: str) -> None:
    center = RECT.center
    rect, pixels = transformed(picture(), RECT, rotation(math.pi / 2, center), canvas=CANVAS, quality=quality)
    assert rect.size == (RECT.height, RECT.width)
    assert (pixels == np.rot90(picture(), -1)).all()
    rect, pixels = transformed(picture(), RECT, scaling(-1, 1, center), canvas=CANVAS, quality=quality)
    assert rect == RECT
    assert (pixels == picture()[:, ::-1]).all()


def test_shrinking_takes_the_mean_of_the_area() -> None:
    rect, pixels = transformed(picture(), RECT, scaling(0.5, 0.25, Point(20, 30)), canvas=CANVAS)
    assert rect == Rect(20, 30, 30, 10)
    expected = cv2.resize(picture(), (30, 10), interpolation=cv2.INTER_AREA)
    assert np.abs(pixels.astype(int) - expected).max() <= 1


def test_an_opaque_picture_stays_opaque_inside_and_shows_no_rings() -> None:
    flat = np.zeros((80, 80, 4), np.uint8)
    flat[:] = (200, 100, 50, 255)
    rect, pixels = transformed(flat, Rect(0, 0, 80, 80), rotation(0.3, Point(40, 40)), canvas=CANVAS)
    middle = Rect(15, 15, 50, 50).slices_in(rect)
    assert (pixels[middle] == (200, 100, 50, 255)).all()
    partly = pixels[(pixels[..., 3] > 20) & (pixels[..., 3] < 255)].astype(float)
    assert len(partly) > 50, "the slanted edge is soft"
    straight = partly[:, :3] / partly[:, 3:] * 255
    assert np.abs(straight - (200, 100, 50)).max() < 14, "no dark or light fringe"


def test_enlarging_keeps_to_the_colours_there_are() -> None:
    edge = np.zeros((16, 16, 4), np.uint8)
    edge[..., 3] = 255
    edge[:, 8:, :3] = 255
    _, pixels = transformed(edge, Rect(0, 0, 16, 16), scaling(4, 4, Point(0, 0)), canvas=CANVAS)
    assert pixels.shape == (64, 64, 4)
    assert (pixels[4:-4, 4:26, 0] == 0).all()
    assert (pixels[4:-4, 38:-4, 0] == 255).all()
    assert (np.diff(pixels[32, :, 0].astype(int)) >= 0).all()
    assert (pixels[..., 3] == 255).all(), "its own edges stay hard"


@settings(deadline=None, max_examples=40)
@given(
    angle=st.floats(-7, 7),
    wide=st.floats(-2.5, 2.5).filter(lambda s: abs(s) > 0.03),
    high=st.floats(-2.5, 2.5).filter(lambda s: abs(s) > 0.03),
    skew=st.floats(-1, 1),
)
def test_colour_never_exceeds_alpha_and_all_of_it_is_there(
    angle: float, wide: float, high: float, skew: float
) -> None:
    center = RECT.center
    matrix = rotation(angle, center) @ shearing(skew, 0, center) @ scaling(wide, high, center)
    flat = premultiply(np.full((RECT.height, RECT.width, 4), (90, 200, 10, 255), np.uint8))
    pixels = transformed(flat, RECT, matrix, canvas=CANVAS)[1]
    assert (pixels[..., :3] <= pixels[..., 3:]).all()
    covered = pixels[..., 3].astype(float).sum() / 255
    area = abs(wide * high) * RECT.area
    assert abs(covered - area) < 0.01 * area + 2
    noisy = transformed(picture(), RECT, matrix, canvas=CANVAS)[1]
    assert (noisy[..., :3] <= noisy[..., 3:]).all()


def test_corners_pulled_apart_meet_their_targets_and_folded_ones_are_refused() -> None:
    corners = (Point(10, 12), Point(120, 0), Point(99, 90), Point(0, 70))
    matrix = from_corners(RECT, corners)
    assert matrix is not None
    for found, wanted in zip(mapped_corners(matrix, RECT), corners, strict=True):
        assert found.distance_to(wanted) < 1e-3
    assert from_corners(RECT, (corners[1], corners[0], corners[2], corners[3])) is None
    rect, pixels = transformed(picture(), RECT, matrix, canvas=CANVAS)
    assert rect == Rect(0, 0, 120, 90)
    assert pixels.any()


def test_pieces_fit_together() -> None:
    """Larger than one piece, against one warp of the whole."""
    wide = premultiply(noise(5, 50, 40))
    _, pixels = transformed(
        wide, Rect(0, 0, 40, 50), scaling(40, 30, Point(0, 0)), canvas=CANVAS, quality="sharp"
    )
    assert pixels.shape == (1500, 1600, 4)
    assert (pixels == np.kron(wide, np.ones((30, 40, 1), np.uint8))).all()


def test_what_would_be_immense_is_cut_to_the_canvas() -> None:
    rect, _ = transformed(picture(), RECT, scaling(900, 900, RECT.center), canvas=CANVAS)
    assert CANVAS.contains_rect(rect)


def test_points_go_where_the_matrix_takes_them() -> None:
    assert mapped(scaling(2, 3, Point(1, 1)), Point(2, 2)) == Point(3, 4)
    turned = mapped(rotation(math.pi / 2, Point(0, 0)), Point(1, 0))
    assert turned.distance_to(Point(0, 1)) < 1e-12
