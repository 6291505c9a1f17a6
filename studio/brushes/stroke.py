"""From pointer positions to coverage: a smooth line through every one of them, as tiles that only ever grow darker.

Coverage is the maximum over the dabs, not their sum: a stroke of 50 % opacity is 50 % where it crosses itself, and
a dab costs one pass over one byte a pixel. What it means (paint, mask, erase) is decided by whoever commits it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from studio.brushes.brush import Brush
from studio.brushes.dab import DabMaker, UInt8Array
from studio.core.geometry import Rect
from studio.core.opencv import cv2

TileKey = tuple[int, int]

MIN_CURVED_PX = 4.0
REACH_PX = 16_384


class StrokePoint(NamedTuple):
    """A position in canvas pixels; pressure 0..1."""

    x: float
    y: float
    pressure: float = 1.0


class Stroke:
    """Accumulates coverage in square tiles of `tile_px`, tile (0, 0) at the canvas origin; nothing outside `clip`.

    coverage: the tiles touched so far, (tile_px, tile_px), 255 = covered.
    """

    def __init__(self, brush: Brush, dabs: DabMaker, *, clip: Rect, tile_px: int) -> None:
        self.coverage: dict[TileKey, UInt8Array] = {}
        self._brush = brush
        self._dabs = dabs
        self._clip = clip
        self._tile_px = tile_px
        self._last: StrokePoint | None = None
        self._before_last: StrokePoint | None = None
        self._dirty: dict[TileKey, Rect] = {}

    def advance(self, points: Sequence[StrokePoint]) -> dict[TileKey, Rect]:
        """Draws on through `points`, every one of which is inked; a point that is not a number is passed over.

        Returns for each tile that changed the rectangle that did, canvas pixels.
        """
        self._dirty = {}
        for raw in points:
            if math.isfinite(raw.x) and math.isfinite(raw.y) and math.isfinite(raw.pressure):
                self._advance_to(self._tamed(raw))
        return self._dirty

    def _advance_to(self, point: StrokePoint) -> None:
        last = self._last
        if last is None:
            self._stamp(point)
        elif point != last:
            for between in self._between(last, point):
                self._stamp(between)
            self._stamp(point)
            self._before_last = last
        self._last = point

    def _tamed(self, point: StrokePoint) -> StrokePoint:
        """Far outside the clip a position is only a direction."""
        clip = self._clip
        return StrokePoint(
            min(max(point.x, clip.x - REACH_PX), clip.right + REACH_PX),
            min(max(point.y, clip.y - REACH_PX), clip.bottom + REACH_PX),
            min(max(point.pressure, 0.0), 1.0),
        )

    def _between(self, start: StrokePoint, end: StrokePoint) -> Iterator[StrokePoint]:
        """The dabs strictly between two input points, evenly spaced on the curve."""
        length = math.hypot(end.x - start.x, end.y - start.y)
        radius = self._brush.radius_px(min(start.pressure, end.pressure))
        count = math.ceil(length / self._dabs.spacing_px(radius, self._brush.hardness))
        bend_x, bend_y = self._bend(start, end, length)
        for step in range(1, count):
            t = step / count
            # A parabola through both ends: the chord plus `bend` times 4 t (1 - t).
            bulge = 4.0 * t * (1.0 - t)
            yield StrokePoint(
                start.x + (end.x - start.x) * t + bend_x * bulge,
                start.y + (end.y - start.y) * t + bend_y * bulge,
                start.pressure + (end.pressure - start.pressure) * t,
            )

    def _bend(self, start: StrokePoint, end: StrokePoint, length: float) -> tuple[float, float]:
        """How far the curve leaves the middle of the chord: the parabola through the last three input points,
        parametrised by chord length. It needs no point from the future, so nothing lags; a turn of more than
        60 degrees, or chords of very different length, stay straight. At most a fifth of the chord.
        """
        origin = self._before_last
        if origin is None or length < MIN_CURVED_PX:
            return 0.0, 0.0
        previous = math.hypot(start.x - origin.x, start.y - origin.y)
        if not 0.25 <= previous / length <= 4.0:
            return 0.0, 0.0
        before_x, before_y = (start.x - origin.x) / previous, (start.y - origin.y) / previous
        after_x, after_y = (end.x - start.x) / length, (end.y - start.y) / length
        if before_x * after_x + before_y * after_y < 0.5:
            return 0.0, 0.0
        factor = length * length / (4.0 * (previous + length))
        return factor * (before_x - after_x), factor * (before_y - after_y)

    def _stamp(self, point: StrokePoint) -> None:
        brush, clip = self._brush, self._clip
        radius = brush.radius_px(point.pressure)
        reach = radius + 2.0
        if not (
            clip.x - reach < point.x < clip.right + reach and clip.y - reach < point.y < clip.bottom + reach
        ):
            return
        x, y, coverage = self._dabs.dab(point.x, point.y, radius, brush.hardness)
        strength = brush.strength(point.pressure)
        if strength < 1.0:
            coverage = np.asarray(cv2.convertScaleAbs(coverage, alpha=strength), np.uint8)
        height, width = coverage.shape
        box = Rect(x, y, width, height)
        visible = box.intersected(clip)
        tile_px = self._tile_px
        for key in visible.tiles(tile_px):
            tile_box = Rect(key[0] * tile_px, key[1] * tile_px, tile_px, tile_px)
            part = visible.intersected(tile_box)
            tile = self.coverage.get(key)
            if tile is None:
                tile = self.coverage[key] = np.zeros((tile_px, tile_px), np.uint8)
            drawn = tile[part.slices_in(tile_box)]
            np.maximum(drawn, coverage[part.slices_in(box)], out=drawn)
            dirty = self._dirty.get(key)
            self._dirty[key] = part if dirty is None else dirty.united(part)
