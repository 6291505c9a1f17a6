from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from studio.core.errors import DocumentError
from studio.core.geometry import Rect
from studio.document.changes import (
    ActiveLayerChanged,
    CanvasChanged,
    Change,
    LayerAdded,
    LayerChanged,
    LayerMoved,
    LayerRemoved,
    Target,
    TilesChanged,
)
from studio.document.document import MAX_CANVAS_SIDE_PX, Document
from studio.document.edits import (
    AddLayer,
    Compound,
    Edit,
    MoveLayer,
    RemoveLayer,
    SetActiveLayer,
    SetCanvas,
    SetLayerMask,
    SetProperties,
    SwapTiles,
    clear_selection,
    fill_selection,
    invert_selection,
    row_runs,
)
from studio.document.layer import Layer, LayerProperties, layer_from_image
from studio.document.pixels import TILE_PX
from studio.document.surface import TiledSurface
from tests.document.pictures import noise, noise_layer, state_of

TILE = np.full((TILE_PX, TILE_PX), 90, np.uint8)


@pytest.fixture
def document() -> Document:
    """Two layers, the upper one active, and a stroke in the mask."""
    document = Document(Rect(0, 0, 400, 300))
    for index in range(2):
        AddLayer(noise_layer(index, Rect(0, 0, 60, 40)), index).apply(document)
    document.selection.write(Rect(250, 10, 30, 30), np.full((30, 30), 200, np.uint8))
    return document


def ids(document: Document) -> tuple[str, str]:
    low, high = document.layers.ids
    return low, high


