from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.errors import DocumentError
from studio.core.geometry import Point, Rect, Size
from studio.document.document import Document
from studio.document.edits import AddLayer
from studio.document.lifting import lift, set_down
from studio.document.pixels import RGB
from studio.document.resizing import resize_picture
from studio.document.text import ALIGNMENTS, Text, text_from_json
from studio.document.texting import SetText, change_text, text_layer, text_layer_at
from studio.document.transform import rotation, translation
from studio.document.turning import turn_picture
from tests.document.pictures import state_of

CANVAS = Rect(0, 0, 300, 200)
WORDS = Text(text="Hello\nyou", family="Sans", position=Point(40, 50), size_px=20)
BOX = Rect(40, 50, 60, 44)

texts = st.builds(
    Text,
    text=st.text(max_size=50),
    family=st.text(min_size=1, max_size=30),
    position=st.builds(Point, st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)),
    size_px=st.integers(4, 2000),
    is_bold=st.booleans(),
    is_italic=st.booleans(),
    alignment=st.sampled_from(ALIGNMENTS),
    color=st.builds(RGB, *[st.integers(0, 255)] * 3),
    line_spacing=st.integers(10, 1000),
    letter_spacing_px=st.integers(-1000, 1000),
)


@given(texts)
def test_a_record_survives_its_file(text: Text) -> None:
    assert text_from_json(json.loads(json.dumps(text.to_json()))) == text


@pytest.mark.parametrize(
    "changes",
    [
        {"text": 7},
        {"text": "x" * 20_001},
        {"family": ""},
        {"position": [1]},
        {"position": [float("nan"), 0]},
        {"position": ["a", "b"]},
        {"size_px": 1e9},
        {"size_px": True},
        {"size_px": None},
        {"alignment": "justify"},
        {"color": [0, 0, 256]},
        {"color": [0.5, 0, 0]},
        {"line_spacing": -5},
        {"letter_spacing_px": 10**30},
    ],
)
def test_a_record_of_a_stranger_is_sound_or_none(changes: dict[str, Any]) -> None:
    assert text_from_json(WORDS.to_json() | changes) is None


@pytest.mark.parametrize("values", [None, [], "text", 3, {}])
def test_what_is_no_record_is_none(values: object) -> None:
    assert text_from_json(values) is None


def test_values_out_of_bounds_are_refused() -> None:
    with pytest.raises(DocumentError):
        Text(text="a", family="Sans", position=Point(0, 0), size_px=1)


def picture() -> tuple[Document, str]:
    document = Document(CANVAS)
    layer = text_layer(WORDS, BOX, np.full((BOX.height, BOX.width, 4), 255, np.uint8))
    AddLayer(layer, 0).apply(document)
    return document, layer.id


def test_words_and_pixels_change_together_and_come_back() -> None:
    document, layer_id = picture()
    before = state_of(document)
    other = WORDS.moved(0, 30)
    back = change_text(document, layer_id, other, BOX.translated(0, 30), np.full((44, 60, 4), 9, np.uint8))
    inverse = back.apply(document)
    layer = document.layers.layer(layer_id)
    assert layer.text == other
    assert layer.surface.bounds() == BOX.translated(0, 30)
    inverse.apply(document)
    assert state_of(document) == before
    assert layer.properties.name == "Hello you"


def test_moved_words_stay_words_and_bent_ones_become_pixels() -> None:
    document, layer_id = picture()
    lifted = lift(document, layer_id, BOX)
    back = set_down(lifted, translation(10, -20), mask_area=CANVAS).apply(document)
    assert document.layers.layer(layer_id).text == WORDS.moved(10, -20)
    back.apply(document)
    set_down(lifted, rotation(0.3, BOX.center), mask_area=CANVAS).apply(document)
    assert document.layers.layer(layer_id).text is None


def test_words_grow_with_the_picture_but_are_no_words_in_the_mirror() -> None:
    document, layer_id = picture()
    layer = document.layers.layer(layer_id)
    resize_picture(document, Size(600, 400)).apply(document)
    assert layer.text is not None
    assert (layer.text.size_px, layer.text.position) == (40, Point(80, 100))
    resize_picture(document, Size(600, 200)).apply(document)
    assert layer.text is None
    SetText(layer_id, WORDS).apply(document)
    turn_picture(document, "flip_horizontal").apply(document)
    assert layer.text is None


def test_the_highest_words_in_sight_are_found() -> None:
    document, layer_id = picture()
    assert text_layer_at(document, 50, 60) is document.layers.layer(layer_id)
    assert text_layer_at(document, 200, 60) is None
    SetText(layer_id, None).apply(document)
    assert text_layer_at(document, 50, 60) is None
