"""Verbs on pictures in the making: look at their steps, fork from one, pause, paint into, steer, stop early."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from studio.core.errors import GenerationError
from studio.core.events import Event
from studio.document.changes import Change, TilesChanged
from studio.document.copying import copy_document
from studio.document.document import Document
from studio.generation.events import JobEvent, Paused, Resumed
from studio.generation.request import Fork, Steering
from studio.jobs.job import Job
from studio.jobs.queue import JobQueue
from studio.workspace.generating import RANDOM_SEED_LIMIT, Generating
from studio.workspace.generation_settings import GenerationSettings
from studio.workspace.results import LivePreview, Results
from studio.workspace.timelines import Timeline

if TYPE_CHECKING:
    from studio.workspace.paint_over import PaintOver


class InTheMaking:
    """Belongs to the UI thread. changed: the timeline shown, its steps, or what can be done with them."""

    def __init__(
        self,
        *,
        queue: JobQueue,
        generating: Generating,
        results: Results,
        settings: GenerationSettings,
        document: Callable[[], Document],
    ) -> None:
        self.changed: Event[None] = Event()
        self._queue = queue
        self._generating = generating
        self._results = results
        self._settings = settings
        self._document = document
        self._paint: PaintOver | None = None
        self._end_watching: Callable[[], None] = _nothing
        queue.event_handled.subscribe(self._on_job_event)
        queue.changed.subscribe(self.changed.emit)
        results.changed.subscribe(self._on_results_changed)
        generating.timelines.changed.subscribe(lambda _: self.changed.emit(None))

    # What there is -------------------------------------------------------------------------------------------

    @property
    def running(self) -> Job | None:
        """The picture of a model that denoises now; drawn scenes have no steps to steer."""
        job = self._queue.running
        return None if job is None or job.request.recipe.is_drawn or job.is_cancelling else job

    @property
    def is_paused(self) -> bool:
        job = self.running
        return job is not None and job.is_paused

    @property
    def timeline(self) -> Timeline | None:
        """Of the running picture, else of the result that is shown."""
        live, current = self._results.live, self._results.current
        job_id = live.job_id if live is not None else (None if current is None else current.id)
        return self._generating.timelines.find(job_id)

    @property
    def looked_at(self) -> int | None:
        """The step shown instead of the latest one."""
        look = self._results.look
        return None if look is None else look.step

    @property
    def shown_step(self) -> int:
        timeline = self.timeline
        look = self.looked_at
        return look if look is not None else (0 if timeline is None else timeline.latest_step)

    @property
    def can_fork(self) -> bool:
        timeline = self.timeline
        if timeline is None or timeline.engine_life != self._queue.engine_life:
            return False
        # Of a part made anew the engine has the steps of that part only.
        return timeline.request.mask is None or timeline.request.image is not None

    # Looking ---------------------------------------------------------------------------------------------------

    def look(self, step: int | None) -> None:
        """Shows the picture at that step; None, or the latest: as it is."""
        timeline = self.timeline
        if timeline is None or step is None or step >= timeline.latest_step:
            self._results.set_look(None)
            return
        preparation = timeline.preparation
        self._results.set_look(
            LivePreview(
                job_id=timeline.job_id,
                rect=preparation.seen_rect,
                visible_rect=preparation.visible_rect,
                image=timeline.picture(step),
                mask=preparation.shown_mask,
                step=max(0, step),
                total_steps=timeline.total_steps,
            )
        )

    def look_further(self, offset: int) -> None:
        self.look(max(0, self.shown_step + offset))

    # Going on from a step --------------------------------------------------------------------------------------

    def fork(self, *, renews_noise: bool = False) -> None:
        """From the shown step on with the prompt, guidance, sampler and mask as they are set now. Of a finished
        picture that had no mask, what is masked now is made anew and the rest stays as it became.

        renews_noise: with another seed: the picture implied so far stays, the noise still in it is drawn anew.
        Raises GenerationError where the engine no longer has the steps.
        """
        from studio.workspace.remasking import locking_mask, remasked

        timeline = self._forkable()
        values, parent = self._settings.values, timeline.request.recipe
        step = self._whole_step(parent.sampler, min(self.shown_step, timeline.total_steps - 1))
        seed = random.SystemRandom().randrange(RANDOM_SEED_LIMIT) if renews_noise else parent.seed
        document = copy_document(self._document())
        preparation = remasked(timeline.preparation, document, values)
        is_whole = timeline.request.mask is None and timeline.has_ended
        part = locking_mask(preparation, document, values) if is_whole else None
        recipe = parent.going_on(
            timeline.job_id,
            step,
            prompt=values.prompt,
            negative_prompt=values.negative_prompt,
            guidance_scale=values.guidance_scale,
            sampler=values.sampler,
            schedule=values.schedule,
            seed=seed,
        )
        catalog, is_masked = self._queue.catalog, preparation.requests[0].mask is not None
        refusal = (
            ""
            if catalog is None
            else catalog.refusal(recipe.model, recipe.sampler, recipe.schedule, masked=is_masked)
        )
        if refusal:
            raise GenerationError(refusal, remedy="Choose another sampler or schedule.")
        self._generating.submit_fork(
            preparation,
            recipe,
            Fork(source_id=timeline.job_id, step=step, renews_noise=renews_noise),
            part=part,
        )
        self.look(None)

    def keep_step(self) -> None:
        """The shown step in full, as a result of its own. Raises GenerationError as `fork` does."""
        timeline = self._forkable()
        step = self.shown_step
        if not 0 < step < timeline.total_steps:
            return
        recipe = replace(timeline.request.recipe, last_step=step)
        before = self._whole_step(recipe.sampler, step - 1)
        self._generating.submit_fork(
            timeline.preparation, recipe, Fork(source_id=timeline.job_id, step=before)
        )
        self.look(None)

    # Steering the running one ----------------------------------------------------------------------------------

    def toggle_pause(self) -> None:
        if self.is_paused:
            self._put_in_paint()
        self._queue.pause_running(not self.is_paused)

    def end_early(self) -> None:
        """The picture implied so far becomes a result."""
        self._queue.end_running_early()

    def steer(self) -> None:
        """The running picture goes on, from its next step, with prompt, guidance and mask as they are set now."""
        from studio.workspace.remasking import locking_mask, remasked

        job, timeline = self.running, self.timeline
        if job is None or timeline is None or timeline.job_id != job.id:
            return
        document, values = copy_document(self._document()), self._settings.values
        if timeline.request.mask is None:
            steering = replace(
                self._steering(job.id), mask=locking_mask(timeline.preparation, document, values)
            )
            self._generating.steer(steering, timeline.preparation)
            return
        preparation = remasked(timeline.preparation, document, values)
        request = preparation.requests[0]
        self._generating.steer(
            replace(self._steering(job.id), mask=request.mask, image=request.image), preparation
        )

    # Inside ------------------------------------------------------------------------------------------------------

    def _steering(self, job_id: str) -> Steering:
        values = self._settings.values
        return Steering(
            job_id=job_id,
            prompt=values.prompt,
            negative_prompt=values.negative_prompt,
            guidance_scale=values.guidance_scale,
        )

    def _forkable(self) -> Timeline:
        timeline = self.timeline
        if timeline is None or not self.can_fork:
            raise GenerationError(
                "The steps of this picture are no longer in the engine's memory.",
                remedy="Generate it once more; the latest five pictures can be forked from.",
            )
        return timeline

    def _whole_step(self, sampler: str, evaluation: int) -> int:
        """The second evaluation of a step cannot begin anything."""
        info = None if self._queue.catalog is None else self._queue.catalog.sampler(sampler)
        return evaluation - evaluation % (1 if info is None else info.calls_per_step)

    def _on_job_event(self, event: JobEvent) -> None:
        if isinstance(event, Paused):
            self._watch_paint()
        elif self._paint is not None and (isinstance(event, Resumed) or self.running is None):
            self._stop_watching()

    def _on_results_changed(self, _: None) -> None:
        look, timeline = self._results.look, self.timeline
        if look is not None and (timeline is None or timeline.job_id != look.job_id):
            self._results.set_look(None)
        self.changed.emit(None)

    # Painting into a paused picture: the strokes go into the document as ever and show through the estimate; when the
    # picture goes on, what has changed is put into it.

    def _watch_paint(self) -> None:
        from studio.workspace.paint_over import PaintOver

        timeline = self.timeline
        if timeline is None:
            return
        document = self._document()
        self._stop_watching()
        self._paint = PaintOver(document, timeline.preparation.seen_rect)
        self._end_watching = document.changed.subscribe(self._on_painted)

    def _stop_watching(self) -> None:
        self._end_watching()
        self._end_watching = _nothing
        self._paint = None

    def _on_painted(self, change: Change) -> None:
        live, paint, timeline = self._results.live, self._paint, self.timeline
        if not isinstance(change, TilesChanged) or change.target.kind == "selection" or paint is None:
            return
        paint.update(change.rect)
        if live is not None and timeline is not None:
            shown = paint.cut_out(timeline.preparation.shown_mask)
            self._results.set_live(replace(live, mask=shown))

    def _put_in_paint(self) -> None:
        paint, timeline = self._paint, self.timeline
        if paint is None or timeline is None or not paint.has_paint:
            return
        recipe = self._generating.wanted_recipe(timeline.job_id) or timeline.request.recipe
        image, mask = paint.pixels(recipe.size)
        steering = Steering(
            job_id=timeline.job_id,
            prompt=recipe.prompt,
            negative_prompt=recipe.negative_prompt,
            guidance_scale=recipe.guidance_scale,
            image=image,
            mask=mask,
            is_paint=True,
        )
        self._generating.steer(steering, timeline.preparation)


def _nothing() -> None:
    """Nothing is watched."""
