"""Keeps the forecast of the masked place up to date while the artist paints masks and turns numbers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from studio.document.changes import CanvasChanged, Change, TilesChanged
from studio.document.document import Document
from studio.ui.later import Later
from studio.workspace.forecasts import Forecast
from studio.workspace.workspace import Workspace

PAUSE_MS = 120
SETTINGS = frozenset(
    {
        "model",
        "strength",
        "mask_grow_px",
        "mask_feather_px",
        "is_mask_automatic",
        "least_target_px",
        "is_two_pass",
        "verb",
    }
)


class Forecasting(QObject):
    """Belongs to one window. Worked out in the background, after a pause; never while a stroke is down.

    is_stroking: whether a gesture of a tool is open.
    """

    def __init__(self, workspace: Workspace, is_stroking: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._is_stroking = is_stroking
        self._later = Later(self._begin, pause_ms=PAUSE_MS, parent=self)
        self._is_running = False
        self._is_stale = False
        self._unsubscribe_document: Callable[[], None] = lambda: None
        self._unsubscribe = [
            workspace.document_replaced.subscribe(self._on_document_replaced),
            workspace.frame_changed.subscribe(self._later.schedule),
            workspace.settings.changed.subscribe(self._on_setting_changed),
            workspace.forecasts.context_changed.subscribe(self._later.schedule),
            workspace.queue.changed.subscribe(self._on_queue_changed),
        ]
        self._has_catalog = False
        self._on_document_replaced(workspace.document)
        self._on_queue_changed(None)

    def close(self) -> None:
        self._later.stop()
        self._unsubscribe_document()
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    def _on_document_replaced(self, document: Document) -> None:
        self._unsubscribe_document()
        self._unsubscribe_document = document.changed.subscribe(self._on_document_changed)
        self._workspace.forecasts.choose(None)
        self._later.schedule()

    def _on_document_changed(self, change: Change) -> None:
        is_mask = isinstance(change, TilesChanged) and change.target.kind == "selection"
        if is_mask or isinstance(change, CanvasChanged):
            if not self._workspace.has_mask:
                self._workspace.forecasts.choose(None)
                self._workspace.forecasts.set(None)
            self._later.schedule()

    def _on_setting_changed(self, name: str) -> None:
        if name in SETTINGS:
            self._later.schedule()

    def _on_queue_changed(self, _: None) -> None:
        if (self._workspace.queue.catalog is not None) != self._has_catalog:
            self._has_catalog = not self._has_catalog
            self._later.schedule()

    def _begin(self) -> None:
        workspace = self._workspace
        catalog = workspace.queue.catalog
        if self._is_running:
            self._is_stale = True
            return
        if catalog is None or not workspace.has_mask:
            workspace.forecasts.set(None)
            return
        if self._is_stroking():
            self._later.schedule()
            return
        capture = workspace.capture(0)
        self._is_running, self._is_stale = True, False

        def work() -> Forecast | None:
            from studio.workspace.forecast import forecast  # with all that a run needs

            return forecast(capture, catalog)

        def done(found: Forecast | None) -> None:
            self._is_running = False
            workspace.forecasts.set(found if workspace.has_mask else None)
            if self._is_stale:
                self._later.schedule()

        def failed(error: Exception) -> None:
            self._is_running = False
            raise error

        workspace.background.run(work, done=done, failed=failed)
