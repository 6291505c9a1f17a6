"""The composition root: application, settings, window, session; what is wired to what is decided here.

The window is painted before numpy, OpenCV and the panels are imported: those imports stand inside functions. They
run on a thread of their own while the window already answers, then the widgets are made step by step.
"""

from __future__ import annotations

import gc
import importlib
import logging
import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

from studio.core import log, paths
from studio.core.settings import Settings
from studio.ui.display import missing_display
from studio.ui.main_window import MainWindow
from studio.ui.theme import THEMES, apply_palette

if TYPE_CHECKING:
    from studio.jobs.link import EngineLink
    from studio.ui.session import Session

_log = logging.getLogger(__name__)


def run(arguments: list[str] | None = None) -> int:
    """Shows the studio until it is closed. arguments: files to open. Returns the exit code: 0, or 1 without display."""
    problem = missing_display()
    if problem:
        sys.stderr.write(problem + "\n")
        return 1
    log.configure(paths.log_file())
    settings = Settings.load(paths.config_dir())
    if settings.number("ui_scale_percent") != 100:
        os.environ.setdefault("QT_SCALE_FACTOR", str(settings.number("ui_scale_percent") / 100))
    application = QApplication(["underpaint"])
    application.setApplicationName("Underpaint")
    application.setDesktopFileName("underpaint")
    apply_palette(application, THEMES[settings.text("theme")])
    studio = Application(settings, files=[Path(name) for name in arguments or []])
    studio.show()
    try:
        return application.exec()
    finally:
        studio.close()


class Application(QObject):
    """Boots a session into its window and reports what nobody else caught.

    link: for tests; by default the engine runs in a process of its own. ready: the window is complete.
    """

    ready = Signal()
    _imported = Signal()
    _failed = Signal(str)

    def __init__(
        self, settings: Settings, *, files: list[Path] | None = None, link: EngineLink | None = None
    ) -> None:
        super().__init__()
        self.window = MainWindow(settings)
        self.session: Session | None = None
        self._settings = settings
        self._files = files or []
        self._link = link
        self._importer: threading.Thread | None = None
        self._steps: Iterator[None] | None = None
        self._signals = _Signals(self)
        self._imported.connect(self._on_imported, Qt.ConnectionType.QueuedConnection)
        self._failed.connect(self._on_failed, Qt.ConnectionType.QueuedConnection)
        self._signals.received.connect(self._on_signal)
        self._old_hook = sys.excepthook
        sys.excepthook = self._on_exception

    def show(self) -> None:
        self.window.shell.painted.connect(self._on_painted)
        self.window.show()

    def close(self) -> None:
        """Safe to call twice."""
        sys.excepthook = self._old_hook
        self._signals.close()
        if self._importer is not None:
            self._importer.join()
        if self.session is not None:
            self.session.close()

    def _on_painted(self) -> None:
        if self._importer is None:
            self._importer = threading.Thread(target=self._import, name="imports", daemon=True)
            self._importer.start()

    def _import(self) -> None:
        try:
            importlib.import_module("studio.ui.session")
        except Exception:  # noqa: BLE001 - a broken installation; reported on the UI thread
            self._failed.emit(traceback.format_exc())
        else:
            self._imported.emit()

    @Slot()
    def _on_imported(self) -> None:
        from studio.jobs.process_link import ProcessLink
        from studio.ui.session import Session

        self.session = Session(self.window, self._settings, self._link or ProcessLink())
        self._steps = self.session.build()
        self._build_next()

    def _build_next(self) -> None:
        assert self._steps is not None
        assert self.session is not None
        try:
            next(self._steps)
        except StopIteration:
            self._on_built(self.session)
        else:
            QTimer.singleShot(0, self._build_next)

    def _on_built(self, session: Session) -> None:
        # What was made so far lives as long as the window: no collection need look at it again.
        gc.freeze()
        session.start_engine()
        if self._files:
            session.files.take_files(self._files)
        self.ready.emit()

    @Slot(str)
    def _on_failed(self, details: str) -> None:
        sys.stderr.write(details)
        sys.stderr.write(
            "The studio is not completely installed. Set it up again: python3 packaging/start.py\n"
        )
        QApplication.exit(1)

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Shown and logged; the window stays, so that the document can be saved."""
        if issubclass(kind, KeyboardInterrupt):
            self.window.close()
            return
        _log.critical("unexpected", exc_info=(kind, error, trace))
        if self.session is not None and self.session.is_built:
            from studio.workspace.notice import Notice

            self.session.show_notice(
                Notice(
                    "Something went wrong inside the studio.",
                    remedy="Your picture is still here. To be safe, save it now under another name.",
                    details="".join(traceback.format_exception(kind, error, trace)),
                    is_error=True,
                )
            )

    def _on_signal(self) -> None:
        """Nobody can answer a question now: what was finished is in the journal, so end at once."""
        self.window.may_close = None
        self.window.close()
        QApplication.quit()


class _Signals(QObject):
    """SIGINT and SIGTERM as a Qt signal, without a timer that wakes Python up to look for them."""

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
