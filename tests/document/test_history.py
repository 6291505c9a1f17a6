from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import DocumentError
from studio.core.geometry import Rect
from studio.document.changes import Change, Target, TilesChanged
from studio.document.document import Document
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
)
from studio.document.history import History
from studio.document.layer import LayerProperties
from studio.document.pixels import TILE_PX
from tests.document.pictures import noise_layer, state_of

TILE_BYTES = TILE_PX * TILE_PX


@pytest.fixture
def document() -> Document:
    document = Document(Rect(0, 0, 300, 200))
    AddLayer(noise_layer(1, Rect(0, 0, 300, 200)), 0).apply(document)
    return document


@pytest.fixture
def history(document: Document) -> History:
    return History(document)


def paint(history: History, key: tuple[int, int] = (0, 0), value: int = 50, label: str = "Paint") -> None:
    with history.transaction(label) as transaction:
        transaction.edit_tile(Target.SELECTION, key)[:] = value


# ------------------------------------------------------------------------------------------ everything, at random

steps = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 10_000)), min_size=1, max_size=14)


def perform(history: History, document: Document, kind: int, seed: int) -> None:
    """One thing an artist can do, chosen and shaped by numbers."""
    rng = np.random.default_rng(seed)
    ids = document.layers.ids
    layer_id = ids[seed % len(ids)] if ids else None
    edit: Edit | None = None
    match kind:
        case 0:
            edit = AddLayer(noise_layer(seed, Rect(seed % 300 - 150, 3, 40, 30)), seed % (len(ids) + 1))
        case 1 if layer_id:
            edit = RemoveLayer(layer_id)
        case 2 if layer_id:
            edit = MoveLayer(layer_id, seed % len(ids))
        case 3 if layer_id:
            edit = SetProperties(layer_id, LayerProperties(name="Sky", opacity=seed / 10_000))
            history.do(edit, "Opacity", merge_key=f"opacity {layer_id}")
            return
        case 4 if layer_id:
            mask = {(0, 0): rng.integers(0, 256, (TILE_PX, TILE_PX), dtype=np.uint8)}
            edit = SetLayerMask(layer_id, mask if seed % 3 else None)
        case 5:
            edit = SetCanvas(Rect(seed % 64 - 32, 0, 300 + seed % 64, 200))
        case 6:
            edit = (fill_selection, clear_selection, invert_selection)[seed % 3](document)
        case 7 | 8 | 9:
            targets = [Target.SELECTION, *(Target.pixels(i) for i in ids)]
            with history.transaction("Stroke") as stroke:
                for _ in range(3):
                    tile = stroke.edit_tile(targets[seed % len(targets)], (seed % 2, seed % 3 - 1))
                    row = int(rng.integers(0, 250))
                    tile[row : row + 6] = rng.integers(0, 256)
                    if seed % 5 == 0:
                        document.selection.snapshot()
                if kind == 9:
                    stroke.cancel()
            return
        case 10 if layer_id:
            edit = Compound((MoveLayer(layer_id, 0), fill_selection(document), RemoveLayer(layer_id)))
        case 11:
            if seed % 2:
                history.undo()
            else:
                history.redo()
            return
    if edit is not None:
        history.do(edit, f"Step {kind}")


@settings(deadline=None, max_examples=60)
@given(steps)
def test_undoing_everything_is_the_beginning_and_redoing_everything_the_end(
    plan: list[tuple[int, int]],
) -> None:
    document = Document(Rect(0, 0, 300, 200))
    history = History(document)
    states: dict[int, Mapping[str, Any]] = {0: state_of(document)}
    for kind, seed in plan:
        perform(history, document, kind, seed)
        states[history.position] = state_of(document)
    done = history.position
    while history.can_redo:
        history.redo()
        states[history.position] = state_of(document)
    last = history.position
    # At every step on the way, not only at its ends.
    while history.can_undo:
        history.undo()
        assert state_of(document) == states[history.position]
    assert history.position == 0
    assert history.is_clean
    while history.can_redo:
        history.redo()
        assert state_of(document) == states[history.position]
    assert history.position == last >= done


@settings(deadline=None, max_examples=30)
@given(steps, steps)
def test_a_snapshot_is_not_touched_by_what_follows(
    before: list[tuple[int, int]], after: list[tuple[int, int]]
) -> None:
    document = Document(Rect(0, 0, 300, 200))
    history = History(document)
    for kind, seed in before:
        perform(history, document, kind, seed)
    surfaces = [document.selection, *(layer.surface for layer in document.layers)]
    snapshots = [surface.snapshot() for surface in surfaces]
    copies = [{key: tile.copy() for key, tile in snapshot.items()} for snapshot in snapshots]
    for kind, seed in after:
        perform(history, document, kind, seed)
    for snapshot, copy in zip(snapshots, copies, strict=True):
        assert snapshot.keys() == copy.keys()
        assert all(np.array_equal(snapshot[key], copy[key]) for key in copy)


# ----------------------------------------------------------------------------------------------------- transactions


