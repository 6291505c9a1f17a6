"""What the engine needs from a loaded model, whatever its family."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from studio.engine.helm import Helm
from studio.engine.kept_steps import KeptRuns
from studio.generation.request import GenerationRequest, UInt8Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Listener:
    """started: number of evaluations in all. stepped: evaluation (from 1), how many in all, preview or None.
    paused, resumed, steered: after so many evaluations; a steered job's next one goes by what was changed."""

    started: Callable[[int], None]
    stepped: Callable[[int, int, UInt8Array | None], None]
    paused: Callable[[int], None]
    resumed: Callable[[int], None]
    steered: Callable[[int], None]


class Model(Protocol):
    def draw(
        self,
        request: GenerationRequest,
        *,
        is_cancelled: Callable[[], bool],
        listener: Listener,
        helm: Helm,
        runs: KeptRuns,
    ) -> UInt8Array:
        """uint8 (height, width, 3). Keeps its steps in `runs`, finds there what a fork goes on from, obeys `helm`
        between two steps. Raises JobCancelled, or EngineError when nothing valid came out."""
