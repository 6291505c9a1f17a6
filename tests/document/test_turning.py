from __future__ import annotations

import numpy as np
import pytest

from studio.core.geometry import Rect
from studio.document.composite import flatten
from studio.document.document import Document
from studio.document.edits import AddLayer, SetLayerMask
from studio.document.history import History
from studio.document.selection import set_selection
from studio.document.shapes import ellipse
from studio.document.turning import TURNS, turn_picture
from tests.document.pictures import noise_layer, state_of

BACK = {
    "flip_horizontal": "flip_horizontal",
    "flip_vertical": "flip_vertical",
    "rotate_left": "rotate_right",
    "rotate_right": "rotate_left",
}
TURNED = {
    "flip_horizontal": lambda pixels: pixels[:, ::-1],
    "flip_vertical": lambda pixels: pixels[::-1],
    "rotate_left": lambda pixels: np.rot90(pixels),
    "rotate_right": lambda pixels: np.rot90(pixels, 3),
}


def document() -> Document:
    """A canvas off the origin; one layer reaches beyond it, one has a mask."""
    made = Document(Rect(-37, 11, 500, 300))
    for index, rect in enumerate((Rect(-100, 0, 640, 350), Rect(10, 40, 200, 100))):
        AddLayer(noise_layer(index, rect), index).apply(made)
    set_selection(made, ellipse(Rect(0, 50, 300, 120), clip=made.canvas)).apply(made)
    SetLayerMask(made.layers[1].id, made.selection.snapshot()).apply(made)
    return made


@pytest.mark.parametrize("name", TURNS)
def test_everything_turns_with_the_canvas_and_comes_back(name: str) -> None:
    made = document()
    history, before = History(made), state_of(made)
    picture, mask = flatten(made, made.canvas), made.selection.read(made.canvas)
    history.do(turn_picture(made, name), name)
    assert (flatten(made, made.canvas) == TURNED[name](picture)).all()
    assert (made.selection.read(made.canvas) == TURNED[name](mask)).all()
    after = state_of(made)
    history.undo()
    assert state_of(made) == before
    history.redo()
    assert state_of(made) == after
    turn_picture(made, BACK[name]).apply(made)
    assert state_of(made) == before
