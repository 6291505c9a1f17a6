from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import DocumentError
from studio.core.geometry import Point, Rect
from studio.document.changes import Target
from studio.document.document import Document
from studio.document.edits import AddLayer, Edit, SetActiveLayer, SetProperties
from studio.document.gradient import Gradient, GradientShape, gradient_pixels
from studio.document.history import History
from studio.document.layer import Layer, LayerProperties
from studio.document.paintable import paintable_layer
from studio.document.pixels import ALPHA, RGB, over_color, over_pixels, premultiply, unpremultiply
from studio.document.region import (
    erase_region,
    fill_region,
    gradient_region,
    masked_pixels,
    region_tiles,
)
from studio.document.selection import combine_selection, full_tile
from studio.document.shapes import ellipse, rectangle
from studio.document.surface import TiledSurface
from tests.document.pictures import noise, noise_layer, state_of

CANVAS = Rect(-20, -30, 700, 560)
AROUND = CANVAS.expanded(300)
RED = RGB(255, 0, 0)
FADE = Gradient(
    shape="linear",
    start=Point(10, 10),
    end=Point(500, 300),
    start_color=RED,
    end_color=RED,
    end_opacity=0.0,
)
CHANGES: dict[str, Callable[[Document, Layer], Edit]] = {
    "fill": lambda d, layer: fill_region(d, Target.pixels(layer.id), RED),
    "thin fill": lambda d, layer: fill_region(d, Target.pixels(layer.id), RED, opacity=0.3),
    "patch": lambda d, layer: fill_region(
        d, Target.pixels(layer.id), RED, patch=ellipse(Rect(0, 0, 300, 300), clip=CANVAS)
    ),
    "erase": lambda d, layer: erase_region(d, Target.pixels(layer.id)),
    "gradient": lambda d, layer: gradient_region(d, Target.pixels(layer.id), FADE),
}
every_change = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)


def document(*, mask: Rect | None = None) -> tuple[Document, Layer]:
    """Noise over a part of the canvas, a round mask."""
    made = Document(CANVAS)
    AddLayer(noise_layer(1, Rect(0, 0, 300, 280)), 0).apply(made)
    if mask is not None:
        combine_selection(made, ellipse(mask, clip=CANVAS), "replace").apply(made)
    return made, made.layers[0]


@every_change
@settings(deadline=None, max_examples=8)
@given(
    mask=st.builds(
        Rect, st.integers(-100, 400), st.integers(-100, 400), st.integers(5, 500), st.integers(5, 500)
    )
)
def test_nothing_outside_the_mask_changes_and_undo_is_exact(
    change: Callable[[Document, Layer], Edit], mask: Rect
) -> None:
    made, layer = document(mask=mask)
    history, before = History(made), state_of(made)
    pixels, coverage = layer.surface.read(AROUND), made.selection.read(AROUND)
    history.do(change(made, layer), "Change")
    after = layer.surface.read(AROUND)
    if coverage.any():
        assert (after == pixels)[coverage == 0].all()
    assert (after[..., :ALPHA] <= after[..., ALPHA:]).all()
    history.undo()
    assert state_of(made) == before
    history.redo()
    assert (layer.surface.read(AROUND) == after).all()


@every_change
def test_without_a_mask_the_canvas_is_the_limit(change: Callable[[Document, Layer], Edit]) -> None:
    made, layer = document()
    layer.surface.write(Rect(-100, -100, 400, 300), premultiply(noise(3, 300, 400)))
    before = layer.surface.read(AROUND)
    change(made, layer).apply(made)
    outside = np.ones(before.shape[:2], bool)
    outside[CANVAS.slices_in(AROUND)] = False
    assert (layer.surface.read(AROUND) == before)[outside].all()


def test_fill_equals_the_brush_and_flat_tiles_are_shared() -> None:
    made, layer = document()
    before = layer.surface.read(CANVAS)
    fill_region(made, Target.pixels(layer.id), RED, opacity=0.5).apply(made)
    full = np.full(before.shape[:2], 255, np.uint8)
    assert (layer.surface.read(CANVAS) == over_color(before, full, RED, 0.5)).all()
    fill_region(made, Target.pixels(layer.id), RED).apply(made)
    inner = {id(layer.surface.tile(key)) for key in ((0, 0), (1, 0), (0, 1), (1, 1))} - {id(None)}
    assert len(inner) == 1
    assert not fill_region(made, Target.pixels(layer.id), RED).tiles


def test_erasing_makes_no_tiles_and_empties_what_was_covered() -> None:
    made, layer = document(mask=Rect(-2000, -2000, 4700, 4600))
    edit = erase_region(made, Target.pixels(layer.id))
    assert edit.tiles.keys() <= layer.surface.keys()
    edit.apply(made)
    assert not layer.surface.keys()


def test_masked_pixels_share_what_is_covered_in_full() -> None:
    made, layer = document()
    combine_selection(made, rectangle(Rect(0, 0, 280, 256), clip=CANVAS), "replace").apply(made)
    cut = TiledSurface.from_tiles(4, masked_pixels(made, layer))
    assert cut.tile((0, 0)) is layer.surface.tile((0, 0))
    assert (cut.read(Rect(0, 0, 280, 256)) == layer.surface.read(Rect(0, 0, 280, 256))).all()
    assert cut.bounds() == layer.surface.bounds().intersected(Rect(0, 0, 280, 256))


