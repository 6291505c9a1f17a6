from __future__ import annotations

import numpy as np

from studio.core.geometry import Rect, Size
from studio.generation.composite import (
    keep_tones,
    lay_over,
    match_surroundings,
    reflect_edge,
    resize,
    window_share,
)


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


def test_kept_tones_bring_colours_back_and_leave_detail_and_strong_changes_alone() -> None:
    rng = np.random.default_rng(3)
    original = np.full((128, 128, 3), (90, 120, 150), np.uint8)
    detail = rng.normal(0, 8, original.shape)
    generated = np.clip(original + detail + (20, -10, 5), 0, 255).astype(np.uint8)
    known = np.full((128, 128), 255, np.uint8)
    weak = keep_tones(generated, original, np.full((128, 128), 0.3, np.float32), known)
    assert np.abs(weak.mean((0, 1)) - original.mean((0, 1))).max() < 0.5
    assert abs(weak.std() - (original + detail).std()) < 2
    strong = keep_tones(generated, original, np.ones((128, 128), np.float32), known)
    assert np.array_equal(strong, generated)


def test_laying_over_changes_nothing_where_the_mask_is_zero() -> None:
    rng = np.random.default_rng(4)
    original, generated = rng.integers(0, 256, (2, 40, 40, 3), np.uint8)
    mask = rng.integers(0, 256, (40, 40), np.uint8)
    mask[:20] = 0
    known = np.full_like(mask, 255)
    laid = lay_over(original, generated, mask, known)
    assert np.array_equal(laid[:20], original[:20])
    known[:5] = 0
    assert np.array_equal(lay_over(original, generated, mask, known)[:5], generated[:5])


def test_windows_fade_only_where_another_lies_beside_them() -> None:
    whole = Rect(0, 0, 300, 100)
    left, right = (
        window_share(Rect(0, 0, 160, 100), whole, 20),
        window_share(Rect(140, 0, 160, 100), whole, 20),
    )
    assert (left[:, :140] == 255).all()
    assert (right[:, 20:] == 255).all()
    both = left[:, 140:].astype(int) + right[:, :20]
    assert np.abs(both - 255).max() <= 1


def test_beyond_a_hard_edge_the_grain_goes_on_and_the_kept_side_is_exact() -> None:
    rng = np.random.default_rng(5)
    original = np.clip(rng.normal(120, 12, (96, 128, 3)), 0, 255).astype(np.uint8)
    generated = np.full_like(original, 120)
    mask = np.zeros((96, 128), np.uint8)
    mask[:, 64:] = 255
    known = 255 - mask
    made = reflect_edge(generated, original, mask, known)
    assert np.array_equal(made[mask == 0], generated[mask == 0])
    laid = lay_over(original, made, mask, known)
    assert np.array_equal(laid[:, :64], original[:, :64])
    assert np.array_equal(laid[:, 64], original[:, 62])
    steps = np.abs(np.diff(laid.astype(int), axis=1)).mean((0, 2))
    assert steps[63] > 0.8 * steps[:60].mean()
    assert np.array_equal(made[:, 84:], generated[:, 84:])
    everything = np.full_like(mask, 255)
    assert reflect_edge(generated, original, everything, np.zeros_like(mask)) is generated