def test_a_gesture_is_one_step_of_the_tiles_that_differ(document: Document, history: History) -> None:
    with history.transaction("Stroke") as stroke:
        stroke.edit_tile(Target.SELECTION, (0, 0))[3, 3] = 9
        stroke.edit_tile(Target.SELECTION, (1, 0))[:] = 0
        layer = document.active_layer
        assert layer is not None
        stroke.edit_tile(Target.pixels(layer.id), (0, 0))[0, 0] = 0
        stroke.edit_tile(Target.pixels(layer.id), (1, 0))
    assert history.labels() == ("Stroke",)
    assert document.selection.keys() == {(0, 0)}
    assert history.byte_size == 4 * TILE_BYTES


def test_a_gesture_that_changes_nothing_is_no_step_and_keeps_the_tile(
    document: Document, history: History
) -> None:
    paint(history)
    tile = document.selection.tile((0, 0))
    with history.transaction("Nothing") as stroke:
        stroke.edit_tile(Target.SELECTION, (0, 0))[:] = 50
    assert history.labels() == ("Paint",)
    assert document.selection.tile((0, 0)) is tile


def test_an_erased_tile_is_given_back(document: Document, history: History) -> None:
    paint(history)
    paint(history, value=0, label="Erase")
    assert not document.selection.keys()
    history.undo()
    assert (document.selection.read(Rect(0, 0, 5, 5)) == 50).all()


def test_a_cancelled_gesture_never_was(document: Document, history: History) -> None:
    paint(history)
    before = state_of(document)
    told: list[Change] = []
    document.changed.subscribe(told.append)
    stroke = history.transaction("Stroke")
    stroke.edit_tile(Target.SELECTION, (0, 0))[:] = 1
    stroke.edit_tile(Target.SELECTION, (0, 1))[:] = 1
    assert not history.is_clean
    stroke.cancel()
    assert state_of(document) == before
    assert history.labels() == ("Paint",)
    assert told == [
        TilesChanged(Target.SELECTION, Rect(0, 0, 256, 256)),
        TilesChanged(Target.SELECTION, Rect(0, 256, 256, 256)),
    ]


def test_an_exception_cancels(document: Document, history: History) -> None:
    before = state_of(document)

    def fail() -> None:
        with history.transaction("Stroke") as stroke:
            stroke.edit_tile(Target.SELECTION, (0, 0))[:] = 1
            raise DocumentError("No.")

    with pytest.raises(DocumentError):
        fail()
    assert state_of(document) == before
    assert not history.can_undo


def test_before_tile_is_the_state_at_the_beginning(document: Document, history: History) -> None:
    paint(history, value=7)
    with history.transaction("Stroke") as stroke:
        for value in (20, 30):
            stroke.edit_tile(Target.SELECTION, (0, 0))[:] = value
            before = stroke.before_tile(Target.SELECTION, (0, 0))
            assert before is not None
            assert (before == 7).all()
        assert stroke.before_tile(Target.SELECTION, (5, 5)) is None


def test_a_snapshot_taken_under_the_pen_stays_as_it_was(document: Document, history: History) -> None:
    with history.transaction("Stroke") as stroke:
        stroke.edit_tile(Target.SELECTION, (0, 0))[:] = 1
        snapshot = document.selection.snapshot()
        stroke.edit_tile(Target.SELECTION, (0, 0))[:] = 2
    assert (snapshot[0, 0] == 1).all()
    assert (document.selection.read(Rect(0, 0, 4, 4)) == 2).all()
    history.undo()
    assert not document.selection.keys()


def test_two_gestures_at_once_are_refused(history: History) -> None:
    stroke = history.transaction("One")
    with pytest.raises(AssertionError, match="“Two” began"):
        history.transaction("Two")
    stroke.cancel()
    history.transaction("Two").cancel()


def test_undo_under_the_pen_takes_the_open_gesture_back(document: Document, history: History) -> None:
    paint(history)
    before = state_of(document)
    stroke = history.transaction("Stroke")
    stroke.edit_tile(Target.SELECTION, (0, 0))[:] = 1
    assert history.undo_label == "Stroke"
    assert not history.can_redo
    assert history.redo() is None
    assert history.undo() == "Stroke"
    assert not stroke.is_open
    assert state_of(document) == before
    assert history.labels() == ("Paint",)


def test_an_edit_under_the_pen_commits_the_open_gesture_first(document: Document, history: History) -> None:
    stroke = history.transaction("Stroke")
    stroke.edit_tile(Target.SELECTION, (0, 0))[:] = 1
    history.do(SetCanvas(Rect(0, 0, 10, 10)), "Crop")
    assert not stroke.is_open
    assert history.labels() == ("Stroke", "Crop")
    with pytest.raises(AssertionError):
        stroke.edit_tile(Target.SELECTION, (0, 0))


# ------------------------------------------------------------------------------------------------------------ steps


def test_a_slider_drag_is_one_step_back_to_where_it_began(document: Document, history: History) -> None:
    layer = document.layers[0]
    original = layer.properties
    for percent in range(20):
        edit = SetProperties(layer.id, original.with_(opacity=percent / 100))
        history.do(edit, "Opacity", merge_key="opacity")
    assert history.labels() == ("Opacity",)
    history.undo()
    assert layer.properties == original
    history.redo()
    assert layer.properties.opacity == 0.19


