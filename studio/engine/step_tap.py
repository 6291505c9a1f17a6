"""One place in a running diffusers pipeline where everything happens: its scheduler's `step`.

The pipeline's own loop stays untouched. On the scheduler *instance* the tap replaces `step` (to see the model's answer
after guidance, to keep what a mask keeps, to stop) and `set_timesteps` (the scheduler comes prepared); leaving the
context removes both.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import torch

from studio.engine.noise_levels import NoiseLevel, is_middle, level_at
from studio.engine.samplers import Sampler

# (evaluation from 1, how many in all, x0 estimate in float32, shaped like the latents)
PreviewCallback = Callable[[int, int, torch.Tensor], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class Boundary:
    """Between two steps: the evaluations the scheduler has made, the latents the next one will see, and the clean
    picture the last answer implied, worked out when asked for."""

    begin: int
    latents: torch.Tensor
    estimate: Callable[[], torch.Tensor]


BoundaryCallback = Callable[[Boundary], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class KeptArea:
    """What a mask keeps, as latents (differential diffusion, Levin & Fried, arXiv:2306.00950).

    source: clean latents of the picture. noise: unit noise, the same at every step. freedom: (1, 1, h, w) in [0, 1],
    the share of the steps, counted from the end, during which a place may change; 0 keeps it exactly, 1 is all free.
    """

    source: torch.Tensor
    noise: torch.Tensor
    freedom: torch.Tensor

    def blend(self, sample: torch.Tensor, level: NoiseLevel, share_left: float) -> torch.Tensor:
        """`sample` with every place that is not yet free replaced by the source at the right noise level.

        share_left: of the steps, in [0, 1); at 0 only what is never free is kept, and exactly.
        """
        kept = (self.freedom < share_left) | (self.freedom == 0)
        clean = self.source if share_left == 0 else level.apply(self.source, self.noise)
        return torch.where(kept, clean.to(sample.dtype), sample)


class StepTap:
    """with StepTap(scheduler, sampler, …): pipeline(…).

    check_cancelled: raises to stop; called before and after every evaluation's bookkeeping.
    on_preview: after every evaluation, with the clean picture it implies; None: nothing is estimated.
    on_step: after every evaluation (from 1, how many in all).
    begin: evaluations the scheduler has made already; the pipeline is shown the rest. done_before: evaluations made
    before its first, by another scheduler; they only count.
    on_boundary: after every step; raising leaves the pipeline, from where it can be entered again.
    """

    def __init__(
        self,
        scheduler: Any,
        sampler: Sampler,
        *,
        check_cancelled: Callable[[], None],
        on_preview: PreviewCallback | None = None,
        on_step: Callable[[int, int], None] | None = None,
        kept: KeptArea | None = None,
        begin: int = 0,
        done_before: int = 0,
        on_boundary: BoundaryCallback | None = None,
    ) -> None:
        self._scheduler = scheduler
        self._sampler = sampler
        self._check_cancelled = check_cancelled
        self._on_preview = on_preview
        self._on_step = on_step
        self._kept = kept
        self._call = begin
        self._done_before = done_before
        self._on_boundary = on_boundary
        self._timesteps = scheduler.timesteps

    def __enter__(self) -> Self:
        if self._call:
            # The pipeline goes through what is left; the scheduler looks things up in the whole.
            self._scheduler.timesteps = self._timesteps[self._call :]
        original = self._scheduler.step

        # Pipelines look at the signature to decide whether to pass a generator.
        @functools.wraps(original)
        def step(output: torch.Tensor, timestep: Any, sample: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
            return self._step(original, output, timestep, sample, *args, **kwargs)

        def keep_prepared(*args: Any, **kwargs: Any) -> None:
            """The timesteps are set already."""

        self._scheduler.__dict__["step"] = step
        self._scheduler.__dict__["set_timesteps"] = keep_prepared
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._scheduler.__dict__.pop("step", None)
        self._scheduler.__dict__.pop("set_timesteps", None)
        self._scheduler.timesteps = self._timesteps

    def _step(
        self,
        original: Callable[..., Any],
        output: torch.Tensor,
        timestep: Any,
        sample: torch.Tensor,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        self._check_cancelled()
        self._scheduler.timesteps = self._timesteps
        call, total = self._call, len(self._timesteps)

        def estimate() -> torch.Tensor:
            level = level_at(self._scheduler, self._sampler, call)
            return level.clean_estimate(output, sample, self._scheduler.config.prediction_type)

        clean = estimate() if self._on_preview is not None else None
        result = original(output, timestep, sample, *args, **kwargs)
        self._call += 1
        if self._kept is not None:
            result = self._with_kept_area(result, total)
        done, all_in_all = self._done_before + self._call, self._done_before + total
        if self._on_preview is not None and clean is not None:
            self._on_preview(done, all_in_all, clean)
        if self._on_step is not None:
            self._on_step(done, all_in_all)
        self._check_cancelled()
        is_between_steps = self._call == total or not is_middle(self._sampler, self._call)
        if self._on_boundary is not None and is_between_steps:
            latents = result[0] if isinstance(result, tuple) else result.prev_sample
            self._on_boundary(Boundary(begin=self._call, latents=latents, estimate=estimate))
        return result

    def _with_kept_area(self, result: Any, total: int) -> Any:
        assert self._kept is not None
        is_last = self._call == total
        # Between the two evaluations of a second-order step the sampler holds the step's beginning elsewhere and
        # takes the sample for a probe only: it is left alone.
        if not is_last and is_middle(self._sampler, self._call):
            return result
        level = (
            NoiseLevel(signal=1.0, noise=0.0)
            if is_last
            else level_at(self._scheduler, self._sampler, self._call)
        )
        share_left = (total - self._call) / (total + self._done_before)
        if isinstance(result, tuple):
            return (self._kept.blend(result[0], level, share_left), *result[1:])
        result.prev_sample = self._kept.blend(result.prev_sample, level, share_left)
        return result
