"""How long the event loop of this process leaves an event waiting."""

from __future__ import annotations

import itertools
import time
from array import array
from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, QTimer

INTERVAL_S = 0.008


class LoopProbe:
    """A timer that should fire every INTERVAL_S, and the times at which it did.

    Costs a few microseconds per tick. Lives on the thread that makes it.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        self.fired_s = array("d")
        self._timer = QTimer(parent)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(round(INTERVAL_S * 1000))
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        self.fired_s = array("d", [time.monotonic()])
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _on_timeout(self) -> None:
        self.fired_s.append(time.monotonic())


def gaps_ms(fired_s: Sequence[float]) -> list[float]:
    """Between one turn of the event loop and the next one seen; an idle loop shows the interval itself."""
    return [(after - before) * 1000 for before, after in itertools.pairwise(fired_s)]


def waits_ms(fired_s: Sequence[float], interval_s: float = INTERVAL_S) -> list[float]:
    """How late each tick came, those too that never came because the loop was blocked when they were due.

    Without them a block of 100 ms would count once, as would one of a millisecond.
    """
    waits: list[float] = []
    for gap in gaps_ms(fired_s):
        late = max(0.0, gap - interval_s * 1000)
        waits.append(late)
        while (late := late - interval_s * 1000) > 0:
            waits.append(late)
    return waits
