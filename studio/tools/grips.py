"""Where a rectangle can be taken hold of: its corners, its edges, or the whole of it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from studio.tools.tool import Cursor

Side = Literal[-1, 0, 1]


class Grip(NamedTuple):
    """Which edges follow the pointer: -1 the left or upper one, 1 the right or lower one; neither: the whole."""

    across: Side
    down: Side


WHOLE = Grip(0, 0)
GRIPS: tuple[Grip, ...] = (
    # Corners first: they win where they meet an edge. Clockwise from the upper left.
    Grip(-1, -1),
    Grip(1, -1),
    Grip(1, 1),
    Grip(-1, 1),
    Grip(0, -1),
    Grip(1, 0),
    Grip(0, 1),
    Grip(-1, 0),
)
CURSORS: dict[Grip, Cursor] = {
    WHOLE: "move",
    Grip(-1, -1): "size_falling",
    Grip(1, 1): "size_falling",
    Grip(1, -1): "size_rising",
    Grip(-1, 1): "size_rising",
    Grip(0, -1): "size_vertical",
    Grip(0, 1): "size_vertical",
    Grip(-1, 0): "size_horizontal",
    Grip(1, 0): "size_horizontal",
}
