from __future__ import annotations

import numpy as np
import pytest

from studio.core.geometry import EMPTY, Rect
from studio.document.edits import AddLayer
from studio.document.layer import layer_from_image
from studio.document.pixels import UInt8Array
from studio.tools.tool import StepwiseTool
from tests.document.pictures import state_of
from tests.tools.studio_of_one import CANVAS, Studio, at, studio

SHAPES = ("select_rectangle", "select_ellipse", "select_lasso")


def mask(world: Studio) -> UInt8Array:
    return world.document.selection.read(CANVAS)


def drag(world: Studio, tool_id: str, *path: tuple[float, float], **held: bool) -> None:
    tool = world.tool(tool_id)
    tool.press(at(*path[0], **held))
    tool.move([at(x, y, **held) for x, y in path[1:]])
    tool.release(at(*path[-1], **held))


def box(left: int, top: int, right: int, bottom: int) -> UInt8Array:
    plane = np.zeros((CANVAS.height, CANVAS.width), np.uint8)
    plane[top:bottom, left:right] = 255
    return plane


def test_a_rectangle_masks_whole_pixels_in_one_step() -> None:
    world = studio()
    drag(world, "select_rectangle", (100.3, 50.2), (200.4, 90.6))
    assert (mask(world) == box(100, 50, 200, 91)).all()
    assert world.history.labels() == ("Mask: Rectangle",)


def test_it_reaches_over_the_canvas_as_far_as_the_frame() -> None:
    world = studio()
    world.frame = Rect(-50, 0, 200, 200)
    drag(world, "select_rectangle", (-500, -500), (10, 20))
    assert world.document.selection.bounds() == Rect(-50, 0, 60, 20)


@pytest.mark.parametrize("takes", ["ctrl", "alt", "right_button", "is_eraser"])
def test_keys_choose_the_mode(takes: str) -> None:
    world = studio()
    drag(world, "select_rectangle", (100, 100), (200, 200))
    drag(world, "select_rectangle", (150, 100), (300, 200), shift=True)
    assert (mask(world) == box(100, 100, 300, 200)).all()
    drag(world, "select_rectangle", (250, 0), (400, 400), **{takes: True})
    assert (mask(world) == box(100, 100, 250, 200)).all()
    drag(world, "select_rectangle", (200, 150), (400, 400), shift=True, **{takes: True})
    assert (mask(world) == box(200, 150, 250, 200)).all()
    drag(world, "select_rectangle", (0, 0), (20, 20))
    assert (mask(world) == box(0, 0, 20, 20)).all()
    assert world.history.position == 5


def test_the_mode_can_be_set_and_keys_go_before_it() -> None:
    world = studio()
    world.settings.set_option("select_rectangle", "mode", "add")
    drag(world, "select_rectangle", (0, 0), (20, 20))
    drag(world, "select_rectangle", (20, 0), (40, 20))
    assert (mask(world) == box(0, 0, 40, 20)).all()
    drag(world, "select_rectangle", (20, 0), (60, 20), ctrl=True)
    assert (mask(world) == box(0, 0, 20, 20)).all()


def test_keys_pressed_later_make_squares_and_centers() -> None:
    world = studio()
    tool = world.tool("select_rectangle")
    tool.press(at(100, 100))
    tool.move([at(150, 120, shift=True)])
    tool.release(at(150, 120, shift=True))
    assert world.document.selection.bounds() == Rect(100, 100, 50, 50)
    tool.press(at(100, 100))
    tool.move([at(120, 130, alt=True)])
    tool.release(at(120, 130, alt=True))
    assert world.document.selection.bounds() == Rect(80, 70, 40, 60)
    tool.press(at(300, 300, shift=True))
    tool.move([at(310, 305, shift=True), at(320, 310), at(330, 320, shift=True)])
    tool.release(at(330, 320, shift=True))
    assert world.document.selection.bounds() == Rect(80, 70, 250, 260)


@pytest.mark.parametrize("tool_id", SHAPES)
def test_space_moves_what_is_drawn(tool_id: str) -> None:
    world = studio()
    tool = world.tool(tool_id)
    tool.press(at(100, 100))
    tool.move([at(140, 100), at(140, 140), at(100, 140)])
    tool.move([at(110, 160, moves_shape=True)])
    tool.release(at(110, 160, moves_shape=True))
    drag(world, tool_id, (110, 120), (150, 120), (150, 160), (110, 160), ctrl=True)
    assert mask(world).max() <= 1


@pytest.mark.parametrize("tool_id", SHAPES)
def test_the_outline_shows_while_it_is_drawn(tool_id: str) -> None:
    world = studio()
    tool = world.tool(tool_id)
    assert not tool.overlay().outlines
    tool.press(at(100, 100))
    tool.move([at(140, 100), at(140, 140)])
    assert tool.overlay().outlines
    tool.cancel()
    assert not tool.overlay().outlines
    assert not world.history.can_undo


