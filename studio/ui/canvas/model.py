"""What the canvas needs to know of the open studio; a `Workspace` is one."""

from __future__ import annotations

from typing import Protocol

from studio.core.events import Event
from studio.core.geometry import Rect
from studio.document.document import Document
from studio.document.history import History
from studio.tools.settings import ToolSettings
from studio.workspace.background import Background
from studio.workspace.forecasts import Forecasts
from studio.workspace.results import Results


class CanvasModel(Protocol):
    """document and history are exchanged together, announced by `document_replaced`."""

    background: Background
    results: Results
    tool_settings: ToolSettings
    document_replaced: Event[Document]
    frame_changed: Event[Rect]
    forecasts: Forecasts

    @property
    def document(self) -> Document: ...

    @property
    def history(self) -> History: ...

    @property
    def frame(self) -> Rect: ...

    def set_frame(self, rect: Rect) -> None: ...

    @property
    def is_untouched(self) -> bool:
        """Nothing was ever done to a blank canvas."""
        ...
