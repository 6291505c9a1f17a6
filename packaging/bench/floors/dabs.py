"""Dabs of a soft stroke against bare stamps of the same size, in turns; prints JSON with the medians."""

from __future__ import annotations

import itertools
import json
import math
import os
import time

from PySide6.QtGui import QGuiApplication

from bench.floors.bare_canvas import stamps_per_second
from bench.stats import median
from studio.brushes.brush import BRUSHES, Brush
from studio.brushes.stroke import Stroke, StrokePoint
from studio.core.geometry import Rect

SIZE_PX, CANVAS_PX = 256, 4096
ROUNDS = 9
STAMPS = 1500
BATCH_PX = 128


def dabs_per_second() -> float:
    """Along a winding line, in batches as the canvas makes them; the first stroke fills the tips' cache."""
    brush, tips = Brush(size_px=SIZE_PX, hardness=0.0), BRUSHES["round"]()
    found = 0.0
    for _ in range(2):
        stroke = Stroke(brush, tips, clip=Rect(0, 0, CANVAS_PX, CANVAS_PX), tile_px=256)
        points = [
            StrokePoint(400.0 + (index * BATCH_PX) % 3200, 400.0 + 90 * (index * BATCH_PX // 3200))
            for index in range(700)
        ]
        length = sum(math.dist(one[:2], other[:2]) for one, other in itertools.pairwise(points))
        began = time.perf_counter()
        for point in points:
            stroke.advance([point])
        found = length / tips.spacing_px(SIZE_PX / 2, 0.0) / (time.perf_counter() - began)
    return found


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication([])
    pairs = [(dabs_per_second(), stamps_per_second(SIZE_PX, CANVAS_PX, STAMPS)) for _ in range(ROUNDS)]
    print(
        json.dumps(
            {
                "dabs_per_s": median([ours for ours, _ in pairs]),
                "stamps_per_s": median([bare for _, bare in pairs]),
            }
        )
    )
