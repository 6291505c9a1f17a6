"""The tree of layers: places, moves into and out of groups, and what is refused."""

from __future__ import annotations

import pytest

from studio.core.errors import DocumentError
from studio.core.geometry import Rect
from studio.document.copying import copy_document
from studio.document.document import Document
from studio.document.edits import AddLayer, MoveLayer, RemoveLayer, SetActiveLayer
from studio.document.history import History
from studio.document.layer import Layer, new_group
from studio.document.merging import flatten_picture, group_layers, merge_group, ungroup
from studio.document.stack import MAX_GROUP_DEPTH, Place
from tests.document.pictures import noise_layer, state_of

CANVAS = Rect(0, 0, 60, 40)


def named(name: str) -> Layer:
    layer = noise_layer(len(name), Rect(0, 0, 20, 20))
    layer.id = name
    layer.properties = layer.properties.with_(name=name)
    return layer


def group(name: str, *children: Layer) -> Layer:
    made = new_group(name, list(children))
    made.id = name
    return made


@pytest.fixture
def document() -> Document:
    """sky, trees(oak, leaves(leaf, bud)), frame: from the lowest to the highest."""
    made = Document(CANVAS)
    trees = group("trees", named("oak"), group("leaves", named("leaf"), named("bud")))
    for index, layer in enumerate((named("sky"), trees, named("frame"))):
        AddLayer(layer, index).apply(made)
    return made


def test_reading_backwards_is_the_panel(document: Document) -> None:
    assert document.layers.ids == ("sky", "oak", "leaf", "bud", "leaves", "trees", "frame")
    assert [layer.id for layer in document.layers.roots] == ["sky", "trees", "frame"]
    assert document.layers.place("bud") == Place(1, "leaves")
    assert [layer.id for layer in document.layers.ancestors("bud")] == ["leaves", "trees"]
    assert document.layers.is_within("bud", "trees")
    assert not document.layers.is_within("trees", "bud")


def test_hiding_a_group_hides_what_it_holds(document: Document) -> None:
    trees = document.layers.layer("trees")
    trees.properties = trees.properties.with_(is_visible=False)
    assert not document.layers.is_shown("bud")
    assert document.layers.is_shown("sky")


@pytest.mark.parametrize(
    ("layer_id", "place", "ids"),
    [
        ("sky", Place(0, "leaves"), ("oak", "sky", "leaf", "bud", "leaves", "trees", "frame")),
        ("bud", Place(3), ("sky", "oak", "leaf", "leaves", "trees", "frame", "bud")),
        ("leaves", Place(0), ("leaf", "bud", "leaves", "sky", "oak", "trees", "frame")),
        ("oak", Place(1, "trees"), ("sky", "leaf", "bud", "leaves", "oak", "trees", "frame")),
    ],
)
def test_layers_move_into_groups_and_out(
    document: Document, layer_id: str, place: Place, ids: tuple[str, ...]
) -> None:
    before = state_of(document)
    inverse = MoveLayer(layer_id, *place).apply(document)
    assert document.layers.ids == ids
    assert document.layers.place(layer_id) == place
    inverse.apply(document)
    assert state_of(document) == before


@pytest.mark.parametrize(
    "edit",
    [
        MoveLayer("trees", 0, "leaves"),
        MoveLayer("trees", 0, "trees"),
        MoveLayer("sky", 0, "oak"),
        MoveLayer("sky", 3, "leaves"),
        MoveLayer("sky", 0, "nobody"),
        AddLayer(named("new"), 0, parent_id="sky"),
        AddLayer(group("new", named("bud")), 0),
    ],
    ids=repr,
)
def test_what_cannot_be_changes_nothing(document: Document, edit: MoveLayer | AddLayer) -> None:
    before = state_of(document)
    with pytest.raises(DocumentError):
        edit.apply(document)
    assert state_of(document) == before


def test_a_group_goes_and_comes_back_with_all_it_holds(document: Document) -> None:
    SetActiveLayer("bud").apply(document)
    before = state_of(document)
    inverse = RemoveLayer("trees").apply(document)
    assert document.layers.ids == ("sky", "frame")
    assert document.active_layer_id == "sky"
    again = inverse.apply(document)
    assert state_of(document) == before
    again.apply(document)
    assert document.layers.ids == ("sky", "frame")


def test_groups_nest_only_so_deep(document: Document) -> None:
    for depth in range(MAX_GROUP_DEPTH):
        AddLayer(group(f"g{depth}"), 0, parent_id=f"g{depth - 1}" if depth else None).apply(document)
    with pytest.raises(DocumentError, match="deep"):
        MoveLayer("leaves", 0, f"g{MAX_GROUP_DEPTH - 1}").apply(document)


def test_grouping_and_ungrouping_keep_the_order(document: Document) -> None:
    history, before = History(document), state_of(document)
    history.do(group_layers(document, ["sky", "bud", "leaves", "oak"], "New"), "Group")
    new_id = document.active_layer_id
    assert new_id is not None
    assert document.layers.place(new_id).parent_id == "trees"
    inside = [layer.id for layer in document.layers.siblings(new_id)]
    assert inside == ["sky", "oak", "leaves"], "bud comes along in its own group"
    history.do(ungroup(document, document.layers.layer(new_id)), "Ungroup")
    assert document.layers.ids == ("sky", "oak", "leaf", "bud", "leaves", "trees", "frame")
    history.undo()
    history.undo()
    assert state_of(document) == before


def test_a_copy_of_a_document_has_its_own_tree(document: Document) -> None:
    copy = copy_document(document)
    assert state_of(copy) == state_of(document)
    RemoveLayer("leaves").apply(document)
    assert "leaf" in copy.layers


def test_merging_a_group_keeps_its_place_and_flattening_leaves_one(document: Document) -> None:
    history, before = History(document), state_of(document)
    history.do(merge_group(document, document.layers.layer("trees")), "Merge")
    assert len(document.layers) == 3
    assert document.layers.roots[1].properties.name == "trees"
    history.do(flatten_picture(document, "All"), "Flatten")
    assert [layer.properties.name for layer in document.layers] == ["All"]
    with pytest.raises(DocumentError):
        merge_group(document, document.layers.roots[0])
    history.undo()
    history.undo()
    assert state_of(document) == before
