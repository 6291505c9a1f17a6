"""Tells a hung engine from a busy one."""

from __future__ import annotations

import sys
from pathlib import Path

# Heartbeats come four times a second.
SUSPICIOUS_SILENCE_S = 1.25
# A sleeping interpreter that keeps everyone waiting: a deadlock, or a driver that takes its time.
SLEEPING_SILENCE_S = 4.0
# A process that works or waits for a disk may hold its interpreter this long (loading libraries, a swapping machine).
TOLERATED_SILENCE_S = 10.0


class Liveness:
    """Counts silence in the watcher's own time, so that a suspended laptop does not look like a hung engine.

    A silent process is hung at once when it is stopped, soon when it sleeps without using the processor (as far as
    the system tells; Linux does), otherwise after TOLERATED_SILENCE_S.
    """

    def __init__(self, process_id: int) -> None:
        self._process_id = process_id
        self._silence_s = 0.0
        self._cpu_ticks: int | None = None

    def heard(self) -> None:
        self._silence_s = 0.0
        self._cpu_ticks = None

    def is_hung(self, waited_s: float) -> bool:
        """Call after every `waited_s` of silence."""
        self._silence_s += waited_s
        if self._silence_s >= TOLERATED_SILENCE_S:
            return True
        if self._silence_s < SUSPICIOUS_SILENCE_S:
            return False
        state = _process_state(self._process_id)
        if state is None:
            return False
        letter, ticks = state
        if letter in "Tt":
            return True
        before, self._cpu_ticks = self._cpu_ticks, ticks
        return letter == "S" and before == ticks and self._silence_s >= SLEEPING_SILENCE_S


def _process_state(process_id: int) -> tuple[str, int] | None:
    """(state letter, processor ticks used) from proc(5); None where the system does not say."""
    if sys.platform != "linux":
        return None
    try:
        stat = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii", errors="replace")
        fields = stat.rpartition(")")[2].split()
        return fields[0], int(fields[11]) + int(fields[12])
    except (OSError, IndexError, ValueError):
        return None
