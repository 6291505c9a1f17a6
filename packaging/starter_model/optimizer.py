"""Muon: momentum whose matrices are orthogonalised before the step (Jordan et al. 2024, arXiv:2502.16982)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)


def orthogonalize(matrix: torch.Tensor, iterations: int = 5) -> torch.Tensor:
    """The nearest semi-orthogonal matrix, roughly: singular values end between 0.7 and 1.2 (Newton-Schulz)."""
    a, b, c = _COEFFICIENTS
    tall = matrix.shape[0] > matrix.shape[1]
    x = (matrix.T if tall else matrix).bfloat16()
    x = x / (x.norm() + 1e-7)
    for _ in range(iterations):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    result: torch.Tensor = x.T if tall else x
    return result.to(matrix.dtype)


class Muon(torch.optim.Optimizer):
    """For weights of two dimensions or more; a convolution counts as (outputs, inputs x kernel).

    The step is scaled to AdamW's usual size (0.2 root mean square times the rate), so that both share a rate.
    """

    def __init__(
        self,
        parameters: Iterable[torch.nn.Parameter],
        lr: float,
        momentum: float = 0.95,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(list(parameters), {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]  # no loss is returned
        for group in self.param_groups:
            rate, momentum = group["lr"], group["momentum"]
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                state = self.state[parameter]
                if not state:
                    state["momentum"] = torch.zeros_like(parameter)
                buffer = state["momentum"].lerp_(parameter.grad, 1 - momentum)
                ahead = parameter.grad.lerp(buffer, momentum)
                rows = ahead.shape[0]
                flat = orthogonalize(ahead.reshape(rows, -1))
                scale = 0.2 * max(flat.shape) ** 0.5
                parameter.mul_(1 - rate * group["weight_decay"])
                parameter.add_(flat.view(parameter.shape), alpha=-rate * scale)
