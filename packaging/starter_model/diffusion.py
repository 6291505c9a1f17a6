"""The training objective: velocity prediction with clamped signal-to-noise weights."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from starter_model.networks import make_scheduler

_BINS = 5


@dataclass(frozen=True, kw_only=True)
class Noised:
    """One batch ready for the U-Net: `noisy`, `velocity` (B, 4, h, w), `timesteps` (B,), `weights` (B,)."""

    noisy: torch.Tensor
    velocity: torch.Tensor
    timesteps: torch.Tensor
    weights: torch.Tensor


class Objective:
    """v = sqrt(a) noise - sqrt(1 - a) x (Salimans and Ho 2022, appendix D).

    Weight min(SNR, 5) / (SNR + 1) (Hang et al. 2023) plus 0.25, so that the noisiest steps, which decide the
    layout, are still learnt.
    """

    def __init__(self, device: str) -> None:
        self._alphas = make_scheduler().alphas_cumprod.to(device)

    def timesteps(self, count: int, generator: torch.Generator) -> torch.Tensor:
        """70 % logit-normal (Esser et al. 2024), 30 % uniform, in 0..999."""
        uniform = torch.rand(count, generator=generator)
        normal = torch.sigmoid(torch.randn(count, generator=generator) + 0.1)
        chosen = torch.where(torch.rand(count, generator=generator) < 0.3, uniform, normal)
        return (chosen * 1000).long().clamp(0, 999)

    def noised(self, clean: torch.Tensor, timesteps: torch.Tensor, noise: torch.Tensor) -> Noised:
        alpha = self._alphas[timesteps].view(-1, 1, 1, 1)
        ratio = (alpha / (1 - alpha)).flatten()
        return Noised(
            noisy=alpha.sqrt() * clean + (1 - alpha).sqrt() * noise,
            velocity=alpha.sqrt() * noise - (1 - alpha).sqrt() * clean,
            timesteps=timesteps,
            weights=ratio.clamp(max=5.0) / (ratio + 1) + 0.25,
        )


class LossLog:
    """Mean squared error of the velocity since the last report, whole and in five bins of the timestep."""

    def __init__(self) -> None:
        self._sums = torch.zeros(_BINS)
        self._counts = torch.zeros(_BINS)

    def add(self, errors: torch.Tensor, timesteps: torch.Tensor) -> None:
        bins = (timesteps.cpu() * _BINS // 1000).clamp(0, _BINS - 1)
        self._sums.index_add_(0, bins, errors.detach().float().cpu())
        self._counts.index_add_(0, bins, torch.ones(len(bins)))

    def report(self) -> str:
        mean = float(self._sums.sum() / self._counts.sum().clamp(min=1))
        parts = (self._sums / self._counts.clamp(min=1)).tolist()
        self._sums.zero_()
        self._counts.zero_()
        return f"{mean:.4f} [{' '.join(f'{p:.3f}' for p in parts)}]"
