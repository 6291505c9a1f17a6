"""The journal's description of a document leaves nothing out and believes nothing it should not."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from studio.core.geometry import Rect
from studio.document.changes import Target
from studio.document.document import Document
from studio.document.edits import AddLayer
from studio.document.effects import LevelRange, Levels
from studio.document.layer import Layer, LayerProperties, new_group
from studio.document.surface import TiledSurface
from studio.project import structure
from studio.project.damage import DamagedError
from tests.project.examples import RECIPE


def no_pixels(target: Target, channels: int) -> TiledSurface:
    return TiledSurface(channels)


@pytest.fixture
def document() -> Document:
    document = Document(Rect(-10, 20, 300, 200))
    inner = Layer(
        properties=LayerProperties(
            name="Ölfarbe \ud800", opacity=0.25, blend_mode="multiply", is_clipped=True, extra={"{u}a": "b"}
        ),
        recipe=RECIPE,
        mask=TiledSurface(1),
    )
    group = new_group("Group", [inner])
    group.is_collapsed = True
    AddLayer(group, 0).apply(document)
    AddLayer(Layer(properties=LayerProperties(name="Top", is_locked=True)), 1).apply(document)
    levels = Levels(channels={"red": LevelRange(black=9)})
    AddLayer(Layer(properties=LayerProperties(name="Levels"), effect=levels), 2).apply(document)
    return document


def test_it_comes_back_as_it_was(document: Document) -> None:
    values = structure.values_of(document)
    built = structure.build(values, no_pixels)
    again = Document(built.canvas)
    for index, layer in enumerate(built.roots):
        AddLayer(layer, index).apply(again)
    assert structure.values_of(again) == values
    assert built.canvas == document.canvas
    assert [layer.effect for layer in again.layers] == [layer.effect for layer in document.layers]


def test_every_field_of_a_layer_is_described(document: Document) -> None:
    """Whoever gives layers something new must give it to the journal as well."""
    described = set(structure.values_of(document)["layers"][0])
    kept_as_tiles = {"surface", "mask"}
    assert {field.name for field in dataclasses.fields(Layer)} - kept_as_tiles == described - {"has_mask"}
    properties = structure.values_of(document)["layers"][0]["properties"]
    assert {field.name for field in dataclasses.fields(LayerProperties)} == set(properties)


def test_what_a_later_version_knows_is_left_out_and_what_an_earlier_did_not_has_its_default(
    document: Document,
) -> None:
    values = structure.values_of(document)
    values["layers"][1]["properties"]["is_shiny"] = True
    del values["layers"][1]["properties"]["is_alpha_locked"]
    (_, top, _) = structure.build(values, no_pixels).roots
    assert top.properties.is_alpha_locked is False


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("canvas", [0, 0, 0, 10]),
        ("canvas", "x"),
        ("layers", None),
        ("layers", [3]),
        ("layers", [{"id": "a"}]),
    ],
)
def test_damage_is_told(document: Document, place: str, value: Any) -> None:
    values = structure.values_of(document)
    values[place] = value
    with pytest.raises(DamagedError):
        structure.build(values, no_pixels)


def test_two_layers_of_one_name_and_groups_without_end_are_damage(document: Document) -> None:
    values = structure.values_of(document)
    values["layers"].append(values["layers"][0])
    with pytest.raises(DamagedError):
        structure.build(values, no_pixels)
    deep = structure.values_of(document)["layers"][1]
    for number in range(200):
        deep = {**deep, "id": f"group {number}", "children": [deep]}
    with pytest.raises(DamagedError):
        structure.build({"canvas": [0, 0, 9, 9], "layers": [deep]}, no_pixels)
