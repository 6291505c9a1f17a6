"""The line of jobs: one runs, the others wait; lives on the window's thread, survives the engine."""

from __future__ import annotations

import enum
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from studio.core.errors import JobError
from studio.core.events import Event
from studio.core.ids import new_id
from studio.generation.events import (
    Cancelled,
    EngineEvent,
    EngineStarting,
    EngineStopped,
    Failed,
    Finished,
    Hello,
    JobEvent,
    Loading,
    Paused,
    Preview,
    Resumed,
    Started,
    Steered,
)
from studio.generation.request import GenerationRequest, Steering
from studio.jobs.job import Job, JobState
from studio.jobs.link import EngineLink
from studio.jobs.pace import Pace

if TYPE_CHECKING:
    from studio.generation.catalog import Catalog

KEPT_ENDED_JOBS = 20


class EnginePhase(enum.Enum):
    starting = "starting"
    ready = "ready"
    stopped = "stopped"


@dataclass(frozen=True, kw_only=True)
class EngineState:
    """stopped: given up until `restart_engine`. message, remedy, details: why it is not ready, for the artist."""

    phase: EnginePhase
    message: str = ""
    remedy: str = ""
    details: str = ""

    @property
    def is_ready(self) -> bool:
        return self.phase is EnginePhase.ready


