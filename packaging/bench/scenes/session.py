"""Generating in the real window with a warm model: first preview, whole job against the bare pipeline, cancel.

    python -m bench.scenes.session PICTURE_FILE

Writes the picture of a fixed seed to PICTURE_FILE (.npy, uint8 RGB), for comparison with other ways to make it.
"""

from __future__ import annotations

import itertools
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bench.processes import Conversation, conversation
from bench.scenes.settings import PROMPT, SEED, STEPS
from bench.stage import PaintWatch, Stage, play
from bench.stats import median
from studio.core.geometry import Size
from studio.generation.catalog import ModelInfo
from studio.generation.events import Cancelled, Finished, Preview, Started
from studio.jobs.engine_process import engine_environment

PAIRS = 15
CANCELS = 8
FOREIGN = ("torch", "diffusers", "transformers")


@dataclass(kw_only=True)
class JobTimes:
    """Seconds from the key press until pixels stood on the screen; step_s: between previews as they arrived.

    before_s: from the key until denoising began; after_s: from the last preview until the finished picture arrived;
    shown_s: from then until it stood on the screen.
    """

    first_preview_s: float = 0.0
    total_s: float = 0.0
    before_s: float = 0.0
    after_s: float = 0.0
    shown_s: float = 0.0
    step_s: list[float] = field(default_factory=list)


class Timed:
    """Presses Ctrl+Enter and watches what the screen shows."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._watch = PaintWatch(stage.canvas)

    def job(self) -> JobTimes:
        stage, results = self._stage, self._stage.workspace.results
        times = JobTimes()
        waits_for_preview, waits_for_picture = True, True
        candidates = len(results.candidates)

        def on_results(_: None) -> None:
            nonlocal waits_for_preview, waits_for_picture
            if waits_for_preview and results.live is not None and results.live.image is not None:
                waits_for_preview = False
                self._watch.next_paint(lambda now: setattr(times, "first_preview_s", now - began))
            if waits_for_picture and len(results.candidates) > candidates:
                waits_for_picture = False
                self._watch.next_paint(lambda now: setattr(times, "total_s", now - began))

        unsubscribe = results.changed.subscribe(on_results)
        heard = len(stage.events)
        began = time.monotonic()
        stage.key("Ctrl+Return")
        stage.wait_until(lambda: times.total_s > 0, "the picture on the screen", 240)
        unsubscribe()
        arrived = [at for at, event in stage.events[heard:] if isinstance(event, Preview)]
        started = next(at for at, event in stage.events[heard:] if isinstance(event, Started))
        finished = next(at for at, event in stage.events[heard:] if isinstance(event, Finished))
        times.before_s, times.after_s = started - began, finished - arrived[-1]
        times.shown_s = began + times.total_s - finished
        times.step_s = [after - before for before, after in itertools.pairwise(arrived)]
        stage.key("Alt+Backspace")
        stage.settle()
        return times


def scene(stage: Stage) -> dict[str, Any]:
    picture_file = Path(sys.argv[1])
    stage.wait_until_engine_is_ready()
    model = stage.workspace.model
    assert model is not None, "the starter model is not there"
    prepare(stage, model)
    timed = Timed(stage)
    timed.job()
    found = compare(stage, timed, model)
    found["cancels"] = [cancel(stage) for _ in range(CANCELS)]
    keep_picture(stage, picture_file)
    found["size"] = model.native_size
    found["foreign"] = [name for name in FOREIGN if name in sys.modules]
    found["device"] = str(stage.session.queue.catalog.device) if stage.session.queue.catalog else ""
    return found


def prepare(stage: Stage, model: ModelInfo) -> None:
    """A blank canvas of the model's own size, the default sampler, twenty steps, a fixed seed."""
    stage.workspace.new(Size(model.native_size, model.native_size))
    stage.workspace.settings.set(
        prompt=PROMPT,
        sampler="dpmpp_2m",
        schedule="automatic",
        steps=STEPS,
        guidance_scale=model.guidance_scale,
        seed=SEED,
        is_seed_random=False,
    )
    stage.settle()


def compare(stage: Stage, timed: Timed, model: ModelInfo) -> dict[str, Any]:
    """The same job here and in the bare pipeline, in turns: whatever the machine does hits both."""
    order = {
        "prompt": PROMPT,
        "steps": STEPS,
        "guidance_scale": model.guidance_scale,
        "seed": SEED,
        "width": model.native_size,
        "height": model.native_size,
    }
    ours: list[JobTimes] = []
    bare: list[float] = []
    arguments = ["-m", "bench.floors.bare_pipeline", model.path]
    with conversation(arguments, environ=engine_environment(os.environ)) as pipeline:
        pipeline.read()
        pipeline.ask(order)
        for turn in range(PAIRS):
            if turn % 2:
                bare.append(_bare_s(pipeline, order))
            ours.append(timed.job())
            if not turn % 2:
                bare.append(_bare_s(pipeline, order))
    return {
        "first_preview_s": [times.first_preview_s for times in ours],
        "step_s": [median(times.step_s) for times in ours],
        "total_s": [times.total_s for times in ours],
        "before_s": [times.before_s for times in ours],
        "after_s": [times.after_s for times in ours],
        "shown_s": [times.shown_s for times in ours],
        "bare_s": bare,
    }


def cancel(stage: Stage) -> float:
    """Seconds from the Escape key, pressed amid a run, until the engine says that it is idle."""
    heard = len(stage.events)
    stage.key("Ctrl+Return")
    stage.wait_until(
        lambda: sum(isinstance(event, Preview) for _, event in stage.events[heard:]) >= 4, "four previews"
    )
    # The steps are of equal length: without a pause every cancel would fall on the same part of one.
    stage.wait(float(np.random.default_rng(heard).uniform(0, 0.1)))
    pressed = time.monotonic()
    stage.key("Escape")
    stage.wait_until(
        lambda: any(isinstance(event, Cancelled) for _, event in stage.events[heard:]), "the end of the job"
    )
    answered = next(at for at, event in stage.events[heard:] if isinstance(event, Cancelled))
    stage.wait_until_idle()
    return answered - pressed


def keep_picture(stage: Stage, file: Path) -> None:
    stage.key("Ctrl+Return")
    stage.wait_until_idle()
    candidate = stage.workspace.results.current
    assert candidate is not None, "the job brought no picture"
    np.save(file, candidate.rgb, allow_pickle=False)


def _bare_s(pipeline: Conversation, order: dict[str, Any]) -> float:
    return float(pipeline.ask(order)["elapsed_s"])


if __name__ == "__main__":
    sys.exit(play(scene))
