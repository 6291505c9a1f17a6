"""The longest time the window's event loop stood still, from its first paint to its last save.

    python -m bench.scenes.life PROJECT

Opens PROJECT on the way (its five layers are what is saved at the end), starts a job while the engine is still being
started, lets one run, cancels one, kills the engine under one, waits for the new engine and saves.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from bench.latency import gaps_ms
from bench.stage import Stage, play
from studio.core.geometry import Rect
from studio.generation.events import EngineStopped, Finished, Hello, Preview

KILLED = getattr(signal, "SIGKILL", signal.SIGTERM)


class Phases:
    """Names the stretches of time between two marks."""

    def __init__(self, began_s: float) -> None:
        self._marks: list[tuple[str, float]] = [("", began_s)]

    def end(self, name: str) -> None:
        self._marks.append((name, time.monotonic()))

    def longest_gaps_ms(self, fired_s: list[float]) -> dict[str, float]:
        """A gap belongs to the phase in which it ends."""
        gaps = list(zip(fired_s[1:], gaps_ms(fired_s), strict=True))
        found: dict[str, float] = {}
        for (_, begin), (name, end) in zip(self._marks, self._marks[1:], strict=False):
            found[name] = max((gap for at, gap in gaps if begin < at <= end), default=0.0)
        return found


def scene(stage: Stage) -> dict[str, Any]:
    phases = Phases(stage.probe.fired_s[0])
    project = Path(sys.argv[1])
    phases.end("launch")
    stage.wait(1.0)
    stage.session.files.open_path(project)
    stage.wait_until(lambda: stage.workspace.project_path == project, "the opened project")
    stage.settle()
    phases.end("opening the project")
    stage.workspace.set_frame(Rect(512, 512, 512, 512))
    stage.workspace.settings.set(prompt="a lake at sunset", strength=0.8, is_seed_random=True)
    stage.key("Ctrl+Return")
    _wait_for(stage, Hello)
    phases.end("engine start")
    _wait_for(stage, Preview)
    phases.end("model load")
    _wait_for(stage, Finished)
    stage.settle()
    phases.end("run")
    _run_until_preview(stage)
    stage.key("Escape")
    stage.wait_until_idle()
    stage.wait(0.5)
    phases.end("cancel")
    _run_until_preview(stage)
    engine = next(event for _, event in reversed(stage.events) if isinstance(event, Hello)).process_id
    killed = time.monotonic()
    os.kill(engine, KILLED)
    heard = len(stage.events)
    _wait_for(stage, EngineStopped, heard)
    told_s = time.monotonic() - killed
    _wait_for(stage, Hello, heard)
    stage.wait(1.0)
    phases.end("engine crash")
    before = project.stat().st_mtime_ns
    stage.key("Alt+Return")
    stage.wait(0.3)
    phases.end("accepting a result")
    stage.key("Ctrl+S")
    stage.wait_until(lambda: project.stat().st_mtime_ns != before, "the saved project", 120)
    stage.wait(1.0)
    phases.end("save")
    stage.probe.stop()
    fired = list(stage.probe.fired_s)
    return {"longest_gap_ms": phases.longest_gaps_ms(fired), "crash_told_s": told_s, "ticks": len(fired)}


def _run_until_preview(stage: Stage) -> None:
    heard = len(stage.events)
    stage.key("Ctrl+Return")
    _wait_for(stage, Preview, heard)
    stage.wait(0.05)


def _wait_for(stage: Stage, kind: type[Any], heard: int = 0) -> None:
    stage.wait_until(
        lambda: any(isinstance(event, kind) for _, event in stage.events[heard:]), kind.__name__, 40
    )


if __name__ == "__main__":
    sys.exit(play(scene))
