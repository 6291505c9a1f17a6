"""The screen's reference against the formulas of the specification, written out pixel by pixel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.geometry import EMPTY, Rect
from studio.document.blend import BLEND_MODES, blend_mode, blend_mode_id
from studio.document.composite import advance, as_pixels, flatten, over
from studio.document.document import Document
from studio.document.edits import AddLayer
from studio.document.effects import (
    CHANNELS,
    BrightnessContrast,
    Curves,
    Effect,
    HueSaturation,
    LevelRange,
    Levels,
    SolidColor,
)
from studio.document.layer import Layer, LayerProperties, layer_from_image, new_group
from studio.document.operations import Draw, is_one_sheet, operations
from studio.document.pixels import RGB, UInt8Array, premultiply
from studio.document.surface import TiledSurface
from tests.document.pictures import noise, noise_layer
from tests.document.reference import NON_SEPARABLE, SEPARABLE, SHAPES, naive


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


def effects() -> st.SearchStrategy[Effect]:
    """Gentle enough that a rounding of the last place stays below a level; steep ones have a test of their own."""
    levels = st.builds(
        LevelRange,
        black=st.integers(0, 60),
        white=st.integers(150, 255),
        gamma=st.floats(0.5, 2),
        out_black=st.integers(0, 255),
        out_white=st.integers(0, 255),
    )
    points = st.lists(st.integers(0, 255), min_size=2, max_size=5, unique=True).map(sorted)
    curve = st.builds(
        lambda xs, ys: tuple(zip(xs, ys, strict=False)),
        points,
        st.lists(st.integers(0, 255), min_size=5, max_size=5),
    )
    number = st.integers(-60, 60)
    return st.one_of(
        st.builds(Levels, channels=st.dictionaries(st.sampled_from(CHANNELS), levels)),
        st.builds(Curves, channels=st.dictionaries(st.sampled_from(CHANNELS), curve)),
        st.builds(BrightnessContrast, brightness=number, contrast=number),
        st.builds(HueSaturation, hue=st.integers(-180, 180), saturation=number, lightness=number),
        st.builds(SolidColor, color=st.builds(RGB, *[st.integers(0, 255)] * 3)),
    )


@st.composite
def trees(draw: st.DrawFn, depth: int = 0) -> list[Layer]:
    """Layers of noise, some in groups, clipped, masked, faint; every mode."""
    layers = []
    for _ in range(draw(st.integers(1, 4 if depth == 0 else 3))):
        seed = draw(st.integers(0, 99))
        mask = noise(seed + 500, 18, 24)[..., 0] if draw(st.booleans()) else None
        layer = layer_of(noise(seed, 18, 24), mask=mask)
        if depth < 2 and draw(st.integers(0, 3)) == 0:
            layer.surface = TiledSurface(4)
            layer.children = draw(trees(depth + 1))
        elif draw(st.integers(0, 3)) == 0:
            layer.surface = TiledSurface(4)
            layer.effect = draw(effects())
        layer.properties = LayerProperties(
            name="Layer",
            blend_mode=draw(st.sampled_from(["normal", *sorted(BLEND_MODES)])),
            opacity=draw(st.sampled_from([1.0, 1.0, 0.0, 0.37, 0.8])),
            is_visible=draw(st.integers(0, 9)) > 0,
            is_clipped=draw(st.integers(0, 2)) == 0,
            is_isolated=draw(st.booleans()),
            is_mask_enabled=draw(st.integers(0, 3)) > 0,
        )
        layers.append(layer)
    return layers


@settings(deadline=None, max_examples=60)
@given(trees())
def test_any_tree_is_within_one_level(layers: list[Layer]) -> None:
    flat = flatten(layers, RECT)
    assert np.abs(flat - naive(layers, RECT)).max() <= 1.0
    assert (flat[..., :3] <= flat[..., 3:]).all()


@settings(deadline=None, max_examples=40)
@given(trees(), st.data())
def test_a_list_of_steps_may_be_cut_anywhere(layers: list[Layer], data: st.DataObject) -> None:
    steps = operations(layers)
    cut = data.draw(st.integers(0, len(steps)))
    part = (slice(0, 18), slice(0, 24))
    below = advance(steps[:cut], (0, 0), part, (None,))
    kept = [None if sheet is None else sheet.copy() for sheet in below]
    (whole,) = advance(steps[cut:], (0, 0), part, below)
    shown = np.zeros((18, 24, 4), np.uint8) if whole is None else as_pixels(whole)
    assert np.abs(shown.astype(int) - flatten(layers, RECT)).max() <= 1
    assert all(a is b or np.array_equal(a, b) for a, b in zip(below, kept, strict=True)), (
        "a sheet was written"
    )
    if is_one_sheet(steps[cut:]) and len(below) == 1:
        (above,) = advance(steps[cut:], (0, 0), part, (None,))
        laid = over(below[0], above)
        again = np.zeros((18, 24, 4), np.uint8) if laid is None else as_pixels(laid)
        assert np.abs(again.astype(int) - shown).max() <= 1


def test_a_plain_group_changes_nothing_and_costs_no_step() -> None:
    inner = [layer_of(noise(1, 18, 24)), layer_of(noise(2, 18, 24))]
    group = new_group("Group", inner)
    assert [type(step) for step in operations([group])] == [Draw, Draw]
    assert np.array_equal(flatten([group], RECT), flatten(inner, RECT))


def test_a_hidden_layer_hides_what_is_clipped_to_it() -> None:
    base, clipped = layer_of(noise(1, 18, 24)), layer_of(noise(2, 18, 24))
    clipped.properties = clipped.properties.with_(is_clipped=True)
    base.properties = base.properties.with_(is_visible=False)
    assert operations([base, clipped]) == ()
    assert flatten([clipped], RECT).any(), "clipped to nothing, it stands for itself"


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
    assert set(BLEND_MODES) == set(SEPARABLE) | set(NON_SEPARABLE) | set(SHAPES) | {"add"}
    assert all(mode_id == mode.id for mode_id, mode in BLEND_MODES.items())
    assert blend_mode("krita:whatever").id == "normal"
    assert blend_mode_id("svg:plus") == "add"
    assert blend_mode_id("krita:whatever") is None
