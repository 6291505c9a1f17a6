"""One place for a generation's whole life: captured, prepared, queued, streamed, finished into a candidate."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from studio.core.errors import StudioError
from studio.core.events import Event
from studio.core.ids import new_id
from studio.generation.events import Cancelled, Failed, Finished, JobEvent, Preview, Started, Steered
from studio.generation.request import (
    DRAWN,
    MADE_BY_MODEL,
    MAX_SEED,
    Fork,
    GenerationRequest,
    Recipe,
    Steering,
    UInt8Array,
)
from studio.jobs.queue import JobQueue
from studio.workspace.background import Background
from studio.workspace.generation_settings import GenerationSettings
from studio.workspace.notice import Notice
from studio.workspace.results import Candidate, LivePreview, Results
from studio.workspace.timelines import Timeline, Timelines

if TYPE_CHECKING:
    from studio.generation.catalog import Catalog
    from studio.workspace.build_request import Capture, Preparation

log = logging.getLogger(__name__)

RANDOM_SEED_LIMIT = 2**32


@dataclass(frozen=True, kw_only=True, eq=False)
class _Running:
    """A job's request, and the place it was prepared for. steerings: asked for, not yet in effect."""

    preparation: Preparation
    request: GenerationRequest
    steerings: tuple[Steering, ...] = ()


