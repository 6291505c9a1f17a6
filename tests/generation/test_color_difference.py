from __future__ import annotations

import numpy as np
import pytest

from studio.generation.color_difference import difference, to_lab

# Sharma, Wu and Dalal (2005), table 1: the pairs that catch the usual mistakes of implementations.
PAIRS = (
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
    ((50.0, -0.001, 2.49), (50.0, 0.0011, -2.49), 4.7461),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((50.0, 2.5, 0.0), (58.0, 24.0, 15.0), 19.4535),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((22.7233, 20.0904, -46.694), (23.0331, 14.973, -42.5619), 2.0373),
    ((90.8027, -2.0831, 1.441), (91.1528, -1.6435, 0.0447), 1.4441),
    ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
)


@pytest.mark.parametrize(("one", "other", "expected"), PAIRS)
def test_the_published_pairs(one: tuple[float, ...], other: tuple[float, ...], expected: float) -> None:
    first, second = np.array([one], np.float32), np.array([other], np.float32)
    assert difference(first, second)[0] == pytest.approx(expected, abs=2e-4)
    assert difference(second, first)[0] == pytest.approx(expected, abs=2e-4)


def test_white_black_and_grey_have_no_hue() -> None:
    lab = to_lab(np.array([[[255, 255, 255], [0, 0, 0], [128, 128, 128]]], np.uint8))
    assert lab[0, :, 0] == pytest.approx([100, 0, 53.6], abs=0.1)
    assert np.abs(lab[0, :, 1:]).max() < 0.05
    assert difference(lab, lab).max() == 0