def test_merged_tiles_and_mixed_edits_go_back_to_the_beginning(document: Document, history: History) -> None:
    before = state_of(document)
    one, two = (np.full((TILE_PX, TILE_PX), value, np.uint8) for value in (1, 2))
    history.do(SwapTiles(Target.SELECTION, {(0, 0): one}), "Grow", merge_key="grow")
    history.do(SwapTiles(Target.SELECTION, {(0, 0): two, (1, 0): two}), "Grow", merge_key="grow")
    history.do(SetCanvas(Rect(0, 0, 9, 9)), "Grow", merge_key="grow")
    history.do(Compound((SetCanvas(Rect(0, 0, 8, 8)),)), "Grow", merge_key="grow")
    after = state_of(document)
    assert history.labels() == ("Grow",)
    history.undo()
    assert state_of(document) == before
    history.redo()
    assert state_of(document) == after


def test_what_does_not_merge(document: Document, history: History) -> None:
    layer = document.layers[0]

    def set_opacity(value: float, key: str | None) -> None:
        history.do(SetProperties(layer.id, layer.properties.with_(opacity=value)), "Opacity", merge_key=key)

    set_opacity(0.1, "a")
    set_opacity(0.2, "b")
    set_opacity(0.3, None)
    set_opacity(0.4, None)
    assert history.position == 4
    set_opacity(0.5, "a")
    history.undo()
    history.redo()
    set_opacity(0.6, "a")
    assert history.position == 6


def test_a_drag_does_not_merge_across_a_save(document: Document, history: History) -> None:
    layer = document.layers[0]
    history.do(SetProperties(layer.id, layer.properties.with_(opacity=0.5)), "Opacity", merge_key="a")
    history.mark_clean()
    history.do(SetProperties(layer.id, layer.properties.with_(opacity=0.6)), "Opacity", merge_key="a")
    assert not history.is_clean
    history.undo()
    assert history.is_clean
    assert layer.properties.opacity == 0.5


def test_clean_is_a_place_in_the_history(history: History) -> None:
    assert history.is_clean
    paint(history, value=1)
    assert not history.is_clean
    saved = history.state
    paint(history, value=2)
    history.mark_clean(saved)
    assert not history.is_clean
    history.undo()
    assert history.is_clean
    history.undo()
    paint(history, value=3)
    history.redo()
    # The saved state lies on a branch that is gone: no number of steps leads back to it.
    while history.can_undo:
        history.undo()
    assert not history.is_clean


def test_a_new_step_forgets_what_could_be_done_again(history: History) -> None:
    paint(history, value=1, label="One")
    paint(history, value=2, label="Two")
    history.undo()
    assert history.labels() == ("One", "Two")
    assert (history.undo_label, history.redo_label, history.position) == ("One", "Two", 1)
    paint(history, value=3, label="Three")
    assert history.labels() == ("One", "Three")
    assert history.redo_label is None


def test_the_oldest_steps_go_when_the_budget_is_spent(document: Document) -> None:
    history = History(document, byte_budget=3 * TILE_BYTES)
    for value in range(1, 10):
        paint(history, value=value, label=str(value))
    assert history.labels() == ("7", "8", "9")
    assert history.byte_size == 3 * TILE_BYTES
    while history.can_undo:
        history.undo()
    assert (document.selection.read(Rect(0, 0, 2, 2)) == 6).all()


def test_the_newest_step_stays_whatever_it_weighs(document: Document) -> None:
    history = History(document, byte_budget=0)
    paint(history, value=1)
    paint(history, value=2, label="Large")
    assert history.labels() == ("Large",)


def test_undo_keeps_the_replaced_tiles_themselves(document: Document, history: History) -> None:
    for tx in range(2):
        paint(history, (tx, 0), 5)
    tile = document.selection.tile((0, 0))
    paint(history, (0, 0), 6)
    assert history.byte_size == TILE_BYTES
    history.undo()
    assert document.selection.tile((0, 0)) is tile


def test_nothing_to_undo_or_redo(history: History) -> None:
    assert history.undo() is None
    assert history.redo() is None
    assert (history.undo_label, history.redo_label) == (None, None)
    assert not history.can_undo
    assert not history.can_redo


def test_an_empty_edit_is_no_step(document: Document, history: History) -> None:
    history.do(clear_selection(document), "Clear mask")
    history.do(Compound(()), "Nothing")
    assert not history.can_undo


def test_a_refused_edit_is_no_step(history: History) -> None:
    with pytest.raises(DocumentError):
        history.do(RemoveLayer("nobody"), "Delete layer")
    assert not history.can_undo


def test_watchers_hear_of_every_step(document: Document, history: History) -> None:
    heard: list[tuple[str, ...]] = []
    history.changed.subscribe(lambda _: heard.append(history.labels()))
    paint(history)
    history.undo()
    history.redo()
    history.mark_clean()
    assert len(heard) == 4


def test_choosing_a_layer_is_no_step(document: Document, history: History) -> None:
    SetActiveLayer(None).apply(document)
    assert not history.can_undo
    assert history.is_clean
