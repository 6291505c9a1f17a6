"""How noisy a sample is at each evaluation, and the clean picture a model's answer implies.

Symbols of the literature: the sample x = signal * x0 + noise * eps. A model answers eps (epsilon prediction) or
v = a * eps - s * x0 with a² + s² = 1 (Salimans & Ho 2022, arXiv:2202.00512, appendix D).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch

from studio.core.errors import EngineError
from studio.engine.samplers import Middle, Sampler, Space


@dataclass(frozen=True, kw_only=True)
class NoiseLevel:
    """sample = signal * clean + noise * unit noise."""

    signal: float
    noise: float

    def apply(self, clean: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        return self.signal * clean + self.noise * noise

    def clean_estimate(
        self, output: torch.Tensor, sample: torch.Tensor, prediction_type: str
    ) -> torch.Tensor:
        """x0 from the model's answer for `sample` at this level; float32, shapes as given."""
        # Both kinds of scaling reduce to the one with a² + s² = 1.
        length = math.hypot(self.signal, self.noise)
        a, s = self.signal / length, self.noise / length
        x, answer = sample.float() / length, output.float()
        if prediction_type == "epsilon":
            return (x - s * answer) / a
        if prediction_type == "v_prediction":
            return a * x - s * answer
        raise EngineError(f"The model predicts “{prediction_type}”, which no sampler here understands.")


def level_at(scheduler: Any, sampler: Sampler, call: int) -> NoiseLevel:
    """Of the sample that goes into evaluation `call` (from 0), for a scheduler whose indices start at 0."""
    if sampler.space is Space.timestep:
        alpha = float(scheduler.alphas_cumprod[int(scheduler.timesteps[call])])
        return NoiseLevel(signal=alpha**0.5, noise=(1.0 - alpha) ** 0.5)
    sigma = _sigma_at(scheduler, sampler, call)
    if sampler.space is Space.variance_exploding:
        return NoiseLevel(signal=1.0, noise=sigma)
    signal = 1.0 / (sigma * sigma + 1.0) ** 0.5
    return NoiseLevel(signal=signal, noise=sigma * signal)


def is_middle(sampler: Sampler, call: int) -> bool:
    """Whether evaluation `call` is the second one of a second-order step."""
    return sampler.middle is not Middle.none and call % 2 == 1


def _sigma_at(scheduler: Any, sampler: Sampler, call: int) -> float:
    sigmas = scheduler.sigmas
    if not is_middle(sampler, call) or sampler.middle is Middle.step_end:
        return float(sigmas[call])
    if sampler.middle is Middle.interpolated:
        return float(scheduler.sigmas_interpol[call])
    if sampler.middle is Middle.interpolated_before:
        return float(scheduler.sigmas_interpol[call - 1])
    return math.sqrt(float(sigmas[call - 1]) * float(sigmas[call]))
