"""One line at the foot of the window: the engine, the device, the canvas and the zoom."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QStatusBar

from studio.document.changes import CanvasChanged, Change
from studio.document.document import Document
from studio.jobs.queue import EnginePhase
from studio.ui.bind import Bindings
from studio.ui.context import Context
from studio.ui.later import Later
from studio.ui.widgets.labels import ElidedLabel
from studio.ui.wording import device, engine_state


class StatusBar(QStatusBar):
    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._bindings = Bindings()
        self.setSizeGripEnabled(False)
        self._light = QLabel()
        self._light.setAccessibleName("Engine state")
        self._engine = ElidedLabel()
        self._restart = QPushButton("Restart")
        self._restart.setProperty("role", "flat")
        self._restart.setToolTip(context.actions["engine_restart"].toolTip())
        self._restart.clicked.connect(context.actions["engine_restart"].trigger)
        self._device = QLabel()
        self._canvas = QLabel()
        self._zoom = QLabel()
        self._zoom.setMinimumWidth(self.fontMetrics().horizontalAdvance("1600 %") + 12)
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.addWidget(self._light)
        self.addWidget(self._engine, 1)
        self.addPermanentWidget(self._restart)
        for label in (self._device, self._canvas, self._zoom):
            label.setTextFormat(Qt.TextFormat.PlainText)
            self.addPermanentWidget(label)
        workspace = context.workspace
        refresh = Later(self._refresh_engine, parent=self)
        self._bindings.subscribe(workspace.queue.changed, refresh.schedule)
        self._document_end = workspace.document.changed.subscribe(self._on_document_changed)
        self._bindings.subscribe(workspace.document_replaced, self._on_document_replaced)
        self._refresh_engine()
        self._refresh_canvas()

    @property
    def engine_text(self) -> str:
        return self._engine.text()

    def show_zoom(self, zoom: float) -> None:
        """zoom: screen pixels per canvas pixel."""
        self._zoom.setText(f"{zoom * 100:.0f} %")

    def close_panel(self) -> None:
        self._document_end()
        self._bindings.disconnect()

    def _refresh_engine(self) -> None:
        queue = self._context.workspace.queue
        state = queue.engine_state
        self._engine.setText(f"{engine_state(state)} {state.message}".strip())
        self._engine.setToolTip(" ".join(part for part in (state.message, state.remedy) if part))
        if state.is_ready:
            self._engine.setText("Ready")
        tokens = {
            EnginePhase.ready: "success",
            EnginePhase.starting: "warning",
            EnginePhase.stopped: "danger",
        }
        self._context.icons.put(self._light, "dot", token=tokens[state.phase], size_px=10)
        self._restart.setVisible(state.phase is EnginePhase.stopped)
        self._device.setText(device(queue.catalog.device) if queue.catalog is not None else "")
        self._device.setVisible(queue.catalog is not None)

    def _refresh_canvas(self) -> None:
        canvas = self._context.workspace.document.canvas
        self._canvas.setText(f"{canvas.width} × {canvas.height} px")

    def _on_document_changed(self, change: Change) -> None:
        if isinstance(change, CanvasChanged):
            self._refresh_canvas()

    def _on_document_replaced(self, document: Document) -> None:
        self._document_end()
        self._document_end = document.changed.subscribe(self._on_document_changed)
        self._refresh_canvas()
