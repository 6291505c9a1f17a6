"""The seam between the studio and whatever makes its pictures."""

from __future__ import annotations

from typing import Protocol

from studio.generation.events import EngineEvent
from studio.generation.request import GenerationRequest, Steering


class EngineLink(Protocol):
    """An engine somewhere else. Every method but `receive` returns at once and may be called from any thread.

    Events arrive in order: EngineStarting, Hello, then per request Loading?, Started, Preview* (with Paused, Resumed,
    Steered between), and one of
    Finished, Cancelled, Failed; an EngineStopped ends whatever ran.
    """

    def start(self) -> None:
        """Starts the engine; safe to call twice."""

    def submit(self, request: GenerationRequest) -> None:
        """Runs after everything submitted before. The request's arrays must not change any more."""

    def cancel(self, job_id: str) -> None:
        """Answered by Cancelled, or by Finished when it came too late; an unknown id is ignored."""

    def pause(self, job_id: str, is_paused: bool) -> None:
        """The running job waits after its present step, or goes on; answered by Paused and Resumed."""

    def end_early(self, job_id: str) -> None:
        """The running job finishes with the picture implied so far, also from a pause."""

    def steer(self, steering: Steering) -> None:
        """Changes the running job from its next step on; answered by Steered. Its arrays must not change any more."""

    def receive(self, timeout_s: float) -> EngineEvent | None:
        """The next event; None after `timeout_s` or once the link is closed. For one reader thread, blocking."""

    def restart(self) -> None:
        """Ends the engine and starts a fresh one, also after it was given up."""

    def close(self) -> None:
        """Ends the engine for good; a blocked `receive` returns. Safe to call twice."""
