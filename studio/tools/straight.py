"""Shift under a running stroke: it goes on in the nearest direction of 15 degrees."""

from __future__ import annotations

import math

from studio.core.geometry import Point

STEP = math.pi / 12
DECIDED_PX = 6.0
"""On the screen: how far the hand must have gone for its direction to count."""


class Straight:
    """The direction is chosen once, when the hand has moved; from then on positions fall onto that line."""

    def __init__(self, start: Point, zoom: float) -> None:
        self._start = start
        self._decided_px = DECIDED_PX / zoom
        self._direction: tuple[float, float] | None = None

    def constrained(self, position: Point) -> Point:
        dx, dy = position.x - self._start.x, position.y - self._start.y
        if self._direction is None:
            if math.hypot(dx, dy) < self._decided_px:
                return self._start
            angle = round(math.atan2(dy, dx) / STEP) * STEP
            self._direction = (math.cos(angle), math.sin(angle))
        along_x, along_y = self._direction
        length = dx * along_x + dy * along_y
        return Point(self._start.x + length * along_x, self._start.y + length * along_y)
