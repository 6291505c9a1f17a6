"""What there is time for when nothing else is to be done: a step at a time, and a pause in between for the hand."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

BEGIN_MS = 250
STEP_S, PAUSE_MS = 0.008, 6


class Rest:
    """improve: does something useful for so many seconds, returns whether there is more. may_work: nobody waits now."""

    def __init__(
        self, improve: Callable[[float], bool], may_work: Callable[[], bool], parent: QObject
    ) -> None:
        self._improve = improve
        self._may_work = may_work
        self._is_at_work = False
        self._timer = QTimer(parent)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timeout)

    def begin(self) -> None:
        """Something has happened: work begins when nothing does for BEGIN_MS. Work that goes on goes on."""
        if not self._is_at_work:
            self._timer.start(BEGIN_MS)

    def stop(self) -> None:
        self._timer.stop()

    def _on_timeout(self) -> None:
        if not self._may_work():
            self._timer.start(BEGIN_MS)
            return
        self._is_at_work = self._improve(STEP_S)
        if self._is_at_work:
            self._timer.start(PAUSE_MS)


def single_timer(parent: QObject, interval_ms: int, slot: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setInterval(interval_ms)
    timer.setSingleShot(True)
    timer.timeout.connect(slot)
    return timer
