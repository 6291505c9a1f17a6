"""The transform tool: the active layer, or the masked pixels, by handles or by numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from studio.core.geometry import Point, Rect
from studio.document.lifting import liftable_rect
from studio.document.paintable import movable_layer, move_refusal
from studio.document.transform import (
    IDENTITY,
    Matrix,
    from_corners,
    inverse,
    local_scales,
    mapped,
    mapped_box,
    mapped_corners,
    rotation,
    scaling,
    shearing,
    translation,
    whole_shift,
)
from studio.tools.floating import Floating
from studio.tools.grips import GRIPS, WHOLE, Grip, Side
from studio.tools.move import NOTHING_THERE
from studio.tools.snapping import snap_box, snap_point
from studio.tools.tool import NO_OVERLAY, Cursor, Outline, Overlay, PointerEvent, ToolContext

HANDLE_SCREEN_PX = 9.0
STALK_SCREEN_PX = 26.0
"""How far the handle for turning stands above the upper edge."""

ANGLE_STEP = math.pi / 12
MIN_SIDE_PX = 1.0


class _Drag(NamedTuple):
    """grip: None turns. matrix: at the press."""

    grip: Grip | None
    start: Point
    matrix: Matrix


class TransformTool:
    """Drag inside to move, a handle to scale, outside to turn. Shift keeps the proportions, steps the angle by 15
    degrees and keeps a move straight; Alt scales about the middle; Ctrl skews by a side and pulls one corner alone.

    It goes on until it is kept (Enter, or any other work) or given up (Esc); then the pixels are resampled once.
    """

    id = "transform"
    label = "Transform"
    keeps_when_left = True

    def __init__(self, context: ToolContext) -> None:
        self.context = context
        self._floating: Floating | None = None
        self._drag: _Drag | None = None
        self._hovered: Grip | None = None
        self._lines: tuple[Outline, ...] = ()
        self._bounds: tuple[object, Rect] | None = None

    @property
    def is_drawing(self) -> bool:
        return self._floating is not None and not self._floating.is_kept

    # Gestures -------------------------------------------------------------------------------------------------

    def press(self, event: PointerEvent) -> None:
        if self._drag is not None or event.right_button:
            return
        floating = self._begun()
        if floating is not None:
            grip = self._grip_at(event.position, floating.rect, floating.matrix)
            self._drag = _Drag(grip, event.position, floating.matrix)

    def move(self, events: Sequence[PointerEvent]) -> None:
        if self._drag is not None and self._floating is not None and events:
            self._follow(self._floating, self._drag, events[-1])

    def release(self, event: PointerEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is not None and self._floating is not None:
            self._follow(self._floating, drag, event)
            self._lines = ()
            self._settle(self._floating)

    def finish(self) -> None:
        self._drag = None
        if self._floating is not None:
            self._choose_quality(self._floating)
            self._floating.keep()
        self._tell_numbers()

    def step_back(self) -> None:
        """As it was before anything was changed."""
        if self._floating is not None:
            self._turn_to(self._floating, IDENTITY)
            self._settle(self._floating)

    def cancel(self) -> None:
        self._drag = None
        self._lines = ()
        if self._floating is not None:
            self._floating.drop()

    def hover(self, event: PointerEvent) -> None:
        rect, matrix = self._box()
        self._hovered = None if rect.is_empty else self._grip_at(event.position, rect, matrix)
        self._tell_numbers()

    def enter(self, name: str, value: float) -> None:
        floating = self._begun()
        if floating is None or self._drag is not None:
            return
        matrix, rect = floating.matrix, floating.rect
        if name in ("width", "height"):
            scale = max(abs(value), 0.1) / 100
            wide, high = local_scales(matrix, rect)
            sx, sy = (scale / wide, 1.0) if name == "width" else (1.0, scale / high)
            matrix = matrix @ scaling(sx, sy, rect.center)
        elif name == "angle":
            turn = math.radians(value) - _angle(matrix, rect)
            matrix = rotation(turn, mapped(matrix, rect.center)) @ matrix
        else:
            left, top, _, _ = mapped_box(matrix, rect)
            dx, dy = (value - left, 0.0) if name == "x" else (0.0, value - top)
            matrix = translation(dx, dy) @ matrix
        self._turn_to(floating, matrix)
        self._settle(floating)

    # Appearance -----------------------------------------------------------------------------------------------

    def overlay(self) -> Overlay:
        rect, matrix = self._box()
        if rect.is_empty:
            return NO_OVERLAY
        picture = None if self._floating is None else self._floating.picture
        if self._floating is not None and self._floating.is_kept:
            return Overlay(picture=picture)
        corners = mapped_corners(matrix, rect)
        handles = [mapped(matrix, _place(rect, grip)) for grip in GRIPS]
        stalk = self._stalk(rect, matrix)
        lines = (Outline(corners, True), Outline((handles[4], stalk), False), *self._lines)
        return Overlay(outlines=lines, handles=(*handles, stalk), picture=picture)

    def cursor(self) -> Cursor:
        if self._floating is None and move_refusal(self.context.document) is not None:
            return "forbidden"
        grip = self._drag.grip if self._drag is not None else self._hovered
        if grip is None:
            return "cross"
        if grip == WHOLE:
            return "move"
        rect, matrix = self._box()
        middle, place = mapped(matrix, rect.center), mapped(matrix, _place(rect, grip))
        return _cursor_towards(place.x - middle.x, place.y - middle.y)

    # Inside ---------------------------------------------------------------------------------------------------

    def _begun(self) -> Floating | None:
        """The open transform, or a new one; None where there is nothing to transform."""
        if self.is_drawing:
            return self._floating
        self.context.history.settle()
        layer = movable_layer(self.context.document)
        rect, _ = self._box()
        if rect.is_empty:
            self.context.tell(NOTHING_THERE.format(name=layer.properties.name))
            return None
        floating = Floating(self.context, self.label, layer, rect, closed=lambda: self._forget(floating))
        self._choose_quality(floating)
        self._floating = floating
        return floating

    def _forget(self, floating: Floating) -> None:
        if self._floating is floating:
            self._floating = self._drag = None
            self._lines = ()
            self._tell_numbers()

    def _box(self) -> tuple[Rect, Matrix]:
        """What is or would be transformed, and how far it has come."""
        if self._floating is not None:
            return self._floating.rect, self._floating.matrix
        document, history = self.context.document, self.context.history
        key = (document.active_layer_id, history.state)
        if self._bounds is None or self._bounds[0] != key:
            layer = document.active_layer
            is_free = layer is not None and move_refusal(document) is None
            rect = liftable_rect(document, layer) if layer is not None and is_free else Rect(0, 0, 0, 0)
            self._bounds = (key, rect)
        return self._bounds[1], IDENTITY

    def _turn_to(self, floating: Floating, matrix: Matrix) -> None:
        floating.matrix = matrix
        floating.follow()
        self._tell_numbers()

    def _settle(self, floating: Floating) -> None:
        self._choose_quality(floating)
        floating.settle()

    def _choose_quality(self, floating: Floating) -> None:
        is_sharp = self.context.settings.choice(self.id, "quality") == "sharp"
        floating.quality = "sharp" if is_sharp else "smooth"

    def _tell_numbers(self) -> None:
        rect, matrix = self._box()
        values: dict[str, float] = {}
        if not rect.is_empty:
            left, top, _, _ = mapped_box(matrix, rect)
            wide, high = local_scales(matrix, rect)
            angle = math.degrees(_angle(matrix, rect))
            values = {"x": left, "y": top, "width": wide * 100, "height": high * 100, "angle": angle}
        self.context.settings.adjusting.show(values, is_open=self.is_drawing)

    def _stalk(self, rect: Rect, matrix: Matrix) -> Point:
        """Where the handle for turning stands."""
        middle, top = mapped(matrix, rect.center), mapped(matrix, _place(rect, Grip(0, -1)))
        length = max(middle.distance_to(top), 1e-6)
        reach = STALK_SCREEN_PX / self.context.zoom / length
        return Point(top.x + (top.x - middle.x) * reach, top.y + (top.y - middle.y) * reach)

    def _grip_at(self, position: Point, rect: Rect, matrix: Matrix) -> Grip | None:
        reach = HANDLE_SCREEN_PX / self.context.zoom
        if self._stalk(rect, matrix).distance_to(position) <= reach:
            return None
        for grip in GRIPS:
            if mapped(matrix, _place(rect, grip)).distance_to(position) <= reach:
                return grip
        return WHOLE if _is_inside(position, mapped_corners(matrix, rect)) else None

    def _follow(self, floating: Floating, drag: _Drag, event: PointerEvent) -> None:
        self._lines = ()
        if drag.grip is None:
            matrix: Matrix | None = self._turned(floating.rect, drag, event)
        elif drag.grip == WHOLE:
            matrix = self._moved(floating.rect, drag, event)
        else:
            matrix = self._pulled(floating.rect, drag, drag.grip, event)
        if matrix is not None:
            self._turn_to(floating, matrix)

    def _turned(self, rect: Rect, drag: _Drag, event: PointerEvent) -> Matrix:
        center = mapped(drag.matrix, rect.center)
        turn = math.atan2(event.position.y - center.y, event.position.x - center.x) - math.atan2(
            drag.start.y - center.y, drag.start.x - center.x
        )
        if event.shift:
            before = _angle(drag.matrix, rect)
            turn = round((before + turn) / ANGLE_STEP) * ANGLE_STEP - before
        return rotation(turn, center) @ drag.matrix

    def _moved(self, rect: Rect, drag: _Drag, event: PointerEvent) -> Matrix:
        dx, dy = event.position.x - drag.start.x, event.position.y - drag.start.y
        if event.shift:
            dx, dy = (dx, 0.0) if abs(dx) >= abs(dy) else (0.0, dy)
        if not event.ctrl:
            box = mapped_box(translation(dx, dy) @ drag.matrix, rect)
            snap, self._lines = snap_box(self.context, box)
            dx, dy = dx + snap.x, dy + snap.y
        if whole_shift(drag.matrix) is not None:
            dx, dy = round(dx), round(dy)  # what was only moved is not resampled
        return translation(dx, dy) @ drag.matrix

    def _pulled(self, rect: Rect, drag: _Drag, grip: Grip, event: PointerEvent) -> Matrix | None:
        """None where the shape would fold over: the last one stays."""
        mode = self.context.settings.choice(self.id, "mode")
        is_corner = bool(grip.across and grip.down)
        place = _place(rect, grip)
        before = mapped(drag.matrix, place)
        after = Point(before.x + event.position.x - drag.start.x, before.y + event.position.y - drag.start.y)
        if not event.ctrl:
            after, self._lines = snap_point(self.context, after)
        if is_corner and (event.ctrl or mode == "perspective"):
            corners = list(mapped_corners(drag.matrix, rect))
            corners[GRIPS.index(grip)] = after
            return from_corners(rect, corners)
        target = mapped(inverse(drag.matrix), after)
        anchor = (
            rect.center if event.alt else _place(rect, Grip(_opposite(grip.across), _opposite(grip.down)))
        )
        if not is_corner and (event.ctrl or mode == "skew"):
            if grip.across:
                return drag.matrix @ shearing(0.0, (target.y - place.y) / (place.x - anchor.x), anchor)
            return drag.matrix @ shearing((target.x - place.x) / (place.y - anchor.y), 0.0, anchor)
        sx = (target.x - anchor.x) / (place.x - anchor.x) if grip.across else 1.0
        sy = (target.y - anchor.y) / (place.y - anchor.y) if grip.down else 1.0
        if event.shift:
            sx = sy = _proportional(place, anchor, target) if is_corner else sx if grip.across else sy
        return drag.matrix @ scaling(_kept(sx, rect.width), _kept(sy, rect.height), anchor)


def _place(rect: Rect, grip: Grip) -> Point:
    return Point(rect.x + rect.width * (grip.across + 1) / 2, rect.y + rect.height * (grip.down + 1) / 2)


def _opposite(side: Side) -> Side:
    return 1 if side < 0 else -1 if side > 0 else 0


def _proportional(place: Point, anchor: Point, target: Point) -> float:
    """How far along the diagonal the target lies."""
    x, y = place.x - anchor.x, place.y - anchor.y
    return ((target.x - anchor.x) * x + (target.y - anchor.y) * y) / (x * x + y * y)


def _kept(scale: float, side_px: int) -> float:
    """Never so small that nothing would be left; below zero it is mirrored."""
    least = MIN_SIDE_PX / max(side_px, 1)
    return math.copysign(max(abs(scale), least), scale)


def _angle(matrix: Matrix, rect: Rect) -> float:
    """How far the upper side's direction is turned, radians."""
    center = rect.center
    start, end = mapped(matrix, center), mapped(matrix, Point(center.x + 1, center.y))
    return math.atan2(end.y - start.y, end.x - start.x)


def _is_inside(position: Point, corners: Sequence[Point]) -> bool:
    """Of a convex shape, whichever way round its corners go."""
    sides = [
        (b.x - a.x) * (position.y - a.y) - (b.y - a.y) * (position.x - a.x)
        for a, b in zip(corners, (*corners[1:], corners[0]), strict=True)
    ]
    return all(side >= 0 for side in sides) or all(side <= 0 for side in sides)


def _cursor_towards(dx: float, dy: float) -> Cursor:
    eighth = round(math.atan2(dy, dx) / (math.pi / 4)) % 4
    cursors: tuple[Cursor, ...] = ("size_horizontal", "size_falling", "size_vertical", "size_rising")
    return cursors[eighth]
