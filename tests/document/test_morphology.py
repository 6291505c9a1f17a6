from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.geometry import Rect
from studio.document.document import Document
from studio.document.history import History
from studio.document.morphology import (
    RESHAPES,
    bordered,
    feathered,
    grown,
    reshape_selection,
    shrunk,
    smoothed,
)
from studio.document.pixels import UInt8Array
from studio.document.selection import combine_selection, set_selection
from studio.document.shapes import Patch, ellipse, rectangle
from tests.document.pictures import state_of

CANVAS = Rect(0, 0, 700, 500)


def disc_mask(radius: int, side: int = 300) -> UInt8Array:
    plane = np.zeros((side, side), np.uint8)
    box = Rect(side // 2 - radius, side // 2 - radius, 2 * radius, 2 * radius)
    patch = ellipse(box, clip=Rect(0, 0, side, side))
    plane[patch.rect.slices_in(Rect(0, 0, side, side))] = patch.coverage
    return plane


def radius_of(mask: UInt8Array) -> float:
    return math.sqrt(float(mask.sum()) / 255 / math.pi)


@pytest.mark.parametrize("radius", [1, 2, 7, 20, 43])
def test_growing_and_shrinking_a_disc_changes_its_radius(radius: int) -> None:
    mask = disc_mask(60)
    assert radius_of(grown(mask, radius)) == pytest.approx(60 + radius, abs=0.4 + 0.03 * radius)
    assert radius_of(shrunk(mask, radius)) == pytest.approx(60 - radius, abs=0.4 + 0.03 * radius)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 1000), radius=st.integers(0, 9))
def test_growing_adds_shrinking_takes_and_they_are_dual(seed: int, radius: int) -> None:
    mask = np.zeros((60, 60), np.uint8)
    mask[20:40, 20:40] = np.random.default_rng(seed).integers(0, 256, (20, 20), dtype=np.uint8)
    wide, narrow = grown(mask, radius), shrunk(mask, radius)
    assert (wide >= mask).all()
    assert (narrow <= mask).all()
    inner = slice(10, 50)
    assert (narrow[inner, inner] == 255 - grown(255 - mask, radius)[inner, inner]).all()
    assert (shrunk(wide, radius) >= mask).all()
    if radius == 0:
        for reshape in RESHAPES.values():
            assert reshape is bordered or (reshape(mask, 0) == mask).all()


def test_feathering_keeps_the_edge_in_its_place() -> None:
    mask = np.zeros((100, 200), np.uint8)
    mask[:, 100:] = 255
    soft = feathered(mask, 20)[50]
    assert (np.diff(soft[60:140].astype(int)) >= 0).all()
    assert soft[99] < 128 <= soft[100]
    assert 0 < soft[90] < 64


def test_a_border_straddles_the_edge() -> None:
    mask = np.zeros((100, 100), np.uint8)
    mask[30:70, 30:70] = 255
    row = bordered(mask, 6)[50]
    assert np.flatnonzero(row).tolist() == [27, 28, 29, 30, 31, 32, 67, 68, 69, 70, 71, 72]


def test_smoothing_rounds_corners_and_drops_specks_but_keeps_straight_edges_crisp() -> None:
    mask = np.zeros((200, 200), np.uint8)
    mask[60:, 60:] = 255
    mask[20:23, 20:23] = 255
    smooth = smoothed(mask, 12)
    assert not smooth[:40, :40].any()
    assert smooth[60, 60] == 0
    edge = smooth[130, 50:70]
    assert (edge[:7] == 0).all()
    assert (edge[13:] == 255).all()


@pytest.mark.parametrize("name", RESHAPES)
@settings(deadline=None, max_examples=8)
@given(
    radius=st.integers(1, 60),
    box=st.builds(
        Rect, st.integers(-20, 600), st.integers(-20, 400), st.integers(5, 400), st.integers(5, 300)
    ),
)
def test_the_selection_changes_inside_the_canvas_in_one_exact_step(name: str, radius: int, box: Rect) -> None:
    document = Document(CANVAS)
    combine_selection(document, ellipse(box, clip=CANVAS), "replace").apply(document)
    history, before = History(document), state_of(document)
    history.do(reshape_selection(document, name, radius, clip=CANVAS), name)
    assert CANVAS.contains_rect(document.selection.bounds())
    history.undo()
    assert state_of(document) == before


def test_the_rectangle_around_the_mask_is_enough() -> None:
    """Working on the bounding box gives what working on everything would."""
    document = Document(CANVAS)
    set_selection(document, ellipse(Rect(200, 150, 120, 90), clip=CANVAS)).apply(document)
    whole = document.selection.read(CANVAS.expanded(200))
    for name, reshape in RESHAPES.items():
        copy = Document(CANVAS)
        set_selection(copy, ellipse(Rect(200, 150, 120, 90), clip=CANVAS)).apply(copy)
        reshape_selection(copy, name, 25, clip=CANVAS).apply(copy)
        expected = reshape(whole, 25)[200:700, 200:900]
        assert np.abs(copy.selection.read(CANVAS).astype(int) - expected).max() <= 1, name


def test_far_tiles_stay_the_same_objects() -> None:
    document = Document(Rect(0, 0, 2048, 2048))
    set_selection(document, rectangle(Rect(0, 0, 2048, 2048), clip=document.canvas)).apply(document)
    hole = Patch(Rect(1000, 1000, 40, 40), np.full((40, 40), 255, np.uint8))
    combine_selection(document, hole, "subtract").apply(document)
    edit = reshape_selection(document, "shrink", 5, clip=document.canvas)
    assert (3, 3) in edit.tiles
    assert (2, 2) not in edit.tiles
