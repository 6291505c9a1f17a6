"""What rests comes back to the bit, wherever it lay meanwhile."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.geometry import Rect
from studio.document.changes import Target
from studio.document.document import Document
from studio.document.edits import AddLayer, RemoveLayer, SetLayerMask, SetProperties
from studio.document.history import History
from studio.document.layer import Layer, LayerProperties
from studio.document.pixels import TILE_PX, UInt8Array
from studio.document.resting import RestingTiles, Spill, packed_tile, packed_tiles
from tests.document.pictures import noise_layer, state_of

CANVAS = Rect(0, 0, 600, 300)


def tile(seed: int, channels: int, *, is_opaque: bool = False) -> UInt8Array:
    shape = (TILE_PX, TILE_PX) if channels == 1 else (TILE_PX, TILE_PX, channels)
    made = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    if is_opaque:
        made[..., 3] = 255
    return made


@pytest.mark.parametrize("channels", [1, 4])
@pytest.mark.parametrize("is_opaque", [False, True])
def test_a_tile_comes_back_to_the_bit(tmp_path: Path, channels: int, is_opaque: bool) -> None:
    before = tile(1, channels, is_opaque=is_opaque and channels == 4)
    kept = before.copy()
    packed = packed_tile(before)
    assert np.array_equal(before, kept)
    assert np.array_equal(packed.unpacked(), before)
    assert not packed.unpacked().flags.writeable
    on_disk = Spill(tmp_path).put({(0, 0): packed, (1, 0): None})
    assert on_disk[(1, 0)] is None
    lying = on_disk[(0, 0)]
    assert lying is not None
    assert lying.data is None
    assert np.array_equal(lying.unpacked(), before)


def test_resting_tiles_look_like_those_they_were_made_of() -> None:
    tiles = {(0, 0): tile(1, 4), (5, -3): tile(2, 4), (1, 1): None}
    resting = packed_tiles(tiles)
    assert resting.keys() == tiles.keys()
    assert resting[(1, 1)] is None
    assert np.array_equal(resting[(5, -3)], tiles[(5, -3)])  # type: ignore[arg-type]
    assert 0 < resting.byte_size <= 2 * TILE_PX * TILE_PX * 4 + 100
    assert resting.disk_size == 0


def open_files() -> int:
    """Of this process; 0 where the system does not tell."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


@pytest.mark.skipif(os.name != "posix", reason="elsewhere the file is deleted when it is closed")
def test_nothing_on_disk_has_a_name_and_all_of_it_goes(tmp_path: Path) -> None:
    folder = tmp_path / "undo"
    resting = RestingTiles(Spill(folder).put(packed_tiles({(0, 0): tile(1, 4)}).packed))
    assert folder.stat().st_mode & 0o777 == 0o700
    assert list(folder.iterdir()) == []
    assert resting.byte_size == 0
    assert resting.disk_size > 0
    before = open_files()
    del resting
    gc.collect()
    assert open_files() == max(before - 1, 0)


def blank() -> tuple[Document, History]:
    document = Document(CANVAS)
    AddLayer(noise_layer(1, CANVAS), 0).apply(document)
    return document, History(document)


def paint(history: History, layer_id: str, value: int) -> None:
    with history.transaction("Paint") as gesture:
        gesture.edit_tile(Target.pixels(layer_id), (value % 3, value % 2))[:40] = value


def test_a_rest_frees_memory_and_takes_nothing_away() -> None:
    document, history = blank()
    layer_id = document.layers.ids[0]
    start = state_of(document)
    for value in range(1, 20):
        paint(history, layer_id, value)
    end, raw = state_of(document), history.byte_size
    history.rest()
    assert history.next_packing(0) is None
    assert history.byte_size < raw
    history.go_to(0)
    assert state_of(document) == start
    history.go_to(19)
    assert state_of(document) == end


def test_the_present_stays_fresh() -> None:
    document, history = blank()
    for value in range(1, 11):
        paint(history, document.layers.ids[0], value)
    size = TILE_PX * TILE_PX * 4
    packing = history.next_packing(3 * size)
    packed = 0
    while packing is not None:
        history.take_packed(packing, packing.work())
        packed += 1
        packing = history.next_packing(3 * size)
    assert packed == 7


def test_an_answer_that_comes_late_is_passed_over() -> None:
    document, history = blank()
    layer_id = document.layers.ids[0]
    paint(history, layer_id, 7)
    packing = history.next_packing(0)
    assert packing is not None
    packed = packing.work()
    history.undo()
    history.take_packed(packing, packed)
    assert history.redo() == "Paint"
    history.undo()


def test_a_deleted_layer_rests_and_wakes() -> None:
    document, history = blank()
    extra = noise_layer(5, CANVAS)
    history.do(AddLayer(extra, 1), "Add")
    start = state_of(document)
    history.do(RemoveLayer(extra.id), "Delete")
    raw = history.byte_size
    packing = history.next_packing(0)
    assert packing is not None
    packed = packing.work()
    # It comes back while it is being packed: then it must stay as it is.
    history.undo()
    history.take_packed(packing, packed)
    assert state_of(document) == start
    history.redo()
    history.rest()
    assert history.byte_size < raw
    assert extra.surface.tile((0, 0)) is not None
    history.rest()
    history.undo()
    assert state_of(document) == start


def test_a_full_disk_only_makes_the_past_shorter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.document.history.PACKED_BYTES", -1)
    document = Document(CANVAS)
    AddLayer(noise_layer(1, CANVAS), 0).apply(document)
    history = History(document, spill=Spill(tmp_path))
    paint(history, document.layers.ids[0], 9)
    history.rest()
    assert (history.byte_size, history.disk_size > 0) == (0, True)
    history.undo()
    history.stop_spilling()
    history.redo()
    history.rest()
    assert history.disk_size == 0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 999)), max_size=14))
def test_undoing_all_of_anything_at_rest_gives_the_beginning(steps: list[tuple[int, int]]) -> None:
    document, history = blank()
    start = state_of(document)
    for kind, number in steps:
        layers = list(document.layers)
        layer = layers[number % len(layers)]
        match kind:
            case 0 | 1 | 2:
                paint(history, layer.id, number % 256)
            case 3:
                history.do(AddLayer(layer.duplicate("Copy"), number % (len(layers) + 1)), "Duplicate")
            case 4 if len(layers) > 1:
                history.do(RemoveLayer(layer.id), "Delete")
            case 5:
                mask = {(0, 0): tile(number, 1)} if layer.mask is None else None
                history.do(SetLayerMask(layer.id, mask), "Mask")
            case 6:
                history.go_to(number % (len(history.labels()) + 1))
            case 7:
                history.do(
                    SetProperties(layer.id, layer.properties.with_(opacity=number / 999)),
                    "Opacity",
                    merge_key="x",
                )
            case _:
                history.rest()
    history.rest()
    history.go_to(0)
    assert state_of(document) == start


# Position -----------------------------------------------------------------------------------------------------


def test_going_somewhere_is_one_change_and_the_saved_state_is_known() -> None:
    document, history = blank()
    for value in range(1, 6):
        paint(history, document.layers.ids[0], value)
    assert history.clean_position == 0
    history.go_to(3)
    history.mark_clean()
    told: list[int] = []
    history.changed.subscribe(lambda _: told.append(history.position))
    history.go_to(1)
    assert (told, history.position, history.clean_position) == ([1], 1, 3)
    history.go_to(99)
    assert history.position == 5
    history.go_to(2)
    history.do(AddLayer(Layer(properties=LayerProperties(name="New")), 1), "Add")
    assert history.clean_position is None
