from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.geometry import Rect
from studio.document.shapes import ellipse
from studio.document.stroking import STROKE_SIDES, edge_band


def disc_mask(diameter: int, margin: int) -> np.ndarray:
    box = Rect(margin, margin, diameter, diameter)
    side = diameter + 2 * margin
    mask = np.zeros((side, side), np.uint8)
    patch = ellipse(box, clip=Rect(0, 0, side, side))
    mask[patch.rect.slices_in(Rect(0, 0, side, side))] = patch.coverage
    return mask


@pytest.mark.parametrize("side", STROKE_SIDES)
@settings(deadline=None, max_examples=20)
@given(diameter=st.integers(40, 120), width=st.integers(2, 12))
def test_the_line_is_as_wide_as_asked_and_lies_where_asked(side: str, diameter: int, width: int) -> None:
    mask = disc_mask(diameter, width + 3)
    band = edge_band(mask, width, side)  # type: ignore[arg-type]
    radius = diameter / 2 + {"inside": -width / 2, "center": 0, "outside": width / 2}[side]
    found_width = band.astype(float).sum() / 255 / (2 * math.pi * radius)
    assert abs(found_width - width) < 0.4
    if side == "inside" and width > 2:
        assert (band[mask == 0] < 128).all()
    if side == "outside" and width > 2:
        assert (band[mask == 255] < 128).all()


def test_its_edges_are_soft_by_one_pixel() -> None:
    band = edge_band(disc_mask(60, 12), 6, "center")
    row = band[42]
    grey = (row > 0) & (row < 255)
    assert grey[:42].sum() <= 4
    assert ((band > 0) & (band < 255)).sum() > 100


def test_a_straight_edge_gives_whole_pixels() -> None:
    mask = np.zeros((20, 20), np.uint8)
    mask[:, 10:] = 255
    band = edge_band(mask, 4, "center")
    assert band[5].tolist() == [0] * 8 + [255] * 4 + [0] * 8
