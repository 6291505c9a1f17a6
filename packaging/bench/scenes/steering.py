"""Forks, changes on the way and local re-edits, timed on the engine itself with the starter model.

    python -m bench.scenes.steering

Started with the engine's own environment; prints one line of JSON.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from bench.scenes.settings import PROMPT, SEED, STEPS
from studio.engine import memory
from studio.engine.engine import Engine
from studio.engine.helm import Helm
from studio.engine.kept_steps import KeptRun, Moment
from studio.generation.events import EngineEvent, Finished, Preview, Steered
from studio.generation.request import Fork, GenerationRequest, Recipe, Steering, UInt8Array

FORKS_AT = (5, 10, 15)
CHANGED_AT = 7
ROUNDS = 5
RE_EDIT_FROM, RE_EDIT_ROUNDS = 4, 3
RE_EDIT_PX = 72
LARGE_PX = 512
OTHER = "a blue house in a meadow with mountains in the background at night"


class Desk:
    def __init__(self) -> None:
        self.engine = Engine(memory.place())
        info = self.engine.catalog().model("starter")
        assert info is not None
        self.recipe = Recipe(
            model="starter",
            prompt=PROMPT,
            steps=STEPS,
            seed=SEED,
            width=info.native_size,
            height=info.native_size,
            sampler=info.sampler,
            guidance_scale=info.guidance_scale,
        )

    def run(
        self,
        job_id: str,
        recipe: Recipe,
        *,
        on_preview: Callable[[Preview, Helm], None] = lambda preview, helm: None,
        **keywords: Any,
    ) -> tuple[float, UInt8Array, list[EngineEvent]]:
        """Seconds from the request to the picture, the picture, and all that was said."""
        helm, events = Helm(), list[EngineEvent]()

        def note(event: EngineEvent) -> None:
            events.append(event)
            if isinstance(event, Preview):
                on_preview(event, helm)

        began = time.perf_counter()
        self.engine.run(GenerationRequest(job_id=job_id, recipe=recipe, **keywords), bool, note, helm)
        seconds = time.perf_counter() - began
        last = events[-1]
        if not isinstance(last, Finished):
            raise RuntimeError(str(last))
        return seconds, last.image, events


def forks(desk: Desk) -> dict[str, Any]:
    """Whole jobs and forks in turn, so that a busy machine is busy for both."""
    whole_s: list[float] = []
    fork_s: dict[int, list[float]] = {step: [] for step in FORKS_AT}
    differing = 0
    for _ in range(ROUNDS):
        seconds, whole, _ = desk.run("whole", desk.recipe)
        whole_s.append(seconds)
        for step in FORKS_AT:
            seconds, image, _ = desk.run("fork", desk.recipe, fork=Fork(source_id="whole", step=step))
            fork_s[step].append(seconds)
            differing += int((image != whole).any(-1).sum())
    other = replace(desk.recipe, prompt=OTHER, seed=5)
    _, fresh, _ = desk.run("fresh", other)
    _, begun, _ = desk.run("begun", other, fork=Fork(source_id="whole", step=0))
    return {
        "whole_s": whole_s,
        "fork_s": {str(step): values for step, values in fork_s.items()},
        "fork_differs_px": differing,
        "beginning_differs_px": int((fresh != begun).any(-1).sum()),
    }


def change(desk: Desk) -> dict[str, Any]:
    """Steps from a change asked for to the first preview that is another."""
    _, _, before = desk.run("before", desk.recipe)

    def steer(preview: Preview, helm: Helm) -> None:
        if preview.step == CHANGED_AT:
            helm.steer(
                Steering(
                    job_id="after",
                    prompt=OTHER,
                    negative_prompt="",
                    guidance_scale=desk.recipe.guidance_scale,
                )
            )

    _, _, after = desk.run("after", desk.recipe, on_preview=steer)
    one, other = (_pictures(events) for events in (before, after))
    first = next(step for step in sorted(one) if not np.array_equal(one[step], other[step]))
    assert any(isinstance(event, Steered) for event in after)
    return {"steps_to_effect": first - CHANGED_AT}


def _pictures(events: list[EngineEvent]) -> dict[int, UInt8Array]:
    previews = [event for event in events if isinstance(event, Preview)]
    return {event.step: event.image for event in previews if event.image is not None}


def re_edit(desk: Desk) -> dict[str, Any]:
    recipe = replace(desk.recipe, width=LARGE_PX, height=LARGE_PX)
    mask = np.zeros((LARGE_PX, LARGE_PX), np.uint8)
    start = LARGE_PX // 2
    mask[start : start + RE_EDIT_PX, start : start + RE_EDIT_PX] = 255
    whole_s, part_s = [], []
    for _ in range(RE_EDIT_ROUNDS):
        whole_s.append(desk.run("large", recipe)[0])
        other = replace(recipe, prompt=OTHER)
        part_s.append(desk.run("part", other, mask=mask, fork=Fork(source_id="large", step=RE_EDIT_FROM))[0])
    return {"large_s": whole_s, "part_s": part_s}


def kept_bytes(steps: int = 30, side_px: int = 1024, channels: int = 16) -> int:
    """What the engine keeps of such a picture in half precision, every step of it."""
    run = KeptRun()
    shape = (1, channels, side_px // 8, side_px // 8)
    for step in range(steps):
        latents = torch.randn(shape).half()
        solver = {"model_outputs": [torch.randn(shape).half()]}
        run.add(
            Moment(
                recipe=Recipe(model="starter"),
                skipped=0,
                begin=step,
                done_before=0,
                latents=latents,
                solver=solver,
                generator=torch.Generator().get_state(),
            )
        )
    assert len(run.evaluations) == steps, "a step was left out"
    return run.nbytes


def main() -> None:
    desk = Desk()
    desk.run("warm", replace(desk.recipe, steps=2))
    found = {**forks(desk), **change(desk), **re_edit(desk), "kept_bytes": kept_bytes()}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
