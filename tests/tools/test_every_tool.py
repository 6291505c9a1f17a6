"""What holds for every tool in the table, present and future."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import DocumentError
from studio.core.geometry import Rect
from studio.document.changes import TilesChanged
from studio.document.composite import flatten
from studio.document.edits import SetActiveLayer, SetActivePart, SetProperties
from studio.document.merging import add_layer_mask
from studio.tools import TOOLS
from tests.document.pictures import state_of
from tests.tools.studio_of_one import CANVAS, Studio, at, studio

# The candidate brush needs a mix under it: test_mix.py asks the same of it.
every_tool = pytest.mark.parametrize("tool_id", [name for name in TOOLS if name != "mix_brush"])
positions = st.tuples(st.floats(-50, 690), st.floats(-50, 530))


def everything(world: Studio) -> object:
    return state_of(world.document), world.frame, world.settings.color, world.history.labels()


def gesture(world: Studio, tool_id: str) -> None:
    tool = world.tool(tool_id)
    tool.press(at(100, 100))
    tool.move([at(150, 120), at(200, 130)])
    tool.release(at(210, 140))


@every_tool
def test_it_says_what_it_is(tool_id: str) -> None:
    tool = studio().tool(tool_id)
    assert tool.id == tool_id
    assert tool.label
    tool.hover(at(10, 10))
    assert tool.cursor()
    assert tool.overlay() is not None


@every_tool
@settings(deadline=None, max_examples=15)
@given(start=positions, path=st.lists(positions, max_size=5))
def test_a_cancelled_press_leaves_no_trace(
    tool_id: str, start: tuple[float, float], path: list[tuple[float, float]]
) -> None:
    world = studio()
    gesture(world, "mask_brush")
    gesture(world, "brush")
    before = everything(world)
    tool = world.tool(tool_id)
    tool.press(at(*start))
    for x, y in path:
        tool.move([at(x, y)])
    tool.cancel()
    assert everything(world) == before


@every_tool
def test_a_gesture_is_one_step_at_most_and_undo_takes_it_back(tool_id: str) -> None:
    world = studio()
    for painted in ("brush", "mask_brush"):
        gesture(world, painted)
    before = state_of(world.document)
    steps = world.history.position
    gesture(world, tool_id)
    after = state_of(world.document)
    assert world.history.position - steps == (1 if after != before else 0)
    if after != before:
        world.history.undo()
        assert state_of(world.document) == before
        world.history.redo()
        assert state_of(world.document) == after


@every_tool
def test_calls_out_of_order_do_nothing(tool_id: str) -> None:
    world = studio()
    before = everything(world)
    tool = world.tool(tool_id)
    tool.move([at(10, 10)])
    tool.release(at(10, 10))
    tool.cancel()
    tool.move([])
    tool.cancel()
    assert everything(world) == before
    tool.press(at(100, 100))
    tool.press(at(300, 300))
    tool.release(at(100, 100))
    tool.release(at(100, 100))
    tool.move([at(200, 200)])
    tool.cancel()
    assert world.history.position <= 1


@every_tool
def test_undo_in_the_middle_of_a_gesture_is_safe(tool_id: str) -> None:
    world = studio()
    before = state_of(world.document)
    tool = world.tool(tool_id)
    tool.press(at(100, 100))
    tool.move([at(150, 100)])
    world.history.undo()
    tool.move([at(200, 100)])
    tool.release(at(210, 100))
    assert state_of(world.document) == before
    gesture(world, tool_id)


@every_tool
def test_one_call_is_one_notice(tool_id: str) -> None:
    world = studio()
    tool = world.tool(tool_id)
    tool.press(at(20, 20))
    world.told.clear()
    tool.move([at(20 + 40 * step, 20 + 30 * step) for step in range(1, 12)])
    assert len([change for change in world.told if isinstance(change, TilesChanged)]) <= 1
    tool.release(at(500, 400))


@every_tool
def test_nothing_is_written_outside_what_was_told(tool_id: str) -> None:
    world = studio()
    gesture(world, "mask_brush")
    around = CANVAS.expanded(256)

    def pixels() -> np.ndarray:
        flat = flatten(world.document, around)
        return np.concatenate([flat, world.document.selection.read(around)[..., None]], axis=-1)

    before = pixels()
    tool = world.tool(tool_id)
    world.told.clear()
    tool.press(at(30, 40))
    tool.move([at(120, 90), at(300, 100)])
    differs = (pixels() != before).any(axis=-1)
    for change in world.told:
        assert isinstance(change, TilesChanged)
        differs[change.rect.slices_in(around)] = False
    assert not differs.any()
    tool.cancel()
    size = world.settings.brush_of(tool_id).size_px
    reach = int(size) + 80
    touched = Rect.from_edges(30 - reach, 40 - reach, 300 + reach, 100 + reach)
    for change in world.told:
        if isinstance(change, TilesChanged) and change.rect.width % 256:
            assert touched.contains_rect(change.rect)


@every_tool
def test_on_the_mask_of_a_layer_a_gesture_is_one_step_or_refused(tool_id: str) -> None:
    world = studio()
    gesture(world, "brush")
    layer = world.layer
    add_layer_mask(world.document, layer).apply(world.document)
    SetActivePart(True).apply(world.document)
    before, steps = state_of(world.document), world.history.position
    try:
        gesture(world, tool_id)
    except DocumentError:
        assert state_of(world.document) == before
        return
    world.history.settle()
    assert world.history.position <= steps + 1
    if world.history.position > steps:
        world.history.undo()
    assert state_of(world.document) == before


@pytest.mark.parametrize(
    "tool_id", ["brush", "eraser", "smudge", "blur", "clone", "heal", "fill", "gradient"]
)
def test_paint_keeps_a_locked_transparency(tool_id: str) -> None:
    world = studio()
    low = world.document.layers[0]
    SetActiveLayer(low.id).apply(world.document)
    SetProperties(low.id, low.properties.with_(is_alpha_locked=True)).apply(world.document)
    before = low.surface.read(CANVAS)[..., 3]
    with contextlib.suppress(DocumentError):
        gesture(world, tool_id)
    assert np.array_equal(low.surface.read(CANVAS)[..., 3], before)
