"""The few numbers of the live canvas."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class LiveValues:
    """strength: how much becomes different, in (0, 1]. steps: of which the strength's share is run. opacity: of the
    result over the canvas. split: the share of its width, from the left, where it shows; 1 is everywhere."""

    strength: float = 0.5
    steps: int = 8
    opacity: float = 1.0
    split: float = 1.0
