"""Which tool holds the pointer, and the gesture it is in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from studio.core.errors import StudioError
from studio.core.events import Event
from studio.core.geometry import Rect
from studio.document.document import Document
from studio.document.pixels import RGB
from studio.tools import TOOLS
from studio.tools.settings import DEFAULT_BRUSHES
from studio.tools.tool import (
    Cursor,
    NumberedTool,
    Overlay,
    PointerEvent,
    StepwiseTool,
    TextWish,
    Tool,
    ToolContext,
)
from studio.ui.canvas.model import CanvasModel

PAN_TOOL = "pan"
FRAME_TOOL = "frame"
PICKER_TOOL = "color_picker"
PAINTING_TOOLS = frozenset({"brush", "eraser", "fill", "gradient"})
"""Alt picks a colour instead of them."""


class Hand:
    """Feeds pointer events to the tools of one document.

    refused: one sentence, why the hand did nothing. tool_changed: the id of the tool that is active from now on.
    shown_instead: a document to be shown in place of the picture (None: the picture), and where it differs.
    text_wanted: words are to be typed. refreshed: what the tool draws over the picture is another, though no event had come.
    """

    def __init__(self, model: CanvasModel) -> None:
        self.refused: Event[str] = Event()
        self.tool_changed: Event[str] = Event()
        self.shown_instead: Event[tuple[Document | None, Rect]] = Event()
        self.refreshed: Event[None] = Event()
        self.text_wanted: Event[TextWish] = Event()
        self._model = model
        self._context = self._new_context(zoom=1.0)
        self._tools: dict[str, Tool] = {}
        self._held: Tool | None = None
        self._temporary_id: str | None = None
        self._active_id = model.tool_settings.active_tool_id
        self._unsubscribe: list[Callable[[], None]] = [
            model.document_replaced.subscribe(self._on_document_replaced),
            model.tool_settings.changed.subscribe(lambda _: self._on_settings_changed()),
            model.tool_settings.adjusting.entered.subscribe(lambda number: self._enter(*number)),
            model.tool_settings.adjusting.ended.subscribe(self._end),
        ]

    def close(self) -> None:
        self.cancel()
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    @property
    def tool_id(self) -> str:
        """The tool the next press would use."""
        return self._temporary_id or self._active_id

    @property
    def tool(self) -> Tool:
        return self._tool(self.tool_id)

    @property
    def is_holding(self) -> bool:
        """A gesture is open."""
        return self._held is not None

    @property
    def sprays(self) -> bool:
        """The gesture goes on though the hand rests."""
        held = self._held
        return held is not None and self._model.tool_settings.brush_of(held.id).sprays

    def set_zoom(self, zoom: float) -> None:
        """Screen pixels per canvas pixel, for tools whose handles have a size on the screen."""
        self._context.zoom = zoom

    def set_picking(self, is_picking: bool) -> None:
        """The colour picker instead of a painting tool, until it is called off."""
        wanted = PICKER_TOOL if is_picking and self._active_id in PAINTING_TOOLS else None
        if wanted != self._temporary_id and self._held is None:
            self._temporary_id = wanted
            self.tool_changed.emit(self.tool_id)

    def press(self, event: PointerEvent) -> None:
        if self._held is None:
            # Alt alone picks a colour; with Ctrl it sizes the brush, whichever key came first.
            sizes = event.ctrl and event.alt and self._active_id in DEFAULT_BRUSHES
            self._held = self._tool(self._active_id) if sizes else self.tool
            self._guarded(lambda tool: tool.press(event))

    def move(self, events: Sequence[PointerEvent]) -> None:
        if self._held is not None and events:
            self._guarded(lambda tool: tool.move(events))

    def release(self, event: PointerEvent) -> None:
        if self._held is not None:
            self._guarded(lambda tool: tool.release(event))
            self._held = None

    def cancel(self) -> bool:
        """The document is as it was before the press; returns whether there was a gesture."""
        held, self._held = self._held or self._stepwise, None
        if held is not None:
            held.cancel()
        return held is not None

    @property
    def is_between_presses(self) -> bool:
        """A gesture of several presses waits for the next one."""
        return self._held is None and self._stepwise is not None

    def finish(self) -> None:
        """Ends a gesture of several presses as it is."""
        tool = self._stepwise
        if tool is not None:
            self._attempt(tool.finish)

    def step_back(self) -> None:
        """Takes back the last press of such a gesture."""
        tool = self._stepwise
        if tool is not None:
            tool.step_back()

    def hover(self, event: PointerEvent) -> None:
        self.tool.hover(event)

    def overlay(self) -> Overlay:
        return (self._held or self.tool).overlay()

    def cursor(self) -> Cursor:
        return (self._held or self.tool).cursor()

    # Inside ---------------------------------------------------------------------------------------------------

    def _tool(self, tool_id: str) -> Tool:
        tool = self._tools.get(tool_id)
        if tool is None:
            tool = self._tools[tool_id] = TOOLS[tool_id](self._context)
        return tool

    @property
    def _stepwise(self) -> StepwiseTool | None:
        tool = self._tools.get(self.tool_id)
        return tool if isinstance(tool, StepwiseTool) and tool.is_drawing else None

    def _enter(self, name: str, value: float) -> None:
        """A number of the tool's open gesture was typed."""
        tool = self.tool
        if self._held is None and isinstance(tool, NumberedTool):
            self._attempt(lambda: tool.enter(name, value))
            self.refreshed.emit(None)

    def _end(self, is_kept: bool) -> None:
        if is_kept:
            self.finish()
        else:
            self.cancel()
        self.refreshed.emit(None)

    def _new_context(self, zoom: float) -> ToolContext:
        model = self._model

        def show_instead(document: Document | None, rect: Rect) -> None:
            if self._context is context:  # a late answer for a document that is gone
                self.shown_instead.emit((document, rect))

        context = ToolContext(
            document=model.document,
            history=model.history,
            settings=model.tool_settings,
            get_frame=lambda: model.frame,
            set_frame=model.set_frame,
            pick_color=self._use_color,
            get_context=lambda: model.forecasts.context_rect,
            set_context=model.forecasts.choose,
            zoom=zoom,
            worker=model.background,
            show_instead=show_instead,
            refresh=lambda: self.refreshed.emit(None),
            tell=self.refused.emit,
            edit_text=self.text_wanted.emit,
        )
        return context

    def _use_color(self, color: RGB) -> None:
        self._model.tool_settings.color = color

    def _guarded(self, action: Callable[[Tool], None]) -> None:
        held = self._held
        assert held is not None
        self._attempt(lambda: action(held))

    def _attempt(self, action: Callable[[], None]) -> None:
        try:
            action()
        except StudioError as error:
            self.cancel()
            self.refused.emit(str(error))

    def _on_document_replaced(self, _: Document) -> None:
        # The old document is gone with its open gesture: nothing is left to take back.
        self._held = None
        self._tools.clear()
        self._context = self._new_context(zoom=self._context.zoom)

    def _on_settings_changed(self) -> None:
        if self._model.tool_settings.active_tool_id != self._active_id:
            tool = self._stepwise
            if self._held is None and isinstance(tool, NumberedTool) and tool.keeps_when_left:
                self.finish()
            self.cancel()
            self._model.tool_settings.adjusting.show({}, is_open=False)
            self._active_id = self._model.tool_settings.active_tool_id
            self._temporary_id = None
            self.tool_changed.emit(self._active_id)
