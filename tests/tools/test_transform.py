"""Moving and transforming: what lands where, what stays, and that a gesture is one step or none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from studio.core.errors import DocumentError
from studio.core.geometry import Point, Rect
from studio.document.document import Document
from studio.document.edits import AddLayer, SetLayerMask
from studio.document.guide import Guide
from studio.document.guides import SetGuides
from studio.document.layer import Layer, LayerProperties, new_group
from studio.document.selection import set_selection
from studio.document.shapes import rectangle
from studio.document.surface import TiledSurface
from studio.document.text import Text
from studio.tools.tool import NumberedTool, PointerEvent, Tool
from tests.document.pictures import noise_layer, state_of
from tests.tools.studio_of_one import CANVAS, Studio, at, studio

PATCH = Rect(100, 80, 120, 90)


def world_with_patch(*, masked: Rect | None = None) -> Studio:
    """An opaque noisy layer below; above it, active, a small noisy one."""
    world = studio()
    AddLayer(noise_layer(2, PATCH), 2).apply(world.document)
    if masked is not None:
        world.history.do(set_selection(world.document, rectangle(masked, clip=CANVAS)), "Mask")
    return world


def drag(tool: Tool, start: tuple[float, float], end: tuple[float, float], **held: bool) -> None:
    tool.press(at(*start, **held))
    tool.move([at((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, **held)])
    tool.release(at(*end, **held))


def pixels(world: Studio, rect: Rect) -> np.ndarray:
    return world.layer.surface.read(rect)


def test_a_layer_moves_by_whole_pixels_as_one_step() -> None:
    world = world_with_patch()
    before, kept = pixels(world, PATCH), state_of(world.document)
    drag(world.tool("move"), (150, 100), (187.4, 61.2), ctrl=True)
    assert (pixels(world, PATCH.translated(37, -39)) == before).all()
    assert world.layer.surface.bounds() == PATCH.translated(37, -39)
    assert world.history.labels() == ("Move layer",)
    world.history.undo()
    assert state_of(world.document) == kept


def test_only_masked_pixels_move_and_the_mask_goes_with_them() -> None:
    masked = Rect(110, 90, 40, 30)
    world = world_with_patch(masked=masked)
    before, all_before = pixels(world, masked), pixels(world, PATCH)
    drag(world.tool("move"), (120, 100), (320, 300), ctrl=True)
    assert (pixels(world, masked.translated(200, 200)) == before).all()
    assert not pixels(world, masked).any()
    assert world.document.selection.bounds() == masked.translated(200, 200)
    rest = all_before.copy()
    rest[masked.slices_in(PATCH)] = 0
    assert (pixels(world, PATCH) == rest).all()
    assert world.history.undo_label == "Move pixels"


def test_alt_leaves_a_copy_and_shift_keeps_straight() -> None:
    world = world_with_patch()
    before = pixels(world, PATCH)
    drag(world.tool("move"), (150, 100), (350, 130), alt=True, shift=True, ctrl=True)
    assert (pixels(world, PATCH) == before).all()
    assert (pixels(world, PATCH.translated(200, 0)) == before).all()


def test_a_layer_takes_its_mask_along() -> None:
    world = world_with_patch()
    mask = TiledSurface(1)
    mask.write(Rect(120, 100, 20, 20), np.full((20, 20), 255, np.uint8))
    SetLayerMask(world.layer.id, mask.snapshot()).apply(world.document)
    drag(world.tool("move"), (130, 110), (230, 160), ctrl=True)
    assert world.layer.mask is not None
    assert world.layer.mask.bounds() == Rect(220, 150, 20, 20)


def test_it_clicks_onto_the_edge_of_the_canvas() -> None:
    world = world_with_patch()
    drag(world.tool("move"), (150, 100), (54, 24))
    assert world.layer.surface.bounds() == Rect(0, 0, PATCH.width, PATCH.height)


def transform(world: Studio) -> NumberedTool:
    tool = world.tool("transform")
    assert isinstance(tool, NumberedTool)
    tool.hover(at(0, 0))
    return tool


@pytest.mark.parametrize(
    ("start", "end", "held", "bounds"),
    [
        ((220, 170), (340, 260), {}, Rect(100, 80, 240, 180)),
        ((220, 170), (340, 180), {"shift": True}, None),
        ((220, 125), (280, 125), {}, Rect(100, 80, 180, 90)),
        ((220, 125), (280, 125), {"alt": True}, Rect(40, 80, 240, 90)),
        ((150, 120), (250, 220), {}, Rect(200, 180, 120, 90)),
        ((220, 125), (220, 155), {"ctrl": True}, Rect(100, 80, 120, 120)),
    ],
)
def test_handles(
    start: tuple[float, float], end: tuple[float, float], held: dict[str, bool], bounds: Rect | None
) -> None:
    world = world_with_patch()
    world.document.layers.layer(world.layer.id).surface.write(
        PATCH, np.full((PATCH.height, PATCH.width, 4), 255, np.uint8)
    )
    kept = state_of(world.document)
    tool = transform(world)
    drag(tool, start, end, **held)
    assert state_of(world.document) == kept, "nothing is written before it is kept"
    assert tool.is_drawing
    tool.finish()
    found = world.layer.surface.bounds()
    if bounds is not None:
        assert found == bounds
    else:
        assert abs(found.width / found.height - PATCH.width / PATCH.height) < 0.02
    assert world.history.labels() == ("Transform",)
    world.history.undo()
    assert state_of(world.document) == kept


def test_turning_steps_by_fifteen_degrees_with_shift() -> None:
    world = world_with_patch()
    tool = transform(world)
    center = PATCH.center
    drag(tool, (center.x, center.y - 200), (center.x + 195, center.y + 8), shift=True)
    assert world.settings.adjusting.values["angle"] == pytest.approx(90)
    before = pixels(world, PATCH)
    tool.finish()
    turned = Rect(round(center.x) - 45, round(center.y) - 60, 90, 120)
    assert (pixels(world, turned) == np.rot90(before, -1)).all()


def test_several_drags_are_one_resample_and_coming_back_is_nothing() -> None:
    world = world_with_patch()
    kept = state_of(world.document)
    tool = transform(world)
    drag(tool, (220, 170), (160, 125), ctrl=False)
    drag(tool, (160, 125), (220, 170))
    tool.enter("width", 100.0)
    tool.enter("height", 100.0)
    tool.finish()
    assert np.abs(pixels(world, PATCH).astype(int)).any()
    world.history.undo()
    assert state_of(world.document) == kept
    tool = transform(world)
    tool.enter("x", 300.0)
    tool.step_back()
    tool.finish()
    assert state_of(world.document) == kept
    assert not tool.is_drawing


def test_numbers_set_place_size_and_angle() -> None:
    world = world_with_patch()
    tool = transform(world)
    assert world.settings.adjusting.values == pytest.approx(
        {"x": 100, "y": 80, "width": 100, "height": 100, "angle": 0}
    )
    assert not world.settings.adjusting.is_open
    tool.enter("width", 50.0)
    tool.enter("height", 200.0)
    tool.enter("x", 10.0)
    tool.enter("y", 20.0)
    assert world.settings.adjusting.is_open
    tool.finish()
    assert world.layer.surface.bounds() == Rect(10, 20, 60, 180)
    assert not world.settings.adjusting.is_open


@pytest.mark.parametrize("ending", ["do", "transaction", "settle"])
def test_any_other_step_keeps_an_open_transform_first(ending: str) -> None:
    world = world_with_patch()
    tool = transform(world)
    tool.enter("x", 10.0)
    if ending == "do":
        world.history.do(set_selection(world.document, rectangle(PATCH, clip=CANVAS)), "Mask")
    elif ending == "transaction":
        world.history.transaction("Stroke").cancel()
    else:
        world.history.settle()
    assert world.layer.surface.bounds() == Rect(10, 80, 120, 90)
    assert world.history.labels()[0] == "Transform"
    assert not tool.is_drawing


def test_undo_gives_it_up() -> None:
    world = world_with_patch()
    kept = state_of(world.document)
    tool = transform(world)
    tool.enter("width", 50.0)
    world.history.undo()
    assert not tool.is_drawing
    assert state_of(world.document) == kept


class Later:
    """A worker whose answers come when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def run(self, work: Callable[[], Any], *, done: Callable[[Any], None], failed: object) -> None:
        self.waiting.append(lambda: done(work()))

    def answer(self) -> None:
        waiting, self.waiting = self.waiting, []
        for one in waiting:
            one()


