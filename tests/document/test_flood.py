from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.geometry import Rect
from studio.document import flood
from studio.document.flood import Likeness, region
from studio.document.pixels import UInt8Array

HARD = Likeness(tolerance=10, is_antialiased=False)


class Picture:
    """White, opaque, with black lines; counts what was looked at."""

    def __init__(self, width: int, height: int) -> None:
        self.canvas = Rect(-30, 20, width, height)
        self.pixels = np.full((height, width, 4), 255, np.uint8)
        self.seen = 0

    def line(self, left: int, top: int, right: int, bottom: int) -> None:
        """Black, in array coordinates, half open."""
        self.pixels[top:bottom, left:right, :3] = 0

    def read(self, rect: Rect) -> UInt8Array:
        self.seen = max(self.seen, rect.area)
        return self.pixels[rect.slices_in(self.canvas)].copy()

    def found(self, x: int, y: int, likeness: Likeness = HARD) -> UInt8Array:
        """From array coordinates, over the whole picture."""
        patch = region(self.read, self.canvas, (x + self.canvas.x, y + self.canvas.y), likeness)
        assert self.canvas.contains_rect(patch.rect)
        plane = np.zeros(self.pixels.shape[:2], np.uint8)
        plane[patch.rect.slices_in(self.canvas)] = patch.coverage
        return plane


def room(gap: int = 0) -> Picture:
    """A box of 200 x 150 with walls of 3 pixels, open by `gap` at the right."""
    picture = Picture(400, 300)
    picture.line(50, 50, 256, 53)
    picture.line(50, 203, 256, 206)
    picture.line(50, 50, 53, 206)
    picture.line(253, 50, 256, 206)
    if gap:
        picture.pixels[120 : 120 + gap, 253:256, :3] = 255
    return picture


INSIDE = (slice(53, 203), slice(53, 253))


def test_a_closed_room_is_found_to_the_last_pixel() -> None:
    found = room().found(100, 100)
    assert (found[INSIDE] == 255).all()
    assert (found > 0).sum() == 200 * 150


def test_an_open_room_leaks_unless_gaps_are_closed() -> None:
    picture = room(gap=6)
    assert picture.found(100, 100)[10, 10] == 255
    closed = picture.found(100, 100, Likeness(tolerance=10, is_antialiased=False, gap_px=8))
    assert (closed[INSIDE] == 255).all()
    assert not closed[:, 262:].any()
    assert picture.found(100, 100, Likeness(tolerance=10, gap_px=3))[10, 10] == 255


def test_corners_are_filled_though_gaps_are_closed() -> None:
    """A wedge of 45 degrees: its tip is narrower than the gap."""
    picture = Picture(300, 300)
    for row in range(300):
        picture.line(min(row + 20, 300), row, 300, row + 1)
    picture.line(0, 280, 300, 300)
    plain = picture.found(40, 200)
    closed = picture.found(40, 200, Likeness(tolerance=10, is_antialiased=False, gap_px=10))
    assert (plain != closed).sum() <= 12


def test_a_click_where_the_disc_does_not_fit_still_fills() -> None:
    picture = Picture(300, 100)
    picture.line(0, 40, 300, 42)
    picture.line(0, 45, 300, 47)
    found = picture.found(100, 43, Likeness(tolerance=10, is_antialiased=False, gap_px=30))
    assert (found > 0).sum() == 3 * 300


def test_everywhere_ignores_walls() -> None:
    found = room().found(100, 100, Likeness(tolerance=10, is_contiguous=False, is_antialiased=False))
    assert ((found == 255) == (room().pixels[..., 0] == 255)).all()


def test_tolerance_is_per_channel_and_inclusive() -> None:
    picture = Picture(64, 8)
    picture.pixels[..., 1] = np.arange(255, 191, -1)
    for tolerance in (0, 7, 63):
        likeness = Likeness(tolerance=tolerance, is_antialiased=False)
        assert (picture.found(0, 0, likeness) > 0).sum() == 8 * (tolerance + 1)


def test_growing_and_smoothing_only_add() -> None:
    picture = room()
    hard = picture.found(100, 100)
    soft = picture.found(100, 100, Likeness(tolerance=10))
    assert (soft >= hard).all()
    assert (soft[hard == 255] == 255).all()
    grown = picture.found(100, 100, Likeness(tolerance=10, grow_px=2, is_antialiased=False))
    assert (grown[51:205, 53:253] == 255).all()
    assert not grown[:50].any()


def test_it_looks_at_what_it_needs() -> None:
    picture = Picture(3000, 3000)
    picture.line(0, 100, 3000, 103)
    picture.line(100, 0, 103, 3000)
    found = picture.found(20, 20)
    assert (found > 0).sum() == 100 * 100
    assert picture.seen <= flood.FIRST_WINDOW_PX**2


def test_a_seed_beyond_the_canvas_finds_nothing() -> None:
    picture = room()
    assert region(picture.read, picture.canvas, (-31, 20), HARD).rect.is_empty


@settings(deadline=None, max_examples=20)
@given(
    seed=st.integers(0, 1000), gap=st.sampled_from([0, 2, 5, 9]), x=st.integers(0, 89), y=st.integers(0, 69)
)
def test_what_is_found_hangs_together_and_is_like_the_seed(seed: int, gap: int, x: int, y: int) -> None:
    picture = Picture(90, 70)
    random = np.random.default_rng(seed)
    for _ in range(12):
        left, top = int(random.integers(0, 80)), int(random.integers(0, 60))
        picture.line(left, top, left + int(random.integers(1, 40)), top + int(random.integers(1, 3)))
    whole = picture.found(x, y)
    closed = picture.found(x, y, Likeness(tolerance=10, gap_px=gap, is_antialiased=False))
    assert (closed <= whole).all()
    same = picture.pixels[..., 0] == picture.pixels[y, x, 0]
    assert same[whole > 0].all()
    assert whole[y, x] == 255
