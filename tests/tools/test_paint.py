from __future__ import annotations

import numpy as np
import pytest

from studio.core.errors import DocumentError
from studio.core.geometry import Point, Rect
from studio.document.edits import RemoveLayer, SetActiveLayer, SetActivePart, SetCanvas, SetProperties
from studio.document.merging import add_layer_mask
from studio.document.pixels import RGB, unpremultiply
from studio.tools import TOOLS
from studio.tools.tool import PointerEvent
from tests.document.pictures import state_of
from tests.tools.studio_of_one import CANVAS, Studio, at, studio

CORE = Rect(60, 80, 180, 40)
"""Where strokes along y = 100 cover in full; erased by a soft brush, a soft edge fades and does not vanish."""


@pytest.fixture
def world() -> Studio:
    return studio()


def stroke(world: Studio, tool_id: str, *events: object, **held: bool | float) -> None:
    tool = world.tool(tool_id)
    path = [at(x, y, **held) for x, y in events]  # type: ignore[misc]  # pairs
    tool.press(path[0])
    tool.move(path[1:])
    tool.release(path[-1])


def test_the_mask_brush_paints_the_selection(world: Studio) -> None:
    layers_before = state_of(world.document)["layers"]
    stroke(world, "mask_brush", (100, 100), (200, 100))
    mask = world.document.selection.read(CANVAS)
    assert (mask[100, 100:200] == 255).all()
    assert mask[300, 300] == 0
    assert world.history.labels() == ("Paint mask",)
    assert state_of(world.document)["layers"] == layers_before


@pytest.mark.parametrize("held", ["ctrl", "right_button", "is_eraser"])
def test_the_mask_brush_erases_while_held(world: Studio, held: str) -> None:
    stroke(world, "mask_brush", (100, 100), (200, 100))
    stroke(world, "mask_brush", (50, 100), (250, 100), **{held: True})
    assert not world.document.selection.read(CORE).any()
    assert world.history.undo_label == "Erase mask"


def test_the_mask_eraser_always_erases(world: Studio) -> None:
    stroke(world, "mask_brush", (100, 100), (200, 100))
    stroke(world, "mask_eraser", (50, 100), (250, 100))
    assert not world.document.selection.read(CORE).any()


def test_erasing_nothing_is_no_step(world: Studio) -> None:
    stroke(world, "mask_eraser", (50, 100), (250, 100))
    assert world.history.labels() == ()


def test_the_brush_paints_its_color_on_the_active_layer(world: Studio) -> None:
    world.settings.color = RGB(200, 40, 90)
    stroke(world, "brush", (100, 100), (200, 100))
    pixels = world.layer.surface.read(CANVAS)
    assert (pixels[100, 110:190] == (200, 40, 90, 255)).all()
    assert not world.document.selection.keys()


def test_opacity_belongs_to_the_stroke_not_to_the_dab(world: Studio) -> None:
    world.settings.set(active_tool_id="brush", opacity=0.5, hardness=1.0, color=(255, 255, 255))
    back_and_forth = [(100, 100), (200, 100), (100, 100), (200, 100)]
    stroke(world, "brush", *back_and_forth)
    once = world.layer.surface.read(CANVAS)
    assert once[..., 3].max() == 128
    stroke(world, "brush", *back_and_forth)
    assert world.layer.surface.read(CANVAS)[100, 150, 3] == 192


def test_soft_edges_carry_the_pure_color(world: Studio) -> None:
    world.settings.set(active_tool_id="brush", size_px=80, hardness=0.0, color=(255, 255, 255))
    stroke(world, "brush", (100, 100), (200, 130))
    straight = unpremultiply(world.layer.surface.read(CANVAS))
    assert (straight[straight[..., 3] > 0][:, :3] == 255).all()


def test_the_eraser_and_the_pens_other_end_take_paint_away(world: Studio) -> None:
    stroke(world, "brush", (100, 100), (200, 100))
    stroke(world, "eraser", (90, 100), (150, 100))
    stroke(world, "brush", (150, 100), (210, 100), is_eraser=True)
    assert world.history.labels() == ("Brush stroke", "Erase", "Erase")
    assert not world.layer.surface.read(Rect(100, 100, 100, 1)).any()


def test_the_right_button_does_not_paint_on_a_layer(world: Studio) -> None:
    stroke(world, "brush", (100, 100), (200, 100), right_button=True)
    assert world.history.labels() == ()


def test_a_batch_of_events_inks_every_one(world: Studio) -> None:
    points = [(60 + 7 * i, 200 + (i * 37) % 90) for i in range(60)]
    stroke(world, "mask_brush", *points)
    mask = world.document.selection.read(CANVAS)
    assert all(mask[y, x] > 0 for x, y in points)


