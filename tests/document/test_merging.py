from __future__ import annotations

import numpy as np
import pytest

from studio.core.errors import DocumentError
from studio.core.geometry import Rect
from studio.document.composite import flatten
from studio.document.deriving import select_layer_alpha, select_luminosity
from studio.document.document import Document
from studio.document.edits import AddLayer, SetLayerMask, SetProperties
from studio.document.history import History
from studio.document.layer import layer_from_image
from studio.document.merging import (
    add_layer_mask,
    apply_layer_mask,
    delete_layer_mask,
    flattened_tiles,
    invert_layer_mask,
    layer_of_visible,
    merge_down,
)
from studio.document.pixels import ALPHA
from studio.document.selection import set_selection
from studio.document.shapes import ellipse
from studio.document.surface import TiledSurface
from tests.document.pictures import noise_layer, state_of

CANVAS = Rect(0, 0, 600, 400)
AROUND = CANVAS.expanded(100)


def document() -> Document:
    """Three layers of noise; the middle one is faint, the upper one has a mask."""
    made = Document(CANVAS)
    for index, rect in enumerate((Rect(-50, 0, 500, 350), Rect(30, 40, 540, 300), Rect(200, 100, 300, 290))):
        AddLayer(noise_layer(index, rect), index).apply(made)
    middle, upper = made.layers[1], made.layers[2]
    SetProperties(middle.id, middle.properties.with_(opacity=0.6)).apply(made)
    mask = TiledSurface(1)
    mask.write(Rect(220, 120, 200, 200), np.full((200, 200), 170, np.uint8))
    SetLayerMask(upper.id, mask.snapshot()).apply(made)
    return made


def close(one: np.ndarray, other: np.ndarray, levels: int) -> bool:
    return bool(np.abs(one.astype(int) - other).max() <= levels)


@pytest.mark.parametrize("index", [1, 2])
def test_merging_down_keeps_the_look_and_undoes(index: int) -> None:
    made = document()
    before, look = state_of(made), flatten(made, AROUND)
    lower = made.layers[index - 1].properties
    history = History(made)
    history.do(merge_down(made, made.layers[index].id), "Merge")
    assert len(made.layers) == 2
    merged = made.layers[index - 1]
    assert merged.id == made.active_layer_id
    assert merged.properties == lower.with_(opacity=1.0)
    assert close(flatten(made, AROUND), look, 1)
    history.undo()
    assert state_of(made) == before


def test_merging_refuses_what_it_cannot_do() -> None:
    made = document()
    low, middle, _ = made.layers
    with pytest.raises(DocumentError):
        merge_down(made, low.id)
    SetProperties(low.id, low.properties.with_(is_locked=True)).apply(made)
    with pytest.raises(DocumentError):
        merge_down(made, middle.id)
    SetProperties(low.id, low.properties.with_(is_locked=False, is_visible=False)).apply(made)
    with pytest.raises(DocumentError):
        merge_down(made, middle.id)


def test_a_layer_from_what_is_seen_lies_above_and_looks_the_same() -> None:
    made = document()
    SetProperties(made.layers[1].id, made.layers[1].properties.with_(is_visible=False)).apply(made)
    look = flatten(made, AROUND)
    layer_of_visible(made, "Visible").apply(made)
    assert len(made.layers) == 4
    assert (flatten([made.layers[3]], AROUND) == look).all()


def test_tiles_of_one_plain_layer_are_shared() -> None:
    made = document()
    tiles = flattened_tiles([made.layers[0]])
    assert all(tile is made.layers[0].surface.tile(key) for key, tile in tiles.items())
    both = flattened_tiles([made.layers[0], made.layers[2]])
    assert both[(-1, 0)] is made.layers[0].surface.tile((-1, 0))
    assert both[(1, 1)] is not made.layers[0].surface.tile((1, 1))


def test_a_layer_mask_comes_from_the_painted_one_or_shows_everything() -> None:
    made = document()
    look, layer = flatten(made, AROUND), made.layers[0]
    add_layer_mask(made, layer).apply(made)
    assert (flatten(made, AROUND) == look).all()
    with pytest.raises(DocumentError):
        add_layer_mask(made, layer)
    delete_layer_mask(layer).apply(made)
    set_selection(made, ellipse(Rect(100, 100, 200, 200), clip=CANVAS)).apply(made)
    add_layer_mask(made, layer).apply(made)
    assert layer.mask is not None
    assert (layer.mask.read(AROUND) == made.selection.read(AROUND)).all()
    made.selection.write(Rect(150, 150, 10, 10), np.zeros((10, 10), np.uint8))
    assert layer.mask.read(Rect(150, 150, 10, 10)).all()


def test_applying_a_mask_keeps_the_look_and_undoes() -> None:
    made = document()
    layer, look, before = made.layers[2], flatten(made, AROUND), state_of(made)
    history = History(made)
    history.do(apply_layer_mask(layer), "Apply")
    assert layer.mask is None
    assert close(flatten(made, AROUND), look, 1)
    history.undo()
    assert state_of(made) == before
    for verb in (apply_layer_mask, delete_layer_mask):
        with pytest.raises(DocumentError):
            verb(made.layers[0])


def test_an_inverted_mask_hides_what_it_showed() -> None:
    made = document()
    before, upper = state_of(made), made.layers[2]
    assert upper.mask is not None
    shown = upper.mask.read(AROUND)
    inverse = invert_layer_mask(made, upper).apply(made)
    assert (upper.mask.read(CANVAS) == 255 - shown[100:-100, 100:-100]).all()
    inverse.apply(made)
    assert state_of(made) == before
    with pytest.raises(DocumentError):
        invert_layer_mask(made, made.layers[0])


def test_a_clipped_layer_merges_into_its_base_and_looks_the_same() -> None:
    made = document()
    middle = made.layers[1]
    SetProperties(middle.id, middle.properties.with_(is_clipped=True, blend_mode="multiply")).apply(made)
    look = flatten(made, AROUND)
    merge_down(made, middle.id).apply(made)
    assert len(made.layers) == 2
    assert close(flatten(made, AROUND), look, 1)


def test_masks_from_a_layer_and_from_light() -> None:
    made = document()
    history, before = History(made), state_of(made)
    low = made.layers[0]
    history.do(select_layer_alpha(made, low, clip=CANVAS), "Alpha")
    assert (made.selection.read(CANVAS) == low.surface.read(CANVAS)[..., ALPHA]).all()
    assert not made.selection.read(Rect(-100, 0, 100, 400)).any()
    straight = np.zeros((400, 600, 4), np.uint8)
    straight[:, :300] = (255, 255, 255, 255)
    straight[:, 300:] = (0, 255, 0, 255)
    AddLayer(layer_from_image("Light", straight), 3).apply(made)
    history.do(select_luminosity(made), "Light")
    light = made.selection.read(CANVAS)
    assert (light[:, :300] == 255).all()
    assert (light[:, 300:] == 150).all()
    history.undo()
    history.undo()
    assert state_of(made)["selection"] == before["selection"]
