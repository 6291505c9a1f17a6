"""Ctrl+Alt and a drag: the brush grows to the right and shrinks to the left, hardens upward and softens downward."""

from __future__ import annotations

import math

from studio.brushes.brush import Brush
from studio.core.geometry import Point

PX_PER_DOUBLING = 90.0
"""On the screen: as far from 4 to 8 px as from 400 to 800."""

PX_PER_HARDNESS = 250.0
DEAD_PX = 12.0
"""A hand that wants another size wavers: hardness follows only beyond this."""


class Sizing:
    """brush: as it was. center: where the hand went down; the circle stays there to be seen. start: the same on the
    screen."""

    def __init__(self, brush: Brush, center: Point, start: Point) -> None:
        self.brush = brush
        self.center = center
        self._start = start

    def sized(self, on_screen: Point) -> Brush:
        across, down = on_screen.x - self._start.x, on_screen.y - self._start.y
        size_px = self.brush.size_px * 2.0 ** min(max(across / PX_PER_DOUBLING, -12.0), 12.0)
        beyond = math.copysign(max(abs(down) - DEAD_PX, 0.0), down)
        return self.brush.with_(size_px=size_px, hardness=self.brush.hardness - beyond / PX_PER_HARDNESS)
