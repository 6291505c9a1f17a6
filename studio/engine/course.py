"""The way of one picture from some moment on: begun afresh, gone on from a kept step, or turned while it runs.

Every change on the way is the same thing: leave the pipeline between two steps, set out again from there. So a prompt
changed at step k gives the bits a fork from step k gives.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch

from studio.core.errors import EngineError
from studio.engine.kept_steps import KeptRun, Moment, remember, solver_memory
from studio.engine.noise_levels import NoiseLevel, level_at
from studio.engine.samplers import SAMPLERS, Sampler
from studio.engine.scheduler_setup import prepare
from studio.engine.step_tap import Boundary, KeptArea
from studio.engine.window import Window
from studio.generation.request import Recipe

# What must be the same for a solver to go on where it was.
_WAY = ("sampler", "schedule", "steps", "strength")


class Turned(Exception):
    """The pipeline was left between two steps, because what it was called with no longer holds."""

    def __init__(self, boundary: Boundary) -> None:
        super().__init__()
        self.boundary = boundary


class EndedEarly(Exception):
    """The picture implied so far is the picture."""

    def __init__(self, clean: torch.Tensor) -> None:
        super().__init__()
        self.clean = clean


@dataclass(frozen=True, kw_only=True, eq=False)
class Course:
    """What a pipeline needs from here on. skipped, begin, done_before: see `Moment`. noise: unit, of the seed.

    window: only this part of a kept picture is denoised; None: the whole. regions: where each of the recipe's lies,
    (1, 1, h, w) in [0, 1] at latent size; none: everything is the recipe's own prompt.
    """

    recipe: Recipe
    scheduler: Any
    latents: torch.Tensor
    noise: torch.Tensor
    generator: torch.Generator
    kept: KeptArea | None
    skipped: int = 0
    begin: int = 0
    done_before: int = 0
    window: Window | None = None
    regions: tuple[torch.Tensor, ...] = ()

    def part(self, latents: torch.Tensor) -> torch.Tensor:
        """Of something as large as the picture, what is denoised."""
        return latents if self.window is None else self.window.crop(latents)

    def whole(self, part: torch.Tensor) -> torch.Tensor:
        return part if self.window is None else self.window.put(part)

    @property
    def sampler(self) -> Sampler:
        return SAMPLERS[self.recipe.sampler]

    @property
    def total(self) -> int:
        return self.done_before + len(self.scheduler.timesteps)

    @property
    def level(self) -> NoiseLevel:
        """Of the latents it begins with."""
        return level_at(self.scheduler, self.sampler, self.begin)

    def start(self) -> Moment:
        return self._moment(self.begin, self.latents)

    def moment(self, boundary: Boundary) -> Moment:
        return self._moment(boundary.begin, boundary.latents)

    def _moment(self, begin: int, latents: torch.Tensor) -> Moment:
        return Moment(
            recipe=self.recipe,
            skipped=self.skipped,
            begin=begin,
            done_before=self.done_before,
            latents=latents,
            solver=solver_memory(self.scheduler),
            generator=self.generator.get_state(),
        )


# The clean picture the model would imply at the beginning of a course: one evaluation.
Estimate = Callable[[Course], torch.Tensor]


@dataclass(frozen=True, kw_only=True)
class Pilot:
    """Sets courses for one model. noise_definition: its scheduler's configuration."""

    noise_definition: Mapping[str, Any]
    device: torch.device

    def go_on(
        self,
        moment: Moment,
        course: Course,
        *,
        estimate: Estimate,
        renews_noise: bool = False,
        restarts_solver: bool = False,
    ) -> Course:
        """`course` says what is wanted (recipe, noise, generator, kept area); the answer begins at `moment`.

        The solver keeps its memory, and the bits are those of the run itself, unless sampler or schedule changed, the
        noise is drawn anew, or the memory was not kept: then it begins afresh there (multistep samplers: at first
        order). Where noise levels differ the latents are taken apart into picture and noise by one evaluation.
        """
        recipe = course.recipe
        if (recipe.steps, recipe.strength) != (moment.recipe.steps, moment.recipe.strength):
            raise EngineError("Steps and strength of a picture in the making cannot change.")
        before = replace(course, recipe=moment.recipe, **self._at(moment))
        is_same_way = all(getattr(recipe, name) == getattr(moment.recipe, name) for name in _WAY)
        if is_same_way and moment.solver is not None and not renews_noise and not restarts_solver:
            return replace(before, recipe=recipe)
        skipped = moment.skipped + _whole_steps(moment.recipe.sampler, moment.begin)
        scheduler = prepare(self.noise_definition, recipe, self.device, skipped=skipped)
        after = replace(
            before,
            recipe=recipe,
            scheduler=scheduler,
            skipped=skipped,
            begin=0,
            done_before=moment.evaluation,
            generator=course.generator if renews_noise else before.generator,
        )
        old, new = before.level, after.level
        if not renews_noise and _is_same(old, new):
            return after
        clean = estimate(before)
        left = course.noise if renews_noise else (before.latents.float() - old.signal * clean) / old.noise
        return replace(after, latents=new.apply(clean, left))

    def _at(self, moment: Moment) -> dict[str, Any]:
        scheduler = prepare(self.noise_definition, moment.recipe, self.device, skipped=moment.skipped)
        if moment.solver is not None:
            remember(scheduler, moment.solver)
        elif moment.begin and hasattr(scheduler, "_step_index"):
            # For a look at the noise level only: a solver without memory never goes on from here.
            scheduler._step_index = moment.begin
        generator = torch.Generator("cpu")
        generator.set_state(moment.generator)
        return {
            "scheduler": scheduler,
            "latents": moment.latents.float() if moment.solver is None else moment.latents,
            "generator": generator,
            "skipped": moment.skipped,
            "begin": moment.begin,
            "done_before": moment.done_before,
        }


def source_moment(run: KeptRun | None, evaluation: int, shape: torch.Size) -> Moment:
    """Where a fork begins. Raises EngineError when it is gone or of another size."""
    moment = None if run is None else run.at(evaluation)
    if moment is None or moment.latents.shape != shape:
        raise gone()
    return moment


def gone() -> EngineError:
    return EngineError(
        "The steps of this picture are no longer in the engine's memory.",
        remedy="Generate it once more, then fork from it.",
    )


def _whole_steps(sampler: str, evaluations: int) -> int:
    if sampler == "plms":
        # Its first step is evaluated twice.
        return max(0, evaluations - 1)
    return evaluations // SAMPLERS[sampler].calls_per_step


def _is_same(one: NoiseLevel, other: NoiseLevel) -> bool:
    return math.isclose(one.signal, other.signal, rel_tol=1e-5) and math.isclose(
        one.noise, other.noise, rel_tol=1e-5
    )
