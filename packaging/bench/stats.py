"""The few statistics the tables use."""

from __future__ import annotations

import statistics
from collections.abc import Sequence


def median(values: Sequence[float]) -> float:
    """Raises ValueError without a value."""
    if not values:
        raise ValueError("no values")
    return statistics.median(values)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of them lie: an actual one, never between two. Raises ValueError."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def paired_ratio(ours: Sequence[float], floor: Sequence[float]) -> float:
    """The median of the ratios of runs made one after the other: drift of the machine cancels. Raises ValueError."""
    return median([mine / theirs for mine, theirs in zip(ours, floor, strict=True)])
