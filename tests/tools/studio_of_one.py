"""A document with a layer, a history and a context: what a tool needs to be tried."""

from __future__ import annotations

from dataclasses import dataclass, field

from studio.core.geometry import Point, Rect
from studio.document.changes import Change
from studio.document.document import Document
from studio.document.edits import AddLayer
from studio.document.history import History
from studio.document.layer import Layer, LayerProperties
from studio.document.pixels import RGB
from studio.tools import TOOLS
from studio.tools.settings import ToolSettings
from studio.tools.tool import PointerEvent, Tool, ToolContext
from tests.document.pictures import noise_layer

CANVAS = Rect(0, 0, 640, 480)


@dataclass
class Studio:
    """told: every change record since the beginning."""

    document: Document
    history: History
    settings: ToolSettings
    frame: Rect
    told: list[Change] = field(default_factory=list)
    zoom: float = 1.0

    def tool(self, tool_id: str) -> Tool:
        """Clone and heal know where to copy from."""
        self.settings.active_tool_id = tool_id
        tool = TOOLS[tool_id](self.context())
        if tool_id in ("clone", "heal"):
            tool.press(at(300, 300, alt=True))
            tool.release(at(300, 300))
        return tool

    def context(self) -> ToolContext:
        return ToolContext(
            document=self.document,
            history=self.history,
            settings=self.settings,
            get_frame=lambda: self.frame,
            set_frame=self._set_frame,
            pick_color=self._pick_color,
            zoom=self.zoom,
        )

    @property
    def layer(self) -> Layer:
        layer = self.document.active_layer
        assert layer is not None
        return layer

    def _set_frame(self, frame: Rect) -> None:
        self.frame = frame

    def _pick_color(self, color: RGB) -> None:
        self.settings.color = color


def studio(*, zoom: float = 1.0) -> Studio:
    """An opaque noisy layer below, an empty one to paint on above, a frame in the middle."""
    document = Document(CANVAS)
    AddLayer(noise_layer(1, CANVAS), 0).apply(document)
    AddLayer(Layer(properties=LayerProperties(name="Paint")), 1).apply(document)
    made = Studio(document, History(document), ToolSettings(), Rect(64, 64, 256, 256), zoom=zoom)
    document.changed.subscribe(made.told.append)
    return made


def at(x: float, y: float, **held: bool | float) -> PointerEvent:
    return PointerEvent(position=Point(x, y), **held)  # type: ignore[arg-type]  # flags and pressure by name
