"""A sentence for the artist; the window shows it, the terminal prints it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Notice:
    """message: one sentence. remedy: what to do, possibly empty. details: for the fold and the log."""

    message: str
    remedy: str = ""
    details: str = ""
    is_error: bool = False
