"""The engine in a process of its own, watched and brought back: it may be killed at any moment, the studio may not."""

from __future__ import annotations

import logging
import queue
import signal
import sys
import threading
import time
from collections.abc import Sequence

from studio.generation.events import (
    Cancelled,
    EngineEvent,
    EngineStarting,
    EngineStopped,
    Failed,
    Finished,
    Hello,
    JobEvent,
)
from studio.generation.request import GenerationRequest, Steering
from studio.jobs.engine_process import EngineProcess
from studio.jobs.liveness import Liveness

logger = logging.getLogger(__name__)

WATCH_S = 0.25
START_LIMIT_S = 180.0
# A cancel is answered within a step; one that is not means a driver call that never returns.
CANCEL_LIMIT_S = 15.0
# A process that ends this soon after its hello, without a single picture, was of no use.
FAST_FAILURE_S = 3.0
MAX_FAST_FAILURES = 3
# Before the next start, by the number of failures in a row.
BACK_OFF_S = (0.0, 0.5, 2.0)
RESTARTED = "restarted"
UNCHANGED = "Your picture is unchanged."


def worker_command() -> tuple[str, ...]:
    return (sys.executable, "-m", "studio.engine.worker")


class ProcessLink:
    """Implements EngineLink.

    A supervising thread keeps one EngineProcess alive. A process that ended, hangs or talks garbage is replaced after
    a short pause; after three in a row that failed within seconds it gives up until `restart`.

    command: what to start instead of this studio's own engine. cancel_limit_s: how long a cancelled job may go on
    before its process is replaced.
    """

    def __init__(
        self, command: Sequence[str] | None = None, *, cancel_limit_s: float = CANCEL_LIMIT_S
    ) -> None:
        self._cancel_limit_s = cancel_limit_s
        self._command = tuple(command or worker_command())
        self._events: queue.SimpleQueue[EngineEvent | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._process: EngineProcess | None = None
        self._supervisor: threading.Thread | None = None
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._restarting = threading.Event()
        self._open_jobs: set[str] = set()
        self._cancel_deadline: float | None = None

    def start(self) -> None:
        with self._lock:
            if self._supervisor is not None or self._closing.is_set():
                return
            self._supervisor = threading.Thread(target=self._supervise, name="engine-supervisor", daemon=True)
            # Inside the lock: a close that comes now must find a thread it can join.
            self._supervisor.start()

    def submit(self, request: GenerationRequest) -> None:
        """Wait for the first Hello; without a process (between two lives, after giving up) the answer is Failed."""
        with self._lock:
            process = self._process
            if process is not None:
                self._open_jobs.add(request.job_id)
                process.submit(request)
        if process is None:
            self._events.put(
                Failed(
                    job_id=request.job_id,
                    message="The image engine is not running.",
                    remedy="Wait until it has started, or restart it.",
                )
            )

    def cancel(self, job_id: str) -> None:
        with self._lock:
            if self._process is None or job_id not in self._open_jobs:
                return
            self._cancel_deadline = time.monotonic() + self._cancel_limit_s
            self._process.cancel(job_id)

    def pause(self, job_id: str, is_paused: bool) -> None:
        process = self._process_of(job_id)
        if process is not None:
            process.pause(job_id, is_paused)

    def end_early(self, job_id: str) -> None:
        process = self._process_of(job_id)
        if process is not None:
            process.end_early(job_id)

    def steer(self, steering: Steering) -> None:
        process = self._process_of(steering.job_id)
        if process is not None:
            process.steer(steering)

    def receive(self, timeout_s: float) -> EngineEvent | None:
        try:
            return self._events.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def restart(self) -> None:
        self._restarting.set()
        self._wake.set()
        self.start()

    def close(self) -> None:
        self._closing.set()
        with self._lock:
            supervisor = self._supervisor
        self._wake.set()
        if supervisor is not None and supervisor is not threading.current_thread():
            supervisor.join()
        self._events.put(None)

    def _process_of(self, job_id: str) -> EngineProcess | None:
        with self._lock:
            return self._process if job_id in self._open_jobs else None

    def _supervise(self) -> None:
        attempt, failures = 1, 0
        while not self._closing.is_set():
            self._restarting.clear()
            self._wake.clear()
            self._events.put(EngineStarting(attempt=attempt))
            stopped, was_useful = self._one_life()
            if self._closing.is_set():
                return
            failures = 0 if was_useful or self._restarting.is_set() else failures + 1
            gives_up = failures >= MAX_FAST_FAILURES
            self._events.put(_given_up(stopped) if gives_up else stopped)
            if gives_up:
                self._sleep(None)
                attempt, failures = 1, 0
            else:
                self._sleep(BACK_OFF_S[failures])
                attempt += 1

    def _sleep(self, seconds: float | None) -> None:
        deadline = None if seconds is None else time.monotonic() + seconds
        while not (self._closing.is_set() or self._restarting.is_set()):
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return
            self._wake.wait(left)
            self._wake.clear()

    def _one_life(self) -> tuple[EngineStopped, bool]:
        """Runs one process to its end: how it ended, and whether it was of any use."""
        try:
            process = EngineProcess(self._command, on_event=self._on_event, on_end=self._wake.set)
        except OSError as error:
            return _could_not_start(error), False
        with self._lock:
            self._process = process
        reason = self._watch(process)
        with self._lock:
            self._process = None
            self._open_jobs.clear()
            self._cancel_deadline = None
        code = process.end(at_once=bool(reason))
        lived_s = 0.0 if process.hello_at is None else time.monotonic() - process.hello_at
        stopped = _stopped(reason or process.fault, code, process.last_words())
        if self._closing.is_set():
            logger.info("engine process %s closed (code %s)", process.process_id, code)
        else:
            logger.warning("engine process %s: %s (code %s)", process.process_id, stopped.message, code)
        return stopped, process.has_finished_a_job or lived_s > FAST_FAILURE_S

    def _watch(self, process: EngineProcess) -> str:
        """Returns when the process must go: why, or empty when it ended by itself or the link closes."""
        liveness = Liveness(process.process_id)
        started_at = before = time.monotonic()
        while True:
            self._wake.wait(WATCH_S)
            self._wake.clear()
            if process.has_ended or self._closing.is_set():
                return ""
            if self._restarting.is_set():
                return RESTARTED
            now = time.monotonic()
            waited_s, before = now - before, now
            if process.heard.is_set():
                process.heard.clear()
                liveness.heard()
            elif process.hello_at is not None and liveness.is_hung(min(waited_s, 2 * WATCH_S)):
                return "It did not answer any more."
            if process.hello_at is None and now - started_at > START_LIMIT_S:
                return "It did not start in time."
            deadline = self._cancel_deadline
            if deadline is not None and now > deadline:
                return "It did not react to Cancel."

    def _on_event(self, event: EngineEvent) -> None:
        if isinstance(event, Finished | Cancelled | Failed):
            with self._lock:
                self._open_jobs.discard(event.job_id)
                if not self._open_jobs:
                    self._cancel_deadline = None
        if isinstance(event, Hello | JobEvent):
            self._events.put(event)


def _stopped(reason: str, code: int, last_words: str) -> EngineStopped:
    if reason == RESTARTED:
        return EngineStopped(message="The image engine was restarted.")
    how = reason or _how_it_ended(code)
    return EngineStopped(
        message=f"The image engine stopped. {how}".strip(),
        remedy=f"{UNCHANGED} The engine starts again by itself; then try once more, perhaps smaller.",
        details=last_words,
    )


def _how_it_ended(code: int) -> str:
    if code >= 0:
        return f"It ended with code {code}." if code else ""
    if -code == signal.SIGTERM or (sys.platform != "win32" and -code == signal.SIGKILL):
        return "Something ended it; often the memory was full."
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = str(-code)
    return f"It crashed ({name})."


def _could_not_start(error: OSError) -> EngineStopped:
    return EngineStopped(
        message="The image engine could not be started.",
        remedy=f"{UNCHANGED} Install the studio again.",
        details=str(error),
    )


def _given_up(stopped: EngineStopped) -> EngineStopped:
    return EngineStopped(
        message=f"{stopped.message} It failed {MAX_FAST_FAILURES} times in a row.",
        remedy=f"{UNCHANGED} Restart the engine; if that does not help, look at the details.",
        details=stopped.details,
        restarts=False,
    )
