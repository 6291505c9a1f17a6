"""How far a training run is, its learning rate, the pause switch, and checkpoints that survive a kill."""

from __future__ import annotations

import dataclasses
import datetime
import json
import logging
import math
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from safetensors.torch import load_file, save_file

log = logging.getLogger("starter_model")
Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Budget:
    """When a run ends: after `steps`, or at the clock time `end` (seconds since the epoch, with its `start`).

    A budget by steps is reproducible; one by the clock fits a machine lent for a time.
    """

    steps: int = 0
    start: float = 0.0
    end: float = 0.0

    def fraction(self, step: int) -> float:
        """Share of the run done before `step`, 0 to 1 (1 = finished)."""
        if self.steps:
            return min(1.0, step / self.steps)
        return min(1.0, max(0.0, (time.time() - self.start) / max(1e-3, self.end - self.start)))


def resumed(budget: Budget, facts: Mapping[str, str | int | float]) -> Budget:
    """The budget of a run that was cut off: by the clock it counts from the first start, saved as `started`."""
    if budget.steps:
        return budget
    return dataclasses.replace(budget, start=min(budget.start, float(facts.get("started", budget.start))))


def budget_until(steps: int, minutes: float, until: str) -> Budget:
    """The budget named on the command line; `until` is a UTC clock time HH:MM within the next day.

    Raises ValueError if not exactly one of the three is given.
    """
    if sum((bool(steps), bool(minutes), bool(until))) != 1:
        raise ValueError("Give exactly one of --steps, --minutes and --until.")
    now = time.time()
    if steps:
        return Budget(steps=steps)
    if minutes:
        return Budget(start=now, end=now + minutes * 60)
    today = datetime.datetime.now(datetime.UTC)
    hour, minute = (int(part) for part in until.split(":"))
    end = today.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if end <= today:
        end += datetime.timedelta(days=1)
    return Budget(start=now, end=end.timestamp())


def learning_rate(
    peak: float, step: int, fraction: float, *, warmup: int = 100, flat: float = 0.5, floor: float = 0.02
) -> float:
    """Linear warm-up, constant until `flat` of the run, then half a cosine down to `floor` times the peak."""
    rate = peak * min(1.0, (step + 1) / warmup)
    if fraction <= flat:
        return rate
    decay = 0.5 * (1 + math.cos(math.pi * (fraction - flat) / (1 - flat)))
    return rate * (floor + (1 - floor) * decay)


def wait_while_paused(switch: Path | None) -> float:
    """Sleeps while the file `switch` exists (benchmarks create it); the seconds slept."""
    started = time.time()
    while switch is not None and switch.exists():
        time.sleep(0.5)
    return time.time() - started


class Averaged:
    """Exponential moving average of a list of parameters, with a warm start (decay (n+1)/(n+30) at first)."""

    def __init__(self, parameters: list[torch.nn.Parameter], decay: float) -> None:
        self._parameters = parameters
        self._decay = decay
        self.values = [p.detach().clone() for p in parameters]

    @torch.no_grad()
    def update(self, step: int) -> None:
        decay = min(self._decay, (step + 1) / (step + 30))
        torch._foreach_lerp_(self.values, [p.detach() for p in self._parameters], 1 - decay)

    @torch.no_grad()
    def swap(self) -> None:
        """Exchanges the averaged and the current values; call twice to come back."""
        for parameter, value in zip(self._parameters, self.values, strict=True):
            current = parameter.detach().clone()
            parameter.copy_(value)
            value.copy_(current)

    def through(self, work: Callable[[], Result]) -> Result:
        """Runs `work` with the averaged weights in place."""
        self.swap()
        try:
            return work()
        finally:
            self.swap()


def write_text_atomically(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    sibling = path.with_name(path.name + ".new")
    sibling.write_text(text, encoding="utf-8")
    sibling.replace(path)


def replace_folder(target: Path, write: Callable[[Path], None]) -> None:
    """Lets `write` fill a sibling folder and then puts it in the place of `target`, so that no reader sees half."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh, old = (target.with_name(f".{target.name}.{suffix}") for suffix in ("new", "old"))
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    fresh.mkdir()
    write(fresh)
    if target.exists():
        target.replace(old)
    fresh.replace(target)
    shutil.rmtree(old, ignore_errors=True)


def save_checkpoint(
    path: Path, tensors: Mapping[str, torch.Tensor], facts: Mapping[str, str | int | float]
) -> None:
    """One safetensors file with `facts` in its header, written beside and renamed into place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sibling = path.with_name(path.name + ".new")
    contiguous = {name: tensor.detach().contiguous().cpu() for name, tensor in tensors.items()}
    save_file(contiguous, sibling, metadata={"facts": json.dumps(dict(facts))})
    sibling.replace(path)


def load_checkpoint(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str | int | float]]:
    """Raises OSError if there is no such file and ValueError if it is not one of ours."""
    tensors = load_file(path)
    with path.open("rb") as stream:
        size = int.from_bytes(stream.read(8), "little")
        header = json.loads(stream.read(size))
    try:
        facts: dict[str, str | int | float] = json.loads(header["__metadata__"]["facts"])
    except KeyError as error:
        raise ValueError(f"{path} is not a checkpoint of this trainer.") from error
    return tensors, facts
