"""The lasso: a mask drawn around by hand, closed by letting go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from studio.core.geometry import Point
from studio.document.selection import SelectionMode
from studio.document.shapes import EMPTY_PATCH, polygon
from studio.tools.selecting import Token, chosen_mode, drawable_area, lay
from studio.tools.tool import NO_OVERLAY, Cursor, Outline, Overlay, PointerEvent, ToolContext

MIN_STEP_SCREEN_PX = 1.0
MIN_AREA_SCREEN_PX = 4.0
"""A smaller loop is a click."""


@dataclass(kw_only=True)
class _Loop:
    token: Token
    mode: SelectionMode
    last: Point
    points: list[tuple[float, float]] = field(default_factory=list)

    def follow(self, event: PointerEvent, step_px: float) -> None:
        position = event.position
        if event.moves_shape:
            dx, dy = position.x - self.last.x, position.y - self.last.y
            self.points = [(x + dx, y + dy) for x, y in self.points]
        elif not self.points or Point(*self.points[-1]).distance_to(position) >= step_px:
            self.points.append((position.x, position.y))
        self.last = position


class LassoTool:
    """Keys at the press choose the mode, Space moves what is drawn, Esc gives up."""

    id = "select_lasso"
    label = "Lasso"

    def __init__(self, context: ToolContext) -> None:
        self.context = context
        self._loop: _Loop | None = None

    def press(self, event: PointerEvent) -> None:
        if self._loop is None:
            self._loop = _Loop(
                token=Token(self.context, self.label),
                mode=chosen_mode(event, self.context.settings.choice(self.id, "mode")),
                last=event.position,
                points=[(event.position.x, event.position.y)],
            )

    def move(self, events: Sequence[PointerEvent]) -> None:
        if self._loop is not None:
            for event in events:
                self._loop.follow(event, MIN_STEP_SCREEN_PX / self.context.zoom)

    def release(self, event: PointerEvent) -> None:
        loop, self._loop = self._loop, None
        if loop is None or not loop.token.is_open:
            return
        loop.follow(event, 0.0)
        loop.token.close()
        if _extent(loop.points) * self.context.zoom < MIN_AREA_SCREEN_PX:
            if loop.mode == "replace":
                lay(self.context, EMPTY_PATCH, loop.mode, self.label)
            return
        lay(self.context, polygon(loop.points, clip=drawable_area(self.context)), loop.mode, self.label)

    def cancel(self) -> None:
        if self._loop is not None:
            self._loop.token.close()
        self._loop = None

    def hover(self, event: PointerEvent) -> None:
        """Nothing follows the pointer."""

    def overlay(self) -> Overlay:
        if self._loop is None or not self._loop.token.is_open:
            return NO_OVERLAY
        return Overlay(outlines=(Outline(tuple(self._loop.points), False),))

    def cursor(self) -> Cursor:
        return "cross"


def _extent(points: Sequence[tuple[float, float]]) -> float:
    """The longer side of the box around the points."""
    across, down = [x for x, _ in points], [y for _, y in points]
    return max(max(across) - min(across), max(down) - min(down))
