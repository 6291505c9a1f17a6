"""Moving the view is the view's own work; the tool stands in the table for its icon, its key and its cursor."""

from __future__ import annotations

from collections.abc import Sequence

from studio.tools.tool import NO_OVERLAY, Cursor, Overlay, PointerEvent, ToolContext


class PanTool:
    id = "pan"
    label = "Pan"

    def __init__(self, context: ToolContext) -> None:
        self.context = context
        self._is_down = False

    def press(self, event: PointerEvent) -> None:
        self._is_down = True

    def move(self, events: Sequence[PointerEvent]) -> None:
        """The view follows the pointer itself."""

    def release(self, event: PointerEvent) -> None:
        self._is_down = False

    def cancel(self) -> None:
        self._is_down = False

    def hover(self, event: PointerEvent) -> None:
        """Nothing follows the pointer."""

    def overlay(self) -> Overlay:
        return NO_OVERLAY

    def cursor(self) -> Cursor:
        return "closed_hand" if self._is_down else "open_hand"
