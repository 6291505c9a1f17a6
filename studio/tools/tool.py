"""What every tool is: the events it sees, the world it may touch, what it shows over the canvas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from studio.core.geometry import Point, Rect
from studio.document.document import Document
from studio.document.history import History
from studio.document.pixels import RGB
from studio.tools.settings import ToolSettings

Cursor = Literal[
    "arrow",
    "cross",
    "move",
    "open_hand",
    "closed_hand",
    "size_horizontal",
    "size_vertical",
    "size_falling",
    "size_rising",
    "forbidden",
]
"""size_falling runs from the upper left to the lower right."""


@dataclass(frozen=True, kw_only=True)
class PointerEvent:
    """position: canvas pixels, with the fraction. pressure: 0..1, 1 for a mouse. is_eraser: the pen's other end."""

    position: Point
    pressure: float = 1.0
    time_s: float = 0.0
    is_eraser: bool = False
    shift: bool = False
    ctrl: bool = False
    alt: bool = False
    right_button: bool = False


class Circle(NamedTuple):
    center: Point
    radius_px: float


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """Canvas pixels; the view draws outlines, and handles at a constant size on the screen."""

    circles: tuple[Circle, ...] = ()
    rects: tuple[Rect, ...] = ()
    handles: tuple[Point, ...] = ()


NO_OVERLAY = Overlay()


@dataclass(kw_only=True)
class ToolContext:
    """What a tool may reach. zoom: screen pixels per canvas pixel, kept up to date by the view."""

    document: Document
    history: History
    settings: ToolSettings
    get_frame: Callable[[], Rect]
    set_frame: Callable[[Rect], None]
    pick_color: Callable[[RGB], None]
    zoom: float = 1.0


class Tool(Protocol):
    """Between `press` and `release` or `cancel` a gesture runs; what it did to the document is one history step.

    Calls that come out of order (a second button, a release without a press) do nothing.
    """

    id: str
    label: str
    context: ToolContext

    def press(self, event: PointerEvent) -> None:
        """Raises DocumentError where the gesture cannot begin (a locked layer); then nothing has begun."""
        ...

    def move(self, events: Sequence[PointerEvent]) -> None:
        """All events since the last call, the oldest first; the work is done once for all of them."""
        ...

    def release(self, event: PointerEvent) -> None: ...

    def cancel(self) -> None:
        """Puts everything back as it was before the press."""
        ...

    def hover(self, event: PointerEvent) -> None:
        """The pointer is over the canvas, nothing is pressed."""
        ...

    def overlay(self) -> Overlay: ...

    def cursor(self) -> Cursor: ...
