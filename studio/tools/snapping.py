"""Where things click into place: the edges and the middle of the canvas, and the guides."""

from __future__ import annotations

from collections.abc import Sequence

from studio.core.geometry import Point
from studio.tools.tool import Outline, ToolContext

SNAP_SCREEN_PX = 6.0
Box = tuple[float, float, float, float]
"""left, top, right, bottom."""


def _lines(context: ToolContext) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Upright ones by x, level ones by y."""
    canvas, guides = context.document.canvas, context.document.guides
    return (
        (canvas.x, canvas.center.x, canvas.right, *(guide.place for guide in guides if guide.is_upright)),
        (
            canvas.y,
            canvas.center.y,
            canvas.bottom,
            *(guide.place for guide in guides if not guide.is_upright),
        ),
    )


def snap_box(context: ToolContext, box: Box) -> tuple[Point, tuple[Outline, ...]]:
    """By how much the box must move for an edge or its middle to lie on a line, and the lines it then lies on."""
    left, top, right, bottom = box
    upright, level = _lines(context)
    dx, x = _nearest((left, (left + right) / 2, right), upright, context.zoom)
    dy, y = _nearest((top, (top + bottom) / 2, bottom), level, context.zoom)
    return Point(dx, dy), _shown(context, x, y)


def snap_point(context: ToolContext, point: Point) -> tuple[Point, tuple[Outline, ...]]:
    """The point, on a line where one is near, and those lines."""
    shift, lines = snap_box(context, (point.x, point.y, point.x, point.y))
    return Point(point.x + shift.x, point.y + shift.y), lines


def _nearest(places: Sequence[float], lines: Sequence[float], zoom: float) -> tuple[float, float | None]:
    shift, line = min(
        ((line - place, line) for place in places for line in lines), key=lambda pair: abs(pair[0])
    )
    return (shift, line) if abs(shift) * zoom <= SNAP_SCREEN_PX else (0.0, None)


def _shown(context: ToolContext, x: float | None, y: float | None) -> tuple[Outline, ...]:
    canvas = context.document.canvas
    lines: list[Outline] = []
    if x is not None:
        lines.append(Outline(((x, canvas.y), (x, canvas.bottom)), False))
    if y is not None:
        lines.append(Outline(((canvas.x, y), (canvas.right, y)), False))
    return tuple(lines)
