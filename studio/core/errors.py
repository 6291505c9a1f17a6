"""Errors an artist may read: one sentence, one remedy; the cause is chained and belongs in the log."""

from __future__ import annotations


class StudioError(Exception):
    """Base of every expected failure.

    message: one presentable sentence. remedy: what the artist can do, possibly empty.
    details: for the "Details" fold and the log (a traceback, a file name, sizes).
    """

    def __init__(self, message: str, *, remedy: str = "", details: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.details = details

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class DocumentError(StudioError):
    """A change the document cannot take."""


class GenerationError(StudioError):
    """A request that cannot be planned, encoded or understood."""


class EngineError(StudioError):
    """A failure inside the inference engine: model, device, memory."""


class JobError(StudioError):
    """The engine process or its queue."""


class ProjectError(StudioError):
    """Reading or writing projects and pictures."""


class SettingsError(StudioError):
    """Settings that cannot be kept."""
