"""The screen's reference against the formulas of the specification, written out pixel by pixel."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.geometry import EMPTY, Rect
from studio.document.blend import BLEND_MODES, blend_mode, blend_mode_id
from studio.document.composite import flatten
from studio.document.document import Document
from studio.document.edits import AddLayer
from studio.document.layer import Layer, LayerProperties, layer_from_image
from studio.document.pixels import UInt8Array, premultiply
from studio.document.surface import TiledSurface
from tests.document.pictures import noise, noise_layer

Color = tuple[float, float, float]


def lum(color: Color) -> float:
    return 0.3 * color[0] + 0.59 * color[1] + 0.11 * color[2]


def clip_color(color: Color) -> Color:
    light, low, high = lum(color), min(color), max(color)
    if low < 0:
        color = tuple(light + (c - light) * light / (light - low) for c in color)  # type: ignore[assignment]  # three channels
    if high > 1:
        color = tuple(light + (c - light) * (1 - light) / (high - light) for c in color)  # type: ignore[assignment]  # three channels
    return color


def set_lum(color: Color, light: float) -> Color:
    shift = light - lum(color)
    return clip_color((color[0] + shift, color[1] + shift, color[2] + shift))


def sat(color: Color) -> float:
    return max(color) - min(color)


def set_sat(color: Color, saturation: float) -> Color:
    """SetSat with the sorting of the specification."""
    order = sorted(range(3), key=lambda index: color[index])
    low, middle, high = order
    result = [0.0, 0.0, 0.0]
    if color[high] > color[low]:
        result[middle] = (color[middle] - color[low]) * saturation / (color[high] - color[low])
        result[high] = saturation
    return result[0], result[1], result[2]


def hard_light(cb: float, cs: float) -> float:
    return cb * 2 * cs if cs <= 0.5 else cb + (2 * cs - 1) - cb * (2 * cs - 1)


def color_dodge(cb: float, cs: float) -> float:
    if cb == 0:
        return 0.0
    return 1.0 if cs == 1 else min(1.0, cb / (1 - cs))


def color_burn(cb: float, cs: float) -> float:
    if cb == 1:
        return 1.0
    return 0.0 if cs == 0 else 1 - min(1.0, (1 - cb) / cs)


def soft_light(cb: float, cs: float) -> float:
    if cs <= 0.5:
        return cb - (1 - 2 * cs) * cb * (1 - cb)
    d = ((16 * cb - 12) * cb + 4) * cb if cb <= 0.25 else math.sqrt(cb)
    return cb + (2 * cs - 1) * (d - cb)


SEPARABLE = {
    "normal": lambda cb, cs: cs,
    "multiply": lambda cb, cs: cb * cs,
    "screen": lambda cb, cs: cb + cs - cb * cs,
    "overlay": lambda cb, cs: hard_light(cs, cb),
    "darken": min,
    "lighten": max,
    "color-dodge": color_dodge,
    "color-burn": color_burn,
    "hard-light": hard_light,
    "soft-light": soft_light,
    "difference": lambda cb, cs: abs(cb - cs),
    "exclusion": lambda cb, cs: cb + cs - 2 * cb * cs,
}
NON_SEPARABLE = {
    "hue": lambda cb, cs: set_lum(set_sat(cs, sat(cb)), lum(cb)),
    "saturation": lambda cb, cs: set_lum(set_sat(cb, sat(cs)), lum(cb)),
    "color": lambda cb, cs: set_lum(cs, lum(cb)),
    "luminosity": lambda cb, cs: set_lum(cb, lum(cs)),
}

Pixel = tuple[float, float, float, float]


def onto(below: Pixel, above: Pixel, mode: str) -> Pixel:
    """Both premultiplied, 0..1."""
    ab, as_ = below[3], above[3]
    if mode == "add":
        return tuple(min(1.0, b + s) for b, s in zip(below, above, strict=True))  # type: ignore[return-value]  # four channels
    alpha = as_ + ab * (1 - as_)
    cb: Color = (below[0] / ab, below[1] / ab, below[2] / ab) if ab else (0.0, 0.0, 0.0)
    cs: Color = (above[0] / as_, above[1] / as_, above[2] / as_) if as_ else (0.0, 0.0, 0.0)
    if mode in NON_SEPARABLE:
        mixed = NON_SEPARABLE[mode](cb, cs)
    else:
        mixed = tuple(SEPARABLE[mode](b, s) for b, s in zip(cb, cs, strict=True))  # type: ignore[assignment]  # three channels
    color = [
        as_ * (1 - ab) * s + as_ * ab * m + (1 - as_) * ab * b for b, s, m in zip(cb, cs, mixed, strict=True)
    ]
    return color[0], color[1], color[2], alpha


def naive(layers: Sequence[Layer], rect: Rect) -> np.ndarray:
    """(h, w, 4) premultiplied, 0..255, float: one pixel after another, no rounding between layers."""
    result = np.zeros((rect.height, rect.width, 4))
    sheets = []
    for layer in layers:
        weight = np.full((rect.height, rect.width), layer.properties.opacity)
        if layer.mask is not None:
            weight = weight * layer.mask.read(rect) / 255
        sheets.append((layer.surface.read(rect) / 255 * weight[..., None], layer.properties.blend_mode))
    for y in range(rect.height):
        for x in range(rect.width):
            pixel: Pixel = (0.0, 0.0, 0.0, 0.0)
            for pixels, mode in sheets:
                r, g, b, a = pixels[y, x].tolist()
                pixel = onto(pixel, (r, g, b, a), mode)
            result[y, x] = pixel
    return result * 255


def layer_of(
    pixels: UInt8Array, mode: str = "normal", opacity: float = 1.0, mask: UInt8Array | None = None
) -> Layer:
    layer = layer_from_image("Layer", pixels)
    layer.properties = LayerProperties(name="Layer", blend_mode=mode, opacity=opacity)
    if mask is not None:
        layer.mask = TiledSurface(1)
        layer.mask.write(Rect(0, 0, mask.shape[1], mask.shape[0]), mask)
    return layer


RECT = Rect(0, 0, 24, 18)


@pytest.mark.parametrize("mode", BLEND_MODES)
def test_every_mode_follows_its_formula(mode: str) -> None:
    layers = [
        layer_of(noise(1, 18, 24)),
        layer_of(noise(2, 18, 24), mode),
        layer_of(noise(3, 18, 24), mode, 0.6),
    ]
    assert np.abs(flatten(layers, RECT) - naive(layers, RECT)).max() <= 1.0


@pytest.mark.parametrize("mode", BLEND_MODES)
def test_every_mode_at_the_corners_of_the_cube(mode: str) -> None:
    corners = np.array([0, 127, 128, 255], np.uint8)
    r, g, b = (axis.reshape(1, -1) for axis in np.meshgrid(corners, corners, corners))
    pixels = np.concatenate([np.stack([r, g, b, np.full_like(r, 255)], -1)] * 64)
    flipped = np.ascontiguousarray(pixels.transpose(1, 0, 2))
    layers = [layer_of(pixels), layer_of(flipped, mode)]
    rect = Rect(0, 0, 64, 64)
    assert np.abs(flatten(layers, rect) - naive(layers, rect)).max() <= 1.0


stacks = st.lists(
    st.tuples(
        st.integers(0, 99),
        st.sampled_from(sorted(BLEND_MODES)),
        st.floats(0, 1),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
)


@settings(deadline=None, max_examples=40)
@given(stacks)
def test_any_stack_is_within_one_level(stack: list[tuple[int, str, float, bool]]) -> None:
    layers = []
    for seed, mode, opacity, has_mask in stack:
        mask = noise(seed + 500, 18, 24)[..., 0] if has_mask else None
        layers.append(layer_of(noise(seed, 18, 24), mode, opacity, mask))
    flat = flatten(layers, RECT)
    assert np.abs(flat - naive(layers, RECT)).max() <= 1.0
    assert (flat[..., :3] <= flat[..., 3:]).all()


def test_one_layer_alone_is_copied_bit_for_bit() -> None:
    pixels = noise(4, 300, 520)
    layer = layer_from_image("Photo", pixels, (-100, -20))
    assert np.array_equal(flatten([layer], Rect(-100, -20, 520, 300)), premultiply(pixels))


def test_an_opaque_layer_hides_what_is_under_it_bit_for_bit() -> None:
    photo = noise(5, 256, 256)
    photo[..., 3] = 255
    layers = [layer_of(noise(6, 256, 256)), layer_of(photo)]
    assert np.array_equal(flatten(layers, Rect(0, 0, 256, 256)), photo)


def test_invisible_skipped_and_transparent_layers_add_nothing() -> None:
    document = Document(Rect(0, 0, 20, 20))
    shown, hidden, skipped, clear = (noise_layer(seed, Rect(0, 0, 20, 20)) for seed in range(4))
    hidden.properties = LayerProperties(name="Hidden", is_visible=False)
    clear.properties = LayerProperties(name="Clear", opacity=0.0)
    for index, layer in enumerate((shown, hidden, skipped, clear)):
        AddLayer(layer, index).apply(document)
    flat = flatten(document, document.canvas, skip_layer_ids={skipped.id})
    assert np.array_equal(flat, shown.surface.read(document.canvas))


def test_a_mask_without_tiles_hides_its_layer() -> None:
    layer = noise_layer(1, Rect(0, 0, 20, 20))
    layer.mask = TiledSurface(1)
    assert not flatten([layer], Rect(0, 0, 20, 20)).any()


def test_a_part_is_the_part_of_the_whole() -> None:
    layers = [noise_layer(1, Rect(-40, -30, 400, 330)), noise_layer(2, Rect(100, 90, 300, 300))]
    whole = Rect(-60, -50, 500, 480)
    part = Rect(37, 51, 263, 301)
    assert np.array_equal(flatten(layers, part), flatten(layers, whole)[part.slices_in(whole)])
    assert flatten(layers, EMPTY).shape == (0, 0, 4)


def test_the_table_is_complete_and_unknown_modes_are_normal() -> None:
    assert set(BLEND_MODES) == set(SEPARABLE) | set(NON_SEPARABLE) | {"add"}
    assert all(mode_id == mode.id for mode_id, mode in BLEND_MODES.items())
    assert blend_mode("krita:whatever").id == "normal"
    assert blend_mode_id("svg:plus") == "add"
    assert blend_mode_id("krita:whatever") is None
