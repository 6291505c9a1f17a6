from __future__ import annotations

import numpy as np
import pytest

from studio.core.geometry import Rect
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


@pytest.mark.parametrize("side", [3, 5, 11])
def test_the_mean_of_an_area_is_taken_of_the_picture_or_the_layer(side: int) -> None:
    world = studio()
    world.settings.set_option("color_picker", "area", str(side))
    tool = world.tool("color_picker")
    tool.press(at(100.5, 90.5))
    rect = Rect(100 - side // 2, 90 - side // 2, side, side)
    mean = flatten(world.document, rect).reshape(-1, 4).mean(axis=0)
    expected = mean[:3] / mean[3] * 255
    assert np.abs(np.array(world.settings.color) - expected).max() <= 1
    tool.release(at(100.5, 90.5))
    world.settings.set_option("color_picker", "sample", "layer")
    world.layer.surface.write(rect, np.full((side, side, 4), (9, 8, 7, 255), np.uint8))
    tool.press(at(100.5, 90.5))
    assert world.settings.color == (9, 8, 7)
    swatch = tool.overlay().swatch
    assert swatch is not None
    assert swatch.now == (9, 8, 7)
    assert np.abs(np.array(swatch.before) - expected).max() <= 1
    tool.release(at(100.5, 90.5))
    assert tool.overlay().swatch is None
