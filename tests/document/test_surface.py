from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.geometry import EMPTY, Rect
from studio.document.pixels import TILE_PX, UInt8Array
from studio.document.surface import TiledSurface, empty_tile, same_pixels, tile_rect, tiles_rect

AREA = Rect(-300, -200, 700, 600)

rects = st.builds(
    Rect, st.integers(-300, 380), st.integers(-200, 380), st.integers(1, 330), st.integers(1, 330)
).map(lambda rect: rect.intersected(AREA))
writes = st.lists(st.tuples(rects, st.integers(0, 255)), min_size=1, max_size=6)


def filled(rect: Rect, value: int, channels: int) -> UInt8Array:
    shape = (rect.height, rect.width) if channels == 1 else (rect.height, rect.width, channels)
    return np.full(shape, value, np.uint8)


@settings(deadline=None, max_examples=40)
@given(writes, st.sampled_from([1, 4]))
def test_a_surface_is_a_plain_array_in_pieces(steps: list[tuple[Rect, int]], channels: int) -> None:
    surface = TiledSurface(channels)
    model = filled(AREA, 0, channels)
    for rect, value in steps:
        surface.write(rect, filled(rect, value, channels))
        model[rect.slices_in(AREA)] = value
    assert np.array_equal(surface.read(AREA), model)
    part = steps[0][0].expanded(3).intersected(AREA)
    assert np.array_equal(surface.read(part), model[part.slices_in(AREA)])
    covered = model if channels == 1 else model[..., 3]
    bounds = surface.bounds()
    if covered.any():
        rows, columns = np.nonzero(covered)
        assert bounds == Rect.from_edges(
            AREA.x + int(columns.min()),
            AREA.y + int(rows.min()),
            AREA.x + int(columns.max()) + 1,
            AREA.y + int(rows.max()) + 1,
        )
    else:
        assert bounds == EMPTY
    assert surface.tile_bounds().contains_rect(bounds)


@settings(deadline=None, max_examples=30)
@given(writes, writes)
def test_a_snapshot_never_changes_and_brings_everything_back(
    first: list[tuple[Rect, int]], second: list[tuple[Rect, int]]
) -> None:
    surface = TiledSurface(1)
    for rect, value in first:
        surface.write(rect, filled(rect, value, 1))
    before = surface.read(AREA)
    snapshot = surface.snapshot()
    for rect, value in second:
        surface.write(rect, filled(rect, value, 1))
    after = surface.read(AREA)
    assert np.array_equal(TiledSurface.from_tiles(1, snapshot).read(AREA), before)
    changed = surface.restore(snapshot)
    assert np.array_equal(surface.read(AREA), before)
    for key in set(AREA.tiles(TILE_PX)) - changed:
        part = tile_rect(key).intersected(AREA).slices_in(AREA)
        assert np.array_equal(before[part], after[part])


def test_the_first_write_after_a_snapshot_clones_one_tile_only() -> None:
    surface = TiledSurface(4)
    surface.write(Rect(0, 0, 512, 256), filled(Rect(0, 0, 512, 256), 9, 4))
    snapshot = surface.snapshot()
    surface.edit_tile((0, 0))[0, 0] = 1
    assert surface.tile((0, 0)) is not snapshot[0, 0]
    assert surface.tile((1, 0)) is snapshot[1, 0]
    ours = surface.edit_tile((0, 0))
    assert surface.edit_tile((0, 0)) is ours


def test_a_shared_tile_refuses_to_be_written() -> None:
    surface = TiledSurface(1)
    tile = surface.edit_tile((0, 0))
    surface.snapshot()
    with pytest.raises(ValueError, match="read-only"):
        tile[0, 0] = 1


def test_put_tiles_adopts_without_copying_and_removes() -> None:
    surface = TiledSurface(1)
    tile = np.ones((TILE_PX, TILE_PX), np.uint8)
    surface.put_tiles({(-1, 2): tile})
    assert surface.tile((-1, 2)) is tile
    assert surface.byte_size == tile.nbytes
    surface.put_tiles({(-1, 2): None, (5, 5): None})
    assert not surface.keys()


def test_a_strided_tile_is_made_contiguous() -> None:
    surface = TiledSurface(1)
    surface.put_tiles({(0, 0): np.arange(TILE_PX * TILE_PX * 2, dtype=np.uint8).reshape(TILE_PX, -1)[:, ::2]})
    tile = surface.tile((0, 0))
    assert tile is not None
    assert tile.flags.c_contiguous


def test_zeros_make_no_tiles_and_take_whole_ones_away() -> None:
    surface = TiledSurface(1)
    box = Rect(0, 0, TILE_PX, TILE_PX)
    surface.write(box, filled(box, 0, 1))
    assert not surface.keys()
    surface.write(box, filled(box, 5, 1))
    surface.write(box, filled(box, 0, 1))
    assert not surface.keys()


def test_an_empty_rectangle_reads_as_an_empty_array() -> None:
    assert TiledSurface(4).read(Rect(3, 3, 0, 5)).shape == (5, 0, 4)
    assert TiledSurface(1).read(EMPTY).shape == (0, 0)


def test_tiles_rect_and_same_pixels() -> None:
    assert tiles_rect(set()) == EMPTY
    assert tiles_rect({(-1, 0), (1, 2)}) == Rect(-256, 0, 768, 768)
    one = np.zeros((TILE_PX, TILE_PX), np.uint8)
    assert same_pixels(None, one)
    assert same_pixels(one, None)
    assert same_pixels(one, empty_tile(1))
    other = one.copy()
    other[-1, -1] = 1
    assert not same_pixels(one, other)
    assert not same_pixels(None, other)
