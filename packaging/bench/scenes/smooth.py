"""The event loop of the real window while jobs run: a timer that should fire every eight milliseconds.

    python -m bench.scenes.smooth SECONDS

A bare window with the same timer stands beside it all the while: what it shows is the machine's share.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from bench.latency import gaps_ms, waits_ms
from bench.processes import child_environment
from bench.scenes.session import prepare
from bench.stage import Stage, play
from bench.stats import quantile
from studio.generation.events import Finished, Preview

FLOOR = ["-m", "bench.floors.bare_window"]


def scene(stage: Stage) -> dict[str, Any]:
    seconds = float(sys.argv[1])
    stage.probe.stop()
    stage.wait_until_engine_is_ready()
    assert stage.workspace.model is not None
    prepare(stage, stage.workspace.model)
    stage.key("Ctrl+Return")
    stage.wait_until(lambda: any(isinstance(event, Finished) for _, event in stage.events), "a first picture")
    stage.wait_until_idle()
    stage.workspace.settings.set(batch_count=64, steps=60, is_seed_random=True)
    heard = len(stage.events)
    stage.key("Ctrl+Return")
    stage.wait_until(
        lambda: any(isinstance(event, Preview) for _, event in stage.events[heard:]), "the first preview"
    )
    floor = subprocess.Popen(
        [sys.executable, *FLOOR, str(seconds)], env=child_environment(), stdout=subprocess.PIPE, text=True
    )
    stage.wait(1.0)
    stage.probe.start()
    stage.wait(seconds)
    stage.probe.stop()
    is_busy = stage.workspace.generating.is_busy
    stage.key("Shift+Escape")
    output, _ = floor.communicate(timeout=30)
    during = [event for at, event in stage.events if at > stage.probe.fired_s[0]]
    return {
        "ours": _summary(list(stage.probe.fired_s)),
        "floor": _summary(json.loads(output)["fired_s"]),
        "previews": sum(isinstance(event, Preview) for event in during),
        "pictures": sum(isinstance(event, Finished) for event in during),
        "was_busy_to_the_end": is_busy,
    }


def _summary(fired_s: list[float]) -> dict[str, float]:
    waits = waits_ms(fired_s)
    return {
        "p50": quantile(waits, 0.5),
        "p99": quantile(waits, 0.99),
        "longest_gap": max(gaps_ms(fired_s)),
    }


if __name__ == "__main__":
    sys.exit(play(scene))
