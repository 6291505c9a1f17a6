"""A diffusers scheduler made ready for one job: sampler, schedule, steps and strength applied.

The base is the model's own noise definition (betas, prediction type, spacing); everything else a model's folder says
about its scheduler is a taste of whoever packed it and does not leak into other samplers.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from typing import Any

import diffusers
import numpy as np
import torch

from studio.core.errors import EngineError
from studio.engine.samplers import SAMPLERS, Sampler
from studio.engine.schedules import SCHEDULES, FloatArray, Schedule
from studio.generation.request import Recipe

NOISE_DEFINITION = (
    "num_train_timesteps",
    "beta_start",
    "beta_end",
    "beta_schedule",
    "trained_betas",
    "prediction_type",
    "timestep_spacing",
    "steps_offset",
    "set_alpha_to_one",
    "rescale_betas_zero_snr",
)

LCM_TRAINING_STEPS = 50

# What a scheduler keeps per evaluation and what therefore has to be cut together.
_PER_CALL = ("sigmas", "sigmas_interpol", "sigmas_up", "sigmas_down")


def steps_to_run(steps: int, strength: float) -> int:
    """The last int(steps * strength) of all steps, at least one, whatever the sampler. The tiny term keeps
    binary fractions (0.29 * 100 = 28.999…) from losing a step."""
    return max(1, min(steps, math.floor(steps * strength + 1e-6)))


def prepare(noise: Mapping[str, Any], recipe: Recipe, device: torch.device, *, skipped: int = 0) -> Any:
    """A fresh diffusers scheduler with its timesteps set; `len(scheduler.timesteps)` evaluations will follow.

    noise: the model's scheduler configuration. skipped: steps left out at the beginning, besides those that the
    strength leaves out. Raises EngineError for a sampler or schedule that does not exist or
    do not fit each other.
    """
    sampler, schedule = SAMPLERS.get(recipe.sampler), SCHEDULES.get(recipe.schedule)
    if sampler is None:
        raise EngineError(f"The sampler “{recipe.sampler}” is unknown to this engine.")
    if schedule is None:
        raise EngineError(f"The schedule “{recipe.schedule}” is unknown to this engine.")
    if recipe.schedule not in sampler.schedules:
        raise EngineError(f"{sampler.label} cannot follow the schedule {schedule.label}.")
    scheduler = _make(noise, sampler, schedule, recipe.seed)
    if schedule.timesteps is not None:
        _bring_own_levels(scheduler, schedule.timesteps)
    if recipe.sampler == "lcm":
        original = max(LCM_TRAINING_STEPS, recipe.steps)
        scheduler.set_timesteps(recipe.steps, device=device, original_inference_steps=original)
    else:
        scheduler.set_timesteps(recipe.steps, device=device)
    if not bool(torch.isfinite(scheduler.timesteps).all()):
        raise EngineError(
            f"{sampler.label} cannot go the way of {schedule.label} in {recipe.steps} steps.",
            remedy="Take more steps, or another sampler.",
        )
    if recipe.sampler == "deis":
        # With noise levels of one's own the library repeats the last one, and the last step does nothing. Zero is
        # out of this sampler's reach: the lowest level of the training is its end, as without such levels.
        first = float(scheduler.alphas_cumprod[0])
        scheduler.sigmas[-1] = math.sqrt((1.0 - first) / first)
    _skip(scheduler, recipe, recipe.steps - steps_to_run(recipe.steps, recipe.strength) + skipped)
    return scheduler


def _make(noise: Mapping[str, Any], sampler: Sampler, schedule: Schedule, seed: int) -> Any:
    cls = getattr(diffusers, sampler.scheduler_class)
    accepted = inspect.signature(cls.__init__).parameters
    config = {name: noise[name] for name in NOISE_DEFINITION if name in noise}
    # Classes whose default is to clip were made for pixels; latents are not bounded by 1.
    config |= {"clip_sample": False, "thresholding": False}
    config |= {**sampler.keywords, **schedule.keywords}
    if sampler.seed_keyword:
        config[sampler.seed_keyword] = seed
    return cls(**{name: value for name, value in config.items() if name in accepted})


def _bring_own_levels(scheduler: Any, timesteps: Callable[[int, FloatArray], FloatArray]) -> None:
    """WORKAROUND(https://github.com/huggingface/diffusers/pull/9509): the library spreads its beta schedule over the
    noise levels instead of the timesteps, which leaves two steps for everything below a tenth of the noise. All
    classes come by those levels through this one method; remove once they take sigmas or timesteps everywhere."""
    alphas = np.asarray(scheduler.alphas_cumprod, np.float64)
    log_sigmas = 0.5 * (np.log1p(-alphas) - np.log(alphas))

    def own_levels(in_sigmas: Any, num_inference_steps: int) -> FloatArray:
        starts = np.rint(timesteps(num_inference_steps, log_sigmas))
        return np.asarray(np.exp(np.interp(starts, np.arange(len(log_sigmas)), log_sigmas)), np.float64)

    scheduler._convert_to_beta = own_levels


def _skip(scheduler: Any, recipe: Recipe, skipped: int) -> None:
    """Drops the evaluations before the start, so that every index counts from the first one that runs."""
    start = skipped * scheduler.order
    if recipe.sampler == "plms" and start:
        # Its first step is evaluated twice, wherever it starts.
        times = scheduler.timesteps
        left = torch.cat([times[:1], times[2:]])[start:]
        scheduler.timesteps = torch.cat([left[:2], left[1:]]) if len(left) > 1 else left
    elif start:
        scheduler.timesteps = scheduler.timesteps[start:]
        for name in _PER_CALL:
            if hasattr(scheduler, name):
                setattr(scheduler, name, getattr(scheduler, name)[start:])
    if recipe.sampler == "dpmpp_2s":
        scheduler.order_list = scheduler.get_order_list(len(scheduler.timesteps))
    if recipe.sampler == "lcm":
        # It stops adding noise at the last of these.
        scheduler.num_inference_steps = len(scheduler.timesteps)
    if hasattr(scheduler, "set_begin_index"):
        # Without it a schedule that repeats a timestep would start at the repetition.
        scheduler.set_begin_index(0)