EDITS: dict[str, Callable[[Document], Edit]] = {
    "add": lambda d: AddLayer(noise_layer(7, Rect(-300, 5, 40, 40)), 1),
    "add without activating": lambda d: AddLayer(noise_layer(7, Rect(0, 0, 9, 9)), 2, activate=False),
    "remove the active": lambda d: RemoveLayer(ids(d)[1]),
    "remove another": lambda d: RemoveLayer(ids(d)[0]),
    "move": lambda d: MoveLayer(ids(d)[0], 1),
    "properties": lambda d: SetProperties(ids(d)[0], LayerProperties(name="New", opacity=0.25)),
    "mask": lambda d: SetLayerMask(ids(d)[0], {(0, 0): TILE}),
    "pixels": lambda d: SwapTiles(Target.pixels(ids(d)[1]), {(0, 0): None}),
    "selection": lambda d: SwapTiles(Target.SELECTION, {(0, 0): TILE, (1, 0): None}),
    "canvas": lambda d: SetCanvas(Rect(-64, 0, 500, 300)),
    "active": lambda d: SetActiveLayer(ids(d)[0]),
    "none active": lambda d: SetActiveLayer(None),
    "fill": fill_selection,
    "clear": clear_selection,
    "invert": invert_selection,
    "compound": lambda d: Compound(
        (RemoveLayer(ids(d)[1]), SetCanvas(Rect(0, 0, 9, 9)), RemoveLayer(ids(d)[0]))
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_the_inverse_takes_an_edit_back_and_its_inverse_does_it_again(document: Document, name: str) -> None:
    before = state_of(document)
    inverse = EDITS[name](document).apply(document)
    after = state_of(document)
    again = inverse.apply(document)
    assert state_of(document) == before
    again.apply(document)
    assert state_of(document) == after
    assert after != before


def test_every_change_is_told_with_ids_and_rectangles(document: Document) -> None:
    low, high = ids(document)
    told: list[Change] = []
    document.changed.subscribe(told.append)
    layer = noise_layer(3, Rect(0, 0, 8, 8))
    for edit in (
        AddLayer(layer, 2),
        MoveLayer(layer.id, 0),
        SetProperties(low, LayerProperties(name="Sky")),
        SetLayerMask(high, None),
        RemoveLayer(layer.id),
        SetCanvas(Rect(0, 0, 10, 10)),
        SwapTiles(Target.SELECTION, {(-1, 0): TILE}),
        SetActiveLayer(low),
        SetActiveLayer(low),
    ):
        edit.apply(document)
    assert told == [
        LayerAdded(layer.id, 2),
        ActiveLayerChanged(layer.id),
        LayerMoved(layer.id, 0),
        LayerChanged(low),
        LayerChanged(high),
        LayerRemoved(layer.id, 0),
        ActiveLayerChanged(low),
        CanvasChanged(Rect(0, 0, 400, 300), Rect(0, 0, 10, 10)),
        TilesChanged(Target.SELECTION, Rect(-256, 0, 256, 256)),
    ]


def test_undoing_an_added_layer_returns_to_the_layer_worked_on_before(document: Document) -> None:
    low, _ = ids(document)
    SetActiveLayer(low).apply(document)
    inverse = AddLayer(noise_layer(3, Rect(0, 0, 8, 8)), 2).apply(document)
    inverse.apply(document)
    assert document.active_layer_id == low


def test_a_watcher_never_sees_an_active_layer_that_is_gone(document: Document) -> None:
    seen: list[Layer | None] = []
    document.changed.subscribe(lambda _: seen.append(document.active_layer))
    for layer_id in reversed(ids(document)):
        RemoveLayer(layer_id).apply(document)
    assert seen[-1] is None
    assert document.active_layer_id is None


BAD: dict[str, Callable[[Document], Edit]] = {
    "unknown layer": lambda d: RemoveLayer("nobody"),
    "unknown move": lambda d: MoveLayer("nobody", 0),
    "place too high": lambda d: MoveLayer(ids(d)[0], 2),
    "twice": lambda d: AddLayer(d.layers[0], 0),
    "place below the lowest": lambda d: AddLayer(noise_layer(1, Rect(0, 0, 4, 4)), -1),
    "no mask": lambda d: SwapTiles(Target.mask(ids(d)[0]), {(0, 0): TILE}),
    "empty canvas": lambda d: SetCanvas(Rect(0, 0, 0, 9)),
    "huge canvas": lambda d: SetCanvas(Rect(0, 0, MAX_CANVAS_SIDE_PX + 1, 9)),
    "unknown active": lambda d: SetActiveLayer("nobody"),
    "half a compound": lambda d: Compound((EDITS["fill"](d), MoveLayer(ids(d)[0], 1), RemoveLayer("nobody"))),
}


@pytest.mark.parametrize("name", BAD)
def test_an_edit_that_cannot_be_done_changes_nothing(document: Document, name: str) -> None:
    before = state_of(document)
    with pytest.raises(DocumentError):
        BAD[name](document).apply(document)
    assert state_of(document) == before


@pytest.mark.parametrize("opacity", [-0.1, 1.1, float("nan")])
def test_an_impossible_opacity_is_refused(opacity: float) -> None:
    with pytest.raises(DocumentError):
        LayerProperties(name="x", opacity=opacity)


@pytest.mark.parametrize("canvas", [Rect(0, 0, 400, 300), Rect(-130, -7, 512, 300), Rect(256, 256, 256, 256)])
def test_filling_covers_the_canvas_exactly(canvas: Rect) -> None:
    document = Document(canvas)
    fill_selection(document).apply(document)
    around = canvas.expanded(300)
    expected = np.zeros((around.height, around.width), np.uint8)
    expected[canvas.slices_in(around)] = 255
    assert np.array_equal(document.selection.read(around), expected)


def test_inverting_turns_the_mask_over_inside_the_canvas_and_drops_what_lies_beyond(
    document: Document,
) -> None:
    document.selection.write(Rect(700, 20, 5, 5), np.full((5, 5), 9, np.uint8))
    before = document.selection.read(document.canvas)
    invert_selection(document).apply(document)
    assert np.array_equal(document.selection.read(document.canvas), 255 - before)
    assert document.canvas.contains_rect(document.selection.bounds())


def test_a_fill_of_a_full_mask_holds_no_tiles(document: Document) -> None:
    fill_selection(document).apply(document)
    edit = fill_selection(document)
    assert isinstance(edit, SwapTiles)
    assert not edit.tiles


def test_edits_weigh_the_pixels_they_keep_alive(document: Document) -> None:
    assert SwapTiles(Target.SELECTION, {(0, 0): TILE, (1, 1): None}).byte_size == TILE.nbytes
    layer = noise_layer(1, Rect(0, 0, 300, 40))
    layer.mask = TiledSurface.from_tiles(1, {(0, 0): TILE})
    assert AddLayer(layer, 0).byte_size == 2 * 4 * TILE.nbytes + TILE.nbytes
    assert SetLayerMask("x", None).byte_size == 0
    assert Compound((AddLayer(layer, 0), SetCanvas(Rect(0, 0, 1, 1)))).byte_size == layer.byte_size


def test_row_runs_join_neighbours_only() -> None:
    assert row_runs({(0, 0), (1, 0), (3, 0), (1, 1)}) == [
        Rect(0, 0, 512, 256),
        Rect(768, 0, 256, 256),
        Rect(256, 256, 256, 256),
    ]


def test_a_layer_from_an_image_lies_where_it_was_dropped() -> None:
    pixels = noise(1, 30, 20)
    pixels[..., 3] = 255
    layer = layer_from_image("Photo", pixels, (-7, 11))
    assert np.array_equal(layer.surface.read(Rect(-7, 11, 20, 30)), pixels)
    assert layer.surface.bounds() == Rect(-7, 11, 20, 30)


def test_a_duplicate_shares_tiles_until_one_side_is_painted_on() -> None:
    layer = noise_layer(1, Rect(0, 0, 300, 40))
    layer.mask = TiledSurface.from_tiles(1, {(0, 0): TILE})
    twin = layer.duplicate("Copy")
    assert twin.id != layer.id
    assert twin.surface.tile((0, 0)) is layer.surface.tile((0, 0))
    before = layer.surface.read(Rect(0, 0, 300, 40))
    twin.surface.edit_tile((0, 0))[:] = 0
    assert np.array_equal(layer.surface.read(Rect(0, 0, 300, 40)), before)
    assert twin.mask is not None
    assert twin.mask is not layer.mask
