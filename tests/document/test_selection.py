from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.geometry import Rect
from studio.document.document import Document
from studio.document.edits import clear_selection, fill_selection, invert_selection
from studio.document.history import History
from studio.document.pixels import UInt8Array
from studio.document.selection import (
    SELECTION_MODES,
    SelectionMode,
    combine_selection,
    full_tile,
    replace_part,
)
from studio.document.shapes import Patch, ellipse, rectangle
from tests.document.pictures import state_of

CANVAS = Rect(-100, -50, 700, 600)
AROUND = CANVAS.expanded(300)


def document() -> Document:
    """A soft disc is masked."""
    made = Document(CANVAS)
    combine_selection(made, ellipse(Rect(20, 30, 300, 300), clip=CANVAS), "replace").apply(made)
    return made


def expected(before: UInt8Array, patch: Patch, mode: SelectionMode) -> UInt8Array:
    shape = np.zeros_like(before)
    shape[patch.rect.slices_in(AROUND)] = patch.coverage
    match mode:
        case "replace":
            return shape
        case "add":
            return np.maximum(before, shape)
        case "subtract":
            return np.minimum(before, 255 - shape)
        case "intersect":
            return np.minimum(before, shape)


boxes = st.builds(
    Rect, st.integers(-150, 500), st.integers(-100, 500), st.integers(1, 600), st.integers(1, 600)
)


@settings(deadline=None, max_examples=30)
@given(box=boxes, mode=st.sampled_from(SELECTION_MODES), is_round=st.booleans())
def test_modes_are_what_they_say_and_undo_is_exact(box: Rect, mode: SelectionMode, is_round: bool) -> None:
    made = document()
    history, before = History(made), state_of(made)
    mask = made.selection.read(AROUND)
    patch = ellipse(box, clip=CANVAS) if is_round else rectangle(box, clip=CANVAS)
    history.do(combine_selection(made, patch, mode), mode)
    assert (made.selection.read(AROUND) == expected(mask, patch, mode)).all()
    history.undo()
    assert state_of(made) == before


@pytest.mark.parametrize("mode", SELECTION_MODES)
def test_doing_it_twice_is_doing_it_once(mode: SelectionMode) -> None:
    made = document()
    patch = ellipse(Rect(100, 100, 333, 222), clip=CANVAS)
    combine_selection(made, patch, mode).apply(made)
    assert not combine_selection(made, patch, mode).tiles


def test_taking_away_is_adding_to_what_is_free() -> None:
    one, other = document(), document()
    patch = ellipse(Rect(100, 100, 333, 222), clip=CANVAS)
    combine_selection(one, patch, "subtract").apply(one)
    invert_selection(other).apply(other)
    combine_selection(other, patch, "add").apply(other)
    invert_selection(other).apply(other)
    assert (one.selection.read(CANVAS) == other.selection.read(CANVAS)).all()


def test_full_tiles_are_shared_and_empty_ones_are_none() -> None:
    made = Document(Rect(0, 0, 1024, 1024))
    combine_selection(made, rectangle(made.canvas, clip=made.canvas), "add").apply(made)
    assert {id(tile) for tile in made.selection.snapshot().values()} == {id(full_tile())}
    combine_selection(made, rectangle(Rect(0, 0, 300, 1024), clip=made.canvas), "subtract").apply(made)
    assert made.selection.tile((0, 0)) is None
    assert made.selection.tile((2, 2)) is full_tile()
    clear_selection(made).apply(made)
    assert not made.selection.keys()


def test_untouched_tiles_stay_the_same_objects() -> None:
    made = document()
    fill_selection(made).apply(made)
    before = dict(made.selection.snapshot())
    edit = combine_selection(made, rectangle(Rect(0, 0, 10, 10), clip=CANVAS), "subtract")
    assert set(edit.tiles) == {(0, 0)}
    edit.apply(made)
    assert {key for key in before if before[key] is not made.selection.tile(key)} == {(0, 0)}


def test_a_part_can_be_replaced() -> None:
    made = document()
    before = made.selection.read(AROUND)
    part = Rect(50, 60, 300, 40)
    new = np.random.default_rng(0).integers(0, 256, (40, 300), dtype=np.uint8)
    replace_part(made, part, new).apply(made)
    before[part.slices_in(AROUND)] = new
    assert (made.selection.read(AROUND) == before).all()
