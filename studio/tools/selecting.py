"""What the tools that draw the mask have in common: the modes, the keys, the one step of history."""

from __future__ import annotations

import math
from collections.abc import Callable

from studio.core.geometry import Point, Rect
from studio.document.history import Transaction
from studio.document.selection import SELECTION_MODES, SelectionMode, combine_selection
from studio.document.shapes import Patch
from studio.tools.tool import PointerEvent, ToolContext

CLICK_SCREEN_PX = 3.0
ANGLE_STEP = math.pi / 4
MODE_LABELS: dict[SelectionMode, str] = {
    "replace": "Mask",
    "add": "Add to Mask",
    "subtract": "Take From Mask",
    "intersect": "Intersect Mask",
}


def chosen_mode(event: PointerEvent, setting: str) -> SelectionMode:
    """Shift adds, Ctrl, Alt, the right button and the pen's other end take away, both together intersect."""
    takes = event.ctrl or event.alt or event.right_button or event.is_eraser
    if takes:
        return "intersect" if event.shift else "subtract"
    if event.shift:
        return "add"
    return next((mode for mode in SELECTION_MODES if mode == setting), "replace")


def drawable_area(context: ToolContext) -> Rect:
    """Where the mask may be: the canvas, and what the frame adds to it."""
    return context.document.canvas.united(context.get_frame())


def lay(context: ToolContext, patch: Patch, mode: SelectionMode, shape: str) -> None:
    """One step of history."""
    context.history.do(combine_selection(context.document, patch, mode), f"{MODE_LABELS[mode]}: {shape}")


def is_click(context: ToolContext, start: Point, end: Point) -> bool:
    """Whether a press and its release are one place on the screen."""
    return start.distance_to(end) * context.zoom < CLICK_SCREEN_PX


def straightened(start: Point, end: Point) -> Point:
    """The point as far from the start as `end`, on the nearest of eight rays."""
    length = start.distance_to(end)
    angle = round(math.atan2(end.y - start.y, end.x - start.x) / ANGLE_STEP) * ANGLE_STEP
    return Point(start.x + length * math.cos(angle), start.y + length * math.sin(angle))


class Token:
    """An open gesture that has written nothing yet. An undo, a save or another edit closes it: then it is over.

    finish: what a save or another edit has done first, see `History.transaction`.
    """

    def __init__(self, context: ToolContext, label: str, *, finish: Callable[[], None] | None = None) -> None:
        self._transaction: Transaction = context.history.transaction(label, finish=finish)

    @property
    def is_open(self) -> bool:
        return self._transaction.is_open

    def close(self) -> None:
        if self._transaction.is_open:
            self._transaction.cancel()


class HeldKey:
    """A modifier that means one thing at the press (the mode) and another during the drag: only once it has been
    let go, or was not held at first, does it mean the second."""

    def __init__(self, is_held: bool) -> None:
        self._is_spent = is_held

    def update(self, is_held: bool) -> bool:
        if not is_held:
            self._is_spent = False
        return is_held and not self._is_spent
