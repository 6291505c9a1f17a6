"""What the queue knows of one picture on its way."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from studio.generation.request import GenerationRequest


class JobState(enum.Enum):
    waiting = "waiting"
    loading = "loading"
    running = "running"
    finished = "finished"
    cancelled = "cancelled"
    failed = "failed"


ENDED = frozenset({JobState.finished, JobState.cancelled, JobState.failed})


@dataclass(frozen=True, kw_only=True, eq=False)
class Job:
    """A snapshot; the queue replaces it whenever something changes.

    step: denoiser evaluations done, of `total_steps`. started_at: the queue's clock when it left the line.
    seconds_left: estimate until finished, waiting included; None while nothing is known.
    is_quiet: made by the studio itself, for a moment: nobody is shown it, and whatever an artist asks for goes first.
    is_cancelling: cancelled by the artist, the engine has not answered yet.
    is_paused: waits after `step` until the artist lets it go on. is_ending: it will be finished after its present step.
    """

    id: str
    request: GenerationRequest
    label: str
    state: JobState = JobState.waiting
    step: int = 0
    total_steps: int = 0
    started_at: float | None = None
    seconds_left: float | None = None
    is_quiet: bool = False
    is_cancelling: bool = False
    is_paused: bool = False
    is_ending: bool = False
    error: str = ""
    remedy: str = ""

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED
