"""The engine's seat in the window: the one QThread, which blocks on the link and emits one signal per event."""

from __future__ import annotations

import logging
import threading

from PySide6.QtCore import QObject, QThread, Signal

from studio.core.errors import StudioError
from studio.generation.events import EngineStopped
from studio.jobs.link import EngineLink

RECEIVE_TIMEOUT_S = 1.0
STOP_TIMEOUT_MS = 5000
_log = logging.getLogger(__name__)


class EngineThread(QThread):
    """Owns the reading end of a link. `event_received` is delivered on the receiver's thread, in order."""

    event_received = Signal(object)

    def __init__(self, link: EngineLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("engine")
        self._link = link
        self._stopping = threading.Event()

    def run(self) -> None:
        try:
            self._link.start()
            while not self._stopping.is_set():
                event = self._link.receive(RECEIVE_TIMEOUT_S)
                if event is not None:
                    self.event_received.emit(event)
        except StudioError as error:
            _log.exception("the engine's link failed")
            self.event_received.emit(
                EngineStopped(
                    message=error.message, remedy=error.remedy, details=error.details, restarts=False
                )
            )
        except Exception as error:  # noqa: BLE001 - a thread has nobody above it; the window must still learn of it
            _log.exception("the engine's link failed")
            self.event_received.emit(
                EngineStopped(
                    message="The connection to the image engine broke.",
                    remedy="Your canvas is unchanged. Save your work and start the studio again.",
                    details=repr(error),
                    restarts=False,
                )
            )

    def stop(self) -> None:
        """Closes the link and waits for the thread; safe to call twice."""
        self._stopping.set()
        self._link.close()
        if not self.wait(STOP_TIMEOUT_MS):
            _log.error("the engine thread did not end in time")