def slow(world: Studio, tool_id: str) -> tuple[Tool, Later, list[Document | None]]:
    tool, later = world.tool(tool_id), Later()
    shown: list[Document | None] = []
    tool.context.worker = later
    tool.context.show_instead = lambda document, _rect: shown.append(document)
    return tool, later, shown


def test_the_hand_never_waits_for_the_resample() -> None:
    world = world_with_patch()
    kept = state_of(world.document)
    tool, later, shown = slow(world, "transform")
    drag(tool, (220, 170), (280, 215))
    later.answer()
    assert tool.overlay().picture is not None, "lifted: it floats"
    assert isinstance(tool, NumberedTool)
    tool.finish()
    assert state_of(world.document) == kept
    later.answer()
    assert world.layer.surface.bounds() == Rect(100, 80, 180, 135)
    assert shown[-1] is None
    assert tool.overlay().picture is None


def test_answers_that_come_too_late_are_dropped() -> None:
    world = world_with_patch()
    kept = state_of(world.document)
    tool, later, shown = slow(world, "move")
    drag(tool, (150, 100), (250, 200), ctrl=True)
    world.history.undo()
    later.answer()
    later.answer()
    assert state_of(world.document) == kept
    assert not world.history.can_redo
    assert shown in ([], [None])
    drag(tool, (150, 100), (250, 200), ctrl=True)
    world.history.settle()
    later.answer()
    assert world.layer.surface.bounds() == PATCH.translated(100, 100)
    assert world.history.position == 1


