"""The context: what the model sees around the mask. Dragged like the frame; nothing to drag while nothing is masked."""

from __future__ import annotations

from studio.core.geometry import Rect
from studio.tools.frame import FrameTool
from studio.tools.tool import NO_OVERLAY, Cursor, Overlay, PointerEvent


class ContextTool(FrameTool):
    """What is masked is always seen: a context drawn beside it is widened by the planner."""

    id = "context"
    label = "Context"

    def press(self, event: PointerEvent) -> None:
        if not self._get().is_empty:
            super().press(event)

    def hover(self, event: PointerEvent) -> None:
        if not self._get().is_empty:
            super().hover(event)

    def overlay(self) -> Overlay:
        return NO_OVERLAY if self._get().is_empty else super().overlay()

    def cursor(self) -> Cursor:
        return "arrow" if self._get().is_empty else super().cursor()

    def _get(self) -> Rect:
        return self.context.get_context()

    def _put(self, frame: Rect) -> None:
        self.context.set_context(frame)
