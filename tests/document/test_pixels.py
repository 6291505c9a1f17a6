from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from studio.document.pixels import (
    RGB,
    UInt8Array,
    erase,
    is_opaque,
    over_color,
    over_mask,
    premultiply,
    spread,
    unpremultiply,
)

images = hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=9).map(lambda s: (*s, 4)))
masks = hnp.arrays(np.uint8, (5, 7))
opacities = st.floats(0, 1)


def every_premultiplied_pixel() -> UInt8Array:
    """(256, 256, 4): all pairs of a colour and an alpha not below it; the others are clipped to it."""
    alpha, color = np.mgrid[0:256, 0:256]
    color = np.minimum(color, alpha)
    return np.stack([color, color // 2, np.zeros_like(color), alpha], axis=-1).astype(np.uint8)


def test_straight_and_back_is_exact_for_every_premultiplied_pixel() -> None:
    pixels = every_premultiplied_pixel()
    assert np.array_equal(premultiply(unpremultiply(pixels)), pixels)


def test_premultiplying_rounds_to_the_nearest_for_every_pair() -> None:
    alpha, color = (axis.astype(np.uint8) for axis in np.mgrid[0:256, 0:256])
    exact = np.rint(color.astype(float) * alpha / 255)
    assert np.array_equal(premultiply(np.stack([color, color, color, alpha], axis=-1))[..., 0], exact)


@settings(deadline=None)
@given(images)
def test_opaque_pixels_survive_bit_for_bit(image: UInt8Array) -> None:
    opaque = image.copy()
    opaque[..., 3] = 255
    assert np.array_equal(premultiply(opaque), opaque)
    assert np.array_equal(unpremultiply(premultiply(opaque)), opaque)


@settings(deadline=None)
@given(images)
def test_premultiplied_twice_there_and_back_loses_nothing_more(image: UInt8Array) -> None:
    once = premultiply(image)
    assert (once[..., :3] <= once[..., 3:]).all()
    assert not once[image[..., 3] == 0].any()
    assert np.array_equal(premultiply(unpremultiply(once)), once)


@settings(deadline=None)
@given(images, st.data())
def test_paint_stays_premultiplied_and_uncovered_pixels_stay_exact(
    image: UInt8Array, data: st.DataObject
) -> None:
    before = premultiply(image)
    coverage = data.draw(hnp.arrays(np.uint8, image.shape[:2]))
    color = RGB(*data.draw(st.tuples(*[st.integers(0, 255)] * 3)))
    opacity = data.draw(opacities)
    after = over_color(before, coverage, color, opacity)
    assert (after[..., :3] <= after[..., 3:]).all()
    assert np.array_equal(after[coverage == 0], before[coverage == 0])
    alpha = np.rint(coverage * opacity)[..., None] / 255
    exact = before * (1 - alpha) + np.array([*color, 255]) * alpha
    assert np.abs(after - exact).max() <= 1.0 + 1e-6


def test_full_coverage_at_full_opacity_is_the_color() -> None:
    before = premultiply(np.random.default_rng(1).integers(0, 256, (4, 4, 4), dtype=np.uint8))
    after = over_color(before, np.full((4, 4), 255, np.uint8), RGB(10, 200, 30), 1.0)
    assert (after == (10, 200, 30, 255)).all()


@pytest.mark.parametrize("color", [RGB(255, 255, 255), RGB(255, 0, 0), RGB(200, 120, 40)])
def test_soft_edges_over_nothing_have_no_dark_fringe(color: RGB) -> None:
    coverage = np.arange(1, 256, dtype=np.uint8)[None]
    edge = over_color(np.zeros((1, 255, 4), np.uint8), coverage, color, 1.0)
    straight = unpremultiply(edge)[0]
    # An alpha of a leaves a steps of colour: the rounding is at most half a step.
    allowed = 127.5 / coverage[0] + 0.5
    assert (np.abs(straight[:, :3].astype(int) - np.array(color)) <= allowed[:, None]).all()
    assert (straight[:, :3][:, np.array(color) == 255] == 255).all()


@settings(deadline=None)
@given(images, st.data())
def test_erasing_scales_and_full_erasing_empties(image: UInt8Array, data: st.DataObject) -> None:
    before = premultiply(image)
    coverage = data.draw(hnp.arrays(np.uint8, image.shape[:2]))
    after = erase(before, coverage, 1.0)
    assert (after[..., :3] <= after[..., 3:]).all()
    assert np.array_equal(after[coverage == 0], before[coverage == 0])
    assert not after[coverage == 255].any()
    exact = before * ((255 - coverage[..., None].astype(float)) / 255)
    assert np.abs(after - exact).max() <= 0.5 + 1e-6


@settings(deadline=None)
@given(masks, masks, opacities)
def test_painting_a_mask_only_raises_it(before: UInt8Array, coverage: UInt8Array, opacity: float) -> None:
    after = over_mask(before, coverage, opacity)
    assert (after >= before).all()
    assert np.array_equal(after[coverage == 0], before[coverage == 0])
    exact = 255 - (255 - before.astype(float)) * (1 - np.rint(coverage * opacity) / 255)
    assert np.abs(after - exact).max() <= 0.5 + 1e-6


@settings(deadline=None)
@given(masks, masks)
def test_erasing_a_mask_only_lowers_it(before: UInt8Array, coverage: UInt8Array) -> None:
    after = erase(before, coverage, 1.0)
    assert (after <= before).all()
    assert not after[coverage == 255].any()


def test_spread_repeats_and_opaque_sees_one_hole() -> None:
    channel = np.arange(6, dtype=np.uint8).reshape(2, 3)
    assert np.array_equal(spread(channel), np.repeat(channel[..., None], 4, axis=2))
    pixels = np.full((3, 3, 4), 255, np.uint8)
    assert is_opaque(pixels)
    pixels[1, 1, 3] = 254
    assert not is_opaque(pixels)
