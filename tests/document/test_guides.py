from __future__ import annotations

import pytest

from studio.core.geometry import Rect, Size
from studio.document.copying import copy_document
from studio.document.document import Document
from studio.document.edits import AddLayer
from studio.document.guide import Guide
from studio.document.guides import SetGuides
from studio.document.layer import Layer, LayerProperties
from studio.document.resizing import resize_picture
from studio.document.turning import turn_picture
from studio.project.schema import _guides
from tests.document.pictures import state_of

CANVAS = Rect(10, 20, 300, 200)


def document() -> Document:
    made = Document(CANVAS)
    AddLayer(Layer(properties=LayerProperties(name="Layer")), 0).apply(made)
    SetGuides((Guide(True, 40), Guide(False, 200))).apply(made)
    return made


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        ("flip_horizontal", (Guide(True, 280), Guide(False, 200))),
        ("flip_vertical", (Guide(True, 40), Guide(False, 40))),
        ("rotate_right", (Guide(False, 50), Guide(True, 30))),
        ("rotate_left", (Guide(False, 290), Guide(True, 190))),
    ],
)
def test_they_turn_with_the_picture_and_come_back(turn: str, expected: tuple[Guide, ...]) -> None:
    made = document()
    before = state_of(made)
    back = turn_picture(made, turn).apply(made)
    assert made.guides == expected
    back.apply(made)
    assert state_of(made) == before


def test_they_grow_with_it_and_are_copied() -> None:
    made = document()
    resize_picture(made, Size(600, 100)).apply(made)
    assert made.guides == (Guide(True, 70), Guide(False, 110))
    assert copy_document(made).guides == made.guides


@pytest.mark.parametrize(
    "values", [None, {}, [1], [["z", 1]], [["x"]], [["x", "1"]], [["y", 1e99]], [["x", True]]]
)
def test_what_is_no_guide_in_a_file_is_left_out(values: object) -> None:
    assert _guides(values) == ()
    assert _guides([["x", 3], *values] if isinstance(values, list) else [["x", 3]]) == (Guide(True, 3),)
