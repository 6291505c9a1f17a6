"""A run's parameters, optimizers and moving average, saved and restored together."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch

from starter_model.optimizer import Muon
from starter_model.progress import Averaged, load_checkpoint, save_checkpoint

log = logging.getLogger("starter_model")


@dataclass(frozen=True, kw_only=True)
class Group:
    """Parameters that share a factor on the learning rate; `matrices` are stepped by Muon, others by AdamW."""

    parameters: list[torch.nn.Parameter] = field(repr=False)
    factor: float = 1.0
    matrices: bool = False


class Training:
    """The state of a run between two steps."""

    def __init__(self, groups: list[Group], rate: float, decay: float, weight_decay: float) -> None:
        """`decay` is the moving average's."""
        self.parameters = [p for group in groups for p in group.parameters]
        self._optimizers: list[tuple[torch.optim.Optimizer, float]] = []
        for group in groups:
            if not group.parameters:
                continue
            optimizer: torch.optim.Optimizer
            if group.matrices:
                optimizer = Muon(group.parameters, lr=rate, weight_decay=weight_decay)
            else:
                optimizer = torch.optim.AdamW(
                    group.parameters, lr=rate, betas=(0.9, 0.99), weight_decay=weight_decay, fused=True
                )
            self._optimizers.append((optimizer, group.factor))
        self.average = Averaged(self.parameters, decay)
        self.step = 0

    def update(self, rate: float) -> None:
        """Clips the gradients to norm 1 and takes one step."""
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        for optimizer, factor in self._optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate * factor
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self.average.update(self.step)

    def _states(self) -> Iterator[tuple[str, dict[str, torch.Tensor], torch.nn.Parameter]]:
        """(index, state, parameter); an index stays the same from run to run."""
        index = 0
        for optimizer, _ in self._optimizers:
            for group in optimizer.param_groups:
                for parameter in group["params"]:
                    yield str(index), optimizer.state[parameter], parameter
                    index += 1

    def save(self, path: Path, facts: Mapping[str, str | int | float]) -> None:
        """Writes everything into one file, atomically."""
        tensors: dict[str, torch.Tensor] = {}
        for i, (parameter, average) in enumerate(zip(self.parameters, self.average.values, strict=True)):
            tensors[f"current.{i}"], tensors[f"average.{i}"] = parameter, average
        for index, state, _ in self._states():
            tensors.update({f"optimizer.{name}.{index}": value for name, value in state.items()})
        save_checkpoint(path, tensors, {**facts, "step": self.step})

    @torch.no_grad()
    def restore(self, path: Path) -> dict[str, str | int | float]:
        """The facts saved with it. Raises ValueError if the file belongs to networks of another size."""
        tensors, facts = load_checkpoint(path)
        for i, (parameter, average) in enumerate(zip(self.parameters, self.average.values, strict=True)):
            saved = tensors.get(f"current.{i}")
            if saved is None or saved.shape != parameter.shape:
                raise ValueError(f"{path} was written for networks of another size.")
            parameter.copy_(saved)
            average.copy_(tensors[f"average.{i}"])
        for index, state, parameter in self._states():
            for name in ("step", "exp_avg", "exp_avg_sq", "momentum"):
                value = tensors.get(f"optimizer.{name}.{index}")
                if value is None:
                    continue
                # Moments keep the parameter's memory layout, the step counter its device.
                like = (
                    value.to(parameter.device) if name == "step" else torch.empty_like(parameter).copy_(value)
                )
                state[name] = like
        self.step = int(facts["step"])
        log.info("resumed from %s at step %d", path.name, self.step)
        return facts