class JobQueue:
    """Not thread-safe: call it from one thread and hand it there what the link receives (`handle`).

    changed: anything a queue panel shows is different. event_handled: a job's event, after the queue's own state
    took it in; events of unknown, ended or cancelled jobs never come through.
    """

    def __init__(self, link: EngineLink, clock: Callable[[], float] = time.monotonic) -> None:
        self.changed: Event[None] = Event()
        self.event_handled: Event[JobEvent] = Event()
        self._link = link
        self._clock = clock
        self._jobs: list[Job] = []
        self._pace = Pace()
        self._catalog: Catalog | None = None
        self._engine_state = EngineState(phase=EnginePhase.starting)
        self._engine_life = 0

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The line in order: ended jobs (the latest few), the running one, the waiting ones; no quiet ones."""
        return tuple(j for j in self._jobs if not j.is_quiet)

    @property
    def running(self) -> Job | None:
        job = self._on_engine
        return None if job is None or job.is_quiet else job

    @property
    def waiting(self) -> tuple[Job, ...]:
        return tuple(j for j in self._jobs if j.state is JobState.waiting and not j.is_quiet)

    @property
    def _on_engine(self) -> Job | None:
        return next((j for j in self._jobs if j.state in (JobState.loading, JobState.running)), None)

    @property
    def catalog(self) -> Catalog | None:
        """From the latest hello; stays while the engine restarts."""
        return self._catalog

    @property
    def engine_life(self) -> int:
        """Counts the engine's processes: what one of them kept in memory, the next does not know."""
        return self._engine_life

    @property
    def engine_state(self) -> EngineState:
        return self._engine_state

    def job(self, job_id: str) -> Job | None:
        return next((j for j in self._jobs if j.id == job_id), None)

    def submit(self, request: GenerationRequest, label: str, *, is_quiet: bool = False) -> Job:
        """Raises JobError for an id the queue already knows. A quiet job that runs makes way for any other."""
        if self.job(request.job_id) is not None:
            raise JobError("This job is already in the queue.", details=request.job_id)
        self._jobs.append(Job(id=request.job_id, request=request, label=label, is_quiet=is_quiet))
        in_the_way = self._on_engine
        if in_the_way is not None and in_the_way.is_quiet and not is_quiet:
            self.cancel(in_the_way.id)
        self._advance()
        job = self.job(request.job_id)
        assert job is not None
        return job

    def cancel(self, job_id: str) -> None:
        """A waiting job leaves the line at once; the running one within a step. Ended or unknown: nothing happens."""
        job = self.job(job_id)
        if job is None or job.has_ended or job.is_cancelling:
            return
        if job.state is JobState.waiting:
            self._end(job, Cancelled(job_id=job_id), state=JobState.cancelled)
        else:
            self._replace(job, is_cancelling=True)
            self._link.cancel(job_id)
            self.changed.emit(None)

    def cancel_running(self) -> None:
        job = self.running
        if job is not None:
            self.cancel(job.id)

    def cancel_all(self) -> None:
        for job in self.waiting:
            self.cancel(job.id)
        self.cancel_running()

    def pause_running(self, is_paused: bool) -> None:
        """The running job waits after its present step, or goes on. Nothing happens to one that is ending."""
        job = self.running
        if job is not None and not job.is_cancelling and not job.is_ending:
            self._link.pause(job.id, is_paused)

    def end_running_early(self) -> None:
        """The running job finishes after its present step, with the picture it implies by then."""
        job = self.running
        if job is not None and not job.is_cancelling and not job.is_ending:
            self._replace(job, is_ending=True)
            self._link.end_early(job.id)
            self.changed.emit(None)

    def steer(self, steering: Steering) -> None:
        """Changes the running job from its next step on; too late for any other."""
        job = self.running
        if job is not None and job.id == steering.job_id and not job.is_cancelling:
            self._link.steer(steering)

    def move(self, job_id: str, index: int) -> None:
        """Puts a waiting job at `index` of the waiting line (clamped)."""
        job = self.job(job_id)
        if job is None or job.state is not JobState.waiting:
            return
        waiting = [j for j in self._jobs if j.state is JobState.waiting and j is not job]
        waiting.insert(max(0, min(index, len(waiting))), job)
        self._jobs = [j for j in self._jobs if j.state is not JobState.waiting] + waiting
        self._advance()

    def retry(self, job_id: str) -> Job:
        """Submits a failed or cancelled job once more, as a new job. Raises JobError for any other."""
        job = self.job(job_id)
        if job is None or job.state not in (JobState.failed, JobState.cancelled):
            raise JobError("Only a failed or cancelled job can be tried again.")
        self._jobs.remove(job)
        return self.submit(replace(job.request, job_id=new_id()), job.label)

    def forget_ended(self) -> None:
        self._jobs = [j for j in self._jobs if not j.has_ended]
        self.changed.emit(None)

    def restart_engine(self) -> None:
        self._link.restart()

    def handle(self, event: EngineEvent) -> None:
        match event:
            case EngineStarting():
                # The reason of a crash stays readable until the engine is back.
                self._engine_state = replace(self._engine_state, phase=EnginePhase.starting)
                self.changed.emit(None)
            case Hello():
                self._catalog = event.catalog
                self._engine_life += 1
                self._engine_state = EngineState(phase=EnginePhase.ready)
                self._advance()
            case EngineStopped():
                self._on_engine_stopped(event)
            case JobEvent():
                self._on_job_event(event)
            case _:
                raise AssertionError(f"an event nobody handles: {event!r}")

    def _on_engine_stopped(self, event: EngineStopped) -> None:
        self._engine_state = EngineState(
            phase=EnginePhase.starting if event.restarts else EnginePhase.stopped,
            message=event.message,
            remedy=event.remedy,
            details=event.details,
        )
        job = self._on_engine
        if job is None:
            self.changed.emit(None)
        elif job.is_cancelling:
            self._end(job, Cancelled(job_id=job.id), state=JobState.cancelled)
        else:
            failed = Failed(job_id=job.id, message=event.message, remedy=event.remedy, details=event.details)
            self._end(job, failed, state=JobState.failed, error=event.message, remedy=event.remedy)

    def _on_job_event(self, event: JobEvent) -> None:
        job = self.job(event.job_id)
        if job is None or job.has_ended or job.state is JobState.waiting:
            return
        now = self._clock()
        match event:
            case Finished() if not job.is_cancelling:
                is_whole = not job.is_ending and not job.request.recipe.last_step
                is_telling = is_whole and job.request.fork is None
                self._pace.finished(job.request.recipe, now, is_telling=is_telling)
                step = job.total_steps if is_whole else job.step
                self._end(job, event, state=JobState.finished, step=step, seconds_left=None)
            case Finished() | Cancelled():
                # Whoever pressed Cancel must not see the picture appear a moment later.
                self._end(job, Cancelled(job_id=job.id), state=JobState.cancelled)
            case Failed():
                self._end(job, event, state=JobState.failed, error=event.message, remedy=event.remedy)
            case _ if job.is_cancelling:
                return
            case Loading():
                self._update(job, event, state=JobState.loading)
            case Started():
                self._pace.started(now)
                self._update(job, event, state=JobState.running, total_steps=event.total_steps)
            case Preview():
                self._pace.stepped(event.step, now)
                self._update(
                    job, event, state=JobState.running, step=event.step, total_steps=event.total_steps
                )
            case Paused():
                self._update(job, event, is_paused=True)
            case Resumed():
                self._pace.resumed(now)
                self._update(job, event, is_paused=False)
            case Steered():
                self._update(job, event)
            case _:
                raise AssertionError(f"a job event nobody handles: {event!r}")

    def _replace(self, job: Job, **changes: Any) -> Job:
        new = replace(job, **changes)
        self._jobs[self._jobs.index(job)] = new
        return new

    def _update(self, job: Job, event: JobEvent, **changes: Any) -> None:
        self._replace(job, **changes)
        self._estimate()
        self.event_handled.emit(event)
        self.changed.emit(None)

    def _end(self, job: Job, event: JobEvent, **changes: Any) -> None:
        over = {"seconds_left": None, "is_cancelling": False, "is_paused": False, "is_ending": False}
        ended = self._replace(job, **{**over, **changes})
        # Ended jobs stand in the order in which they ended, before the line.
        self._jobs.remove(ended)
        past = [j for j in self._jobs if j.has_ended] + ([] if ended.is_quiet else [ended])
        self._jobs = past[-KEPT_ENDED_JOBS:] + [j for j in self._jobs if not j.has_ended]
        self.event_handled.emit(event)
        self._advance()

    def _advance(self) -> None:
        """Hands the first waiting job to an idle engine."""
        waiting = [*self.waiting, *(j for j in self._jobs if j.is_quiet and j.state is JobState.waiting)]
        if waiting and self._on_engine is None and self._engine_state.is_ready:
            job = self._replace(waiting[0], state=JobState.loading, started_at=self._clock())
            self._link.submit(job.request)
        self._estimate()
        self.changed.emit(None)

    def _estimate(self) -> None:
        ahead: float | None = 0.0
        for job in [j for j in self._jobs if not j.has_ended]:
            own = self._pace.seconds_left(job.request.recipe, job.step, job.total_steps)
            ahead = None if ahead is None or own is None else ahead + own
            self._replace(job, seconds_left=ahead)
