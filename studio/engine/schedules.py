"""Noise schedules by the names artists know: how densely the noise levels lie along the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.generation.catalog import ScheduleInfo

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """keywords: configuration of the diffusers class. timesteps: (steps, log_sigmas) -> where the steps begin, high to
    low, as fractional indices into `log_sigmas` (ascending); None: the class knows itself."""

    label: str
    keywords: Mapping[str, Any] = field(default_factory=dict)
    timesteps: Callable[[int, FloatArray], FloatArray] | None = None
    note: str = ""


# Align Your Steps, arXiv:2404.14507, table of noise levels: Stable Diffusion 1.5, 10 steps.
AYS_SIGMAS = (14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029)
AYS_NOISE = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}


def beta_timesteps(steps: int, log_sigmas: FloatArray) -> FloatArray:
    """Quantiles of Beta(0.6, 0.6) over the timesteps: dense at both ends ("Beta Sampling is All You Need",
    arXiv:2407.12173)."""
    import scipy.stats

    quantiles = scipy.stats.beta.ppf(1.0 - np.arange(steps) / steps, 0.6, 0.6)
    return np.asarray(quantiles * (len(log_sigmas) - 1), np.float64)


def ays_timesteps(steps: int, log_sigmas: FloatArray) -> FloatArray:
    """Other step counts by log-linear interpolation, as the paper's authors recommend."""
    levels = np.linspace(0, 1, len(AYS_SIGMAS))
    wanted = np.interp(np.linspace(0, 1, steps + 1), levels, np.log(AYS_SIGMAS))[:-1]
    return np.asarray(np.interp(wanted, log_sigmas, np.arange(len(log_sigmas))), np.float64)


# Some classes take the ends of the range from their timesteps: all of them, not those some other spacing leaves.
FULL_RANGE = {"timestep_spacing": "linspace"}

SCHEDULES: dict[str, Schedule] = {
    "automatic": Schedule(label="Automatic", note="The spacing the model was made for."),
    "karras": Schedule(label="Karras", keywords={**FULL_RANGE, "use_karras_sigmas": True}),
    "exponential": Schedule(label="Exponential", keywords={**FULL_RANGE, "use_exponential_sigmas": True}),
    "beta": Schedule(
        label="Beta", keywords={**FULL_RANGE, "use_beta_sigmas": True}, timesteps=beta_timesteps
    ),
    "sgm_uniform": Schedule(label="SGM uniform", keywords={"timestep_spacing": "trailing"}),
    "ays": Schedule(
        label="Align Your Steps",
        keywords={**FULL_RANGE, "use_beta_sigmas": True},
        timesteps=ays_timesteps,
        note="Found for Stable Diffusion's own noise (arXiv:2404.14507); best at about ten steps.",
    ),
}


def schedule_infos() -> tuple[ScheduleInfo, ...]:
    return tuple(ScheduleInfo(identifier=i, label=s.label, note=s.note) for i, s in SCHEDULES.items())
