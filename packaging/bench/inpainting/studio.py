"""The studio without a window, on the real engine: what an artist would do, one call each."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import numpy as np

from studio.core.geometry import Rect, Size
from studio.document.composite import flatten
from studio.document.edits import AddLayer
from studio.document.layer import layer_from_image
from studio.generation.catalog import Catalog
from studio.generation.events import Finished, JobEvent
from studio.generation.request import UInt8Array
from studio.jobs.process_link import ProcessLink
from studio.jobs.queue import JobQueue
from studio.workspace.background import Inline
from studio.workspace.notice import Notice
from studio.workspace.results import Candidate
from studio.workspace.workspace import Workspace

POLL_S = 0.1


class HeadlessStudio:
    """A workspace and its engine. Every call ends when what it asked for has happened; RuntimeError when it cannot.

    raw: the model's own picture of the last job, before anything was done with it.
    """

    raw: UInt8Array

    def __enter__(self) -> Self:
        self._link = ProcessLink()
        self._queue = JobQueue(self._link)
        self._problems: list[Notice] = []
        self.workspace = Workspace(queue=self._queue, background=Inline(), previews=False)
        self.workspace.notices.subscribe(self._problems.append)
        self._queue.event_handled.subscribe(self._on_event)
        self._link.start()
        while self._queue.catalog is None:
            self._pump()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._link.close()

    @property
    def catalog(self) -> Catalog:
        assert self._queue.catalog is not None
        return self._queue.catalog

    @property
    def canvas(self) -> Rect:
        return self.workspace.document.canvas

    def open(self, rgb: UInt8Array) -> None:
        """A new document that holds one opaque picture, at the upper left corner."""
        height, width = rgb.shape[:2]
        self.workspace.new(Size(width, height))
        opaque = np.dstack((rgb, np.full((height, width), 255, np.uint8)))
        AddLayer(layer_from_image("Picture", opaque), 1).apply(self.workspace.document)

    def mask(self, mask: UInt8Array) -> None:
        """(h, w), from the upper left corner."""
        self.workspace.set_mask(Rect(0, 0, mask.shape[1], mask.shape[0]), mask, label="Mask")

    def generate(self, **settings: Any) -> Candidate:
        """With a held seed; the candidate it brought."""
        workspace = self.workspace
        workspace.settings.set(is_seed_random=False, batch_count=1, **settings)
        before = len(workspace.results.candidates)
        workspace.generate()
        while workspace.generating.is_busy:
            self._pump()
        self._raise_problems()
        if len(workspace.results.candidates) != before + 1:
            raise RuntimeError("no candidate came")
        return workspace.results.candidates[-1]

    def accept(self) -> UInt8Array:
        """Keeps the newest candidate; the picture as it is then, (h, w, 3)."""
        self.workspace.accept(self.workspace.results.candidates[-1].id)
        self._raise_problems()
        return self.picture(self.canvas)

    def picture(self, rect: Rect) -> UInt8Array:
        return np.ascontiguousarray(flatten(self.workspace.document, rect)[..., :3])

    def _pump(self) -> None:
        event = self._link.receive(POLL_S)
        if event is not None:
            self._queue.handle(event)
        self._raise_problems()

    def _on_event(self, event: JobEvent) -> None:
        if isinstance(event, Finished):
            self.raw = event.image

    def _raise_problems(self) -> None:
        errors = [notice for notice in self._problems if notice.is_error]
        if errors:
            raise RuntimeError(f"{errors[0].message} {errors[0].details}")
