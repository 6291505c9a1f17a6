"""Strokes of the mask brush on a picture of five layers at 2048², in the real window, idle and while jobs run.

    python -m bench.scenes.strokes PROJECT

The hand is a process of its own that moves the mouse through the X server; a bare dirty-rectangle widget is measured
before and after. Needs an X display.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from PySide6.QtGui import QGuiApplication

from bench.canvas import BRUSH_PX, FloorWidget, Hand, Subject, canvas_subject, measure, measure_rest
from bench.processes import cpu_share
from bench.stage import Stage, play
from bench.stats import median
from studio.generation.events import Finished, Hello, Preview

PASSES = 3


def scene(stage: Stage) -> dict[str, Any]:
    assert QGuiApplication.platformName() == "xcb", "needs an X display (Xvfb will do)"
    workspace = stage.workspace
    project = Path(sys.argv[1])
    stage.session.files.open_path(project)
    stage.wait_until(lambda: workspace.project_path == project, "the opened project")
    stage.wait_until_engine_is_ready()
    # Its own 125 ticks a second would be counted as the window's rest.
    stage.probe.stop()
    # Where the project's own mask lies no pixel would change.
    stage.key("Ctrl+D")
    stage.choose("mask_brush")
    workspace.tool_settings.size_px = BRUSH_PX
    workspace.tool_settings.hardness = 0.8
    stage.settle()
    found: dict[str, Any] = {}
    with Hand() as hand:
        subject = canvas_subject(stage.canvas, workspace)
        found["idle"] = _figures(stage, subject, hand)
        stage.settle()
        found["first_rest"] = measure_rest(subject)[0]["value"]
        found["rest"] = measure_rest(subject)[0]["value"]
        engine = next(event for _, event in reversed(stage.events) if isinstance(event, Hello)).process_id
        found["engine_rest"] = cpu_share(engine, 2.0)
        stage.key("Ctrl+D")
        _keep_engine_busy(stage)
        stage.choose("mask_brush")
        heard, began = len(stage.events), time.monotonic()
        found["busy"] = _figures(stage, subject, hand)
        seconds = time.monotonic() - began
        during = [event for _, event in stage.events[heard:]]
        found["previews_per_s"] = sum(isinstance(event, Preview) for event in during) / seconds
        found["was_busy_to_the_end"] = workspace.generating.is_busy
        stage.key("Shift+Escape")
        stage.wait_until_idle()
        stage.window.hide()
        floor = FloorWidget()
        floor.resize(1600, 900)
        floor.show()
        stage.wait_until(floor.isActiveWindow, "the floor's window", 10)
        # Once: it has no way to take its ink back.
        found["floor"] = _figures(stage, floor.subject(), hand, passes=1)
        floor.close()
    return found


def _keep_engine_busy(stage: Stage) -> None:
    """Jobs for minutes; the first picture has come, so that no model is loaded while the hand is measured."""
    stage.workspace.settings.set(prompt="a lake", batch_count=64, steps=60, is_seed_random=True)
    stage.key("Ctrl+Return")
    stage.wait_until(lambda: any(isinstance(event, Finished) for _, event in stage.events), "a picture", 240)


def _figures(stage: Stage, subject: Subject, hand: Hand, passes: int = PASSES) -> dict[str, float]:
    """Medians of the passes, each over a canvas without ink; of the shares of points the worst."""
    seen: list[dict[str, float]] = []
    for turn in range(passes):
        rows = measure(subject, hand)
        seen.append({row["name"].split(": ", 1)[1]: row["value"] or 0.0 for row in rows})
        if turn + 1 < passes:
            stage.key("Ctrl+D")
            stage.settle()
    return {
        name: min(found[name] for found in seen) if "inked" in name else median([f[name] for f in seen])
        for name in seen[0]
    }


if __name__ == "__main__":
    sys.exit(play(scene))
