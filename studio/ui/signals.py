"""SIGINT and SIGTERM as a Qt signal, without a timer that wakes Python up to look for them."""

from __future__ import annotations

import signal
import socket
import threading
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Signal


class Signals(QObject):
    """received: the process was asked to end. `close` gives the signals back to whoever had them."""

    received = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._old: dict[int, object] = {}
        if threading.current_thread() is not threading.main_thread():
            return
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        self._old_descriptor = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_activated)
        for number in (signal.SIGINT, signal.SIGTERM):
            self._old[number] = signal.signal(number, _do_nothing)

    def close(self) -> None:
        if not self._old:
            return
        self._notifier.setEnabled(False)
        for number, handler in self._old.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal.signal itself returned
        self._old.clear()
        signal.set_wakeup_fd(self._old_descriptor)
        self._reader.close()
        self._writer.close()

    def _on_activated(self) -> None:
        numbers = self._reader.recv(64)
        if any(number in (signal.SIGINT, signal.SIGTERM) for number in numbers):
            self.received.emit()


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    """The number has gone through the wakeup descriptor; Python only needs a handler to be there."""
