"""Verbs of the layers panel on a tree: moving several, stepping through groups."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import DocumentError
from studio.core.geometry import Size
from studio.document.composite import flatten
from studio.document.history import History
from studio.document.stack import Place
from studio.workspace.layers import LayerVerbs
from studio.workspace.open_document import blank_document
from tests.document.pictures import noise, state_of


def desk() -> tuple[LayerVerbs, History]:
    """Layer 1, Group 1(Layer 2, Layer 3), Layer 4."""
    document = blank_document(Size(40, 40))
    history = History(document)
    verbs = LayerVerbs(document, history)
    verbs.add_group()
    verbs.add()
    verbs.add()
    verbs.select(document.layers.roots[-1].id)
    verbs.fold(document.layers.roots[-1].id, True)
    verbs.add()
    verbs.fold(document.layers.roots[1].id, False)
    return verbs, history


def names(verbs: LayerVerbs) -> list[str]:
    return [layer.properties.name for layer in verbs._document.layers]


def id_of(verbs: LayerVerbs, name: str) -> str:
    return next(layer.id for layer in verbs._document.layers if layer.properties.name == name)


def test_new_layers_go_into_an_open_group_and_above_a_folded_one() -> None:
    verbs, _ = desk()
    assert names(verbs) == ["Layer 1", "Layer 2", "Layer 3", "Group 1", "Layer 4"]
    assert verbs._document.layers.place(id_of(verbs, "Layer 4")) == Place(2)


def test_stepping_up_goes_through_a_group() -> None:
    verbs, history = desk()
    layer_id, places = id_of(verbs, "Layer 1"), []
    for _ in range(6):
        places.append(verbs._document.layers.place(layer_id))
        verbs.step(layer_id, True)
    group_id = id_of(verbs, "Group 1")
    assert places == [
        Place(0),
        Place(0, group_id),
        Place(1, group_id),
        Place(2, group_id),
        Place(1),
        Place(2),
    ]
    for _ in range(5):
        verbs.step(layer_id, False)
    assert verbs._document.layers.place(layer_id) == Place(0)
    assert history.undo() == "Move layer"


@settings(deadline=None, max_examples=60)
@given(st.sets(st.integers(0, 4), min_size=1), st.integers(0, 3), st.booleans())
def test_any_layers_move_anywhere_as_one_step(chosen: set[int], position: int, into_group: bool) -> None:
    verbs, history = desk()
    layers = verbs._document.layers
    ids = [layers.ids[number] for number in chosen]
    group_id = id_of(verbs, "Group 1")
    place = Place(min(position, 2 if into_group else 3), group_id if into_group else None)
    before, steps = state_of(verbs._document), history.position
    order = [
        id
        for id in layers.ids
        if id in ids and (id == group_id or group_id not in ids or not layers.is_within(id, group_id))
    ]
    lower = [
        layer.id for layer in layers.siblings(place.parent_id)[: place.position] if layer.id not in order
    ]
    if into_group and group_id in ids:
        with pytest.raises(DocumentError):
            verbs.move(ids, place)
        assert state_of(verbs._document) == before
        return
    verbs.move(ids, place)
    siblings = [layer.id for layer in layers.siblings(place.parent_id)]
    assert siblings[: len(lower)] == lower
    assert siblings[len(lower) : len(lower) + len(order)] == order
    assert history.position <= steps + 1
    if history.position > steps:
        history.undo()
    assert state_of(verbs._document) == before


def test_the_last_layers_are_not_deleted() -> None:
    verbs, history = desk()
    with pytest.raises(DocumentError):
        verbs.delete(verbs._document.layers.ids)
    before = state_of(verbs._document)
    verbs.delete((id_of(verbs, "Group 1"), id_of(verbs, "Layer 3"), id_of(verbs, "Layer 1")))
    assert names(verbs) == ["Layer 4"]
    assert history.undo() == "Delete 2 layers"
    assert state_of(verbs._document) == before


def test_several_are_duplicated_in_place() -> None:
    verbs, _ = desk()
    copies = verbs.duplicate((id_of(verbs, "Layer 1"), id_of(verbs, "Group 1")))
    assert len(copies) == 2
    assert names(verbs) == [
        "Layer 1",
        "Layer 1 copy",
        "Layer 2",
        "Layer 3",
        "Group 1",
        "Layer 2",
        "Layer 3",
        "Group 1 copy",
        "Layer 4",
    ]


def test_chosen_layers_merge_into_one_and_look_the_same() -> None:
    document = blank_document(Size(40, 40))
    history = History(document)
    verbs = LayerVerbs(document, history)
    ids = [
        verbs.add_image(f"Noise {seed}", noise(seed, 30, 30), (seed, 0), label="Import") for seed in range(3)
    ]
    verbs.set(ids[1], opacity=0.5)
    before, look = state_of(document), flatten(document, document.canvas)
    verbs.merge(ids)
    assert names(verbs) == ["Layer 1", "Noise 2"]
    assert np.abs(flatten(document, document.canvas).astype(int) - look).max() <= 1
    assert history.undo() == "Merge 3 layers"
    assert state_of(document) == before
    verbs.merge(ids[1:2])
    assert names(verbs) == ["Layer 1", "Noise 0", "Noise 2"]
    verbs.set(ids[2], is_locked=True)
    with pytest.raises(DocumentError):
        verbs.merge([document.layers.ids[1], ids[2]])
