from __future__ import annotations

import numpy as np

from studio.generation.fill import continue_edges


def test_known_pixels_survive_and_the_hole_lies_between_its_edges() -> None:
    rng = np.random.default_rng(1)
    rgb = rng.integers(0, 256, (90, 120, 3), np.uint8)
    rgb[:, :40], rgb[:, 80:] = 50, 200
    known = np.full((90, 120), 255, np.uint8)
    known[:, 40:80] = 0
    filled = continue_edges(rgb, known)
    assert np.array_equal(filled[known == 255], rgb[known == 255])
    middle = filled[:, 40:80].astype(int)
    assert middle.min() >= 50
    assert middle.max() <= 200
    assert abs(middle[:, 0].mean() - 50) < 25
    assert abs(middle[:, -1].mean() - 200) < 25


def test_nothing_known_is_grey_and_everything_known_is_itself() -> None:
    rgb = np.zeros((5, 7, 3), np.uint8)
    assert (continue_edges(rgb, np.zeros((5, 7), np.uint8)) == 128).all()
    assert continue_edges(rgb, np.full((5, 7), 255, np.uint8)) is rgb


def test_a_single_known_pixel_fills_everything() -> None:
    rgb = np.zeros((33, 65, 3), np.uint8)
    known = np.zeros((33, 65), np.uint8)
    rgb[7, 9], known[7, 9] = (10, 20, 30), 255
    assert (np.abs(continue_edges(rgb, known).astype(int) - (10, 20, 30)) <= 1).all()
