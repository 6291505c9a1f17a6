"""One worker thread for what must not hold up the hand: preparing, finishing, saving, in the order of the wishes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

T = TypeVar("T")


class WorkerBackground(QObject):
    """Implements `studio.workspace.background.Background`: answers arrive on the thread that made it."""

    _answered = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wishes: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._open = 0
        self._is_closed = False
        self._answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)

    @property
    def is_idle(self) -> bool:
        """Nothing runs and every answer was delivered."""
        return self._open == 0

    def run(
        self, work: Callable[[], T], *, done: Callable[[T], None], failed: Callable[[Exception], None]
    ) -> None:
        if self._is_closed:
            # A last event of a window that is being taken down: nobody is left to answer, or to end another thread.
            return
        self._open += 1

        def perform() -> None:
            try:
                value = work()
            except Exception as error:  # noqa: BLE001 - carried to the UI thread, which reports it
                answer = _call(failed, error)
            else:
                answer = _call(done, value)
            self._answered.emit(answer)

        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="background")
            self._thread.start()
        self._wishes.put(perform)

    def close(self) -> None:
        """Waits for what was wished; its answers are not delivered any more once the event loop has ended, and what is
        wished from now on is not done."""
        self._is_closed = True
        if self._thread is not None:
            self._wishes.put(None)
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        while (wish := self._wishes.get()) is not None:
            wish()

    @Slot(object)
    def _on_answered(self, answer: Callable[[], None]) -> None:
        self._open -= 1
        answer()


def _call(receiver: Callable[[T], None], value: T) -> Callable[[], None]:
    return lambda: receiver(value)