def test_shift_draws_straight_from_the_end_of_the_last_stroke(world: Studio) -> None:
    world.settings.set(active_tool_id="mask_brush", size_px=10)
    tool = world.tool("mask_brush")
    tool.press(at(50, 50))
    tool.move([at(100, 50)])
    tool.release(at(100, 50))
    tool.press(at(100, 250, shift=True))
    tool.release(at(100, 250, shift=True))
    assert (world.document.selection.read(Rect(100, 50, 1, 200)) == 255).all()
    assert world.history.position == 2


def test_a_cancelled_stroke_is_no_start_for_a_straight_line(world: Studio) -> None:
    tool = world.tool("mask_brush")
    tool.press(at(50, 50))
    tool.release(at(60, 50))
    tool.press(at(500, 400))
    tool.cancel()
    tool.press(at(60, 300, shift=True))
    tool.release(at(60, 300, shift=True))
    assert world.document.selection.bounds().right < 200


def test_pressure_thins_the_line(world: Studio) -> None:
    stroke(world, "mask_brush", (100, 100), (300, 100), pressure=1.0)
    full = world.document.selection.bounds().height
    world.history.undo()
    stroke(world, "mask_brush", (100, 100), (300, 100), pressure=0.1)
    assert world.document.selection.bounds().height < 0.7 * full


def test_a_pen_that_is_lifted_leaves_no_thin_end(world: Studio) -> None:
    tool = world.tool("brush")
    tool.press(at(100, 100))
    tool.move([at(150, 100)])
    before = world.layer.surface.read(CANVAS)
    tool.release(at(300, 100, pressure=0.0))
    assert np.array_equal(world.layer.surface.read(CANVAS), before)


def test_a_locked_a_hidden_and_a_missing_layer_are_refused_with_a_reason(world: Studio) -> None:
    tool = world.tool("brush")
    layer, properties = world.layer, world.layer.properties
    for changes, reason in (({"is_locked": True}, "locked"), ({"is_visible": False}, "hidden")):
        SetProperties(layer.id, properties.with_(**changes)).apply(world.document)
        assert tool.cursor() == "forbidden"
        with pytest.raises(DocumentError, match=reason):
            tool.press(at(100, 100))
    SetActiveLayer(None).apply(world.document)
    with pytest.raises(DocumentError, match="no layer"):
        tool.press(at(100, 100))
    tool.move([at(200, 100)])
    tool.release(at(200, 100))
    assert world.history.labels() == ()
    assert world.tool("mask_brush").cursor() == "cross"


def test_painting_goes_on_after_a_refusal(world: Studio) -> None:
    tool = world.tool("brush")
    properties = world.layer.properties
    SetProperties(world.layer.id, properties.with_(is_locked=True)).apply(world.document)
    with pytest.raises(DocumentError):
        tool.press(at(100, 100))
    SetProperties(world.layer.id, properties).apply(world.document)
    tool.press(at(100, 100))
    tool.release(at(100, 100))
    assert world.history.position == 1


def test_paint_stays_on_the_canvas_and_in_the_frame(world: Studio) -> None:
    stroke(world, "mask_brush", (-30, 100), (700, 100))
    assert world.document.selection.bounds().x == 0
    assert world.document.selection.bounds().right == CANVAS.right
    world.frame = Rect(-128, 0, 256, 256)
    stroke(world, "mask_brush", (-60, 100), (20, 100))
    assert (world.document.selection.read(Rect(-60, 100, 80, 1)) == 255).all()


def test_the_canvas_may_have_any_origin(world: Studio) -> None:
    SetCanvas(Rect(-300, -300, 600, 600)).apply(world.document)
    stroke(world, "brush", (-280, -280), (-10, -5))
    assert world.layer.surface.read(Rect(-150, -147, 1, 1))[0, 0, 3] > 0


def test_another_edit_under_the_pen_ends_the_stroke(world: Studio) -> None:
    tool = world.tool("brush")
    tool.press(at(100, 100))
    world.history.do(RemoveLayer(world.layer.id), "Delete Layer")
    tool.move([at(200, 100)])
    tool.release(at(200, 100))
    assert world.history.labels() == ("Brush stroke", "Delete Layer")


def test_saving_under_the_pen_keeps_what_was_there(world: Studio) -> None:
    tool = world.tool("mask_brush")
    tool.press(at(100, 100))
    snapshot = world.document.selection.snapshot()
    copy = {key: tile.copy() for key, tile in snapshot.items()}
    tool.move([at(200, 120)])
    tool.release(at(200, 120))
    assert all(np.array_equal(snapshot[key], copy[key]) for key in copy)
    world.history.undo()
    assert not world.document.selection.keys()


