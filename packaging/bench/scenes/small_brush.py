"""Strokes of a 40 px brush on a blank layer of 2048², beside a bare widget. Needs an X display.

python -m bench.scenes.small_brush
"""

from __future__ import annotations

import math
import sys
from typing import Any

from PySide6.QtGui import QGuiApplication

from bench.canvas import BRUSH_PX, SIDE_PX, FloorWidget, Hand, Subject, canvas_subject, measure
from bench.stage import Stage, play
from studio.core.geometry import Point, Rect, Size


def scene(stage: Stage) -> dict[str, Any]:
    assert QGuiApplication.platformName() == "xcb", "needs an X display (Xvfb will do)"
    workspace = stage.workspace
    stage.wait_until_engine_is_ready()
    workspace.new(Size(SIDE_PX, SIDE_PX))
    stage.choose("brush")
    workspace.tool_settings.set(size_px=BRUSH_PX, hardness=0.8, opacity=1.0)
    workspace.tool_settings.color = (230, 60, 120)
    stage.settle()

    def coverage_at(canvas: Point) -> int:
        layer = workspace.document.active_layer
        assert layer is not None
        return int(layer.surface.read(Rect(math.floor(canvas.x), math.floor(canvas.y), 1, 1))[0, 0, 3])

    with Hand() as hand:
        mapped = canvas_subject(stage.canvas, workspace)
        found = {
            "ours": _figures(Subject("canvas", stage.canvas, mapped.canvas_to_screen, coverage_at), hand)
        }
        stage.window.hide()
        floor = FloorWidget()
        floor.resize(1600, 900)
        floor.show()
        stage.wait_until(floor.isActiveWindow, "the floor's window", 10)
        found["floor"] = _figures(floor.subject(), hand)
        floor.close()
    return found


def _figures(subject: Subject, hand: Hand) -> dict[str, float]:
    return {row["name"].split(": ", 1)[1]: row["value"] or 0.0 for row in measure(subject, hand)}


if __name__ == "__main__":
    sys.exit(play(scene))