class Generating:
    """Turns captures into jobs and job events into previews and candidates.

    take_capture: called on the UI thread at the moment of the wish, with the seed to use.
    candidate_finished: for whoever keeps finished pictures safe, before the artist has even looked.
    """

    def __init__(
        self,
        *,
        queue: JobQueue,
        settings: GenerationSettings,
        results: Results,
        background: Background,
        take_capture: Callable[[int], Capture],
        notices: Event[Notice],
        previews: bool = True,
    ) -> None:
        self._queue = queue
        self._settings = settings
        self._results = results
        self._background = background
        self._take_capture = take_capture
        self._notices = notices
        self._previews = previews
        self.timelines = Timelines()
        self._running: dict[str, _Running] = {}
        self._waiting_for_engine: list[Capture] = []
        self._preparing = 0
        self._finishing = 0
        self._cancellations = 0
        self.candidate_finished: Event[Candidate] = Event()
        self.changed: Event[None] = Event()
        queue.event_handled.subscribe(self._on_job_event)
        queue.changed.subscribe(self._on_queue_changed)

    @property
    def is_busy(self) -> bool:
        """A wish is being prepared, waits, or runs."""
        return bool(self._preparing or self._waiting_for_engine or self._finishing or self._has_jobs)

    @property
    def _has_jobs(self) -> bool:
        return any(not job.has_ended for job in self._queue.jobs)

    @property
    def waits_for_engine(self) -> bool:
        return bool(self._waiting_for_engine)

    def generate(self) -> None:
        """Captures the document now; runs it as soon as the engine can."""
        self._wish(MADE_BY_MODEL)

    def draw_scene(self) -> None:
        """The same for a scene of the renderer: it reads prompt, seed, frame and mask, and needs no model."""
        self._wish(DRAWN)

    def _wish(self, source: str) -> None:
        values = self._settings.values
        if values.is_seed_random:
            # System entropy, not the global generator: two windows must not dream the same picture.
            self._settings.set(seed=random.SystemRandom().randrange(RANDOM_SEED_LIMIT))
        capture = replace(self._take_capture(min(self._settings.values.seed, MAX_SEED)), source=source)
        if self._queue.catalog is None:
            self._waiting_for_engine.append(capture)
            self.changed.emit(None)
        else:
            self._prepare(capture, self._queue.catalog)

    def cancel(self) -> None:
        """Stops what runs; with nothing running, forgets what waits."""
        if self._queue.running is not None:
            self._queue.cancel_running()
        else:
            self.cancel_all()

    def cancel_all(self) -> None:
        self._waiting_for_engine.clear()
        self._cancellations += 1
        self._queue.cancel_all()
        self.changed.emit(None)

    def retry(self, job_id: str) -> None:
        """Runs a failed or cancelled job once more, on the picture as it was then. Raises JobError for others."""
        running = self._running.pop(job_id, None)
        job = self._queue.retry(job_id)
        if running is not None:
            self._running[job.id] = replace(running, request=job.request)

    def submit_fork(
        self, preparation: Preparation, recipe: Recipe, fork: Fork, *, part: UInt8Array | None = None
    ) -> None:
        """Goes on from a kept step, in the place of the picture it was made for. part: only what this mask frees."""
        request = replace(
            preparation.requests[0], job_id=new_id(), recipe=recipe, fork=fork, previews=self._previews
        )
        if part is not None:
            request = replace(request, image=None, mask=part)
        preparation = replace(preparation, requests=(request,))
        self._running[request.job_id] = _Running(preparation=preparation, request=request)
        self._queue.submit(request, f"From step {fork.step}: {_label(request)}")
        self.changed.emit(None)

    def steer(self, steering: Steering, preparation: Preparation) -> None:
        """Changes the running job; its result will show where `preparation` says."""
        running = self._running.get(steering.job_id)
        if running is not None:
            steerings = (*running.steerings, steering)
            self._running[steering.job_id] = replace(running, preparation=preparation, steerings=steerings)
            self._queue.steer(steering)

    def wanted_recipe(self, job_id: str) -> Recipe | None:
        """Of a running job, with all that was asked for."""
        running = self._running.get(job_id)
        if running is None:
            return None
        return _steered(running.request, running.steerings).recipe

    def _prepare(self, capture: Capture, catalog: Catalog) -> None:
        self._preparing += 1
        cancellations = self._cancellations
        self.changed.emit(None)

        def submit(preparation: Preparation) -> None:
            self._preparing -= 1
            # Cancelled while the picture was being prepared.
            if cancellations == self._cancellations:
                for request in preparation.requests:
                    self._running[request.job_id] = _Running(preparation=preparation, request=request)
                    self._queue.submit(request, _label(request))
            self.changed.emit(None)

        def refuse(error: Exception) -> None:
            self._preparing -= 1
            self._report(error, "This could not be prepared.")
            self.changed.emit(None)

        def run() -> Preparation:
            # Plans, fills and blends are for the first generation, not for the first stroke.
            from studio.workspace.build_request import prepare

            return prepare(capture, catalog, previews=self._previews)

        self._background.run(run, done=submit, failed=refuse)

    def _on_queue_changed(self, _: None) -> None:
        known = {job.id for job in self._queue.jobs}
        self._running = {key: value for key, value in self._running.items() if key in known}
        catalog = self._queue.catalog
        if catalog is not None and self._waiting_for_engine:
            waiting, self._waiting_for_engine = self._waiting_for_engine, []
            for capture in waiting:
                self._prepare(capture, catalog)

    def _on_job_event(self, event: JobEvent) -> None:
        running = self._running.get(event.job_id)
        if running is None:
            return
        if isinstance(event, Started):
            self._begin_timeline(running, event)
            self._show_step(running, event.job_id, 0, event.total_steps, None)
        elif isinstance(event, Preview):
            if event.image is not None:
                self.timelines.add(event.job_id, event.step, event.image)
            self._show_step(running, event.job_id, event.step, event.total_steps, event)
        elif isinstance(event, Steered):
            self._note_change(running, event)
        elif isinstance(event, Finished):
            self._finish(running, event)
        elif isinstance(event, (Cancelled, Failed)):
            # Its preparation stays as long as the queue can run it again.
            self.timelines.end(event.job_id, is_kept=False)
            self._clear_live(event.job_id)
            if isinstance(event, Failed):
                self._notices.emit(
                    Notice(event.message, remedy=event.remedy, details=event.details, is_error=True)
                )

    def _show_step(
        self, running: _Running, job_id: str, step: int, total_steps: int, preview: Preview | None
    ) -> None:
        preparation = running.preparation
        live = self._results.live
        image = preview.image if preview is not None else None
        if image is None and live is not None and live.job_id == job_id:
            image = live.image
        self._results.set_live(
            LivePreview(
                job_id=job_id,
                rect=preparation.seen_rect,
                visible_rect=preparation.visible_rect,
                image=image,
                mask=preparation.shown_mask,
                step=step,
                total_steps=total_steps,
            )
        )

    def _begin_timeline(self, running: _Running, event: Started) -> None:
        if not running.request.recipe.is_drawn:
            self.timelines.begin(
                Timeline(
                    preparation=running.preparation,
                    request=running.request,
                    total_steps=event.total_steps,
                    engine_life=self._queue.engine_life,
                )
            )

    def _note_change(self, running: _Running, event: Steered) -> None:
        """The recipe tells of it from now on."""
        if not running.steerings:
            return
        request = _steered(running.request, running.steerings)
        turned = running.request.recipe.going_on(event.job_id, event.step)
        request = replace(request, recipe=replace(request.recipe, stages=turned.stages))
        self._running[event.job_id] = replace(running, request=request, steerings=())
        timeline = self.timelines.find(event.job_id)
        if timeline is not None:
            timeline.request, timeline.preparation = request, running.preparation

    def _finish(self, running: _Running, event: Finished) -> None:
        self._finishing += 1
        job, recipe = self._queue.job(event.job_id), running.request.recipe
        if job is not None and job.step < job.total_steps and not recipe.last_step:
            recipe = replace(recipe, last_step=job.step)
            running = replace(running, request=replace(running.request, recipe=recipe))
        self.timelines.end(event.job_id, is_kept=True)
        cancellations = self._cancellations

        def keep(candidate: Candidate) -> None:
            self._finishing -= 1
            self._results.add(candidate)
            self._end(event.job_id)
            self.candidate_finished.emit(candidate)

        def go_on(preparation: Preparation, request: GenerationRequest) -> None:
            self._finishing -= 1
            if cancellations == self._cancellations:
                self._running[request.job_id] = _Running(preparation=preparation, request=request)
                self._queue.submit(
                    request, f"{_label(request)} · closer, {len(preparation.closers) + 1} to go"
                )
            self._end(event.job_id)

        def fail(error: Exception) -> None:
            self._finishing -= 1
            self._end(event.job_id)
            self._report(error, "The finished picture could not be placed on the canvas.")

        def run() -> Candidate | tuple[Preparation, GenerationRequest]:
            from studio.workspace.build_request import advance

            return advance(running.preparation, running.request, event.image)

        def take(found: Candidate | tuple[Preparation, GenerationRequest]) -> None:
            if isinstance(found, Candidate):
                keep(found)
            else:
                go_on(*found)

        self._background.run(run, done=take, failed=fail)

    def _end(self, job_id: str) -> None:
        self._running.pop(job_id, None)
        self._clear_live(job_id)

    def _clear_live(self, job_id: str) -> None:
        live = self._results.live
        if live is not None and live.job_id == job_id:
            self._results.set_live(None)
        self.changed.emit(None)

    def _report(self, error: Exception, fallback: str) -> None:
        if isinstance(error, StudioError):
            self._notices.emit(
                Notice(error.message, remedy=error.remedy, details=error.details, is_error=True)
            )
        else:
            log.error("unexpected failure", exc_info=error)
            self._notices.emit(
                Notice(fallback, remedy="Your canvas is unchanged.", details=repr(error), is_error=True)
            )


def _steered(request: GenerationRequest, steerings: tuple[Steering, ...]) -> GenerationRequest:
    for steering in steerings:
        recipe = replace(
            request.recipe,
            prompt=steering.prompt,
            negative_prompt=steering.negative_prompt,
            guidance_scale=steering.guidance_scale,
        )
        has_new_mask = not steering.is_paint and request.mask is not None and steering.mask is not None
        request = replace(request, recipe=recipe, mask=steering.mask if has_new_mask else request.mask)
    return request


def _label(request: GenerationRequest) -> str:
    """What the queue shows: the prompt's beginning and what kind of job it is."""
    prompt = " ".join(request.recipe.prompt.split())[:60]
    if request.recipe.is_drawn:
        return f"Drawn: {prompt or 'a scene of its own'}"
    return prompt or f"({request.task.value})"
