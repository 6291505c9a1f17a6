"""Fill and gradient, as tools; what they compute is tested with the document."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.errors import DocumentError
from studio.core.geometry import Rect
from studio.document.edits import AddLayer, SetProperties
from studio.document.layer import Layer, LayerProperties, layer_from_image
from studio.document.pixels import ALPHA, RGB, UInt8Array
from studio.document.selection import set_selection
from studio.document.shapes import rectangle
from studio.tools.settings import ToolSettings
from tests.document.pictures import state_of
from tests.tools.studio_of_one import CANVAS, Studio, at, studio

HOLE = Rect(200, 150, 100, 80)
MASKED = Rect(220, 100, 300, 200)


@pytest.fixture
def world() -> Studio:
    """A white sheet with a grey box, and an empty layer above it."""
    made = studio()
    straight = np.full((CANVAS.height, CANVAS.width, 4), 255, np.uint8)
    straight[HOLE.slices_in(CANVAS)] = (120, 120, 120, 255)
    AddLayer(layer_from_image("Sheet", straight), 2).apply(made.document)
    AddLayer(Layer(properties=LayerProperties(name="Color")), 3).apply(made.document)
    made.settings.color = RGB(10, 200, 30)
    for name, value in (("grow", 0), ("antialias", False)):
        made.settings.set_option("fill", name, value)
    return made


def alpha(world: Studio) -> UInt8Array:
    return np.ascontiguousarray(world.layer.surface.read(CANVAS)[..., ALPHA])


def click(world: Studio, x: float, y: float) -> None:
    tool = world.tool("fill")
    tool.press(at(x, y))
    tool.release(at(x, y))


def drag(world: Studio, start: tuple[float, float], end: tuple[float, float], **held: bool) -> None:
    tool = world.tool("gradient")
    tool.press(at(*start))
    tool.move([at(*end, **held)])
    assert tool.overlay().outlines
    tool.release(at(*end, **held))


def covered(rect: Rect) -> UInt8Array:
    plane = np.zeros((CANVAS.height, CANVAS.width), np.uint8)
    plane[rect.slices_in(CANVAS)] = 255
    return plane


def test_it_fills_what_all_layers_show_on_the_active_one(world: Studio) -> None:
    click(world, 250, 190)
    assert (alpha(world) == covered(HOLE)).all()
    assert world.layer.surface.read(Rect(250, 190, 1, 1)).tolist() == [[[10, 200, 30, 255]]]
    assert world.history.labels() == ("Fill",)


def test_looking_at_one_layer_it_sees_no_box(world: Studio) -> None:
    world.settings.set_option("fill", "sample", "layer")
    click(world, 250, 190)
    assert (alpha(world) == 255).all()


def test_the_mask_limits_both(world: Studio) -> None:
    set_selection(world.document, rectangle(MASKED, clip=CANVAS)).apply(world.document)
    click(world, 250, 190)
    assert (alpha(world) == covered(HOLE.intersected(MASKED))).all()
    drag(world, (0, 0), (10, 0))
    assert not alpha(world)[covered(MASKED) == 0].any()


def test_opacity_grow_and_everywhere(world: Studio) -> None:
    for name, value in (("opacity", 50), ("grow", 3)):
        world.settings.set_option("fill", name, value)
    click(world, 250, 190)
    assert alpha(world).max() == 128
    assert world.layer.surface.bounds() == HOLE.expanded(3)


@pytest.mark.parametrize("shape", ["linear", "radial"])
@pytest.mark.parametrize("end", ["transparent", "color"])
def test_a_gradient_goes_from_the_color_to_its_end(world: Studio, shape: str, end: str) -> None:
    world.settings.set_option("gradient", "shape", shape)
    world.settings.set_option("gradient", "end", end)
    drag(world, (100, 100), (400, 100))
    pixels = world.layer.surface.read(CANVAS).astype(int)
    assert np.abs(pixels[100, 100] - (10, 200, 30, 255)).max() <= 3
    assert (
        np.abs(pixels[100, 420] - ((0, 0, 0, 0) if end == "transparent" else (255, 255, 255, 255))).max() <= 1
    )
    assert world.history.labels() == ("Gradient",)


def test_shift_straightens_and_a_click_does_nothing(world: Studio) -> None:
    drag(world, (100, 100), (400, 115), shift=True)
    rows = alpha(world).astype(int)
    assert np.abs(rows[::8] - rows[0]).max() <= 1
    before = state_of(world.document)
    tool = world.tool("gradient")
    tool.press(at(50, 50))
    tool.release(at(51, 50))
    assert state_of(world.document) == before


@pytest.mark.parametrize("tool_id", ["fill", "gradient"])
def test_a_locked_layer_refuses_before_anything_begins(world: Studio, tool_id: str) -> None:
    layer, unlocked = world.layer, world.layer.properties
    SetProperties(layer.id, unlocked.with_(is_locked=True)).apply(world.document)
    tool = world.tool(tool_id)
    assert tool.cursor() == "forbidden"
    with pytest.raises(DocumentError):
        tool.press(at(100, 100))
    assert not world.history.can_undo
    SetProperties(layer.id, unlocked).apply(world.document)
    tool.press(at(100, 100))
    tool.cancel()


def test_options_have_sensible_defaults() -> None:
    settings = ToolSettings()
    assert settings.number("fill", "grow") == 1
    assert settings.flag("fill", "contiguous")
    assert settings.color_option("gradient", "color") == RGB(255, 255, 255)
