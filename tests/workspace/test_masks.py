"""Verbs of mask and picture on an open document, without a window."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.errors import DocumentError
from studio.core.geometry import Rect, Size
from studio.document.composite import flatten
from studio.document.pixels import RGB
from studio.workspace.masks import RESHAPE_LABELS
from studio.workspace.open_document import OpenDocument, blank_document
from tests.document.pictures import noise, state_of

CANVAS = Rect(0, 0, 400, 300)
MASKED = Rect(50, 60, 200, 100)


@pytest.fixture
def opened() -> OpenDocument:
    """A noisy layer above the blank one; a rectangle is masked, half of it in grey."""
    made = OpenDocument(blank_document(Size(CANVAS.width, CANVAS.height)))
    made.layers.add_image("Noise", noise(1, 300, 400), (0, 0), label="Import")
    mask = np.full((MASKED.height, MASKED.width), 255, np.uint8)
    mask[:50] = 128
    made.layers.set_mask(MASKED, mask, label="Mask")
    return made


def look(opened: OpenDocument) -> np.ndarray:
    return flatten(opened.document, CANVAS)


def test_copying_to_a_layer_takes_the_masked_part_and_leaves_the_source(opened: OpenDocument) -> None:
    source = opened.document.active_layer
    assert source is not None
    before = source.surface.read(CANVAS)
    copy = opened.document.layers.layer(opened.masks.copy_to_layer())
    assert opened.document.active_layer is copy
    assert opened.document.layers.index(copy.id) == opened.document.layers.index(source.id) + 1
    assert (source.surface.read(CANVAS) == before).all()
    hard = Rect(MASKED.x, MASKED.y + 50, MASKED.width, 50)
    assert (copy.surface.read(hard) == source.surface.read(hard)).all()
    assert MASKED.contains_rect(copy.surface.bounds())


def test_cutting_to_a_layer_keeps_the_look_where_the_mask_is_full(opened: OpenDocument) -> None:
    source, seen, before = opened.document.active_layer, look(opened), state_of(opened.document)
    assert source is not None
    opened.masks.cut_to_layer()
    hard = Rect(MASKED.x, MASKED.y + 50, MASKED.width, 50)
    assert not source.surface.read(hard).any()
    outside = opened.document.selection.read(CANVAS) == 0
    full = opened.document.selection.read(CANVAS) == 255
    assert (look(opened) == seen)[outside | full].all()
    opened.history.undo()
    assert state_of(opened.document) == before


def test_a_part_of_a_masked_layer_stays_masked(opened: OpenDocument) -> None:
    layer_id = opened.document.active_layer_id
    assert layer_id is not None
    opened.layers.add_mask(layer_id)
    opened.document.selection.write(MASKED, np.full((MASKED.height, MASKED.width), 255, np.uint8))
    seen = look(opened)
    opened.masks.cut_to_layer()
    assert (look(opened) == seen).all()


def test_filling_is_limited_to_the_mask_and_needs_none(opened: OpenDocument) -> None:
    seen = look(opened)
    opened.masks.fill(RGB(1, 2, 3))
    outside = opened.document.selection.read(CANVAS) == 0
    assert (look(opened) == seen)[outside].all()
    assert opened.history.undo_label == "Fill mask with color"
    opened.layers.set_mask(Rect(0, 0, 1, 1), np.zeros((1, 1), np.uint8), label="Clear")
    opened.masks.fill(RGB(1, 2, 3))
    assert (look(opened) == (1, 2, 3, 255)).all()


def test_without_a_mask_there_is_one_sentence_and_no_step(opened: OpenDocument) -> None:
    opened.layers.set_mask(Rect(0, 0, 1, 1), np.zeros((1, 1), np.uint8), label="Clear")
    steps = opened.history.position
    masks = opened.masks
    for verb in (masks.delete_pixels, masks.copy_to_layer, masks.cut_to_layer, opened.picture.crop_to_mask):
        with pytest.raises(DocumentError, match="masked"):
            verb()
    for name in RESHAPE_LABELS:
        with pytest.raises(DocumentError, match="masked"):
            masks.reshape(name, 5)
        with pytest.raises(DocumentError, match="masked"):
            masks.begin_reshaping(name)
    assert opened.history.position == steps


def test_an_empty_part_is_not_copied(opened: OpenDocument) -> None:
    opened.layers.select(opened.document.layers[0].id)
    with pytest.raises(DocumentError, match="empty"):
        opened.masks.copy_to_layer()


@pytest.mark.parametrize("name", RESHAPE_LABELS)
def test_what_is_shown_last_is_what_is_kept(opened: OpenDocument, name: str) -> None:
    before, steps = state_of(opened.document), opened.history.position
    reshaping = opened.masks.begin_reshaping(name)
    for radius in (3, 40, 1, 12):
        reshaping.show(radius)
    reshaping.keep()
    kept = state_of(opened.document)
    assert opened.history.position == steps + 1
    opened.history.undo()
    assert state_of(opened.document) == before
    opened.masks.reshape(name, 12)
    assert state_of(opened.document) == kept
    opened.history.undo()
    reshaping = opened.masks.begin_reshaping(name)
    reshaping.show(25)
    reshaping.cancel()
    assert state_of(opened.document) == before
    assert not reshaping.is_open


def test_undo_while_choosing_ends_it(opened: OpenDocument) -> None:
    before = state_of(opened.document)
    reshaping = opened.masks.begin_reshaping("grow")
    reshaping.show(10)
    opened.history.undo()
    reshaping.show(20)
    reshaping.keep()
    reshaping.cancel()
    assert state_of(opened.document) == before


def test_the_mask_may_grow_as_far_as_the_frame(opened: OpenDocument) -> None:
    opened.set_frame(Rect(-100, 0, 200, 200))
    opened.masks.reshape("grow", 80)
    assert opened.document.selection.bounds() == Rect(-30, 0, 360, 240)


def test_cropping_keeps_what_lies_beyond(opened: OpenDocument) -> None:
    pixels = [layer.surface.read(CANVAS) for layer in opened.document.layers]
    opened.picture.crop_to_mask()
    assert opened.document.canvas == opened.frame == MASKED
    assert all(
        (layer.surface.read(CANVAS) == was).all()
        for layer, was in zip(opened.document.layers, pixels, strict=True)
    )
    steps = opened.history.position
    opened.picture.crop_to_frame()
    assert opened.history.position == steps


def test_four_turns_are_none_and_the_frame_goes_along(opened: OpenDocument) -> None:
    opened.set_frame(Rect(-40, 20, 100, 80))
    before = state_of(opened.document)
    opened.picture.turn("rotate_right")
    assert opened.document.canvas == Rect(0, 0, 300, 400)
    assert opened.frame == Rect(200, -40, 80, 100)
    for _ in range(3):
        opened.picture.turn("rotate_right")
    assert state_of(opened.document) == before
    assert opened.frame == Rect(-40, 20, 100, 80)
