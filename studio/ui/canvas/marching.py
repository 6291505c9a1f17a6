"""The walk of the mask's edge: slow, and only while somebody may be looking."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

INTERVAL_MS = 200
REST_S = 3.0
"""Without input for so long the edge stands still, and a window at rest costs nothing."""


class Marcher(QObject):
    """step: moves the edge on. may_march: whether it is to be seen at all."""

    def __init__(self, step: Callable[[], None], may_march: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._step = step
        self._may_march = may_march
        self._last_input_s = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._on_timeout)

    def wake(self) -> None:
        """The artist did something."""
        self._last_input_s = time.monotonic()
        self.start()

    def start(self) -> None:
        """Goes on if the rest has not come yet."""
        if not self._timer.isActive() and self._is_wanted():
            self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    @property
    def is_marching(self) -> bool:
        return self._timer.isActive()

    def _is_wanted(self) -> bool:
        return time.monotonic() - self._last_input_s <= REST_S and self._may_march()

    @Slot()
    def _on_timeout(self) -> None:
        if self._is_wanted():
            self._step()
        else:
            self._timer.stop()
