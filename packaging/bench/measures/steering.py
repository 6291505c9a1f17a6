"""A picture in the making: forks, changes on the way, a small part made anew, and the memory all that takes."""

from __future__ import annotations

import os
from collections.abc import Mapping

from bench.row import Measure, Reading, Target
from bench.scenes.settings import STEPS
from bench.scratch import run_scene, scratch
from bench.stats import median
from studio.jobs.engine_process import engine_environment

FORK = Target(
    name="fork at step k of n ÷ ((n − k)/n of the full job + 1 step), the worst k", unit="×", bar=1.0
)
BEGINNING = Target(name="fork at step 0 against a fresh run: pixels that differ", unit="px", bar=0)
SAME = Target(name="fork with the same settings at 5, 10, 15: pixels that differ", unit="px", bar=0)
MEMORY = Target(name="timeline of 30 steps at 1024², 16 channels", unit="MB", bar=16.0)
EFFECT = Target(name="prompt changed on the way to its effect in the preview", unit="steps", bar=1.0)
PART = Target(
    name="local re-edit from kept step 4 ÷ the full job (20 steps, 512², 72 px mask)", unit="×", bar=0.30
)


def measure() -> Mapping[str, Reading]:
    with scratch() as folder:
        found = run_scene("steering", folder=folder, timeout_s=400, environ=engine_environment(os.environ))
    whole = median(found["whole_s"])
    shares = {int(step): median(values) for step, values in found["fork_s"].items()}
    ratios = {step: seconds / (whole * (STEPS - step + 1) / STEPS) for step, seconds in shares.items()}
    large, part = median(found["large_s"]), median(found["part_s"])
    return {
        FORK.name: Reading(
            value=max(ratios.values()),
            peers=f"full job {whole * 1000:.0f} ms; "
            + ", ".join(f"from {step}: {seconds * 1000:.0f} ms" for step, seconds in shares.items()),
        ),
        BEGINNING.name: Reading(
            value=found["beginning_differs_px"], peers="another prompt and seed for both"
        ),
        SAME.name: Reading(value=found["fork_differs_px"], peers="DPM++ 2M, a multistep solver"),
        MEMORY.name: Reading(
            value=found["kept_bytes"] / 1024**2, peers="float16; every step can be gone on from"
        ),
        EFFECT.name: Reading(
            value=found["steps_to_effect"], peers="asked for while the step's preview was shown"
        ),
        PART.name: Reading(
            value=part / large, peers=f"full {large * 1000:.0f} ms, part from step 4 {part * 1000:.0f} ms"
        ),
    }


MEASURES = (Measure(targets=(FORK, BEGINNING, SAME, MEMORY, EFFECT, PART), run=measure),)
