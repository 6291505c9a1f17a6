from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from studio.core.geometry import EMPTY, Rect, Size
from studio.generation import masks

MASKS = arrays.arrays(np.uint8, (24, 31), elements=st.sampled_from([0, 0, 0, 1, 128, 255]))


def disc(size: int, radius: float) -> np.ndarray:
    rows, columns = np.mgrid[:size, :size] - size // 2
    return np.where(np.hypot(rows, columns) <= radius, 255, 0).astype(np.uint8)


def test_bounds_are_tight() -> None:
    mask = np.zeros((20, 30), np.uint8)
    assert masks.bounds(mask) == EMPTY
    mask[3, 5] = 1
    mask[10, 20] = 255
    assert masks.bounds(mask) == Rect(5, 3, 16, 8)


def test_grow_reaches_as_far_as_asked() -> None:
    grown = masks.grow(disc(101, 10), 15)
    assert masks.bounds(grown) == Rect(25, 25, 51, 51)
    assert masks.grow(disc(11, 2), 0.4) is not None


@given(MASKS, st.integers(0, 12))
def test_feather_inward_changes_nothing_outside_and_opens_no_hole(mask: np.ndarray, radius: int) -> None:
    feathered = masks.feather_inward(mask, radius)
    assert np.array_equal(feathered > 0, mask > 0)
    assert (feathered <= mask).all()


@given(MASKS, st.integers(0, 12))
def test_feather_outward_never_weakens(mask: np.ndarray, radius: int) -> None:
    assert (masks.feather_outward(mask, radius) >= mask).all()


def test_feather_inward_fades_from_the_edge_but_not_from_the_border() -> None:
    mask = np.zeros((40, 40), np.uint8)
    mask[:, 20:] = 255
    row = masks.feather_inward(mask, 8)[20]
    assert (np.diff(row[20:29].astype(int)) > 0).all()
    assert row[-1] == 255


@given(MASKS, st.integers(0, 12))
def test_the_composite_mask_never_shows_more_than_was_painted(mask: np.ndarray, feather: int) -> None:
    shown = masks.composite_mask(mask, feather)
    assert np.array_equal(shown > 0, mask > 0)


def test_grey_covers_wholly_from_a_quarter_on_and_fades_below() -> None:
    levels = [masks.composite_mask(np.full((9, 9), level, np.uint8), 0)[4, 4] for level in (8, 32, 64, 255)]
    assert levels == sorted(levels)
    assert levels[0] < 30
    assert levels[2:] == [255, 255]


def test_a_thin_mask_does_not_fade_away() -> None:
    mask = np.zeros((60, 60), np.uint8)
    mask[28:33] = 255
    assert masks.composite_mask(mask, 40).max() > 200


def test_the_denoise_mask_keeps_grey_as_strength() -> None:
    mask = np.zeros((80, 80), np.uint8)
    mask[20:60, 20:60] = 100
    reached = masks.denoise_mask(mask, 4, 8)
    assert reached.max() == 100
    assert (reached[20:60, 20:60] == 100).all()
    assert reached[40, 14] > 0


def test_automatic_lengths_follow_size_and_strength() -> None:
    small, large = masks.automatic_lengths(Size(60, 60), 1.0), masks.automatic_lengths(Size(900, 900), 1.0)
    assert small < large
    assert masks.automatic_lengths(Size(900, 900), 0.2) < large


@pytest.mark.parametrize("radius", [3, 16, 40, 90])
def test_growing_is_dilation_by_a_disc(radius: int) -> None:
    mask = np.zeros((300, 300), np.uint8)
    mask[150, 150], mask[140, 160] = 255, 90
    y, x = np.mgrid[:300, :300]
    distance = np.hypot(y - 150, x - 150)
    grown = masks.grow(mask, radius)
    assert grown[distance <= radius - 2].min() == 255
    assert not (grown[distance > radius + 2] == 255).any()
    assert grown[150, 150 + radius] == 255


@pytest.mark.parametrize("radius", [10, 40, 90])
def test_the_skirt_is_soft_and_as_wide_as_asked(radius: int) -> None:
    mask = np.zeros((400, 400), np.uint8)
    mask[:, :200] = 255
    soft = masks.feather_outward(mask, radius)[200].astype(int)
    assert (soft[:200] == 255).all()
    assert (np.diff(soft) <= 0).all()
    assert np.diff(soft[200:]).min() > -10 - 150 / radius
    assert abs(int(np.argmax(soft < 128)) - (200 + radius / 2)) <= 2
    assert soft[200 + 2 * radius] <= 3
