"""Many changes, one refresh: a callback that runs once, when the event loop turns next (or after a pause)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Later(QObject):
    """pause_ms: how long nothing may happen before it runs; 0: as soon as the present event is done."""

    def __init__(
        self, callback: Callable[[], None], *, pause_ms: int = 0, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._restarts = pause_ms > 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(pause_ms)
        self._timer.timeout.connect(callback)

    def schedule(self, _value: object = None) -> None:
        """Takes and ignores a value, so that it can stand as a handler of any event."""
        if self._restarts or not self._timer.isActive():
            self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
