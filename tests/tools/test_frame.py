from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.geometry import Point, Rect
from studio.tools.frame import MAX_SIDE_PX, MIN_SIDE_PX, SIZE_STEP_PX
from tests.tools.studio_of_one import CANVAS, Studio, at, studio

FRAME = Rect(64, 64, 256, 256)


def drag(world: Studio, start: tuple[float, float], end: tuple[float, float], **held: bool) -> Rect:
    tool = world.tool("frame")
    tool.press(at(*start, **held))
    tool.move([at(*end, **held)])
    tool.release(at(*end, **held))
    return world.frame


def test_dragging_inside_moves_it() -> None:
    assert drag(studio(), (150, 150), (187, 131)) == FRAME.translated(37, -19)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ((320, 200), (361, 200), Rect(64, 64, 296, 256)),
        ((64, 200), (30, 250), Rect(32, 64, 288, 256)),
        ((200, 64), (200, 101), Rect(64, 104, 256, 216)),
        ((200, 320), (300, 345), Rect(64, 64, 256, 280)),
        ((320, 320), (360, 360), Rect(64, 64, 296, 296)),
        ((64, 64), (24, 30), Rect(24, 32, 296, 288)),
    ],
)
def test_handles_resize_in_steps_while_the_other_side_stays(
    start: tuple[int, int], end: tuple[int, int], expected: Rect
) -> None:
    assert drag(studio(), start, end) == expected


def test_an_edge_snaps_to_the_canvas_exactly_even_off_the_steps() -> None:
    world = studio()
    world.frame = Rect(63, 64, 256, 256)
    assert drag(world, (319, 200), (635, 200)).right == CANVAS.right
    assert world.frame.width % SIZE_STEP_PX


def test_a_moved_frame_snaps_with_either_side() -> None:
    assert drag(studio(), (150, 150), (92, 93)).x == 0
    world = studio()
    assert drag(world, (150, 150), (150 + 315, 150)).right == CANVAS.right


def test_snapping_reaches_eight_pixels_of_the_screen() -> None:
    near = (150 - 64 + 3, 150)
    assert drag(studio(zoom=1.0), (150, 150), near).x == 0
    assert drag(studio(zoom=4.0), (150, 150), near).x == 3
    assert drag(studio(zoom=1.0), (150, 150), near, ctrl=True).x == 3


def test_past_the_canvas_it_goes_on() -> None:
    assert drag(studio(), (64, 200), (-130, 200)) == Rect(-128, 64, 448, 256)


def test_elsewhere_a_new_one_is_drawn_in_any_direction() -> None:
    assert drag(studio(), (400, 350), (480, 430)) == Rect(400, 350, 80, 80)
    assert drag(studio(), (600, 400), (400, 330)) == Rect(400, 328, 200, 72)


def test_a_click_beside_it_keeps_it() -> None:
    assert drag(studio(), (400, 350), (402, 351)) == FRAME


def test_a_click_on_an_edge_keeps_an_odd_size() -> None:
    world = studio()
    world.frame = Rect(64, 64, 251, 253)
    assert drag(world, (315, 200), (315, 200)) == Rect(64, 64, 251, 253)


def test_escape_brings_it_back() -> None:
    world = studio()
    tool = world.tool("frame")
    tool.press(at(400, 350))
    tool.move([at(500, 450)])
    assert world.frame != FRAME
    tool.cancel()
    tool.release(at(500, 450))
    assert world.frame == FRAME


positions = st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000))


@settings(deadline=None)
@given(positions, positions, st.booleans(), st.floats(0.05, 16))
def test_whatever_the_hand_does_the_frame_can_be_generated(
    start: tuple[float, float], end: tuple[float, float], ctrl: bool, zoom: float
) -> None:
    frame = drag(studio(zoom=zoom), start, end, ctrl=ctrl)
    canvas_edges = {CANVAS.x, CANVAS.right, CANVAS.y, CANVAS.bottom}
    for length, ends in ((frame.width, (frame.x, frame.right)), (frame.height, (frame.y, frame.bottom))):
        assert MIN_SIDE_PX <= length <= MAX_SIDE_PX
        assert length % SIZE_STEP_PX == 0 or canvas_edges & set(ends)


@pytest.mark.parametrize(
    ("position", "cursor"),
    [
        ((64, 64), "size_falling"),
        ((320, 64), "size_rising"),
        ((320, 320), "size_falling"),
        ((60, 316), "size_rising"),
        ((200, 60), "size_vertical"),
        ((324, 200), "size_horizontal"),
        ((200, 200), "move"),
        ((400, 400), "cross"),
    ],
)
def test_the_cursor_tells_what_a_drag_would_do(position: tuple[int, int], cursor: str) -> None:
    tool = studio().tool("frame")
    tool.hover(at(*position))
    assert tool.cursor() == cursor


def test_a_frame_that_is_tiny_on_the_screen_can_still_be_moved() -> None:
    world = studio(zoom=0.02)
    tool = world.tool("frame")
    tool.hover(at(*FRAME.center))
    assert tool.cursor() == "move"


def test_it_shows_the_frame_and_eight_handles() -> None:
    overlay = studio().tool("frame").overlay()
    assert overlay.rects == (FRAME,)
    assert len(set(overlay.handles)) == 8
    assert Point(64, 192) in overlay.handles
