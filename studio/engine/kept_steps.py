"""Every step of the latest pictures, so that one can go on from any of them: megabytes, in the engine's memory.

A moment holds the latents and what the solver remembers (references to tensors that exist anyway), so that going on
from it is bit for bit what the run itself did. A run beyond its budget keeps its latents only, as float16, and a
solver that goes on from there begins afresh.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch

from studio.generation.request import Recipe

KEPT_RUNS = 5
RUN_BUDGET_BYTES = 16 * 1024 * 1024
# What a scheduler holds that is no memory of the way so far, or that the tap has put there.
_NO_MEMORY = frozenset({"_internal_dict", "step", "set_timesteps", "timesteps", "_convert_to_beta"})


@dataclass(frozen=True, kw_only=True, eq=False)
class Moment:
    """Between two evaluations.

    recipe, skipped: what the scheduler was prepared with. begin: evaluations it has made. done_before: evaluations
    made before its first, by another one. solver: what it remembers; None: not kept. generator: state of the noise.
    """

    recipe: Recipe
    skipped: int
    begin: int
    done_before: int
    latents: torch.Tensor
    solver: Mapping[str, Any] | None
    generator: torch.Tensor

    @property
    def evaluation(self) -> int:
        return self.done_before + self.begin

    def compact(self) -> Moment:
        return replace(self, latents=self.latents.half(), solver=None)


def solver_memory(scheduler: Any) -> dict[str, Any]:
    """What a diffusers scheduler has learnt on its way; lists are copied, tensors are never written to again."""
    memory = {name: value for name, value in vars(scheduler).items() if name not in _NO_MEMORY}
    return {name: list(value) if isinstance(value, list) else value for name, value in memory.items()}


def remember(scheduler: Any, memory: Mapping[str, Any]) -> None:
    """Puts `solver_memory` into a scheduler prepared in the same way."""
    for name, value in memory.items():
        vars(scheduler)[name] = list(value) if isinstance(value, list) else value


class KeptRun:
    """The moments of one picture, by the number of evaluations done. result: its last latents, once it has them."""

    result: torch.Tensor | None = None

    def __init__(self, budget_bytes: int = RUN_BUDGET_BYTES) -> None:
        self._budget_bytes = budget_bytes
        self._moments: dict[int, Moment] = {}
        self._storages: dict[int, int] = {}
        self._is_compact = False

    @property
    def evaluations(self) -> tuple[int, ...]:
        return tuple(self._moments)

    @property
    def nbytes(self) -> int:
        """Tensors that several moments share count once."""
        return sum(self._storages.values())

    def add(self, moment: Moment) -> None:
        self._keep([moment.compact() if self._is_compact else moment])
        if self.nbytes > self._budget_bytes and not self._is_compact:
            self._is_compact = True
            self._keep_only([kept.compact() for kept in self._moments.values()])
        if self.nbytes > self._budget_bytes:
            # Only beyond every size a machine can draw in reasonable time: every second step goes.
            self._keep_only(list(self._moments.values())[::2])

    def _keep_only(self, moments: list[Moment]) -> None:
        self._moments, self._storages = {}, {}
        self._keep(moments)

    def _keep(self, moments: list[Moment]) -> None:
        for moment in moments:
            self._moments[moment.evaluation] = moment
            for tensor in _tensors(moment):
                storage = tensor.untyped_storage()
                self._storages[storage.data_ptr()] = storage.nbytes()

    def at(self, evaluation: int) -> Moment | None:
        """The latest moment that is not later."""
        known = [n for n in self._moments if n <= evaluation]
        return self._moments[max(known)] if known else None

    def up_to(self, evaluation: int) -> list[Moment]:
        return [moment for n, moment in self._moments.items() if n <= evaluation]


def _tensors(moment: Moment) -> Iterator[torch.Tensor]:
    yield moment.latents
    yield moment.generator
    for value in (moment.solver or {}).values():
        for tensor in value if isinstance(value, list) else [value]:
            # Tables of noise levels belong to the scheduler, whether steps are kept or not.
            if isinstance(tensor, torch.Tensor) and tensor.ndim == moment.latents.ndim:
                yield tensor


class KeptRuns:
    """Of the running and the last few finished pictures; the oldest goes first."""

    def __init__(self, limit: int = KEPT_RUNS) -> None:
        self._limit = limit
        self._runs: OrderedDict[str, KeptRun] = OrderedDict()

    def open(self, job_id: str) -> KeptRun:
        """A new run; an earlier one of this name is forgotten."""
        self._runs.pop(job_id, None)
        run = self._runs[job_id] = KeptRun()
        while len(self._runs) > self._limit:
            self._runs.popitem(last=False)
        return run

    def run(self, job_id: str) -> KeptRun | None:
        """Asking keeps it: what is forked from is not the next to go."""
        if job_id in self._runs:
            self._runs.move_to_end(job_id)
        return self._runs.get(job_id)
