"""What the engine needs from a loaded model, whatever its family."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from studio.generation.request import GenerationRequest, UInt8Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Listener:
    """started: number of evaluations to come. stepped: evaluation (from 1), how many in all, preview or None."""

    started: Callable[[int], None]
    stepped: Callable[[int, int, UInt8Array | None], None]


class Model(Protocol):
    def draw(
        self, request: GenerationRequest, *, is_cancelled: Callable[[], bool], listener: Listener
    ) -> UInt8Array:
        """uint8 (height, width, 3). Raises JobCancelled, or EngineError when nothing valid came out."""
