"""Smudge, blur, clone and heal, on a picture with something to see."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.errors import DocumentError
from studio.core.geometry import Rect
from studio.document.edits import SetActivePart, SetLayerMask, SetProperties
from studio.document.pixels import UInt8Array
from studio.document.surface import TiledSurface
from studio.tools import TOOLS
from tests.tools.studio_of_one import CANVAS, Studio, at, studio


@pytest.fixture
def world() -> Studio:
    return studio()


def put(world: Studio, pixels: UInt8Array) -> None:
    """The active layer's pixels, before anything is done to them."""
    world.layer.surface.write(CANVAS, pixels)


def halves(left: tuple[int, ...], right: tuple[int, ...]) -> UInt8Array:
    pixels = np.empty((CANVAS.height, CANVAS.width, 4), np.uint8)
    pixels[:, :320], pixels[:, 320:] = left, right
    return pixels


def seen(world: Studio) -> UInt8Array:
    return world.layer.surface.read(CANVAS)


def drag(world: Studio, tool_id: str, *path: tuple[float, float]) -> None:
    tool = world.tool(tool_id)
    tool.press(at(*path[0]))
    for x, y in path[1:]:
        tool.move([at(x, y)])
    tool.release(at(*path[-1]))


RED, BLUE, NOTHING = (200, 0, 0, 255), (0, 0, 200, 255), (0, 0, 0, 0)


def test_a_smudge_carries_paint_along_and_fades(world: Studio) -> None:
    put(world, halves(RED, BLUE))
    drag(world, "smudge", (260, 200), (330, 200), (400, 200))
    row = seen(world)[200].astype(int)
    assert row[345, 0] > 60
    assert row[345, 0] > row[375, 0] >= row[420, 0] == 0
    assert (seen(world)[200, :230] == RED).all()
    assert (seen(world)[..., 3] == 255).all()
    assert world.history.labels() == ("Smudge",)


def test_a_smudge_over_one_color_changes_nothing(world: Studio) -> None:
    put(world, halves(RED, RED))
    drag(world, "smudge", (5, 5), (300, 200), (639, 470))
    assert (seen(world) == RED).all()
    assert world.history.labels() == ()


def test_smudging_into_nothing_makes_no_dark_fringe(world: Studio) -> None:
    put(world, halves((250, 250, 250, 255), NOTHING))
    drag(world, "smudge", (280, 200), (380, 200))
    pixels = seen(world).astype(int)
    assert (pixels[..., 0] <= pixels[..., 3]).all()
    soft = (pixels[..., 3] > 20) & (pixels[..., 3] < 255)
    assert soft.any()
    straight = pixels[..., 0][soft] * 255 / pixels[..., 3][soft]
    assert straight.min() > 225


def test_a_blur_softens_an_edge_and_leaves_flat_paint_alone(world: Studio) -> None:
    put(world, halves(RED, BLUE))
    drag(world, "blur", (320, 100), (320, 300))
    row = seen(world)[200].astype(int)
    assert 60 < row[320, 0] < 140
    assert abs(row[320, 0] + row[320, 2] - 200) <= 2
    assert (row[:280] == RED).all()
    assert (row[360:] == BLUE).all()
    assert world.history.labels() == ("Blur",)


def test_a_blur_at_the_canvas_edge_lets_nothing_in(world: Studio) -> None:
    put(world, halves(RED, RED))
    drag(world, "blur", (0, 100), (639, 0), (639, 479))
    assert (seen(world) == RED).all()


def test_a_blur_goes_on_where_there_was_nothing(world: Studio) -> None:
    put(world, halves((250, 250, 250, 255), NOTHING))
    drag(world, "blur", (320, 100), (320, 300))
    pixels = seen(world).astype(int)
    assert pixels[200, 324, 3] > 0
    soft = (pixels[..., 3] > 20) & (pixels[..., 3] < 255)
    assert (pixels[..., 0][soft] * 255 / pixels[..., 3][soft]).min() > 235


def noisy() -> UInt8Array:
    pixels = np.random.default_rng(5).integers(0, 256, (CANVAS.height, CANVAS.width, 4), np.uint8)
    pixels[..., 3] = 255
    return pixels


def test_clone_copies_from_the_source_pixel_by_pixel(world: Studio) -> None:
    put(world, noisy())
    before = seen(world)
    tool = world.tool("clone")
    tool.press(at(300.4, 300.2))
    assert not world.history.labels()
    tool.cancel()
    tool.press(at(100, 100, ctrl=True))
    tool.release(at(100, 100))
    tool.press(at(400, 200))
    tool.move([at(420, 200)])
    tool.release(at(420, 200))
    assert np.array_equal(seen(world)[195:205, 395:425], before[95:105, 95:125])
    # Aligned, the next stroke keeps the distance.
    tool.press(at(400, 300))
    tool.release(at(400, 300))
    assert np.array_equal(seen(world)[295:305, 395:405], before[195:205, 95:105])
    world.settings.set_option("clone", "aligned", False)
    tool.press(at(200, 400))
    tool.release(at(200, 400))
    assert np.array_equal(seen(world)[395:405, 195:205], before[95:105, 95:105])


def test_clone_copies_what_was_there_before_the_stroke(world: Studio) -> None:
    """A source that lies in the way of the brush is not copied twice."""
    put(world, noisy())
    before = seen(world)
    tool = world.tool("clone")
    tool.press(at(100, 100, alt=True))
    tool.release(at(100, 100))
    tool.press(at(120, 100))
    tool.move([at(x, 100) for x in range(121, 260)])
    tool.release(at(260, 100))
    assert np.array_equal(seen(world)[100, 120:260], before[100, 100:240])


