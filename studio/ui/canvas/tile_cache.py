"""The picture as the screen needs it: at the size of the zoom, kept in memory, renewed only where it changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import numpy as np

from studio.core.geometry import EMPTY, Rect
from studio.core.opencv import cv2
from studio.document.pixels import TILE_PX
from studio.generation.request import UInt8Array
from studio.ui.canvas.qimage import CacheImage, to_native

MAX_LEVEL = 5
"""Level k shows 2^k canvas pixels as one; 2^5 reaches the smallest zoom."""

Cell = tuple[int, int]


class Plane(Protocol):
    """Memory of one level: uint8 (h, w, ...) in the order the cache's pixels come in."""

    pixels: UInt8Array


class CoveragePlane:
    """One byte per pixel, initially zero (memory that is never touched is never spent)."""

    def __init__(self, width: int, height: int) -> None:
        self.pixels: UInt8Array = np.zeros((max(1, height), max(1, width)), np.uint8)


class Level:
    """One size of the picture, in cells of TILE_PX canvas pixels: no piece of work is larger, at any zoom.

    dirty: per cell, the canvas rectangle whose pixels are out of date. opaque: cells without transparency.
    """

    def __init__(self, index: int, area: Rect, plane: Plane) -> None:
        self.index = index
        self.area = area
        self.plane = plane
        self.dirty: dict[Cell, Rect] = {cell: self.cell_rect(cell) for cell in self.cells(area)}
        self.opaque: set[Cell] = set()

    @property
    def scale(self) -> int:
        return 1 << self.index

    def cells(self, rect: Rect) -> list[Cell]:
        inside = rect.intersected(self.area)
        return list(inside.translated(-self.area.x, -self.area.y).tiles(TILE_PX))

    def cell_rect(self, cell: Cell) -> Rect:
        """Canvas pixels, cut at the edge of the area."""
        whole = Rect(self.area.x + cell[0] * TILE_PX, self.area.y + cell[1] * TILE_PX, TILE_PX, TILE_PX)
        return whole.intersected(self.area)

    def aligned(self, rect: Rect) -> Rect:
        """Grown to whole level pixels, cut at the edge of the area."""
        step, area = self.scale, self.area
        return Rect.from_edges(
            area.x + (rect.x - area.x) // step * step,
            area.y + (rect.y - area.y) // step * step,
            area.x - (area.x - rect.right) // step * step,
            area.y - (area.y - rect.bottom) // step * step,
        ).intersected(area)

    def slices(self, rect: Rect) -> tuple[slice, slice]:
        """(rows, columns) of an aligned canvas rectangle in the plane."""
        step = self.scale
        left, top = (rect.x - self.area.x) // step, (rect.y - self.area.y) // step
        width, height = -(-rect.width // step), -(-rect.height // step)
        return slice(top, top + height), slice(left, left + width)


class TileCache:
    """Reads a source at full size and keeps what was looked at.

    area: canvas rectangle the source fills. read: pixels of a canvas rectangle at full size, uint8 (h, w) or
    (h, w, 4) in the order of the planes. A level costs memory only where it was shown.
    """

    def __init__(
        self, area: Rect, *, read: Callable[[Rect], UInt8Array], plane: Callable[[int, int], Plane]
    ) -> None:
        self.area = area
        self._read = read
        self._plane = plane
        self._levels: dict[int, Level] = {}

    def level(self, index: int) -> Level:
        level = self._levels.get(index)
        if level is None:
            step = 1 << index
            plane = self._plane(-(-self.area.width // step), -(-self.area.height // step))
            level = self._levels[index] = Level(index, self.area, plane)
        return level

    def invalidate(self, rect: Rect) -> None:
        for level in self._levels.values():
            for cell in level.cells(rect):
                changed = rect.intersected(level.cell_rect(cell))
                level.dirty[cell] = level.dirty.get(cell, EMPTY).united(changed)

    def is_current(self, index: int, rect: Rect) -> bool:
        level = self.level(index)
        return not level.dirty or level.dirty.keys().isdisjoint(level.cells(rect))

    def renew(self, index: int, rect: Rect, *, budget_s: float = float("inf")) -> Rect:
        """Brings `rect` (canvas pixels) of a level up to date as far as the time allows, at least one piece.

        Returns the canvas rectangle that was renewed; `is_current` tells whether something is left.
        """
        level = self.level(index)
        if not level.dirty or rect.is_empty:
            return EMPTY
        end = time.perf_counter() + budget_s
        todo = {cell: level.dirty[cell] for cell in level.cells(rect) if cell in level.dirty}
        renewed = EMPTY
        for piece, cells in _pieces(todo, rect.center):
            self._compute(level, piece)
            renewed = renewed.united(piece)
            for cell in cells:
                del level.dirty[cell]
            if time.perf_counter() > end:
                break
        return renewed

    def _compute(self, level: Level, rect: Rect) -> None:
        rect = level.aligned(rect)
        factor, pixels = self._source(level, rect)
        shrunk = _shrink(pixels, factor)
        level.plane.pixels[level.slices(rect)] = shrunk
        if shrunk.ndim == 3:
            is_opaque = int(shrunk[..., 3].min()) == 255
            for cell in level.cells(rect):
                if not is_opaque:
                    level.opaque.discard(cell)
                elif rect.contains_rect(level.cell_rect(cell)):
                    level.opaque.add(cell)

    def _source(self, level: Level, rect: Rect) -> tuple[int, UInt8Array]:
        """Pixels of `rect` and how often they must be halved: from a finer level that is up to date, or read."""
        for index in range(level.index - 1, -1, -1):
            finer = self._levels.get(index)
            if finer is not None and finer.dirty.keys().isdisjoint(finer.cells(rect)):
                return level.scale >> index, finer.plane.pixels[finer.slices(rect)]
        return level.scale, self._read(rect)


class PictureCache(TileCache):
    """A cache of `CacheImage`s; `read` gives premultiplied RGBA as the document's compositor does."""

    def __init__(self, area: Rect, read: Callable[[Rect], UInt8Array]) -> None:
        super().__init__(area, read=lambda rect: to_native(read(rect)), plane=CacheImage)

    def image(self, index: int) -> CacheImage:
        plane = self.level(index).plane
        assert isinstance(plane, CacheImage)
        return plane

    def is_opaque(self, index: int, rect: Rect) -> bool:
        level = self.level(index)
        return all(cell in level.opaque for cell in level.cells(rect))


class CoverageCache(TileCache):
    """A cache of one-byte planes."""

    def __init__(self, area: Rect, read: Callable[[Rect], UInt8Array]) -> None:
        super().__init__(area, read=read, plane=CoveragePlane)


def level_for(zoom: float) -> int:
    """The coarsest level that still has at least one pixel per device pixel."""
    index = 0
    while index < MAX_LEVEL and zoom * (2 << index) <= 1.0001:
        index += 1
    return index


def _pieces(todo: dict[Cell, Rect], center: tuple[float, float]) -> list[tuple[Rect, list[Cell]]]:
    """What to compute in one go: everything, where the bounding box wastes little (a stroke across the corner of
    four cells), else cell by cell, from the middle outwards."""
    if not todo:
        return []
    bounds = EMPTY
    for rect in todo.values():
        bounds = bounds.united(rect)
    if bounds.area <= TILE_PX * TILE_PX // 2 and bounds.area <= 2 * sum(rect.area for rect in todo.values()):
        return [(bounds, list(todo))]

    def distance(item: tuple[Cell, Rect]) -> float:
        middle = item[1].center
        return abs(middle.x - center[0]) + abs(middle.y - center[1])

    return [(rect, [cell]) for cell, rect in sorted(todo.items(), key=distance)]


def _shrink(pixels: UInt8Array, factor: int) -> UInt8Array:
    """The mean of factor x factor pixels; a ragged edge counts its last pixels twice."""
    if factor == 1:
        return pixels
    height, width = pixels.shape[:2]
    pad_y, pad_x = -height % factor, -width % factor
    if pad_x or pad_y:
        pixels = np.asarray(cv2.copyMakeBorder(pixels, 0, pad_y, 0, pad_x, cv2.BORDER_REPLICATE), np.uint8)
        height, width = pixels.shape[:2]
    size = (width // factor, height // factor)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
