from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.geometry import Rect
from studio.document.color_range import ColorDistance, color_distance, range_patch
from studio.document.document import Document
from studio.document.edits import AddLayer
from studio.document.layer import layer_from_image
from studio.document.pixels import RGB

CANVAS = Rect(-10, 0, 40, 600)


def test_distances_are_those_of_cie_1976_and_alpha_counts() -> None:
    straight = np.zeros((600, 40, 4), np.uint8)
    straight[:, :10] = (255, 0, 0, 255)
    straight[:, 10:20] = (250, 10, 5, 255)
    straight[:, 20:30] = (0, 0, 255, 255)
    straight[:, 30:] = (255, 0, 0, 100)
    document = Document(CANVAS)
    AddLayer(layer_from_image("Bands", straight, (-10, 0)), 0).apply(document)
    found = color_distance(document, RGB(255, 0, 0))
    assert found.rect == CANVAS
    assert (found.distance[:, :10] == 0).all()
    assert 1 <= found.distance[599, 15] <= 6
    # Lab of red is (53.2, 80.1, 67.2), of blue (32.3, 79.2, -107.9).
    assert found.distance[0, 25] == pytest.approx(176, abs=2)
    coverage = range_patch(found, 20, 0).coverage
    assert (coverage[:, :20] == 255).all()
    assert (coverage[:, 20:30] == 0).all()
    assert (coverage[:, 30:] == 100).all()


@given(tolerance=st.integers(0, 100), softness=st.integers(0, 100))
def test_farther_is_never_more_and_wider_never_less(tolerance: int, softness: int) -> None:
    steps = np.arange(256, dtype=np.uint8)[None]
    found = ColorDistance(rect=Rect(0, 0, 256, 1), distance=steps, alpha=np.full_like(steps, 255))
    row = range_patch(found, tolerance, softness).coverage[0].astype(int)
    assert row[0] == 255 or softness > 0
    assert (np.diff(row) <= 0).all()
    assert row[min(tolerance + 1, 255)] == 0
    wider = range_patch(found, tolerance + 1, 0).coverage[0]
    assert (wider >= range_patch(found, tolerance, 0).coverage[0]).all()
