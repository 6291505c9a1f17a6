"""A link that is made when it is started, on the thread that starts it: processes and pipes cost the window nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable

from studio.generation.events import EngineEvent
from studio.generation.request import GenerationRequest, Steering
from studio.jobs.link import EngineLink


def process_link() -> EngineLink:
    """The engine in a process of its own."""
    from studio.jobs.process_link import ProcessLink

    return ProcessLink()


class LateLink:
    """Implements EngineLink. Before `start` there is nothing to submit to, cancel, restart or receive from."""

    def __init__(self, make: Callable[[], EngineLink] = process_link) -> None:
        self._make = make
        self._link: EngineLink | None = None
        self._lock = threading.Lock()
        self._is_closed = False

    def start(self) -> None:
        with self._lock:
            if self._is_closed:
                return
            if self._link is None:
                self._link = self._make()
        self._link.start()

    def submit(self, request: GenerationRequest) -> None:
        if self._link is not None:
            self._link.submit(request)

    def cancel(self, job_id: str) -> None:
        if self._link is not None:
            self._link.cancel(job_id)

    def pause(self, job_id: str, is_paused: bool) -> None:
        if self._link is not None:
            self._link.pause(job_id, is_paused)

    def end_early(self, job_id: str) -> None:
        if self._link is not None:
            self._link.end_early(job_id)

    def steer(self, steering: Steering) -> None:
        if self._link is not None:
            self._link.steer(steering)

    def receive(self, timeout_s: float) -> EngineEvent | None:
        return None if self._link is None else self._link.receive(timeout_s)

    def restart(self) -> None:
        if self._link is not None:
            self._link.restart()

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
        if self._link is not None:
            self._link.close()
