"""One worker thread for what must not hold up the hand: preparing, finishing, saving, in the order of the wishes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

T = TypeVar("T")


class WorkerBackground(QObject):
    """Implements `studio.workspace.background.Background`: answers arrive on the thread that made it."""

    _answered = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="background")
        self._open = 0
        self._answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)

    @property
    def is_idle(self) -> bool:
        """Nothing runs and every answer was delivered."""
        return self._open == 0

    def run(
        self, work: Callable[[], T], *, done: Callable[[T], None], failed: Callable[[Exception], None]
    ) -> None:
        self._open += 1

        def perform() -> None:
            try:
                value = work()
            except Exception as error:  # noqa: BLE001 - carried to the UI thread, which reports it
                answer = _call(failed, error)
            else:
                answer = _call(done, value)
            self._answered.emit(answer)

        self._executor.submit(perform)

    def close(self) -> None:
        """Waits for what runs; its answer is not delivered any more once the event loop has ended."""
        self._executor.shutdown(wait=True)

    @Slot(object)
    def _on_answered(self, answer: Callable[[], None]) -> None:
        self._open -= 1
        answer()


def _call(receiver: Callable[[T], None], value: T) -> Callable[[], None]:
    return lambda: receiver(value)
