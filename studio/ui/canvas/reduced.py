"""Surfaces as they look from further away: the mean of 2^level squared pixels, worked out where it is asked for."""

from __future__ import annotations

import time
from collections.abc import Iterable, Set
from weakref import WeakKeyDictionary, ref

import numpy as np

from studio.core.geometry import EMPTY, Rect
from studio.core.opencv import cv2
from studio.document.pixels import TILE_PX, UInt8Array
from studio.document.surface import TiledSurface, TileKey, tile_rect

BASE_LEVEL = 2
"""Levels above it are made from it: one sixteenth of a picture's memory makes every view from afar cheap."""


class Reductions:
    """Of all surfaces of a document, each as long as its surface lives."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[TiledSurface, dict[int, ReducedSurface]] = WeakKeyDictionary()

    def of(self, surface: TiledSurface, level: int) -> ReducedSurface:
        known = self._known.setdefault(surface, {})
        if level not in known:
            is_base = level <= BASE_LEVEL
            source: TiledSurface = surface if is_base else self.of(surface, BASE_LEVEL)
            known[level] = ReducedSurface(source, level if is_base else level - BASE_LEVEL)
        return known[level]

    def invalidate(self, surface: TiledSurface, rect: Rect) -> None:
        """rect: pixels of the surface."""
        for level, reduced in self._known.get(surface, {}).items():
            reduced.invalidate(rect if level <= BASE_LEVEL else shrunk(rect, BASE_LEVEL))

    def prepare(self, surfaces: Iterable[TiledSurface], *, budget_s: float) -> bool:
        """Works out what every view from afar is made from, for a while; returns whether all of it is there."""
        end = time.perf_counter() + budget_s
        for surface in surfaces:
            base = self.of(surface, BASE_LEVEL)
            for key in base.missing():
                base.tile(key)
                if time.perf_counter() > end:
                    return False
        return True

    def forget(self) -> None:
        """Gives all memory back."""
        for known in self._known.values():
            for reduced in known.values():
                reduced.forget()

    @property
    def byte_size(self) -> int:
        return sum(reduced.byte_size for known in self._known.values() for reduced in known.values())


def shrunk(rect: Rect, level: int) -> Rect:
    """The pixels of a level in which those of `rect` have a part."""
    step = 1 << level
    return Rect.from_edges(rect.x // step, rect.y // step, -(-rect.right // step), -(-rect.bottom // step))


class ReducedSurface(TiledSurface):
    """Read-only; its pixel (i, j) shows the pixels [i, i + 1) * 2^level of the source, which goes on changing:
    `invalidate` says where. Tiles are kept from the first look on; `forget` gives their memory back."""

    def __init__(self, source: TiledSurface, level: int) -> None:
        super().__init__(source.channels)
        # Whoever keeps reductions by their source must not keep the source alive.
        self._source = ref(source)
        self._step = 1 << level
        self._known: dict[TileKey, UInt8Array | None] = {}
        self._filled = 0
        self._stale: dict[TileKey, dict[TileKey, Rect]] = {}

    def tile(self, key: TileKey) -> UInt8Array | None:
        if key not in self._known:
            self._stale.pop(key, None)
            built = self._known[key] = self._built(key)
            self._filled += built is not None
        elif key in self._stale:
            self._renew(key, self._stale.pop(key))
        return self._known[key]

    def invalidate(self, rect: Rect) -> None:
        """rect: pixels of the source."""
        for source_key in rect.tiles(TILE_PX):
            key = (source_key[0] // self._step, source_key[1] // self._step)
            if key in self._known:
                stale = self._stale.setdefault(key, {})
                part = rect.intersected(tile_rect(source_key))
                stale[source_key] = stale.get(source_key, EMPTY).united(part)

    def forget(self) -> None:
        self._known.clear()
        self._stale.clear()
        self._filled = 0

    def keys(self) -> Set[TileKey]:
        source = self._source()
        keys = source.keys() if source is not None else ()
        return {(column // self._step, row // self._step) for column, row in keys}

    def missing(self) -> list[TileKey]:
        """Not yet worked out."""
        return [key for key in self.keys() if key not in self._known]

    @property
    def byte_size(self) -> int:
        """Kept for looking from afar; the source's own bytes do not count."""
        return self._filled * TILE_PX * TILE_PX * self.channels

    def _built(self, key: TileKey) -> UInt8Array | None:
        step, made = self._step, None
        source = self._source()
        if source is None:
            return None
        for column in range(key[0] * step, (key[0] + 1) * step):
            for row in range(key[1] * step, (key[1] + 1) * step):
                tile = source.tile((column, row))
                if tile is None:
                    continue
                if made is None:
                    made = np.zeros(self._shape, np.uint8)
                self._put(made, key, (column, row), tile_rect((column, row)), tile)
        return made

    def _renew(self, key: TileKey, stale: dict[TileKey, Rect]) -> None:
        source = self._source()
        if source is None:
            return
        made = self._known[key]
        if made is None:
            made = self._known[key] = np.zeros(self._shape, np.uint8)
            self._filled += 1
        for source_key, rect in stale.items():
            self._put(made, key, source_key, rect, source.tile(source_key))

    def _put(
        self, made: UInt8Array, key: TileKey, source_key: TileKey, rect: Rect, tile: UInt8Array | None
    ) -> None:
        """The mean of a part of one source tile, grown to whole pixels of this surface."""
        step, box = self._step, tile_rect(source_key)
        left, top = rect.x // step, rect.y // step
        right, bottom = -(-rect.right // step), -(-rect.bottom // step)
        own = Rect.from_edges(left, top, right, bottom)
        target = own.slices_in(tile_rect(key))
        if tile is None:
            made[target] = 0
            return
        source = Rect(left * step, top * step, own.width * step, own.height * step)
        made[target] = cv2.resize(
            tile[source.slices_in(box)], (own.width, own.height), interpolation=cv2.INTER_AREA
        )
