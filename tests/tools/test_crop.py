from __future__ import annotations

import pytest

from studio.core.geometry import Rect
from studio.tools.tool import NumberedTool
from tests.document.pictures import state_of
from tests.tools.studio_of_one import CANVAS, Studio, at, studio


def crop(world: Studio) -> NumberedTool:
    tool = world.tool("crop")
    assert isinstance(tool, NumberedTool)
    return tool


def drag(tool: NumberedTool, start: tuple[float, float], end: tuple[float, float], **held: bool) -> None:
    tool.press(at(*start, **held))
    tool.move([at(*end, **held)])
    tool.release(at(*end, **held))


def test_a_new_rectangle_is_drawn_seen_and_kept_as_one_step() -> None:
    world = studio()
    before = state_of(world.document)
    tool = crop(world)
    drag(tool, (100.2, 80.4), (300, 200))
    assert state_of(world.document) == before
    assert tool.overlay().lit == Rect(100, 80, 200, 120)
    tool.finish()
    assert world.document.canvas == Rect(100, 80, 200, 120)
    assert world.history.labels() == ("Crop",)
    world.history.undo()
    assert state_of(world.document) == before


@pytest.mark.parametrize(
    ("start", "end", "held", "expected"),
    [
        ((640, 480), (500, 400), {}, Rect(0, 0, 500, 400)),
        ((640, 480), (500, 470), {"shift": True}, Rect(0, 0, 627, 470)),
        ((0, 240), (-60, 300), {}, Rect(-60, 0, 700, 480)),
        ((320, 0), (100, 90), {}, Rect(0, 90, 640, 390)),
        ((640, 480), (644, 478), {}, CANVAS),
    ],
)
def test_the_handles_of_the_whole_canvas(
    start: tuple[float, float], end: tuple[float, float], held: dict[str, bool], expected: Rect
) -> None:
    world = studio()
    tool = crop(world)
    drag(tool, start, end, **held)
    tool.finish()
    assert world.document.canvas == expected


def test_inside_an_open_one_it_moves_and_a_click_beside_keeps_it() -> None:
    world = studio()
    tool = crop(world)
    drag(tool, (100, 100), (200, 200))
    drag(tool, (150, 150), (170, 140))
    drag(tool, (500, 400), (500, 400))
    tool.finish()
    assert world.document.canvas == Rect(120, 90, 100, 100)


def test_a_ratio_is_kept_and_numbers_set_the_rest() -> None:
    world = studio()
    world.settings.set_option("crop", "ratio", "16:9")
    tool = crop(world)
    drag(tool, (50, 50), (370, 90))
    assert world.settings.adjusting.values == {"x": 50, "y": 50, "width": 320, "height": 180}
    tool.enter("x", 10.0)
    tool.enter("height", 77.4)
    tool.finish()
    assert world.document.canvas == Rect(10, 50, 320, 77)


@pytest.mark.parametrize("ending", ["cancel", "undo", "settle", "click"])
def test_what_is_not_kept_leaves_no_trace(ending: str) -> None:
    world = studio()
    before = state_of(world.document)
    tool = crop(world)
    if ending == "click":
        drag(tool, (100, 100), (100, 100))
    else:
        drag(tool, (100, 100), (200, 200))
    if ending == "cancel":
        tool.cancel()
    elif ending == "undo":
        world.history.undo()
    elif ending == "settle":
        world.history.settle()
    assert not tool.is_drawing
    tool.finish()
    assert state_of(world.document) == before
    assert world.history.position == 0
