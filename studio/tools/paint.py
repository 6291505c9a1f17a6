"""Brush, eraser and their twins for the mask; the gesture that all tools with a brush share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from studio.brushes.brush import Brush
from studio.brushes.dab import DabMaker
from studio.brushes.ink import Laying
from studio.brushes.smoothing import StrokePoint
from studio.brushes.stroke import Stroke
from studio.brushes.symmetry import Symmetry
from studio.brushes.tips import make_dabs
from studio.core.errors import DocumentError
from studio.core.geometry import Point, Rect
from studio.document.changes import Target
from studio.document.paintable import keeps_alpha, paint_refusal, paint_target
from studio.document.pixels import TILE_PX
from studio.tools.painting import Blend, Painting, paint_blend, stroke_point
from studio.tools.sizing import Sizing
from studio.tools.straight import Straight
from studio.tools.tool import Circle, Cursor, Outline, Overlay, PointerEvent, ToolContext

HANDLE_REACH_PX = 9.0
OUTLINE_POINTS = 48
MOST_MAKERS = 4
"""Each keeps up to 48 MiB of dabs."""


@dataclass(frozen=True, kw_only=True)
class PaintKind:
    """step_label, erasing_label: what the history calls a stroke. erases: always, not only with the pen's eraser
    end."""

    id: str
    label: str
    step_label: str
    erasing_label: str
    paints_mask: bool
    erases: bool


BRUSH = PaintKind(
    id="brush",
    label="Brush",
    step_label="Brush stroke",
    erasing_label="Erase",
    paints_mask=False,
    erases=False,
)
ERASER = replace(BRUSH, id="eraser", label="Eraser", step_label="Erase", erases=True)
MASK_BRUSH = PaintKind(
    id="mask_brush",
    label="Mask Brush",
    step_label="Paint mask",
    erasing_label="Erase mask",
    paints_mask=True,
    erases=False,
)
MASK_ERASER = replace(MASK_BRUSH, id="mask_eraser", label="Mask Eraser", step_label="Erase mask", erases=True)


class PaintTool:
    """Shift draws a straight line from the end of the last stroke, and keeps a running one to steps of 15 degrees; on
    the mask, Ctrl or the right button erases. Ctrl+Alt and a drag size the brush. The centre of symmetry can be dragged.
    """

    def __init__(self, kind: PaintKind, context: ToolContext) -> None:
        self.id = kind.id
        self.label = kind.label
        self._kind = kind
        self.context = context
        self._painting: Painting | None = None
        self._pointer: Point | None = None
        self._last: PointerEvent | None = None
        self._straight: Straight | None = None
        self._shows_line = False
        self._stroke_end: Point | None = None
        self._stroke_end_before: Point | None = None
        self._stroke_count = 0
        self._symmetry_before: Symmetry | None = None
        self._sizing: Sizing | None = None

    def press(self, event: PointerEvent) -> None:
        self._pointer = event.position
        if self._painting is not None or self._symmetry_before is not None or self._sizing is not None:
            return
        if event.ctrl and event.alt:
            self._sizing = Sizing(self._brush(), event.position, event.on_screen)
            return
        if event.right_button and not self._kind.paints_mask:
            return
        if self._is_on_handle(event.position):
            self._symmetry_before = self._symmetry
            return
        painting = self._painting = self._begun(event)
        points = [stroke_point(event)]
        if event.shift and self._stroke_end is not None:
            points.insert(0, points[0]._replace(x=self._stroke_end.x, y=self._stroke_end.y))
        self._stroke_end_before, self._stroke_end = self._stroke_end, event.position
        self._straight = None
        self._last = event
        painting.draw(points)

    def move(self, events: Sequence[PointerEvent]) -> None:
        if not events:
            return
        self._pointer = events[-1].position
        if self._sizing is not None:
            self.context.settings.set_brush(self.id, self._sizing.sized(events[-1].on_screen))
            return
        if self._symmetry_before is not None:
            self._move_symmetry(events[-1].position)
            return
        painting = self._running()
        if painting is not None:
            painting.draw([self._followed(event) for event in events])

    def release(self, event: PointerEvent) -> None:
        self._pointer = event.position
        self._symmetry_before = self._sizing = None
        painting = self._running()
        self._painting = None
        if painting is not None:
            # A pen leaves with no pressure: the end of the line is where it last had some.
            painting.finish(self._followed(event) if event.pressure > 0 else None)
            self._finished(painting)
            painting.transaction.commit()
            if painting.is_kept_out():
                raise DocumentError(
                    "The stroke lies outside the mask.",
                    remedy="Clear the mask, or untick “Inside the mask” over the canvas.",
                )

    def cancel(self) -> None:
        painting = self._running()
        self._painting = None
        if self._sizing is not None:
            self.context.settings.set_brush(self.id, self._sizing.brush)
            self._sizing = None
        if self._symmetry_before is not None:
            self.context.settings.symmetry = self._symmetry_before
            self._symmetry_before = None
        if painting is not None:
            self._stroke_end = self._stroke_end_before
            painting.transaction.cancel()

    def hover(self, event: PointerEvent) -> None:
        self._pointer = event.position
        self._shows_line = event.shift

    def overlay(self) -> Overlay:
        symmetry = self._symmetry
        handles = () if symmetry.kind == "none" else (Point(symmetry.x, symmetry.y),)
        guides = _guides(symmetry, self._clip())
        pointer = self._pointer if self._sizing is None else self._sizing.center
        if pointer is None:
            return Overlay(handles=handles, guides=guides)
        brush = self._brush()
        radius = brush.size_px / 2
        copies = symmetry.copies(*pointer, brush.angle_deg)
        if brush.roundness < 1.0 and not brush.is_pixel:
            outlines = tuple(_oval(copy.x, copy.y, radius, brush.roundness, copy.turn_deg) for copy in copies)
            outlines = (*outlines, *self._line())
            return Overlay(outlines=outlines, handles=handles, guides=guides, follows_pointer=True)
        circles = tuple(Circle(Point(copy.x, copy.y), radius) for copy in copies)
        return Overlay(
            circles=circles, outlines=self._line(), handles=handles, guides=guides, follows_pointer=True
        )

    def cursor(self) -> Cursor:
        if self._sizing is not None:
            return "size_horizontal"
        if self._symmetry_before is not None or self._is_on_handle(self._pointer):
            return "move"
        return "cross" if self._refusal() is None else "forbidden"

    # What other tools with a brush do otherwise -----------------------------------------------------------------

    def _blend_for(self, brush: Brush, target: Target, *, erases: bool) -> Blend:
        return paint_blend(erases, target, brush.opacity, self.context.settings.color)

    def _needs_pixels(self, *, erases: bool) -> bool:
        """There is nothing to change where there is nothing."""
        return erases

    def _may_erase(self, event: PointerEvent) -> bool:
        kind = self._kind
        if kind.erases or event.is_eraser:
            return True
        if self._is_on_mask:
            return event.ctrl or event.right_button
        return kind.id == "brush" and self.context.settings.is_erasing

    def _ink_for(self, brush: Brush, target: Target) -> Laying | None:
        """What dabs are laid on; None: coverage."""
        return None

    def _stroke_brush(self, brush: Brush) -> Brush:
        """The brush a stroke is drawn with."""
        return brush

    def _finished(self, painting: Painting) -> None:
        """The line is complete, its history step not yet."""

    # Inside ---------------------------------------------------------------------------------------------------

    def _running(self) -> Painting | None:
        """None once an undo or another edit has ended the transaction under the pen."""
        painting = self._painting
        return painting if painting is not None and painting.transaction.is_open else None

    def _refusal(self) -> DocumentError | None:
        if self._kind.paints_mask:
            return None
        return paint_refusal(self.context.document, erases=self._kind.erases)

    @property
    def _is_on_mask(self) -> bool:
        return self._kind.paints_mask

    @property
    def _symmetry(self) -> Symmetry:
        return self.context.settings.symmetry

    def _brush(self) -> Brush:
        return self.context.settings.brush_of(self.id)

    def _clip(self) -> Rect:
        return self.context.document.canvas.united(self.context.get_frame())

    def _dabs(self, brush: Brush) -> DabMaker:
        """Kept from stroke to stroke, with all the dabs it made, and shared by the tools."""
        makers, key = self.context.dab_makers, (brush.tip, brush.is_pixel)
        maker = makers.pop(key, None)
        maker = makers[key] = make_dabs(brush) if maker is None else maker
        while len(makers) > MOST_MAKERS:
            del makers[next(iter(makers))]
        return maker

    def _begun(self, event: PointerEvent) -> Painting:
        context, kind, document = self.context, self._kind, self.context.document
        erases = self._may_erase(event)
        target = Target.SELECTION if self._is_on_mask else paint_target(document, erases=erases)
        brush = self._brush()
        ink = self._ink_for(brush, target)
        blend = self._blend_for(brush, target, erases=erases)
        self._stroke_count += 1
        return Painting(
            transaction=context.history.transaction(kind.erasing_label if erases else kind.step_label),
            document=document,
            target=target,
            stroke=Stroke(
                self._stroke_brush(brush),
                self._dabs(brush),
                clip=self._clip(),
                tile_px=TILE_PX,
                seed=self._stroke_count,
                screen_scale=context.zoom,
                symmetry=self._symmetry,
                ink=ink,
            ),
            blend=blend,
            needs_pixels=self._needs_pixels(erases=erases),
            keeps_alpha=keeps_alpha(document, target),
            keeps_to_mask=not kind.paints_mask and context.settings.flag(self.id, "inside_mask"),
        )

    def _followed(self, event: PointerEvent) -> StrokePoint:
        """A point of the running stroke, on a straight line while Shift is held."""
        last, self._last = self._last, event
        point = stroke_point(event)
        position = event.position
        if not event.shift:
            self._straight = None
        else:
            if self._straight is None and last is not None:
                self._straight = Straight(self._stroke_end or last.position, self.context.zoom)
            if self._straight is not None:
                position = self._straight.constrained(position)
        self._stroke_end = position
        return point._replace(x=position.x, y=position.y)

    def _is_on_handle(self, position: Point | None) -> bool:
        symmetry = self._symmetry
        if symmetry.kind == "none" or position is None:
            return False
        return position.distance_to(Point(symmetry.x, symmetry.y)) * self.context.zoom <= HANDLE_REACH_PX

    def _line(self) -> tuple[Outline, ...]:
        """What a click with Shift would draw."""
        if (
            not self._shows_line
            or self._painting is not None
            or self._stroke_end is None
            or self._pointer is None
        ):
            return ()
        return (Outline(((*self._stroke_end,), (*self._pointer,)), is_closed=False),)

    def _move_symmetry(self, position: Point) -> None:
        if math.isfinite(position.x) and math.isfinite(position.y):
            self.context.settings.symmetry = self._symmetry.with_center(position.x, position.y)


def _guides(symmetry: Symmetry, area: Rect) -> tuple[Outline, ...]:
    """The axes, as far as there is anything to paint on."""
    x, y = symmetry.x, symmetry.y
    upright = Outline(((x, float(area.y)), (x, float(area.bottom))), is_closed=False)
    level = Outline(((float(area.x), y), (float(area.right), y)), is_closed=False)
    match symmetry.kind:
        case "none":
            return ()
        case "vertical":
            return (upright,)
        case "horizontal":
            return (level,)
        case "both":
            return (upright, level)
        case "radial":
            reach = max(area.width, area.height) / 2
            angles = (2 * math.pi * step / symmetry.turns - math.pi / 2 for step in range(symmetry.turns))
            return tuple(
                Outline(((x, y), (x + math.cos(a) * reach, y + math.sin(a) * reach)), is_closed=False)
                for a in angles
            )


def _oval(x: float, y: float, radius: float, roundness: float, turn_deg: float) -> Outline:
    cosine, sine = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    points = []
    for step in range(OUTLINE_POINTS):
        angle = 2 * math.pi * step / OUTLINE_POINTS
        along, across = radius * math.cos(angle), radius * roundness * math.sin(angle)
        points.append((x + along * cosine - across * sine, y + along * sine + across * cosine))
    return Outline(tuple(points), is_closed=True)