@pytest.mark.parametrize("tool_id", SHAPES)
def test_a_click_takes_the_mask_away_unless_it_was_to_add(tool_id: str) -> None:
    world = studio()
    drag(world, "select_rectangle", (100, 100), (200, 200))
    for held in ({"shift": True}, {"ctrl": True}, {"shift": True, "ctrl": True}):
        drag(world, tool_id, (150, 150), **held)
        assert (mask(world) == box(100, 100, 200, 200)).all()
    drag(world, tool_id, (150, 150))
    assert world.document.selection.tile_bounds() == EMPTY
    world.history.undo()
    assert (mask(world) == box(100, 100, 200, 200)).all()


def test_an_ellipse_and_a_lasso_have_soft_edges() -> None:
    world = studio()
    drag(world, "select_ellipse", (100, 100), (200, 180))
    assert world.document.selection.bounds() == Rect(100, 100, 100, 80)
    assert len(np.unique(mask(world))) > 20
    drag(world, "select_lasso", (10, 10), (90, 30), (40, 90))
    assert mask(world)[40, 45] == 255
    assert len(np.unique(mask(world))) > 20
    assert not mask(world)[100:].any()


def polygon(world: Studio) -> StepwiseTool:
    tool = world.tool("select_polygon")
    assert isinstance(tool, StepwiseTool)
    return tool


def click(tool: StepwiseTool, x: float, y: float, **held: bool) -> None:
    tool.press(at(x, y, **held))
    tool.release(at(x, y, **held))
    tool.hover(at(x, y))


@pytest.mark.parametrize("ending", ["double click", "first corner", "enter"])
def test_a_polygon_is_clicked_together(ending: str) -> None:
    world = studio()
    tool = polygon(world)
    for corner in ((100, 100), (200, 100), (200, 150), (100, 150)):
        click(tool, *corner)
        assert tool.is_drawing
        assert not world.history.can_undo
    assert tool.overlay().handles
    if ending == "double click":
        click(tool, 100, 150)
    elif ending == "first corner":
        click(tool, 103, 102)
    else:
        tool.finish()
    assert not tool.is_drawing
    assert not tool.overlay().outlines
    assert (mask(world) == box(100, 100, 200, 150)).all()
    assert world.history.labels() == ("Mask: Polygon",)


def test_corners_can_be_taken_back() -> None:
    world = studio()
    tool = polygon(world)
    for corner in ((100, 100), (200, 100), (600, 400), (200, 150), (100, 150)):
        click(tool, *corner)
        if corner == (600, 400):
            tool.step_back()
    tool.finish()
    assert (mask(world) == box(100, 100, 200, 150)).all()
    click(tool, 10, 10)
    tool.step_back()
    tool.step_back()
    assert not tool.is_drawing


def test_two_corners_and_given_up_polygons_mask_nothing() -> None:
    world = studio()
    before = state_of(world.document)
    tool = polygon(world)
    click(tool, 10, 10)
    click(tool, 50, 10)
    tool.finish()
    for corner in ((100, 100), (200, 100), (200, 150)):
        click(tool, *corner)
    tool.cancel()
    tool.finish()
    assert state_of(world.document) == before
    assert not world.history.can_undo


def test_shift_keeps_edges_straight_after_the_first_press() -> None:
    world = studio()
    tool = polygon(world)
    click(tool, 100, 100)
    click(tool, 200, 104, shift=True)
    tool.release(at(200, 104))
    click(tool, 196, 200, shift=True)
    tool.finish()
    bounds = world.document.selection.bounds()
    assert (bounds.x, bounds.y) == (100, 100)
    assert abs(bounds.right - 200) <= 1


def test_the_wand_masks_what_looks_alike() -> None:
    world = studio()
    straight = np.zeros((480, 640, 4), np.uint8)
    straight[..., 3] = 255
    straight[100:200, 100:300, :3] = 200
    straight[300:350, 100:300, :3] = 210
    AddLayer(layer_from_image("Blocks", straight), 2).apply(world.document)
    drag(world, "select_wand", (150.5, 150.5))
    assert (mask(world) == box(100, 100, 300, 200)).all()
    world.settings.set_option("select_wand", "contiguous", False)
    drag(world, "select_wand", (150.5, 150.5))
    assert (mask(world) == np.maximum(box(100, 100, 300, 200), box(100, 300, 300, 350))).all()
    world.settings.set_option("select_wand", "tolerance", 5)
    drag(world, "select_wand", (150.5, 320), ctrl=True)
    assert (mask(world) == box(100, 100, 300, 200)).all()
    drag(world, "select_wand", (-5, 320))
    assert (mask(world) == box(100, 100, 300, 200)).all()


@pytest.mark.parametrize("tool_id", ["select_rectangle", "select_ellipse"])
def test_a_drag_without_breadth_leaves_the_mask_alone(tool_id: str) -> None:
    world = studio()
    drag(world, "select_rectangle", (100, 100), (200, 200))
    drag(world, tool_id, (50, 50), (150, 50.2))
    assert (mask(world) == box(100, 100, 200, 200)).all()
