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

COARSEST_PX = 1 << MAX_LEVEL

EXACT_PX = 512 * 512
"""Larger changes are first shown roughly where the view is from afar: see `PictureCache`."""

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

    dirty: per cell, the canvas rectangle whose pixels are out of date. rough: per cell, the one that shows reduced
    layers merged instead of merged layers reduced. blank: cells never looked at. opaque: cells without transparency.
    """

    def __init__(self, index: int, area: Rect, plane: Plane) -> None:
        self.index = index
        self.area = area
        self.plane = plane
        self.dirty: dict[Cell, Rect] = {cell: self.cell_rect(cell) for cell in self.cells(area)}
        self.rough: dict[Cell, Rect] = {}
        self.blank: set[Cell] = set(self.dirty)
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
        is_rough = self._may_be_rough(level, sum(part.area for part in todo.values()))
        pieces = _blocks(todo, level.index, rect.center) if is_rough else _pieces(todo, rect.center)
        for piece, cells in pieces:
            self._compute(level, level.aligned(piece), is_rough=is_rough)
            renewed = renewed.united(piece)
            for cell in cells:
                del level.dirty[cell]
            if time.perf_counter() > end:
                break
        return renewed

    def _may_be_rough(self, level: Level, area_px: int) -> bool:
        """Whether so much may be shown by a stand-in first."""
        return False

    def _compute(self, level: Level, rect: Rect, *, is_rough: bool = False) -> None:
        factor, pixels = self._source(level, rect)
        self._store(level, rect, _shrink(pixels, factor))

    def _store(self, level: Level, rect: Rect, shrunk: UInt8Array) -> None:
        level.plane.pixels[level.slices(rect)] = shrunk
        if shrunk.ndim == 3:
            alpha = cv2.extractChannel(shrunk, 3)
            is_opaque, area = int(alpha.min()) == 255, level.area
            for cell in level.cells(rect):
                whole = level.cell_rect(cell)
                part = level.aligned(whole.intersected(rect)).translated(area.x - rect.x, area.y - rect.y)
                if not is_opaque and int(alpha[level.slices(part)].min()) < 255:
                    level.opaque.discard(cell)
                elif rect.contains_rect(whole):
                    level.opaque.add(cell)

    def _source(self, level: Level, rect: Rect) -> tuple[int, UInt8Array]:
        """Pixels of `rect` and how often they must be halved: from a finer level that is up to date, or read."""
        for index in range(level.index - 1, -1, -1):
            finer = self._levels.get(index)
            if finer is None:
                continue
            cells = finer.cells(rect)
            if finer.dirty.keys().isdisjoint(cells) and finer.rough.keys().isdisjoint(cells):
                return level.scale >> index, finer.plane.pixels[finer.slices(rect)]
        return level.scale, self._read(rect)


class PictureCache(TileCache):
    """A cache of `CacheImage`s; `read` gives premultiplied RGBA as the document's compositor does.

    read_reduced: (level, rectangle in its pixels) the same from reduced layers, quickly. Where all modes are normal
    that is the picture but for rounding; multiplied textures come out lighter or darker. So it stands in while much
    changes at once, and `refine` puts the picture in its place when there is time. It needs an area whose upper left
    corner is a multiple of COARSEST_PX.
    """

    def __init__(
        self,
        area: Rect,
        read: Callable[[Rect], UInt8Array],
        read_reduced: Callable[[int, Rect], UInt8Array] | None = None,
    ) -> None:
        super().__init__(area, read=lambda rect: to_native(read(rect)), plane=CacheImage)
        self._read_reduced = read_reduced

    def renew(self, index: int, rect: Rect, *, budget_s: float = float("inf")) -> Rect:
        self._stand_in(self.level(index), rect)
        return super().renew(index, rect, budget_s=budget_s)

    def _stand_in(self, level: Level, rect: Rect) -> None:
        """Where a level was never looked at it begins with what another one shows."""
        if not level.blank:
            return
        others = sorted(self._levels.values(), key=lambda other: abs(other.index - level.index))[1:]
        for cell in level.cells(rect):
            if cell not in level.blank:
                continue
            level.blank.discard(cell)
            where = level.aligned(level.cell_rect(cell))
            rows, columns = level.slices(where)
            size = (columns.stop - columns.start, rows.stop - rows.start)
            for other in others:
                if other.blank.isdisjoint(other.cells(where)):
                    found = other.plane.pixels[other.slices(other.aligned(where))]
                    level.plane.pixels[rows, columns] = cv2.resize(
                        found, size, interpolation=cv2.INTER_NEAREST
                    )
                    break

    def refine(self, index: int, rect: Rect, *, budget_s: float) -> Rect:
        """Puts the picture in the place of its stand-in, for a while; returns where that made a difference. Whether
        something is left tells `is_rough`."""
        level = self.level(index)
        end = time.perf_counter() + budget_s
        changed = EMPTY
        for cell in level.cells(rect):
            if cell not in level.rough or cell in level.dirty:
                continue
            where = level.aligned(level.rough.pop(cell))
            before = level.plane.pixels[level.slices(where)].copy()
            self._compute(level, where)
            if not np.array_equal(before, level.plane.pixels[level.slices(where)]):
                changed = changed.united(where)
            if time.perf_counter() > end:
                break
        return changed

    def is_rough(self, index: int, rect: Rect) -> bool:
        level = self.level(index)
        return bool(level.rough) and not level.rough.keys().isdisjoint(level.cells(rect))

    def _may_be_rough(self, level: Level, area_px: int) -> bool:
        return self._read_reduced is not None and level.index > 0 and area_px > EXACT_PX

    def _compute(self, level: Level, rect: Rect, *, is_rough: bool = False) -> None:
        if not is_rough or self._read_reduced is None:
            super()._compute(level, rect)
            return
        rows, columns = level.slices(rect)
        own = Rect.from_edges(columns.start, rows.start, columns.stop, rows.stop)
        own = own.translated(self.area.x >> level.index, self.area.y >> level.index)
        self._store(level, rect, to_native(self._read_reduced(level.index, own)))
        for cell in level.cells(rect):
            part = rect.intersected(level.cell_rect(cell))
            level.rough[cell] = level.rough.get(cell, EMPTY).united(part)

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


def _blocks(todo: dict[Cell, Rect], level: int, center: tuple[float, float]) -> list[tuple[Rect, list[Cell]]]:
    """What lies in one tile of the reduced layers, in one go; the middle first."""
    blocks: dict[Cell, list[Cell]] = {}
    for cell in todo:
        blocks.setdefault((cell[0] >> level, cell[1] >> level), []).append(cell)
    pieces: list[tuple[Rect, list[Cell]]] = []
    for cells in blocks.values():
        bounds = EMPTY
        for cell in cells:
            bounds = bounds.united(todo[cell])
        pieces.append((bounds, cells))
    return sorted(pieces, key=lambda piece: _distance(piece[0], center))


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

    ordered = sorted(todo.items(), key=lambda item: _distance(item[1], center))
    return [(rect, [cell]) for cell, rect in ordered]


def _distance(rect: Rect, center: tuple[float, float]) -> float:
    middle = rect.center
    return abs(middle.x - center[0]) + abs(middle.y - center[1])


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
