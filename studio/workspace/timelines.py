"""The steps of the running picture and the last few finished ones, small, as the window has seen them go by."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from studio.core.events import Event
from studio.generation.request import GenerationRequest, UInt8Array

if TYPE_CHECKING:
    from studio.workspace.build_request import Preparation

KEPT_TIMELINES = 5
"""As many pictures as the engine keeps the steps of."""


@dataclass(kw_only=True, eq=False)
class Timeline:
    """engine_life: of which engine process; another one knows nothing of these steps. pictures: the clean picture
    implied after each evaluation, at latent size; a few are missing when the window was busy."""

    preparation: Preparation
    request: GenerationRequest
    total_steps: int
    engine_life: int
    has_ended: bool = False
    pictures: dict[int, UInt8Array] = field(default_factory=dict)

    @property
    def job_id(self) -> str:
        return self.request.job_id

    @property
    def latest_step(self) -> int:
        return max(self.pictures, default=0)

    def picture(self, step: int) -> UInt8Array | None:
        """The latest one that is not later than `step`; before the first one there is only noise."""
        known = [n for n in self.pictures if n <= step]
        return self.pictures[max(known)] if known else None


class Timelines:
    """By job; the oldest goes first. `changed` names the job whose steps grew or ended."""

    def __init__(self) -> None:
        self.changed: Event[str] = Event()
        self._timelines: OrderedDict[str, Timeline] = OrderedDict()

    def find(self, job_id: str | None) -> Timeline | None:
        return None if job_id is None else self._timelines.get(job_id)

    def begin(self, timeline: Timeline) -> None:
        """What a fork goes on from is the beginning of its own timeline."""
        fork = timeline.request.fork
        source = None if fork is None else self.find(fork.source_id)
        if fork is not None and source is not None:
            self._timelines.move_to_end(fork.source_id)
            timeline.pictures.update({n: p for n, p in source.pictures.items() if n <= fork.step})
        self._timelines[timeline.job_id] = timeline
        while len(self._timelines) > KEPT_TIMELINES:
            self._timelines.popitem(last=False)
        self.changed.emit(timeline.job_id)

    def add(self, job_id: str, step: int, picture: UInt8Array) -> None:
        timeline = self.find(job_id)
        if timeline is not None:
            timeline.pictures[step] = picture
            self.changed.emit(job_id)

    def end(self, job_id: str, *, is_kept: bool) -> None:
        """is_kept: it became a picture; a cancelled or failed one is forgotten."""
        timeline = self.find(job_id)
        if timeline is None:
            return
        timeline.has_ended = True
        if not is_kept:
            del self._timelines[job_id]
        self.changed.emit(job_id)