def test_the_region_is_the_product_of_patch_and_mask() -> None:
    made, _ = document(mask=Rect(0, 0, 300, 300))
    patch = ellipse(Rect(100, 50, 300, 200), clip=CANVAS)
    plane = TiledSurface.from_tiles(1, {key: tile.copy() for key, tile in region_tiles(made, patch)})
    one = made.selection.read(AROUND).astype(float)
    other = np.zeros_like(one)
    other[patch.rect.slices_in(AROUND)] = patch.coverage
    assert np.abs(plane.read(AROUND) - one * other / 255).max() <= 0.51
    assert all(tile is full_tile() for key, tile in region_tiles(document()[0]) if key == (0, 0))


def test_locked_hidden_and_missing_layers_refuse() -> None:
    made, layer = document()
    for changes in ({"is_locked": True}, {"is_visible": False}):
        SetProperties(layer.id, layer.properties.with_(**changes)).apply(made)
        with pytest.raises(DocumentError):
            paintable_layer(made)
    SetProperties(layer.id, LayerProperties(name="Free")).apply(made)
    assert paintable_layer(made) is layer
    SetActiveLayer(None).apply(made)
    with pytest.raises(DocumentError):
        paintable_layer(made)


@settings(deadline=None, max_examples=40)
@given(
    shape=st.sampled_from(["linear", "radial"]),
    start=st.tuples(st.floats(-50, 300), st.floats(-50, 300)),
    end=st.tuples(st.floats(-50, 300), st.floats(-50, 300)),
    opacity=st.floats(0, 1),
)
def test_gradients_are_premultiplied_and_fit_from_tile_to_tile(
    shape: GradientShape, start: tuple[float, float], end: tuple[float, float], opacity: float
) -> None:
    gradient = Gradient(
        shape=shape,
        start=Point(*start),
        end=Point(*end),
        start_color=RGB(255, 128, 0),
        end_color=RGB(0, 40, 255),
        end_opacity=opacity,
    )
    whole = gradient_pixels(gradient, Rect(-10, -20, 80, 60))
    assert (whole[..., :ALPHA] <= whole[..., ALPHA:]).all()
    part = Rect(13, 5, 21, 17)
    assert (gradient_pixels(gradient, part) == whole[part.slices_in(Rect(-10, -20, 80, 60))]).all()


@pytest.mark.parametrize("shape", ["linear", "radial"])
def test_a_gradient_begins_and_ends_pure_and_is_smooth_between(shape: GradientShape) -> None:
    gradient = Gradient(
        shape=shape,
        start=Point(0, 4),
        end=Point(200, 4),
        start_color=RGB(200, 100, 50),
        end_color=RGB(200, 100, 50),
        end_opacity=0.0,
    )
    row = gradient_pixels(gradient, Rect(-20, 0, 240, 8))
    if shape == "linear":
        assert (row[:, :20] == (200, 100, 50, 255)).all()
    assert (row[:, 221:] == 0).all()
    alpha = row[..., ALPHA].astype(float).mean(axis=0)
    assert np.abs(alpha[20:220] - np.linspace(254.4, 0.6, 200)).max() < 4
    middle = unpremultiply(row)[:, 100:140, :ALPHA].astype(int)
    assert np.abs(middle - (200, 100, 50)).max() <= 3


def test_pixels_over_pixels() -> None:
    before, source = premultiply(noise(1, 40, 50)), premultiply(noise(2, 40, 50))
    coverage = np.random.default_rng(3).integers(0, 256, (40, 50), dtype=np.uint8)
    coverage[:10], coverage[10:20] = 0, 255
    after = over_pixels(before, source, coverage)
    assert (after[:10] == before[:10]).all()
    opaque = (source[..., ALPHA] == 255) & (coverage == 255)
    assert (after[opaque] == source[opaque]).all()
    weight = coverage[..., None] / 255
    exact = source * weight + before * (1 - source[..., ALPHA:] / 255 * weight)
    assert np.abs(after - exact).max() <= 1.5
    assert (after[..., :ALPHA] <= after[..., ALPHA:]).all()


def test_an_angular_gradient_turns_once_clockwise() -> None:
    gradient = Gradient(
        shape="angular",
        start=Point(50, 50),
        end=Point(90, 50),
        start_color=RGB(0, 0, 0),
        end_color=RGB(255, 255, 255),
    )
    pixels = gradient_pixels(gradient, Rect(0, 0, 100, 100))[..., 0].astype(int)
    quarters = [pixels[52, 95], pixels[95, 50], pixels[50, 5], pixels[5, 50], pixels[48, 95]]
    assert np.abs(np.array(quarters) - (2, 64, 128, 191, 253)).max() <= 3
    tile = gradient_pixels(gradient, Rect(40, 30, 30, 20))
    assert (tile == gradient_pixels(gradient, Rect(0, 0, 100, 100))[30:50, 40:70]).all()
