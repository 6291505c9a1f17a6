"""What takes paint: locks, hidden groups, masks; and what a locked transparency lets through."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import DocumentError
from studio.core.geometry import Rect
from studio.document.changes import Target
from studio.document.document import Document
from studio.document.edits import AddLayer, SetActiveLayer, SetActivePart, SetLayerMask, SetProperties
from studio.document.layer import new_group
from studio.document.merging import add_layer_mask
from studio.document.paintable import keeps_alpha, level_of, paint_refusal, paint_target, paintable_layer
from studio.document.pixels import ALPHA, RGB, over_color, over_level, premultiply, with_alpha_of
from studio.document.region import erase_region, fill_region
from tests.document.pictures import noise, noise_layer

CANVAS = Rect(0, 0, 300, 200)
RED = RGB(250, 10, 30)


def document() -> Document:
    """A group with one layer of noise in it, which is active."""
    made = Document(CANVAS)
    group = new_group("Group", [noise_layer(1, CANVAS)])
    AddLayer(group, 0).apply(made)
    SetActiveLayer(made.layers[0].id).apply(made)
    return made


def change(made: Document, number: int, **properties: object) -> None:
    layer = made.layers[number]
    SetProperties(layer.id, layer.properties.with_(**properties)).apply(made)


@pytest.mark.parametrize("number", [0, 1], ids=["the layer", "the group around it"])
@pytest.mark.parametrize("properties", [{"is_locked": True}, {"is_visible": False}])
def test_locked_and_hidden_layers_and_groups_refuse(number: int, properties: dict[str, bool]) -> None:
    made = document()
    assert paint_refusal(made) is None
    change(made, number, **properties)
    refusal = paint_refusal(made)
    assert refusal is not None
    assert made.layers[number].properties.name in refusal.message
    with pytest.raises(DocumentError):
        paint_target(made)


def test_locked_pixels_leave_the_mask_free() -> None:
    made = document()
    change(made, 0, are_pixels_locked=True)
    assert paint_refusal(made) is not None
    add_layer_mask(made, made.layers[0]).apply(made)
    SetActivePart(True).apply(made)
    assert paint_target(made) == Target.mask(made.layers[0].id)


def test_a_locked_transparency_refuses_the_eraser_only() -> None:
    made = document()
    change(made, 0, is_alpha_locked=True)
    assert paint_refusal(made, erases=True) is not None
    assert keeps_alpha(made, paint_target(made))


def test_a_group_takes_paint_on_its_mask_only() -> None:
    made = document()
    group = made.layers[1]
    SetActiveLayer(group.id).apply(made)
    assert paint_refusal(made) is not None
    add_layer_mask(made, group).apply(made)
    assert paint_target(made) == Target.mask(group.id)
    with pytest.raises(DocumentError):
        paintable_layer(made)


def test_another_layer_begins_with_its_picture() -> None:
    made = document()
    layer = made.layers[0]
    SetLayerMask(layer.id, {}).apply(made)
    SetActivePart(True).apply(made)
    SetActiveLayer(made.layers[1].id).apply(made)
    SetActiveLayer(layer.id).apply(made)
    assert paint_target(made) == Target.pixels(layer.id)


def test_filling_keeps_a_locked_transparency_and_its_edges_stay_clean() -> None:
    made = document()
    layer = made.layers[0]
    before = layer.surface.read(CANVAS)
    change(made, 0, is_alpha_locked=True)
    fill_region(made, paint_target(made), RED).apply(made)
    after = layer.surface.read(CANVAS)
    assert (after[..., ALPHA] == before[..., ALPHA]).all()
    exact = premultiply(np.dstack((np.full((200, 300, 3), RED, np.uint8), before[..., ALPHA])))
    assert np.abs(after.astype(int) - exact).max() <= 1


def test_filling_a_mask_takes_the_lightness_of_the_color() -> None:
    made = document()
    layer = made.layers[0]
    add_layer_mask(made, layer).apply(made)
    SetActivePart(True).apply(made)
    before = layer.surface.read(CANVAS)
    fill_region(made, paint_target(made), RED).apply(made)
    assert layer.mask is not None
    assert (layer.mask.read(CANVAS) == level_of(RED)).all()
    erase_region(made, paint_target(made)).apply(made)
    assert not layer.mask.read(CANVAS).any()
    assert (layer.surface.read(CANVAS) == before).all()


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 99), st.floats(0, 1), st.integers(0, 255))
def test_a_level_is_exact_where_covered_in_full_or_not_at_all(seed: int, opacity: float, level: int) -> None:
    before, coverage = noise(seed, 9, 9)[..., 0], noise(seed + 1, 9, 9)[..., 3]
    after = over_level(before, coverage, opacity, level)
    alpha = np.rint(coverage * opacity) / 255
    assert np.abs(after - (before * (1 - alpha) + level * alpha)).max() <= 1.01
    assert (after[coverage == 0] == before[coverage == 0]).all()
    assert (over_level(before, np.full_like(coverage, 255), 1.0, level) == level).all()


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 99), st.floats(0, 1))
def test_kept_alpha_is_kept_and_untouched_pixels_are_too(seed: int, opacity: float) -> None:
    before, coverage = premultiply(noise(seed, 9, 9)), noise(seed + 1, 9, 9)[..., 3]
    after = with_alpha_of(before, over_color(before, coverage, RED, opacity))
    assert (after[..., ALPHA] == before[..., ALPHA]).all()
    assert (after[coverage == 0] == before[coverage == 0]).all()
    assert (after[..., :3] <= after[..., 3:]).all()
