from __future__ import annotations

import numpy as np
import pytest

from studio.core.errors import DocumentError
from studio.core.geometry import EMPTY, Rect, Size
from studio.document.composite import flatten
from studio.document.document import Document
from studio.document.edits import AddLayer, SetLayerMask
from studio.document.layer import Layer, LayerProperties
from studio.document.pixels import premultiply
from studio.document.resizing import content_rect, resize_picture
from studio.document.selection import set_selection
from studio.document.shapes import rectangle
from tests.document.pictures import noise, noise_layer, state_of

CANVAS = Rect(-20, 10, 300, 200)


def document() -> Document:
    made = Document(CANVAS)
    AddLayer(noise_layer(1, CANVAS), 0).apply(made)
    AddLayer(noise_layer(2, Rect(40, 50, 60, 40)), 1).apply(made)
    mask = rectangle(Rect(50, 60, 20, 20), clip=CANVAS)
    set_selection(made, mask).apply(made)
    SetLayerMask(made.layers[1].id, made.selection.snapshot()).apply(made)
    return made


def test_everything_grows_together_and_comes_back() -> None:
    made = document()
    before = state_of(made)
    back = resize_picture(made, Size(600, 400), "sharp").apply(made)
    assert made.canvas == Rect(-20, 10, 600, 400)
    assert made.layers[1].surface.bounds() == Rect(100, 90, 120, 80)
    assert made.selection.bounds() == Rect(120, 110, 40, 40)
    mask = made.layers[1].mask
    assert mask is not None
    assert mask.bounds() == Rect(120, 110, 40, 40)
    source = premultiply(noise(1, 200, 300))
    assert (made.layers[0].surface.read(made.canvas) == np.kron(source, np.ones((2, 2, 1), np.uint8))).all()
    back.apply(made)
    assert state_of(made) == before


def test_smaller_keeps_the_edges_of_a_full_layer_hard() -> None:
    made = Document(CANVAS)
    layer = Layer(properties=LayerProperties(name="Flat"))
    layer.surface.write(CANVAS, np.full((200, 300, 4), 255, np.uint8))
    AddLayer(layer, 0).apply(made)
    resize_picture(made, Size(77, 51)).apply(made)
    assert (flatten(made, made.canvas) == 255).all()
    assert layer.surface.bounds() == made.canvas


def test_a_size_that_cannot_be_is_refused() -> None:
    with pytest.raises(DocumentError):
        resize_picture(document(), Size(0, 10))


def test_content_is_what_is_not_transparent_or_not_of_the_corners_colour() -> None:
    made = Document(CANVAS)
    assert content_rect(made) == EMPTY
    layer = Layer(properties=LayerProperties(name="Spot"))
    layer.surface.write(Rect(5, 40, 30, 20), np.full((20, 30, 4), 200, np.uint8))
    AddLayer(layer, 0).apply(made)
    assert content_rect(made) == Rect(5, 40, 30, 20)
    paper = Layer(properties=LayerProperties(name="Paper"))
    paper.surface.write(CANVAS, np.full((200, 300, 4), 255, np.uint8))
    AddLayer(paper, 0).apply(made)
    layer.surface.write(Rect(5, 40, 30, 20), np.full((20, 30, 4), (9, 9, 9, 255), np.uint8))
    assert content_rect(made) == Rect(5, 40, 30, 20)
