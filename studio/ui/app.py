"""The composition root: application, settings, window, session; what is wired to what is decided here.

The window is painted before numpy, OpenCV and the panels are imported: those imports stand inside functions. They
run on a thread of their own while Qt waits for the screen, then the widgets are made step by step.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

from studio.core import paths
from studio.core.settings import Settings
from studio.ui.display import missing_display
from studio.ui.importing import Importer
from studio.ui.main_window import MainWindow
from studio.ui.theme import THEMES, apply_palette

if TYPE_CHECKING:
    from studio.jobs.link import EngineLink
    from studio.ui.session import Session
    from studio.ui.signals import Signals

SESSION_MODULE = "studio.ui.session"
PANELS_MODULE = "studio.ui.preload"
LATER_MODULE = "studio.ui.preload_later"

FRAME_MS = 16
"""The first frame of the canvas belongs to the artist."""

UNSEEN_MS = 300
"""A window that starts minimised is not painted; its panels come all the same."""

_log = logging.getLogger(__name__)


def run(arguments: list[str] | None = None) -> int:
    """Shows the studio until it is closed. arguments: files to open. Returns the exit code: 0, or 1 without display."""
    # Imports make a hundred thousand objects that stay: looking for garbage among them finds none.
    gc.disable()
    problem = missing_display()
    if problem:
        sys.stderr.write(problem + "\n")
        return 1
    settings = Settings.load(paths.config_dir())
    if settings.number("ui_scale_percent") != 100:
        os.environ.setdefault("QT_SCALE_FACTOR", str(settings.number("ui_scale_percent") / 100))
    # numpy comes with a pool of threads for linear algebra, which the window never does; it costs 15 to 80 ms.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    importer = Importer((SESSION_MODULE,))
    importer.start()
    application = QApplication(["underpaint"])
    application.setApplicationName("Underpaint")
    application.setDesktopFileName("underpaint")
    apply_palette(application, THEMES[settings.text("theme")])
    studio = Application(settings, files=[Path(name) for name in arguments or []], importer=importer)
    studio.show()
    try:
        return application.exec()
    finally:
        studio.close()


def _start_log() -> None:
    from studio.core import log

    log.configure(paths.log_file())


class Application(QObject):
    """Boots a session into its window and reports what nobody else caught.

    link: for tests; by default the engine runs in a process of its own. usable: strokes, prompts and keys work.
    ready: menus and panels are there too, and the engine is starting.
    """

    usable = Signal()
    ready = Signal()

    def __init__(
        self,
        settings: Settings,
        *,
        files: list[Path] | None = None,
        link: EngineLink | None = None,
        importer: Importer | None = None,
    ) -> None:
        super().__init__()
        self.window = MainWindow(settings)
        self.session: Session | None = None
        self._settings = settings
        self._files = files or []
        self._link = link
        self._is_painted = self._is_usable = self._is_completing = False
        self._importer = importer or Importer((SESSION_MODULE,))
        self._panels = Importer((PANELS_MODULE,))
        for found in (self._importer, self._panels):
            found.imported.connect(self._go_on, Qt.ConnectionType.QueuedConnection)
            found.failed.connect(self._go_on, Qt.ConnectionType.QueuedConnection)
        self._later = Importer((LATER_MODULE,))
        self._later.imported.connect(self._offer_recovery, Qt.ConnectionType.QueuedConnection)
        self._signals: Signals | None = None
        self._old_hook = sys.excepthook
        sys.excepthook = self._on_exception

    def show(self) -> None:
        self.window.shell.painted.connect(self._on_painted)
        self._importer.start()
        self.window.show()

    def close(self) -> None:
        """Safe to call twice."""
        sys.excepthook = self._old_hook
        if self._signals is not None:
            self._signals.close()
        self._importer.wait()
        self._panels.wait()
        self._later.wait()
        if self.session is not None:
            self.session.close()

    def _on_painted(self) -> None:
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self._go_on)

    @Slot()
    def _go_on(self) -> None:
        """Builds what can be built: first the canvas, then the panels, each when its modules are there."""
        failure = self._importer.failure or self._panels.failure
        if failure and self._is_painted:
            self._on_failed(failure)
        elif self.session is None and self._is_painted and self._importer.has(SESSION_MODULE):
            from studio.ui.late_link import LateLink
            from studio.ui.session import Session

            self.session = Session(self.window, self._settings, self._link or LateLink())
            self._build(self.session.open_canvas(), self._on_canvas_open)
        elif self._is_usable and not self._is_completing and self._panels.has(PANELS_MODULE):
            assert self.session is not None
            self._is_completing = True
            self._build(self.session.complete(), self._on_built)

    def _on_canvas_open(self) -> None:
        assert self.session is not None
        self._is_usable = True
        self.usable.emit()
        # Not sooner: two threads of Python share one lock, and the canvas comes first.
        self.session.canvas.installEventFilter(self)
        QTimer.singleShot(UNSEEN_MS, self._go_on_behind)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(FRAME_MS, self._go_on_behind)
        return False

    def _go_on_behind(self) -> None:
        """What need not be there before the canvas is painted."""
        if not self._panels.has_started:
            self._panels.start()
            _start_log()

    def _build(self, steps: Iterator[None], then: Callable[[], None]) -> None:
        """One step each time the event loop turns.

        A timer of its own: what `singleShot(0)` posts is delivered in the same turn as what posted it, all steps in
        one go, before any pointer event is looked at.
        """
        timer = QTimer(self)

        def step() -> None:
            try:
                next(steps)
            except StopIteration:
                timer.stop()
                timer.deleteLater()
                then()
            except Exception:  # noqa: BLE001 - an empty window for ever would be worse than none
                timer.stop()
                self._on_failed(traceback.format_exc())

        timer.timeout.connect(step)
        timer.start(0)

    def _on_built(self) -> None:
        session = self.session
        assert session is not None
        # What was made so far lives as long as the window: no collection need look at it again.
        gc.freeze()
        gc.enable()
        session.start_engine()
        self._watch_signals()
        if self._files:
            session.files.take_files(self._files)
        self._later.start()
        self.ready.emit()

    @Slot()
    def _offer_recovery(self) -> None:
        if self.session is not None:
            self.session.offer_recovery()

    def _on_failed(self, details: str) -> None:
        _start_log()
        _log.critical("the window could not be built\n%s", details)
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

    def _watch_signals(self) -> None:
        from studio.ui.signals import Signals

        self._signals = Signals(self)
        self._signals.received.connect(self._on_signal)

    def _on_signal(self) -> None:
        """Nobody can answer a question now: what was finished is in the journal, so end at once."""
        self.window.may_close = None
        self.window.close()
        QApplication.quit()