def test_the_outline_follows_the_pointer_at_the_brushs_size(world: Studio) -> None:
    tool = world.tool("mask_brush")
    assert tool.overlay().circles == ()
    tool.hover(at(12.5, 30))
    world.settings.size_px = 90
    (circle,) = tool.overlay().circles
    assert circle.center == Point(12.5, 30)
    assert circle.radius_px == 45


def test_the_brush_paints_on_a_layers_mask_where_that_is_chosen(world: Studio) -> None:
    document = world.document
    layer = document.active_layer
    assert layer is not None
    add_layer_mask(document, layer).apply(document)
    SetActivePart(True).apply(document)
    before = state_of(document)
    world.settings.color = RGB(0, 0, 0)
    stroke(world, "brush", (50, 50), (120, 60))
    assert layer.mask is not None
    assert (layer.mask.read(CANVAS) < 255).any()
    assert not layer.surface.keys(), "the picture stays as it was"
    world.history.undo()
    assert state_of(document) == before


def test_a_locked_transparency_keeps_the_shape_under_the_brush(world: Studio) -> None:
    document = world.document
    low = document.layers[0]
    SetActiveLayer(low.id).apply(document)
    SetProperties(low.id, low.properties.with_(is_alpha_locked=True)).apply(document)
    before = low.surface.read(CANVAS)
    stroke(world, "brush", (50, 50), (220, 90))
    after = low.surface.read(CANVAS)
    assert (after != before).any()
    assert (after[..., 3] == before[..., 3]).all()


def test_shift_shows_the_line_a_click_would_draw(world: Studio) -> None:
    tool = world.tool("brush")
    tool.hover(at(50, 50, shift=True))
    assert not tool.overlay().outlines
    tool.press(at(100, 100))
    tool.release(at(120, 110))
    tool.hover(at(200, 200, shift=True))
    assert [line.points for line in tool.overlay().outlines] == [((120, 110), (200, 200))]
    tool.hover(at(200, 200))
    assert not tool.overlay().outlines


def test_shift_keeps_a_running_stroke_to_steps_of_15_degrees(world: Studio) -> None:
    world.settings.set(active_tool_id="brush", size_px=6, hardness=1.0)
    tool = world.tool("brush")
    tool.press(at(100, 100))
    tool.move([at(100 + 5 * step, 100 + step % 2, shift=True) for step in range(1, 30)])
    tool.release(at(245, 101, shift=True))
    rows = np.flatnonzero(world.layer.surface.read(CANVAS)[..., 3].any(axis=1))
    # 6 px of the brush, its soft rim, and none of the tremor.
    assert (rows.min(), rows.max()) == (96, 103)


@pytest.mark.parametrize("tool_id", ["brush", "eraser", "mask_brush", "smudge", "clone"])
def test_ctrl_and_alt_size_the_brush_and_paint_nothing(world: Studio, tool_id: str) -> None:
    tool = world.tool(tool_id)

    def hand(x: float, y: float) -> PointerEvent:
        return PointerEvent(position=Point(x, y), on_screen=Point(x, y), ctrl=True, alt=True)

    before = world.settings.brush_of(tool_id)
    tool.press(hand(200, 200))
    tool.move([hand(290, 205)])
    sized = world.settings.brush_of(tool_id)
    assert (sized.size_px, sized.hardness) == (pytest.approx(2 * before.size_px), before.hardness)
    assert tool.overlay().circles[0].center == Point(200, 200)
    tool.move([hand(200, 150)])
    assert world.settings.brush_of(tool_id).hardness > before.hardness
    tool.cancel()
    assert world.settings.brush_of(tool_id) == before
    tool.press(hand(200, 200))
    tool.move([hand(110, 200)])
    tool.release(at(110, 200))
    assert world.settings.brush_of(tool_id).size_px == pytest.approx(before.size_px / 2)
    assert world.history.labels() == ()


def test_dabs_are_shared_by_the_tools_and_few_are_kept(world: Studio) -> None:
    context = world.context()
    for tool_id in ("brush", "eraser"):
        tool = TOOLS[tool_id](context)
        tool.press(at(100, 100))
        tool.release(at(120, 100))
    assert list(context.dab_makers) == [("round", False)]
    tool = TOOLS["brush"](context)
    for tip in ("chalk", "bristle", "marker", "cloud", "wash", "chalk"):
        world.settings.set_brush("brush", world.settings.brush_of("brush").with_(tip=tip))
        tool.press(at(100, 100))
        tool.release(at(120, 100))
    assert [tip for tip, _ in context.dab_makers] == ["marker", "cloud", "wash", "chalk"]
