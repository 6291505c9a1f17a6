from __future__ import annotations

import numpy as np

from studio.core.geometry import Size
from studio.generation.composite import match_surroundings, resize


def test_equal_size_is_not_resampled() -> None:
    image = np.zeros((8, 8, 3), np.uint8)
    assert resize(image, Size(8, 8)) is image
    assert resize(image, Size(16, 4)).shape == (4, 16, 3)


def test_a_colour_cast_at_the_edge_is_removed() -> None:
    rng = np.random.default_rng(3)
    original = np.clip(rng.normal(120, 6, (160, 160, 3)), 0, 255).astype(np.uint8)
    generated = np.clip(original + np.array((25, -15, 10)), 0, 255).astype(np.uint8)
    mask = np.zeros((160, 160), np.uint8)
    mask[50:110, 50:110] = 255
    known = np.full_like(mask, 255)
    matched = match_surroundings(generated, original, mask, known)
    edge = (slice(50, 54), slice(50, 110))
    before = np.abs(generated[edge].mean((0, 1)) - original[edge].mean((0, 1)))
    after = np.abs(matched[edge].mean((0, 1)) - original[edge].mean((0, 1)))
    assert (after < 0.25 * before + 1).all()


def test_without_surroundings_nothing_changes() -> None:
    generated = np.full((20, 20, 3), 90, np.uint8)
    everything = np.full((20, 20), 255, np.uint8)
    assert match_surroundings(generated, generated, everything, everything) is generated
