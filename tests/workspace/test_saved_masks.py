from __future__ import annotations

import numpy as np
import pytest

from studio.core.errors import DocumentError
from studio.core.geometry import Rect, Size
from studio.document.edits import clear_selection
from studio.document.resizing import resize_picture
from studio.document.selection import SelectionMode, set_selection
from studio.document.shapes import rectangle
from studio.document.surface import TiledSurface
from studio.document.turning import turn_picture
from studio.workspace.masks import MaskVerbs
from studio.workspace.open_document import OpenDocument, blank_document
from tests.document.pictures import state_of

CANVAS = Rect(0, 0, 500, 400)
FIRST, SECOND = Rect(20, 30, 300, 40), Rect(280, 50, 100, 300)


@pytest.fixture
def opened() -> OpenDocument:
    return OpenDocument(blank_document(Size(500, 400)))


def mask(opened: OpenDocument, rect: Rect) -> None:
    opened.history.do(set_selection(opened.document, rectangle(rect, clip=CANVAS)), "Mask")


def shape(*rects: Rect) -> np.ndarray:
    drawn = np.zeros((400, 500), np.uint8)
    for rect in rects:
        drawn[rect.slices_in(CANVAS)] = 255
    return drawn


@pytest.mark.parametrize("mode", ["replace", "add", "subtract", "intersect"])
def test_a_saved_mask_is_loaded_in_four_ways(opened: OpenDocument, mode: SelectionMode) -> None:
    mask(opened, FIRST)
    first = opened.saved_masks.save()
    mask(opened, SECOND)
    before = state_of(opened.document)
    opened.saved_masks.load(first, mode)
    one, two = shape(FIRST), shape(SECOND)
    expected = {
        "replace": one,
        "add": np.maximum(one, two),
        "subtract": np.minimum(two, 255 - one),
        "intersect": np.minimum(one, two),
    }[mode]
    assert (opened.document.selection.read(CANVAS) == expected).all()
    opened.history.undo()
    assert state_of(opened.document) == before


def test_saving_renaming_and_deleting_are_steps(opened: OpenDocument) -> None:
    with pytest.raises(DocumentError):
        opened.saved_masks.save()
    mask(opened, FIRST)
    states = [state_of(opened.document)]
    first = opened.saved_masks.save()
    states.append(state_of(opened.document))
    opened.saved_masks.rename(first, "  Left \n wing ")
    assert opened.document.saved_masks[0].name == "Left wing"
    states.append(state_of(opened.document))
    opened.saved_masks.rename(first, "   ")
    opened.saved_masks.delete(first)
    assert not opened.document.saved_masks
    for state in reversed(states):
        opened.history.undo()
        assert state_of(opened.document) == state
    with pytest.raises(DocumentError):
        opened.saved_masks.load("nobody")


def test_painting_on_does_not_change_what_was_saved(opened: OpenDocument) -> None:
    mask(opened, FIRST)
    opened.saved_masks.save()
    with opened.history.transaction("Stroke") as stroke:
        from studio.document.changes import Target

        stroke.edit_tile(Target.SELECTION, (0, 0))[:] = 7
    saved = TiledSurface.from_tiles(1, opened.document.saved_masks[0].tiles)
    assert (saved.read(CANVAS) == shape(FIRST)).all()


def test_they_turn_and_grow_with_the_picture(opened: OpenDocument) -> None:
    mask(opened, FIRST)
    opened.saved_masks.save()
    before = state_of(opened.document)
    for edit in (
        turn_picture(opened.document, "rotate_right"),
        turn_picture(opened.document, "flip_vertical"),
        resize_picture(opened.document, Size(1000, 200), "sharp"),
    ):
        opened.history.do(edit, "Change")
        saved = TiledSurface.from_tiles(1, opened.document.saved_masks[0].tiles)
        assert saved.bounds() == opened.document.selection.bounds()
        opened.history.undo()
        assert state_of(opened.document) == before


def test_the_last_mask_comes_back(opened: OpenDocument) -> None:
    masks: MaskVerbs = opened.masks
    with pytest.raises(DocumentError):
        masks.reselect()
    mask(opened, FIRST)
    mask(opened, SECOND)
    opened.history.do(clear_selection(opened.document), "Clear mask")
    masks.reselect()
    assert (opened.document.selection.read(CANVAS) == shape(SECOND)).all()
    assert opened.history.undo_label == "Mask as before"
