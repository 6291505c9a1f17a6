"""The live canvas: what the artist paints is worked out by the model as soon as the pen is up, and laid over it.

A few steps with a held seed from the picture as it is, of what has changed and its surroundings. A quiet job: it makes
way for everything the artist asks for, and never begins or shows anything while a stroke is down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from studio.core.events import Event
from studio.core.geometry import EMPTY
from studio.core.ids import new_id
from studio.document.changes import Change, TilesChanged
from studio.document.copying import copy_document
from studio.document.document import Document
from studio.generation.events import Cancelled, Failed, Finished, JobEvent, Started
from studio.jobs.job import JobState
from studio.jobs.queue import JobQueue
from studio.workspace.background import Background
from studio.workspace.generation_settings import GenerationSettings
from studio.workspace.live_values import LiveValues
from studio.workspace.notice import Notice
from studio.workspace.results import LivePreview, Results

if TYPE_CHECKING:
    from studio.workspace.live_picture import LivePicture, LiveWork
    from studio.workspace.open_document import OpenDocument


class LiveCanvas:
    """Belongs to the UI thread. changed: its state or its values. Whoever knows when the hand rests calls `settle`."""

    def __init__(
        self,
        *,
        queue: JobQueue,
        settings: GenerationSettings,
        results: Results,
        background: Background,
        opened: OpenDocument,
        notices: Event[Notice],
    ) -> None:
        self.changed: Event[None] = Event()
        self.values = LiveValues()
        self.is_on = False
        self._queue = queue
        self._settings = settings
        self._results = results
        self._background = background
        self._opened = opened
        self._notices = notices
        self._dirty = EMPTY
        self._work: LiveWork | None = None
        self._is_preparing = False
        self._is_stale = False
        self._picture: LivePicture | None = None
        self._waiting: LivePicture | None = None
        self._end_watching: Callable[[], None] = _nothing
        queue.event_handled.subscribe(self._on_job_event)
        opened.replaced.subscribe(self._on_document_replaced)

    @property
    def is_working(self) -> bool:
        return self._is_preparing or self._work is not None

    @property
    def can_accept(self) -> bool:
        return self.is_on and self._picture is not None and not self.is_working

    @property
    def _document(self) -> Document:
        return self._opened.document

    def toggle(self) -> None:
        if self.is_on:
            self.turn_off()
        else:
            self.is_on = True
            self._results.show(None)
            self._end_watching = self._document.changed.subscribe(self._on_document_changed)
            self.refresh()

    def turn_off(self) -> None:
        if not self.is_on:
            return
        self.is_on = False
        self._end_watching()
        self._end_watching = _nothing
        self._stop_work()
        self._picture = self._waiting = None
        self._dirty = EMPTY
        self._results.set_live_canvas(None)
        self.changed.emit(None)

    def refresh(self) -> None:
        """Everything anew: prompt, strength or frame have changed."""
        if self.is_on:
            self._picture = None
            self._dirty = self._opened.frame
            self.settle()

    def set(self, **changes: Any) -> None:
        """strength and steps make it anew; opacity and split only show it otherwise."""
        before, self.values = self.values, replace(self.values, **changes)
        if (before.strength, before.steps) != (self.values.strength, self.values.steps):
            self.refresh()
        else:
            self._show()
        self.changed.emit(None)

    def settle(self) -> None:
        """The hand rests: shows what has come meanwhile and begins what is due."""
        if not self.is_on or self._opened.history.has_open_gesture:
            return
        if self._waiting is not None and self._dirty.is_empty:
            self._picture, self._waiting = self._waiting, None
            self._show()
        if self._dirty.is_empty or self._queue.catalog is None:
            return
        if self._work is not None:
            # It works on what is no longer there; its end calls again.
            self._stop_work()
        elif not self._is_preparing:
            self._begin()

    def accept(self) -> None:
        """The live picture becomes a layer, in one step; the live canvas ends."""
        picture = self._picture
        if picture is not None and self.can_accept:
            self.turn_off()
            self._opened.layers.accept(picture.as_candidate())

    # Inside ------------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        from studio.workspace.live_picture import plan_work

        catalog, dirty = self._queue.catalog, self._dirty
        assert catalog is not None
        document, frame, values = copy_document(self._document), self._opened.frame, self._settings.values
        live, before = self.values, self._picture
        self._dirty = EMPTY
        self._is_preparing = True
        self.changed.emit(None)

        def submit(work: LiveWork) -> None:
            self._is_preparing = False
            if not self.is_on:
                return
            if not self._dirty.is_empty:
                self._dirty = self._dirty.united(dirty)
                self.settle()
                return
            self._work, self._is_stale = replace(work, dirty=dirty), False
            self._queue.submit(work.request, "Live canvas", is_quiet=True)

        def fail(error: Exception) -> None:
            self._is_preparing = False
            self._give_up(str(error))

        self._background.run(
            lambda: plan_work(document, frame, dirty, values, live, catalog, before, job_id=new_id()),
            done=submit,
            failed=fail,
        )

    def _stop_work(self) -> None:
        """At once, or as soon as it has begun: a model that is being loaded does not answer for a while."""
        work = self._work
        if work is None:
            return
        job = self._queue.job(work.request.job_id)
        if job is not None and job.state is JobState.loading:
            self._is_stale = True
        else:
            self._queue.cancel(work.request.job_id)

    def _on_job_event(self, event: JobEvent) -> None:
        work = self._work
        if work is None or event.job_id != work.request.job_id:
            return
        if isinstance(event, Started) and self._is_stale:
            self._queue.cancel(event.job_id)
        elif isinstance(event, Finished):
            self._work = None
            self._place(work, event)
        elif isinstance(event, Cancelled):
            self._work = None
            if self.is_on:
                self._dirty = self._dirty.united(work.dirty)
                self.settle()
            self.changed.emit(None)
        elif isinstance(event, Failed):
            self._work = None
            self._give_up(event.message, event.remedy)

    def _place(self, work: LiveWork, event: Finished) -> None:
        self._is_preparing = True

        def show(picture: LivePicture) -> None:
            self._is_preparing = False
            if self.is_on:
                self._waiting = picture
                self.settle()
            self.changed.emit(None)

        def fail(error: Exception) -> None:
            self._is_preparing = False
            self._give_up(str(error))

        self._background.run(lambda: work.placed(event.image), done=show, failed=fail)

    def _show(self) -> None:
        picture, values = self._picture, self.values
        if picture is not None:
            preview = LivePreview(
                job_id=picture.id,
                rect=picture.rect,
                visible_rect=picture.rect.intersected(self._document.canvas),
                image=picture.rgb,
                mask=picture.shown(values.opacity, values.split),
                step=1,
                total_steps=1,
            )
            self._results.set_live_canvas(preview)
        self.changed.emit(None)

    def _give_up(self, message: str, remedy: str = "") -> None:
        self.turn_off()
        self._notices.emit(Notice(f"The live canvas ended. {message}", remedy=remedy, is_error=True))

    def _on_document_changed(self, change: Change) -> None:
        document = self._document
        if isinstance(change, TilesChanged):
            if change.target.kind != "selection":
                self._dirty = self._dirty.united(change.rect.intersected(self._opened.frame))
        else:
            self._dirty = self._dirty.united(document.canvas.intersected(self._opened.frame))

    def _on_document_replaced(self, _: Document) -> None:
        self.turn_off()


def _nothing() -> None:
    """Nothing is watched."""
