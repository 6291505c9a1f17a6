"""A calmer line: the pen pulls the brush behind it on a string, and what is left is drawn when it is lifted."""

from __future__ import annotations

import math
from typing import NamedTuple

LONGEST_PX = 80.0
"""On the screen, at full smoothing."""

AVERAGED = 0.5
"""Of the string: so far the brush goes at once when the string is taut; the rest of a tremor is averaged away."""


class StrokePoint(NamedTuple):
    """A position in canvas pixels. pressure: 0..1. tilt: 0 upright .. 1 flat. tilt_turn: where the pen leans, in
    turns, clockwise from the right. speed: of the hand, 0..1; a stroke finds it from `time_s`."""

    x: float
    y: float
    pressure: float = 1.0
    time_s: float = 0.0
    tilt: float = 0.0
    tilt_turn: float = 0.0
    speed: float = 0.0


class PulledString:
    """length_px: canvas pixels. Corners stay corners: the string has a length, no delay."""

    def __init__(self, length_px: float) -> None:
        self._length_px = length_px
        self._end: tuple[float, float] | None = None
        self._aim: tuple[float, float] | None = None

    def pulled(self, point: StrokePoint) -> StrokePoint:
        """Where the brush is when the pen is at `point`."""
        if self._length_px <= 0:
            return point
        if self._end is None or self._aim is None:
            self._end = self._aim = (point.x, point.y)
            return point
        self._aim = _towards(self._aim, (point.x, point.y), self._length_px * AVERAGED)
        self._end = _towards(self._end, self._aim, self._length_px * (1.0 - AVERAGED))
        return point._replace(x=self._end[0], y=self._end[1])

    def rest(self, point: StrokePoint) -> list[StrokePoint]:
        """What is left to draw when the pen is lifted at `point`."""
        if self._length_px <= 0 or self._aim is None:
            return [point]
        self._end = (point.x, point.y)
        return [point._replace(x=self._aim[0], y=self._aim[1]), point]


def _towards(end: tuple[float, float], hand: tuple[float, float], slack: float) -> tuple[float, float]:
    """The end of a string of length `slack` once the hand has pulled."""
    dx, dy = hand[0] - end[0], hand[1] - end[1]
    distance = math.hypot(dx, dy)
    if distance <= slack:
        return end
    share = 1.0 - slack / distance
    return end[0] + dx * share, end[1] + dy * share
