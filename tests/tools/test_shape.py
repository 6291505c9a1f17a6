from __future__ import annotations

import numpy as np
import pytest

from studio.core.geometry import Rect
from studio.document.pixels import RGB
from studio.document.selection import set_selection
from studio.document.shapes import rectangle
from studio.tools.tool import Tool
from tests.document.pictures import state_of
from tests.tools.studio_of_one import CANVAS, Studio, at, studio

FIGURES = ("rectangle", "rounded", "ellipse", "line", "polygon", "star")


def draw(
    world: Studio, *, start: tuple[float, float] = (100, 100), end: tuple[float, float] = (220, 180)
) -> Tool:
    tool = world.tool("shape")
    tool.press(at(*start))
    tool.move([at((start[0] + end[0]) / 2, end[1])])
    tool.release(at(*end))
    return tool


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("style", ["filled", "outlined"])
def test_each_figure_is_drawn_in_the_color_as_one_step(figure: str, style: str) -> None:
    world = studio()
    world.settings.color = RGB(10, 200, 30)
    world.settings.set_option("shape", "figure", figure)
    world.settings.set_option("shape", "style", style)
    before = state_of(world.document)
    draw(world)
    bounds = world.layer.surface.bounds()
    assert Rect(90, 90, 140, 100).contains_rect(bounds)
    assert bounds.width > 90
    pixels = world.layer.surface.read(bounds)
    solid = pixels[pixels[..., 3] == 255]
    assert (solid == (10, 200, 30, 255)).all()
    assert (pixels[40, 60, 3] == 255) == (style == "filled" or figure == "line")
    assert world.history.position == 1
    world.history.undo()
    assert state_of(world.document) == before


def test_it_keeps_to_the_mask_and_to_its_opacity() -> None:
    world = studio()
    masked = Rect(110, 110, 30, 30)
    world.history.do(set_selection(world.document, rectangle(masked, clip=CANVAS)), "Mask")
    world.settings.set_option("shape", "opacity", 50)
    draw(world)
    assert world.layer.surface.bounds() == masked
    assert set(np.unique(world.layer.surface.read(masked)[..., 3])) == {128}


def test_a_click_draws_nothing_and_what_is_dragged_is_shown() -> None:
    world = studio()
    tool = world.tool("shape")
    tool.press(at(50, 50))
    tool.release(at(51, 50))
    assert world.history.position == 0
    tool.press(at(50, 50))
    tool.move([at(90, 70)])
    assert tool.overlay().outlines[0].is_closed
    tool.cancel()
    assert not tool.overlay().outlines
