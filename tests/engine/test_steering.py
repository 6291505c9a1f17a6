"""Kept steps, forks, and changes on the way, on real tiny components."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.engine.engine import Engine
from studio.engine.helm import Helm
from studio.engine.samplers import SAMPLERS
from studio.generation.events import (
    Cancelled,
    EngineEvent,
    Failed,
    Finished,
    Paused,
    Preview,
    Resumed,
    Started,
    Steered,
)
from studio.generation.request import Fork, GenerationRequest, Recipe, Steering, UInt8Array

SIZE = 64
STEPS = 5


@pytest.fixture(scope="module")
def recipe(tiny_folder: Path) -> Recipe:
    return Recipe(
        model=str(tiny_folder),
        prompt="a red cat",
        negative_prompt="dog",
        steps=STEPS,
        seed=11,
        width=SIZE,
        height=SIZE,
        guidance_scale=3.0,
    )


class Run:
    """One job on the engine: its events, and what to do when one of them comes."""

    def __init__(self, engine: Engine, recipe: Recipe, job_id: str = "j", **keywords: Any) -> None:
        self.helm = Helm()
        self.events: list[EngineEvent] = []
        self._engine = engine
        self._request = GenerationRequest(job_id=job_id, recipe=recipe, **keywords)
        self.at_step: dict[int, Any] = {}
        self.on_paused: Any = None
        self.is_cancelled = False

    def go(self) -> Run:
        self._engine.run(self._request, lambda: self.is_cancelled, self._note, self.helm)
        return self

    def _note(self, event: EngineEvent) -> None:
        self.events.append(event)
        if isinstance(event, Preview) and event.step in self.at_step:
            self.at_step[event.step]()
        if isinstance(event, Paused) and self.on_paused is not None:
            self.on_paused()

    @property
    def image(self) -> UInt8Array:
        finished = self.events[-1]
        assert isinstance(finished, Finished), finished
        return finished.image

    @property
    def previews(self) -> dict[int, UInt8Array]:
        found = [event for event in self.events if isinstance(event, Preview)]
        return {event.step: event.image for event in found if event.image is not None}


def steering(recipe: Recipe, **keywords: Any) -> Steering:
    values = {"prompt": recipe.prompt, "negative_prompt": recipe.negative_prompt}
    return Steering(**{"job_id": "j", "guidance_scale": recipe.guidance_scale, **values, **keywords})


def picture() -> UInt8Array:
    return np.kron(
        np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8), np.ones((8, 8, 1), np.uint8)
    )


def right_half() -> UInt8Array:
    mask = np.zeros((SIZE, SIZE), np.uint8)
    mask[:, SIZE // 2 :] = 255
    return mask


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_the_same_settings_from_any_step_give_the_same_bits(
    engine: Engine, recipe: Recipe, sampler: str
) -> None:
    recipe = replace(recipe, sampler=sampler)
    whole = Run(engine, recipe, "whole").go()
    total = max(whole.previews)
    for step in range(total):
        fork = Run(engine, recipe, f"fork-{step}", fork=Fork(source_id="whole", step=step)).go()
        assert np.array_equal(fork.image, whole.image), step
        # The rest and nothing else is evaluated; of a step's two evaluations the first is not begun in the middle.
        first = min(fork.previews)
        assert step - 1 < first <= step + 1
        started = next(event for event in fork.events if isinstance(event, Started))
        assert started.total_steps == total


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_fork_with_another_prompt_shares_the_beginning_only(
    engine: Engine, recipe: Recipe, sampler: str
) -> None:
    recipe = replace(recipe, sampler=sampler)
    whole = Run(engine, recipe, "whole").go()
    other = replace(recipe, prompt="a blue house")
    fork = Run(engine, other, "fork", fork=Fork(source_id="whole", step=2)).go()
    assert not np.array_equal(fork.image, whole.image)
    assert not np.array_equal(fork.image, Run(engine, other, "fresh").go().image)


def test_a_fork_from_the_beginning_is_a_fresh_picture(engine: Engine, recipe: Recipe) -> None:
    Run(engine, recipe, "whole").go()
    other = replace(recipe, prompt="a blue house", seed=5, sampler="euler")
    fork = Run(engine, other, "fork", fork=Fork(source_id="whole", step=0)).go()
    assert np.array_equal(fork.image, Run(engine, other, "fresh").go().image)


@pytest.mark.parametrize("tail", [s for s in SAMPLERS if s != "euler"])
def test_another_sampler_can_finish(engine: Engine, recipe: Recipe, tail: str) -> None:
    euler = replace(recipe, sampler="euler", steps=12)
    whole = Run(engine, euler, "whole").go()
    fork = Run(engine, replace(euler, sampler=tail), "fork", fork=Fork(source_id="whole", step=10)).go()
    # Two steps from the end there is not much left to differ in.
    off = np.abs(fork.image.astype(int) - whole.image.astype(int)).mean()
    assert off < np.abs(whole.image.astype(int) - 128).mean() / 2
    assert min(fork.previews) == 11


def test_another_seed_keeps_the_picture_and_draws_the_noise_anew(engine: Engine, recipe: Recipe) -> None:
    whole = Run(engine, recipe, "whole").go()
    seeds = [
        Run(engine, recipe.with_seed(s), "f", fork=Fork(source_id="whole", step=3, renews_noise=True)).go()
        for s in (1, 1, 2)
    ]
    assert np.array_equal(seeds[0].image, seeds[1].image)
    assert not np.array_equal(seeds[0].image, seeds[2].image)
    fresh = Run(engine, recipe.with_seed(1), "fresh").go().image.astype(int)
    near = np.abs(seeds[0].image.astype(int) - whole.image).mean()
    assert near < np.abs(fresh - whole.image).mean()


def test_a_fork_of_a_fork_and_its_earlier_steps(engine: Engine, recipe: Recipe) -> None:
    Run(engine, recipe, "whole").go()
    other = replace(recipe, prompt="a blue house")
    fork = Run(engine, other, "fork", fork=Fork(source_id="whole", step=2)).go()
    again = Run(engine, other, "again", fork=Fork(source_id="fork", step=4)).go()
    assert np.array_equal(again.image, fork.image)
    # The fork also keeps the steps it did not make itself.
    earlier = Run(engine, recipe, "earlier", fork=Fork(source_id="fork", step=1)).go()
    assert min(earlier.previews) == 2


def test_what_is_no_longer_kept_says_so(engine: Engine, recipe: Recipe) -> None:
    gone = Run(engine, recipe, fork=Fork(source_id="never", step=2)).go()
    assert isinstance(gone.events[-1], Failed)
    assert "no longer" in gone.events[-1].message


@pytest.mark.parametrize("sampler", ["euler", "dpmpp_2m", "heun", "euler_a"])
def test_a_change_on_the_way_gives_the_bits_of_a_fork_from_there(
    engine: Engine, recipe: Recipe, sampler: str
) -> None:
    recipe = replace(recipe, sampler=sampler)
    other = replace(recipe, prompt="a blue house", guidance_scale=5.0)
    whole = Run(engine, recipe, "whole").go()
    fork = Run(engine, other, "fork", fork=Fork(source_id="whole", step=2)).go()
    run = Run(engine, recipe)
    run.at_step[2] = lambda: run.helm.steer(steering(other))
    run.go()
    assert [event.step for event in run.events if isinstance(event, Steered)] == [2]
    assert np.array_equal(run.image, fork.image)
    # Its effect shows in the preview of the very next evaluation, and nothing before it changes.
    assert np.array_equal(run.previews[2], whole.previews[2])
    assert not np.array_equal(run.previews[3], whole.previews[3])


def test_paused_until_told_to_go_on(engine: Engine, recipe: Recipe) -> None:
    whole = Run(engine, recipe, "whole").go()
    run = Run(engine, recipe)
    run.at_step[2] = lambda: run.helm.set_paused(True)
    run.on_paused = lambda: threading.Timer(0.1, run.helm.set_paused, (False,)).start()
    run.go()
    assert [(type(e), e.step) for e in run.events if isinstance(e, Paused | Resumed)] == [
        (Paused, 2),
        (Resumed, 2),
    ]
    assert np.array_equal(run.image, whole.image)


def test_cancelled_while_paused(engine: Engine, recipe: Recipe) -> None:
    run = Run(engine, recipe)
    run.helm.set_paused(True)

    def cancel() -> None:
        run.is_cancelled = True

    run.on_paused = cancel
    assert isinstance(run.go().events[-1], Cancelled)


def test_ended_early_is_what_the_recipe_says(engine: Engine, recipe: Recipe) -> None:
    run = Run(engine, recipe)
    run.at_step[3] = run.helm.end_early
    run.go()
    assert max(run.previews) == 3
    assert np.array_equal(run.image, Run(engine, replace(recipe, last_step=3), "again").go().image)
    # A look at a step in full is a fork that goes one evaluation far.
    look = Run(engine, replace(recipe, last_step=3), "look", fork=Fork(source_id="j", step=2)).go()
    assert list(look.previews) == [3]
    assert np.array_equal(look.image, run.image)


def test_a_locked_area_stays_what_it_was(engine: Engine, recipe: Recipe) -> None:
    early = Run(engine, replace(recipe, last_step=3), "early").go()
    run = Run(engine, recipe)
    other = replace(recipe, prompt="a blue house")
    run.at_step[3] = lambda: run.helm.steer(steering(other, mask=right_half()))
    run.go()
    left, right = (np.s_[:, : SIZE // 2 - 16], np.s_[:, SIZE // 2 + 16 :])
    off = np.abs(run.image.astype(int) - early.image.astype(int))
    assert off[left].mean() < off[right].mean() / 2


def test_paint_goes_into_the_picture_in_the_making(engine: Engine, recipe: Recipe) -> None:
    whole = Run(engine, recipe, "whole").go()
    run = Run(engine, recipe)
    paint = np.full((SIZE, SIZE, 3), (255, 0, 0), np.uint8)
    run.at_step[3] = lambda: run.helm.steer(steering(recipe, image=paint, mask=right_half(), is_paint=True))
    run.go()
    encoded = Run(engine, replace(recipe, strength=0.2), "encoded", image=paint).go()
    right = np.s_[:, SIZE // 2 + 16 :]

    def off(image: UInt8Array) -> float:
        return float(np.abs(image[right].astype(int) - encoded.image[right]).mean())

    assert off(run.image) < off(whole.image)


def test_a_mask_changed_on_the_way_frees_from_the_next_step(engine: Engine, recipe: Recipe) -> None:
    nothing = np.zeros((SIZE, SIZE), np.uint8)
    kept = Run(engine, recipe, "kept", image=picture(), mask=nothing).go()
    run = Run(engine, recipe, image=picture(), mask=nothing)
    run.at_step[2] = lambda: run.helm.steer(steering(recipe, image=picture(), mask=right_half()))
    run.go()
    off = np.abs(run.image.astype(int) - kept.image.astype(int))
    # The autoencoder's normalisation carries a little of it everywhere.
    assert off[:, : SIZE // 2 - 16].mean() < off[:, SIZE // 2 + 16 :].mean() / 2


@pytest.mark.parametrize("sampler", ["euler", "dpmpp_2m", "unipc", "heun", "euler_a", "dpmpp_sde", "plms"])
def test_a_part_made_anew_leaves_the_rest_to_the_last_latent(
    engine: Engine, recipe: Recipe, sampler: str
) -> None:
    """256 x 256 with a mask in one corner: a model of 64 pixels sees a quarter of each side."""
    recipe = replace(recipe, width=256, height=256, sampler=sampler)
    Run(engine, recipe, "whole").go()
    mask = np.zeros((256, 256), np.uint8)
    mask[16:48, 16:48] = 255
    other = replace(recipe, prompt="a blue house", guidance_scale=6.0)
    part = Run(engine, other, "part", mask=mask, fork=Fork(source_id="whole", step=2)).go()
    assert min(part.previews) == 3
    before, after = (engine._runs.run(job_id) for job_id in ("whole", "part"))
    assert before is not None
    assert after is not None
    assert before.result is not None
    assert after.result is not None
    differs = (before.result != after.result).any(dim=1)[0]
    assert bool(differs[2:6, 2:6].any())
    differs[2:6, 2:6] = False
    assert not bool(differs.any())


def test_a_part_made_anew_from_the_beginning(engine: Engine, recipe: Recipe) -> None:
    recipe = replace(recipe, width=128, height=128)
    Run(engine, recipe, "whole").go()
    mask = np.zeros((128, 128), np.uint8)
    mask[:40, :40] = 255
    part = Run(engine, recipe.with_seed(3), "part", mask=mask, fork=Fork(source_id="whole", step=0)).go()
    assert part.image.shape == (128, 128, 3)
    gone = Run(engine, recipe, "never", mask=mask, fork=Fork(source_id="unknown", step=0)).go()
    assert isinstance(gone.events[-1], Failed)
