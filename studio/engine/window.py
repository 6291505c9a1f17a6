"""A part of a kept picture, made anew on its own: a small mask costs what its surroundings cost, not the whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch

from studio.engine.kept_steps import Moment

# Every family's denoiser halves its input three times at most.
STEP = 8
CONTEXT_SHARE = 0.5


@dataclass(frozen=True, kw_only=True, eq=False)
class Window:
    """whole: the kept picture's last latents. rows, columns: the part that is denoised."""

    whole: torch.Tensor
    rows: slice
    columns: slice

    def crop(self, latents: torch.Tensor) -> torch.Tensor:
        return latents[..., self.rows, self.columns]

    def put(self, part: torch.Tensor) -> torch.Tensor:
        """The whole with `part` in its place."""
        whole = self.whole.to(part.dtype, copy=True)
        whole[..., self.rows, self.columns] = part
        return whole

    def moment(self, moment: Moment) -> Moment:
        """The same moment of this part alone, with what the solver remembers of it."""
        shape = moment.latents.shape

        def part(value: Any) -> Any:
            if isinstance(value, list):
                return [part(each) for each in value]
            is_picture = isinstance(value, torch.Tensor) and value.shape == shape
            return self.crop(value) if is_picture else value

        solver = moment.solver
        if solver is not None:
            # A source of noise is made for one shape; a new one comes with the seed.
            solver = {name: part(value) for name, value in solver.items() if name != "noise_sampler"}
        return replace(moment, latents=self.crop(moment.latents), solver=solver)


def window_around(freedom: torch.Tensor, whole: torch.Tensor, least: int) -> Window:
    """freedom: (1, 1, h, w), where something may change. The part has as much context again around it, and `least`
    latents a side where the whole has them."""
    height, width = freedom.shape[-2:]
    rows = torch.nonzero(freedom[0, 0].amax(1))[:, 0]
    columns = torch.nonzero(freedom[0, 0].amax(0))[:, 0]
    return Window(
        whole=whole,
        rows=_span(rows, height, least),
        columns=_span(columns, width, least),
    )


def _span(used: torch.Tensor, length: int, least: int) -> slice:
    if not len(used):
        return slice(0, length)
    first, last = int(used[0]), int(used[-1]) + 1
    wanted = round((last - first) * (1.0 + 2.0 * CONTEXT_SHARE))
    size = -(-max(wanted, least) // STEP) * STEP
    if size >= length:
        return slice(0, length)
    start = min(max(0, (first + last - size) // 2), length - size)
    return slice(start, start + size)
