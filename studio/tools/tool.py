"""What every tool is: the events it sees, the world it may touch, what it shows over the canvas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeVar, runtime_checkable

from studio.brushes.dab import DabMaker
from studio.core.geometry import EMPTY, Point, Rect
from studio.document.document import Document
from studio.document.history import History
from studio.document.pixels import RGB, UInt8Array
from studio.tools.settings import ToolSettings

if TYPE_CHECKING:
    from studio.document.transform import Matrix

T = TypeVar("T")

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
    "text",
]
"""size_falling runs from the upper left to the lower right."""


CORNER = Point(0.0, 0.0)


@dataclass(frozen=True, kw_only=True)
class PointerEvent:
    """position: canvas pixels, with the fraction. pressure: 0..1, 1 for a mouse. tilt: 0 upright .. 1 flat; tilt_turn:
    where the pen leans, in turns, clockwise from the right. on_screen: device pixels, where a turned view matters not.
    is_eraser: the pen's other end.
    moves_shape: Space is held: what is being drawn moves as a whole."""

    position: Point
    pressure: float = 1.0
    time_s: float = 0.0
    tilt: float = 0.0
    tilt_turn: float = 0.0
    on_screen: Point = CORNER
    is_eraser: bool = False
    shift: bool = False
    ctrl: bool = False
    alt: bool = False
    right_button: bool = False
    moves_shape: bool = False


class Circle(NamedTuple):
    center: Point
    radius_px: float


class Outline(NamedTuple):
    """A line through points in canvas pixels."""

    points: tuple[tuple[float, float], ...]
    is_closed: bool


class FloatingPicture(NamedTuple):
    """Premultiplied (h, w, 4) `pixels`, never written to again, drawn where `matrix` takes them: from their own
    pixels to the canvas's. opacity: 0..1."""

    pixels: UInt8Array
    matrix: Matrix
    opacity: float


class Swatch(NamedTuple):
    """A ring around a canvas point: the colour `now` above, `before` below."""

    center: Point
    now: RGB
    before: RGB


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """Canvas pixels; the view draws outlines, and handles at a constant size on the screen. guides: long lines that
    stay where they are, painted anew only when they change. follows_pointer: the outlines go with the pointer, as
    circles always do."""

    circles: tuple[Circle, ...] = ()
    rects: tuple[Rect, ...] = ()
    handles: tuple[Point, ...] = ()
    outlines: tuple[Outline, ...] = ()
    picture: FloatingPicture | None = None
    lit: Rect | None = None
    """What lies beyond it is darkened."""
    swatch: Swatch | None = None
    guides: tuple[Outline, ...] = ()
    follows_pointer: bool = False


NO_OVERLAY = Overlay()


class Worker(Protocol):
    """Where a tool has long work done: see `studio.workspace.background`."""

    def run(
        self, work: Callable[[], T], *, done: Callable[[T], None], failed: Callable[[Exception], None]
    ) -> None: ...


class AtOnce:
    """Does it on the spot."""

    def run(
        self, work: Callable[[], T], *, done: Callable[[T], None], failed: Callable[[Exception], None]
    ) -> None:
        done(work())


class TextWish(NamedTuple):
    """Words are to be typed. layer_id: of the text layer to be edited; None: new ones. position: as `Text` has it.
    show_instead: see `ToolContext`."""

    layer_id: str | None
    position: Point
    show_instead: Callable[[Document | None, Rect], None]


@dataclass(kw_only=True)
class ToolContext:
    """What a tool may reach. zoom: screen pixels per canvas pixel, kept up to date by the view.

    show_instead: shows another document in place of the picture, or the picture again (None); the rectangle is where
    it differs from what was shown. refresh: the tool's overlay changed though no event had come. tell: one sentence
    for the artist. edit_text: opens words for typing.
    """

    document: Document
    history: History
    settings: ToolSettings
    get_frame: Callable[[], Rect]
    set_frame: Callable[[Rect], None]
    pick_color: Callable[[RGB], None]
    get_context: Callable[[], Rect] = lambda: EMPTY
    set_context: Callable[[Rect], None] = lambda rect: None
    zoom: float = 1.0
    worker: Worker = field(default_factory=AtOnce)
    show_instead: Callable[[Document | None, Rect], None] = lambda _document, _rect: None
    refresh: Callable[[], None] = lambda: None
    tell: Callable[[str], None] = lambda _text: None
    edit_text: Callable[[TextWish], None] = lambda _wish: None
    dab_makers: dict[tuple[str, bool], DabMaker] = field(default_factory=dict)
    """By tip, and whether it knows whole pixels only; the one used last comes last."""


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


@runtime_checkable
class StepwiseTool(Tool, Protocol):
    """A tool whose gesture takes several presses: it goes on between a release and the next press."""

    @property
    def is_drawing(self) -> bool:
        """Such a gesture is open."""
        ...

    def finish(self) -> None:
        """Ends the gesture as it is (Enter)."""
        ...

    def step_back(self) -> None:
        """Takes back the last press (Backspace); the first one's is `cancel`."""
        ...


@runtime_checkable
class NumberedTool(StepwiseTool, Protocol):
    """A stepwise tool whose gesture can be set by number, see `adjusting`.

    keeps_when_left: it is kept, not given up, when the artist takes another tool.
    """

    keeps_when_left: bool

    def enter(self, name: str, value: float) -> None:
        """name: of one of `options.NUMBERS`. Raises DocumentError as `press` does."""
        ...
