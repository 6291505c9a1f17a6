"""What a measure promises to find out, what it found, and the row that becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

REASON_CHARS = 300


@dataclass(frozen=True, kw_only=True)
class Target:
    """One promise. The value must be at most `bar`, or at least it with `is_minimum`."""

    name: str
    unit: str
    bar: float
    is_minimum: bool = False

    @property
    def bar_text(self) -> str:
        return f"{'≥' if self.is_minimum else '≤'} {self.bar:g}"

    def is_kept_by(self, value: float) -> bool:
        return value >= self.bar if self.is_minimum else value <= self.bar


@dataclass(frozen=True, kw_only=True)
class Reading:
    """value None: it could not be measured, `peers` says why. peers: what was measured beside it, and how."""

    value: float | None
    peers: str


@dataclass(frozen=True, kw_only=True)
class Measure:
    """Targets found out together, because one run answers them all. `run` gives a reading for each target's name."""

    targets: Sequence[Target]
    run: Callable[[], Mapping[str, Reading]]


@dataclass(frozen=True, kw_only=True)
class Row:
    group: str
    name: str
    value: float | None
    unit: str
    bar: str
    holds: bool
    peers: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def make_row(group: str, target: Target, reading: Reading | None) -> Row:
    """A missing reading does not hold and says so: nothing is skipped silently."""
    found = reading or Reading(value=None, peers="the measure gave no figure")
    return Row(
        group=group,
        name=target.name,
        value=None if found.value is None else round(found.value, 4),
        unit=target.unit,
        bar=target.bar_text,
        holds=found.value is not None and target.is_kept_by(found.value),
        peers=found.peers,
    )


def not_measured(error: BaseException) -> Reading:
    """A failure as a reading, cut to what fits a table."""
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    return Reading(value=None, peers=f"not measured: {reason[:REASON_CHARS]}")
