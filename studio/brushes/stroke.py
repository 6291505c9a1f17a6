"""From pointer positions to coverage: a smooth line through every one of them, laid in dabs.

What coverage means (paint, mask, erase) is decided by whoever commits it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from studio.brushes.brush import Brush, DabValues, Follower
from studio.brushes.dab import DabMaker
from studio.brushes.ink import Ink, Laying, TileKey, dab_share
from studio.brushes.smoothing import LONGEST_PX, PulledString
from studio.brushes.smoothing import StrokePoint as StrokePoint
from studio.brushes.symmetry import NO_SYMMETRY, Symmetry
from studio.brushes.tips import texture_picture
from studio.core.geometry import Rect

MIN_CURVED_PX = 4.0
REACH_PX = 16_384
FAST_PX_PER_S = 3000.0
"""On the screen: a quick flick of the hand."""

SPEED_MEMORY_S = 0.04
SPRAY_S = 0.03
LONGEST_REST_S = 0.5
"""Of one event: after a longer pause the window was busy, not the hand at rest."""

MOST_DABS = 60_000
"""Of one input point: a brush of a pixel drawn across the largest canvas."""


class Stroke:
    """Inks tiles of `tile_px`; nothing outside `clip`.

    seed: of what is random, so that the same events make the same stroke. screen_scale: screen pixels per canvas
    pixel; speed and smoothing belong to the hand. ink: what the dabs are laid on, by default what the brush says.
    """

    def __init__(
        self,
        brush: Brush,
        dabs: DabMaker,
        *,
        clip: Rect,
        tile_px: int,
        seed: int = 0,
        screen_scale: float = 1.0,
        symmetry: Symmetry = NO_SYMMETRY,
        ink: Laying | None = None,
    ) -> None:
        self.ink: Laying = _ink_of(brush, tile_px) if ink is None else ink
        self._brush = brush
        self._dabs = dabs
        self._clip = clip
        self._screen_scale = screen_scale
        self._symmetry = symmetry
        self._follower = Follower(brush)
        self._random = random.Random(seed)
        self._is_random = any(entry.input == "random" for entry in brush.dynamics)
        self._is_even = brush.is_even
        self._string = PulledString(brush.smoothing * LONGEST_PX / screen_scale)
        self._last: StrokePoint | None = None
        self._before_last: StrokePoint | None = None
        self._strongest: StrokePoint | None = None
        self._is_waiting = brush.follows_direction
        self._to_next_px = 0.0
        self._rested_s = 0.0
        self._dab_count = 0

    def advance(self, points: Sequence[StrokePoint]) -> dict[TileKey, Rect]:
        """Draws on through `points`, every one of which is inked as far as spacing and smoothing allow; a point that
        is not a number is passed over.

        Returns for each tile that changed the rectangle that did, canvas pixels.
        """
        for raw in points:
            if all(map(math.isfinite, raw[:-1])):
                self._advance_to(self._string.pulled(self._tamed(raw)))
        return self.ink.take_changed()

    def finish(self, point: StrokePoint | None) -> dict[TileKey, Rect]:
        """The pen is lifted, at `point` where it still had pressure there: the line catches up with it, and a tap
        leaves a mark."""
        end = self._last if point is None or not all(map(math.isfinite, point[:-1])) else self._tamed(point)
        if end is not None:
            for rest in self._string.rest(end):
                self._advance_to(rest)
        strongest = self._strongest
        if strongest is not None and (self._is_waiting or (self._dab_count == 1 and not self._is_even)):
            self._is_waiting = False
            self._stamp(strongest, 0.0)
        return self.ink.take_changed()

    def _advance_to(self, point: StrokePoint) -> None:
        last = self._last
        if self._strongest is None or point.pressure > self._strongest.pressure:
            self._strongest = point
        if last is None:
            if not self._is_waiting:
                self._to_next_px = self._stamp(point, 0.0)
        elif point.x != last.x or point.y != last.y:
            point = point._replace(speed=self._speed(last, point))
            if self._is_even:
                self._draw_evenly(last, point)
            else:
                self._draw_spaced(last, point)
            self._before_last = last
        elif self._brush.sprays and not self._is_waiting:
            self._spray(last, point)
        elif self._is_even and point != last:
            self._stamp(point, 0.0)
        self._last = point

    def _spray(self, last: StrokePoint, point: StrokePoint) -> None:
        """The pen rests: dabs come by time, and the clock of the events counts."""
        self._rested_s += min(max(point.time_s - last.time_s, 0.0), LONGEST_REST_S)
        while self._rested_s >= SPRAY_S:
            self._rested_s -= SPRAY_S
            self._stamp(point, 0.0)

    def _draw_evenly(self, start: StrokePoint, end: StrokePoint) -> None:
        """Dabs on both ends: one more or less cannot be seen."""
        length = math.dist(start[:2], end[:2])
        brush = self._brush
        radius = brush.radius_px(min(start.pressure, end.pressure))
        spacing = self._dabs.spacing_px(radius, brush.hardness, brush.roundness)
        count = min(math.ceil(length / spacing), MOST_DABS)
        bend = self._bend(start, end, length)
        if self._is_waiting:
            self._is_waiting = False
            self._stamp(start, _direction(start, end, bend, 0.0))
        steady = self._follower.steady
        if steady is not None and self._symmetry.kind == "none":
            # Nothing changes along the way but the place: a third of the cost of a dab.
            self._dab_count += count
            for step in range(1, count):
                t = step / count
                bulge = 4.0 * t * (1.0 - t)
                x = start.x + (end.x - start.x) * t + bend[0] * bulge
                y = start.y + (end.y - start.y) * t + bend[1] * bulge
                self._lay(x, y, steady, steady.turn_deg, 1.0, is_flipped=False)
        else:
            for step in range(1, count):
                t = step / count
                self._stamp(_point_at(start, end, bend, t), _direction(start, end, bend, t))
        self._stamp(end, _direction(start, end, bend, 1.0))

    def _draw_spaced(self, start: StrokePoint, end: StrokePoint) -> None:
        """Dabs at their distance, wherever the input points lie: how often a pen reports must not darken the line."""
        length = math.dist(start[:2], end[:2])
        bend = self._bend(start, end, length)
        if self._is_waiting:
            self._is_waiting = False
            self._to_next_px = self._stamp(start, _direction(start, end, bend, 0.0))
        at = self._to_next_px
        for _ in range(MOST_DABS):
            if at > length:
                break
            t = at / length
            at += self._stamp(_point_at(start, end, bend, t), _direction(start, end, bend, t))
        self._to_next_px = max(at - length, 0.0)

    def _speed(self, last: StrokePoint, point: StrokePoint) -> float:
        """0..1, smoothed over time: single intervals of a mouse jitter."""
        passed = point.time_s - last.time_s
        if passed <= 0:
            return last.speed
        now = math.dist(last[:2], point[:2]) * self._screen_scale / passed / FAST_PX_PER_S
        kept = math.exp(-passed / SPEED_MEMORY_S)
        return min(last.speed * kept + now * (1.0 - kept), 1.0)

    def _tamed(self, point: StrokePoint) -> StrokePoint:
        """Far outside the clip a position is only a direction."""
        clip = self._clip
        return point._replace(
            x=min(max(point.x, clip.x - REACH_PX), clip.right + REACH_PX),
            y=min(max(point.y, clip.y - REACH_PX), clip.bottom + REACH_PX),
            pressure=min(max(point.pressure, 0.0), 1.0),
            tilt=min(max(point.tilt, 0.0), 1.0),
            tilt_turn=point.tilt_turn % 1.0,
            speed=0.0,
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

    def _stamp(self, point: StrokePoint, direction: float) -> float:
        """Lays a dab and its mirror images; returns how far on the next one lies."""
        chance = self._random.random() if self._is_random else 0.0
        values = self._follower.values(
            (point.pressure, point.speed, point.tilt, direction, point.tilt_turn, chance)
        )
        spacing = 0.0 if self._is_even else self._spacing_px(values)
        self._dab_count += 1
        x, y = point.x, point.y
        if values.scatter_px > 0:
            turn, off = 2 * math.pi * self._random.random(), math.sqrt(self._random.random())
            x += math.cos(turn) * off * values.scatter_px
            y += math.sin(turn) * off * values.scatter_px
        share = 1.0 if self._is_even else dab_share(values.flow, spacing, 2 * values.radius_px)
        if self._symmetry.kind == "none":
            self._lay(x, y, values, values.turn_deg, share, is_flipped=False)
        else:
            x, y = self._dabs.snapped(x, y, values.radius_px)
            for copy in self._symmetry.copies(x, y, values.turn_deg):
                self._lay(copy.x, copy.y, values, copy.turn_deg, share, is_flipped=copy.is_flipped)
        return spacing

    def _spacing_px(self, values: DabValues) -> float:
        if self._brush.spacing > 0:
            return max(self._brush.spacing * 2 * values.radius_px, 0.5)
        return self._dabs.spacing_px(values.radius_px, values.hardness, values.roundness)

    def _lay(
        self, x: float, y: float, values: DabValues, turn_deg: float, share: float, *, is_flipped: bool
    ) -> None:
        clip = self._clip
        reach = 1.5 * values.radius_px + 2.0
        if not (clip.x - reach < x < clip.right + reach and clip.y - reach < y < clip.bottom + reach):
            return
        dab = self._dabs.dab(x, y, values.radius_px, values.hardness, values.roundness, turn_deg, is_flipped)
        self.ink.lay(dab, clip, values.opacity, share)


def _ink_of(brush: Brush, tile_px: int) -> Ink:
    texture = texture_picture(brush.texture, brush.texture_scale, tile_px) if brush.texture else None
    return Ink(tile_px, builds_up=brush.builds_up, texture=texture, depth=brush.texture_depth)


def _point_at(start: StrokePoint, end: StrokePoint, bend: tuple[float, float], t: float) -> StrokePoint:
    """On the parabola through both ends: the chord plus `bend` times 4 t (1 - t)."""
    bulge = 4.0 * t * (1.0 - t)
    return StrokePoint(
        start.x + (end.x - start.x) * t + bend[0] * bulge,
        start.y + (end.y - start.y) * t + bend[1] * bulge,
        start.pressure + (end.pressure - start.pressure) * t,
        end.time_s,
        start.tilt + (end.tilt - start.tilt) * t,
        _turn_between(start.tilt_turn, end.tilt_turn, t),
        start.speed + (end.speed - start.speed) * t,
    )


def _turn_between(start: float, end: float, t: float) -> float:
    """The short way round."""
    return (start + ((end - start + 0.5) % 1.0 - 0.5) * t) % 1.0


def _direction(start: StrokePoint, end: StrokePoint, bend: tuple[float, float], t: float) -> float:
    """Of the curve, in turns, clockwise from the right."""
    along = 4.0 - 8.0 * t
    dx, dy = end.x - start.x + bend[0] * along, end.y - start.y + bend[1] * along
    return math.atan2(dy, dx) / (2 * math.pi) % 1.0
