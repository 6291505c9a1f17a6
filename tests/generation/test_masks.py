from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from studio.core.geometry import EMPTY, Rect
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
