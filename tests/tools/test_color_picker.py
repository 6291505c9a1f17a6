from __future__ import annotations

from studio.document.composite import flatten
from studio.document.edits import RemoveLayer
from studio.document.pixels import unpremultiply
from tests.tools.studio_of_one import CANVAS, at, studio


def test_it_picks_the_picture_as_it_looks_and_follows_the_pointer() -> None:
    world = studio()
    straight = unpremultiply(flatten(world.document, CANVAS))
    tool = world.tool("color_picker")
    tool.press(at(10.9, 20.2))
    assert world.settings.color == tuple(straight[20, 10, :3])
    tool.move([at(5, 5), at(30.5, 40.5)])
    assert world.settings.color == tuple(straight[40, 30, :3])
    tool.release(at(30.5, 40.5))
    tool.move([at(100, 100)])
    assert world.settings.color == tuple(straight[40, 30, :3])


def test_nothing_is_picked_off_the_canvas_or_where_it_is_transparent() -> None:
    world = studio()
    before = world.settings.color
    tool = world.tool("color_picker")
    tool.press(at(-5, 10))
    tool.release(at(-5, 10))
    for layer_id in world.document.layers.ids:
        RemoveLayer(layer_id).apply(world.document)
    tool.press(at(10, 10))
    tool.release(at(10, 10))
    assert world.settings.color == before


def test_cancelling_brings_the_color_back() -> None:
    world = studio()
    before = world.settings.color
    tool = world.tool("color_picker")
    tool.press(at(10, 10))
    tool.cancel()
    assert world.settings.color == before
