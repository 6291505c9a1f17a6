"""The studio without a window, for measures of what the model paints: a document, a queue, the real engine process."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench.processes import children
from studio.core.errors import JobError, StudioError
from studio.core.geometry import Rect, Size
from studio.document.composite import flatten
from studio.generation.events import EngineStopped
from studio.generation.request import UInt8Array
from studio.jobs.job import JobState
from studio.jobs.process_link import ProcessLink
from studio.jobs.queue import JobQueue
from studio.workspace.background import Inline
from studio.workspace.notice import Notice
from studio.workspace.workspace import Workspace

POLL_S = 0.2
START_TIMEOUT_S = 180.0
JOB_TIMEOUT_S = 120.0


class HeadlessStudio:
    """Raises StudioError for whatever the artist would have been told."""

    def __init__(self, link: ProcessLink) -> None:
        self.queue = JobQueue(link)
        self.workspace = Workspace(queue=self.queue, background=Inline())
        self._link = link
        self._problems: list[Notice] = []
        self.workspace.notices.subscribe(self._problems.append)
        link.start()
        self._pump_until(lambda: self.queue.catalog is not None, START_TIMEOUT_S)

    def show(self, picture: UInt8Array) -> None:
        """A new document of these pixels (h, w, 3)."""
        height, width = picture.shape[:2]
        self.workspace.new(Size(width, height))
        opaque = np.full((height, width, 1), 255, np.uint8)
        self.workspace.files.place_pixels("picture", np.concatenate([picture, opaque], 2))

    def mask(self, mask: UInt8Array) -> None:
        self.workspace.set_mask(self.workspace.document.canvas, mask, label="Mask")

    def generate(self, **settings: Any) -> float:
        """Generates and accepts; the seconds from the wish to the finished picture."""
        self.workspace.settings.set(is_seed_random=False, **settings)
        began = time.perf_counter()
        self.workspace.generate()
        self._pump_until(lambda: not self.workspace.generating.is_busy, JOB_TIMEOUT_S)
        elapsed = time.perf_counter() - began
        failed = [job for job in self.queue.jobs if job.state is JobState.failed]
        if failed:
            raise JobError(failed[-1].error)
        self.workspace.accept(self.workspace.results.candidates[-1].id)
        return elapsed

    def seen(self, rect: Rect | None = None) -> UInt8Array:
        """The flattened document, straight RGB (h, w, 3) of an opaque picture."""
        document = self.workspace.document
        return np.ascontiguousarray(flatten(document, rect or document.canvas)[..., :3])

    def engine_peak_mb(self) -> float:
        """The most resident memory that the engine process ever held. Raises OSError where the system does not tell."""
        for process_id, command in children(os.getpid()):
            if "studio.engine.worker" in " ".join(command):
                status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii")
                line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
                return int(line.split()[1]) * 1024 / 1e6
        raise OSError("no engine process")

    def _pump_until(self, is_done: Any, timeout_s: float) -> None:
        deadline = time.monotonic() + timeout_s
        while not is_done():
            event = self._link.receive(POLL_S)
            if event is not None:
                self.queue.handle(event)
            if isinstance(event, EngineStopped) and not event.restarts:
                raise JobError(event.message, remedy=event.remedy, details=event.details)
            if self._problems:
                raise StudioError(self._problems[0].message, details=self._problems[0].details)
            if time.monotonic() > deadline:
                raise JobError("The engine did not answer in time.")


@contextlib.contextmanager
def headless_studio() -> Iterator[HeadlessStudio]:
    link = ProcessLink()
    try:
        yield HeadlessStudio(link)
    finally:
        link.close()