def test_an_empty_layer_is_told_of() -> None:
    world = studio()
    told: list[str] = []
    for tool_id in ("move", "transform"):
        tool = world.tool(tool_id)
        tool.context.tell = told.append
        tool.press(PointerEvent(position=at(10, 10).position))
    assert len(told) == 2
    assert world.history.position == 0


def test_a_guide_is_moved_and_dropped_beside_the_canvas() -> None:
    world = world_with_patch()
    SetGuides((Guide(True, 300), Guide(False, 50))).apply(world.document)
    before = state_of(world.document)
    tool = world.tool("move")
    tool.hover(at(302, 200))
    assert tool.cursor() == "size_horizontal"
    tool.press(at(302, 200))
    tool.move([at(350.4, 220)])
    assert state_of(world.document) == before
    assert tool.overlay().outlines[0].points[0][0] == 350
    tool.cancel()
    assert state_of(world.document) == before
    drag(tool, (302, 200), (350.4, 220))
    assert set(world.document.guides) == {Guide(True, 350), Guide(False, 50)}
    drag(tool, (200, 50), (200, -40))
    assert world.document.guides == (Guide(True, 350),)
    assert world.history.labels() == ("Move guide", "Remove guide")


def test_things_click_onto_guides() -> None:
    world = world_with_patch()
    SetGuides((Guide(True, 337),)).apply(world.document)
    drag(world.tool("move"), (150, 100), (383, 130))
    assert world.layer.surface.bounds().x == 337


def test_a_group_moves_with_all_that_it_holds() -> None:
    world = world_with_patch()
    inner = noise_layer(5, PATCH.translated(150, 20))
    words = Layer(
        properties=LayerProperties(name="Words"),
        text=Text(text="a", family="Sans", position=Point(120, 90)),
    )
    words.surface.write(Rect(120, 90, 8, 8), np.full((8, 8, 4), 255, np.uint8))
    group = new_group("Group", [inner, words])
    AddLayer(group, 3).apply(world.document)
    before = state_of(world.document)
    pixels_before = inner.surface.read(PATCH.translated(150, 20))
    drag(world.tool("move"), (300, 120), (320, 100), ctrl=True)
    assert (inner.surface.read(PATCH.translated(170, 0)) == pixels_before).all()
    assert words.text is not None
    assert words.text.position == Point(140, 70)
    assert world.history.labels() == ("Move layer",)
    world.history.undo()
    assert state_of(world.document) == before
    tool = transform(world)
    tool.enter("width", 50.0)
    picture_there = tool.overlay().picture is None
    assert picture_there, "settled at once: the result itself is shown"
    tool.finish()
    assert words.text is None
    assert inner.surface.bounds().width <= PATCH.width // 2 + 1
    world.history.undo()
    assert state_of(world.document) == before


def test_a_group_with_a_locked_layer_stays() -> None:
    world = world_with_patch()
    inner = noise_layer(5, PATCH)
    inner.properties = inner.properties.with_(is_locked=True)
    AddLayer(new_group("Group", [inner]), 3).apply(world.document)
    with pytest.raises(DocumentError, match="locked"):
        world.tool("move").press(at(120, 100))
