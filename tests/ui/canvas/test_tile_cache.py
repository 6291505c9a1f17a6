from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.geometry import EMPTY, Rect
from studio.generation.request import UInt8Array
from studio.ui.canvas.qimage import to_native
from studio.ui.canvas.tile_cache import MAX_LEVEL, CoverageCache, PictureCache, level_for

AREA = Rect(-130, 40, 700, 530)
rects = st.builds(Rect, st.integers(-200, 560), st.integers(0, 560), st.integers(1, 400), st.integers(1, 400))


class Source:
    """A picture that can change, and counts what is read of it."""

    def __init__(self, channels: int = 4) -> None:
        shape = (AREA.height, AREA.width, 4) if channels == 4 else (AREA.height, AREA.width)
        self.pixels: UInt8Array = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
        self.read_px = 0

    def read(self, rect: Rect) -> UInt8Array:
        assert AREA.contains_rect(rect)
        self.read_px += rect.area
        return self.pixels[rect.slices_in(AREA)].copy()


def reduced(pixels: UInt8Array, level: int) -> UInt8Array:
    factor = 1 << level
    height, width = pixels.shape[:2]
    padded = cv2.copyMakeBorder(pixels, 0, -height % factor, 0, -width % factor, cv2.BORDER_REPLICATE)
    size = (padded.shape[1] // factor, padded.shape[0] // factor)
    return np.asarray(cv2.resize(padded, size, interpolation=cv2.INTER_AREA), np.uint8)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(["change", "renew"]), rects, st.integers(0, 3)), max_size=8))
def test_every_level_shows_the_source(steps: list[tuple[str, Rect, int]]) -> None:
    source = Source(channels=1)
    cache = CoverageCache(AREA, source.read)
    for number, (kind, rect, level) in enumerate(steps):
        if kind == "change":
            inside = rect.intersected(AREA)
            source.pixels[inside.slices_in(AREA)] = number * 30
            cache.invalidate(rect)
        else:
            cache.renew(level, rect)
            assert cache.is_current(level, rect)
    for level in range(4):
        cache.renew(level, AREA)
        shown = cache.level(level).plane.pixels
        difference = np.abs(shown.astype(int) - reduced(source.pixels, level).astype(int))
        # A level made from a finer one has been rounded once more per level; what the ragged last pixels hold
        # beyond the area is nobody's business.
        assert difference[:-1, :-1].max() <= level


def test_full_size_is_exact_and_in_native_order() -> None:
    source = Source()
    cache = PictureCache(AREA, source.read)
    cache.renew(0, AREA)
    assert np.array_equal(cache.image(0).pixels, to_native(source.pixels))


def test_only_what_changed_is_read_again() -> None:
    source = Source()
    cache = PictureCache(AREA, source.read)
    cache.renew(0, AREA)
    assert source.read_px == AREA.area
    assert cache.renew(0, AREA) == EMPTY
    cache.invalidate(Rect(100, 100, 20, 10))
    assert cache.renew(0, AREA) == Rect(100, 100, 20, 10)
    assert source.read_px == AREA.area + 200


def test_a_coarser_level_is_made_from_a_finer_one() -> None:
    source = Source()
    cache = PictureCache(AREA, source.read)
    cache.renew(0, AREA)
    cache.renew(2, AREA)
    assert source.read_px == AREA.area


def test_without_time_it_does_one_piece_and_says_so() -> None:
    source = Source()
    cache = PictureCache(AREA, source.read)
    renewed = cache.renew(0, AREA, budget_s=0.0)
    assert 0 < renewed.area < AREA.area
    assert not cache.is_current(0, AREA)
    for _ in range(20):
        cache.renew(0, AREA, budget_s=0.0)
    assert cache.is_current(0, AREA)


def test_opaque_cells_are_known() -> None:
    source = Source()
    source.pixels[..., 3] = 255
    cache = PictureCache(AREA, source.read)
    cache.renew(0, AREA)
    assert cache.is_opaque(0, AREA)
    hole = Rect(0, 100, 4, 4)
    source.pixels[hole.slices_in(AREA)] = 0
    cache.invalidate(hole)
    cache.renew(0, AREA)
    assert not cache.is_opaque(0, AREA)
    assert cache.is_opaque(0, Rect(400, 400, 50, 50))


@pytest.mark.parametrize(
    ("zoom", "level"), [(32.0, 0), (1.0, 0), (0.51, 0), (0.5, 1), (0.3, 1), (0.25, 2), (0.03, MAX_LEVEL)]
)
def test_the_level_has_at_least_the_pixels_of_the_screen(zoom: float, level: int) -> None:
    assert level_for(zoom) == level