def test_clone_from_all_layers_sees_what_lies_below(world: Studio) -> None:
    world.settings.set_option("clone", "sample", "picture")
    drag(world, "clone", (100, 100), (130, 110))
    assert (seen(world)[100, 100] != 0).any()


def test_clone_and_heal_say_what_they_need(world: Studio) -> None:
    for tool_id in ("clone", "heal"):
        tool = TOOLS[tool_id](world.context())
        assert tool.cursor() == "forbidden"
        with pytest.raises(DocumentError, match="copy from"):
            tool.press(at(50, 50))
        tool.press(at(50, 50, alt=True))
        tool.release(at(50, 50))
        assert tool.cursor() == "cross"


def test_heal_takes_the_grain_and_keeps_the_tone(world: Studio) -> None:
    """A blemish on a light slope, healed from a dark place of the same grain, is gone."""
    slope = np.linspace(120, 220, CANVAS.width)[None, :].repeat(CANVAS.height, 0)
    grain = np.random.default_rng(7).normal(0, 4, slope.shape)
    clean = slope + grain
    pixels = np.dstack([clean] * 3 + [np.full_like(clean, 255)])
    pixels[295:305, 395:405, :3] = 20
    put(world, np.rint(pixels).astype(np.uint8))
    world.settings.set_option("heal", "aligned", False)
    tool = world.tool("heal")
    tool.press(at(150, 150, alt=True))
    tool.release(at(150, 150))
    tool.press(at(400, 300))
    assert seen(world)[300, 400, 0] < 160
    tool.move([at(402, 301)])
    tool.release(at(402, 301))
    healed = seen(world)[280:320, 380:420, 0].astype(float)
    expected = slope[280:320, 380:420]
    assert abs(healed.mean() - expected.mean()) < 4
    assert np.abs(healed - expected).max() < 24
    assert world.history.labels() == ("Heal",)
    world.history.undo()
    assert seen(world)[300, 400, 0] == 20


@pytest.mark.parametrize("tool_id", ["brush", "smudge", "blur", "clone", "heal", "eraser"])
def test_everything_keeps_to_the_mask_unless_told_otherwise(world: Studio, tool_id: str) -> None:
    put(world, noisy())
    world.tool("select_rectangle")
    mask = world.document.selection
    mask.write(Rect(0, 0, 320, 480), np.full((480, 320), 255, np.uint8))
    before = seen(world)
    drag(world, tool_id, (250, 200), (400, 200))
    after = seen(world)
    assert np.array_equal(after[:, 320:], before[:, 320:])
    assert not np.array_equal(after[:, :320], before[:, :320])
    world.history.undo()
    world.settings.set_option(tool_id, "inside_mask", False)
    drag(world, tool_id, (250, 200), (400, 200))
    assert not np.array_equal(seen(world)[:, 320:], before[:, 320:])


def test_a_stroke_the_mask_keeps_out_is_not_passed_over_in_silence(world: Studio) -> None:
    world.document.selection.write(Rect(0, 0, 100, 100), np.full((100, 100), 255, np.uint8))
    with pytest.raises(DocumentError, match="outside the mask"):
        drag(world, "brush", (300, 300), (400, 300))
    assert world.history.labels() == ()
    drag(world, "brush", (50, 50), (400, 300))
    assert world.history.labels() == ("Brush stroke",)


@pytest.mark.parametrize("tool_id", ["smudge", "blur", "clone", "heal"])
def test_a_locked_transparency_stays(world: Studio, tool_id: str) -> None:
    pixels = noisy()
    pixels[..., 3] = np.random.default_rng(6).integers(0, 256, pixels.shape[:2])
    pixels[..., :3] = np.minimum(pixels[..., :3], pixels[..., 3:])
    put(world, pixels)
    locked = world.layer.properties.with_(is_alpha_locked=True)
    SetProperties(world.layer.id, locked).apply(world.document)
    drag(world, tool_id, (100, 100), (200, 150))
    assert np.array_equal(seen(world)[..., 3], pixels[..., 3])
    assert not np.array_equal(seen(world), pixels)


@pytest.mark.parametrize("tool_id", ["smudge", "blur", "clone", "heal"])
def test_they_work_on_the_mask_of_a_layer(world: Studio, tool_id: str) -> None:
    put(world, noisy())
    before = seen(world)
    mask = TiledSurface(1)
    mask.write(CANVAS, np.random.default_rng(8).integers(0, 256, (CANVAS.height, CANVAS.width), np.uint8))
    SetLayerMask(world.layer.id, mask.snapshot()).apply(world.document)
    SetActivePart(True).apply(world.document)
    assert world.layer.mask is not None
    was = world.layer.mask.read(CANVAS)
    drag(world, tool_id, (100, 100), (200, 150))
    assert np.array_equal(seen(world), before)
    assert not np.array_equal(world.layer.mask.read(CANVAS), was)
    world.history.undo()
    assert np.array_equal(world.layer.mask.read(CANVAS), was)


@pytest.mark.parametrize("tool_id", ["smudge", "blur", "clone", "heal"])
def test_frames_do_not_change_the_pixels(world: Studio, tool_id: str) -> None:
    results = []
    for size in (1, 3, 40):
        fresh = studio()
        put(fresh, noisy())
        tool = fresh.tool(tool_id)
        path = [at(100 + 5 * step, 100 + 2 * step) for step in range(40)]
        tool.press(path[0])
        for index in range(1, 40, size):
            tool.move(path[index : index + size])
        tool.release(path[-1])
        results.append(seen(fresh).tobytes())
    assert results[0] == results[1] == results[2]
