"""Brush, eraser and their twins for the mask: one stroke of coverage, committed once per batch of events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from studio.brushes.brush import BRUSHES, Brush
from studio.brushes.stroke import Stroke, StrokePoint
from studio.core.errors import DocumentError
from studio.core.geometry import EMPTY, Point
from studio.document.changes import Target
from studio.document.history import Transaction
from studio.document.paintable import paint_refusal
from studio.document.pixels import RGB, TILE_PX, UInt8Array, erase, over_color, over_mask
from studio.document.surface import empty_tile, tile_rect
from studio.tools.tool import Circle, Cursor, Overlay, PointerEvent, ToolContext

Blend = Callable[[UInt8Array, UInt8Array], UInt8Array]
"""(pixels before the stroke, its coverage) to the pixels now, a fresh array."""


@dataclass(frozen=True, kw_only=True)
class PaintKind:
    """step_label, erasing_label: what the history calls a stroke. erases: always, not only with the pen's eraser
    end. size_by_pressure, opacity_by_pressure: see `Brush`."""

    id: str
    label: str
    step_label: str
    erasing_label: str
    paints_mask: bool
    erases: bool
    size_by_pressure: float
    opacity_by_pressure: float


BRUSH = PaintKind(
    id="brush",
    label="Brush",
    step_label="Brush Stroke",
    erasing_label="Erase",
    paints_mask=False,
    erases=False,
    size_by_pressure=0.6,
    opacity_by_pressure=0.6,
)
ERASER = replace(BRUSH, id="eraser", label="Eraser", step_label="Erase", erases=True)
MASK_BRUSH = PaintKind(
    id="mask_brush",
    label="Mask Brush",
    step_label="Paint Mask",
    erasing_label="Erase Mask",
    paints_mask=True,
    erases=False,
    size_by_pressure=0.5,
    opacity_by_pressure=0.0,
)
MASK_ERASER = replace(MASK_BRUSH, id="mask_eraser", label="Mask Eraser", step_label="Erase Mask", erases=True)


@dataclass(frozen=True, kw_only=True)
class _Gesture:
    """One open stroke."""

    transaction: Transaction
    target: Target
    stroke: Stroke
    blend: Blend
    erases: bool


class PaintTool:
    """Shift draws a straight line from the end of the last stroke; on the mask, Ctrl or the right button erases.

    The tiles are drawn afresh from their state before the stroke, so opacity is the stroke's, not the dab's.
    """

    def __init__(self, kind: PaintKind, context: ToolContext) -> None:
        self.id = kind.id
        self.label = kind.label
        self._kind = kind
        self.context = context
        self._dabs = BRUSHES["round"]()
        self._gesture: _Gesture | None = None
        self._pointer: Point | None = None
        self._stroke_end: Point | None = None
        self._stroke_end_before: Point | None = None

    def press(self, event: PointerEvent) -> None:
        self._pointer = event.position
        if self._gesture is not None or (event.right_button and not self._kind.paints_mask):
            return
        gesture = self._gesture = self._begun(event)
        points = [_stroke_point(event)]
        if event.shift and self._stroke_end is not None:
            points.insert(0, StrokePoint(*self._stroke_end, event.pressure))
        self._stroke_end_before, self._stroke_end = self._stroke_end, event.position
        self._draw(gesture, points)

    def move(self, events: Sequence[PointerEvent]) -> None:
        if not events:
            return
        self._pointer = events[-1].position
        gesture = self._running()
        if gesture is not None:
            self._stroke_end = events[-1].position
            self._draw(gesture, [_stroke_point(event) for event in events])

    def release(self, event: PointerEvent) -> None:
        self._pointer = event.position
        gesture = self._running()
        self._gesture = None
        if gesture is not None:
            # A pen leaves with no pressure: the end of the line is where it last had some.
            if event.pressure > 0:
                self._draw(gesture, [_stroke_point(event)])
            self._stroke_end = event.position
            gesture.transaction.commit()

    def cancel(self) -> None:
        gesture = self._running()
        self._gesture = None
        if gesture is not None:
            self._stroke_end = self._stroke_end_before
            gesture.transaction.cancel()

    def hover(self, event: PointerEvent) -> None:
        self._pointer = event.position

    def overlay(self) -> Overlay:
        if self._pointer is None:
            return Overlay()
        radius = self.context.settings.values_of(self.id).size_px / 2
        return Overlay(circles=(Circle(self._pointer, radius),))

    def cursor(self) -> Cursor:
        return "cross" if self._refusal() is None else "forbidden"

    def _running(self) -> _Gesture | None:
        """None once an undo or another edit has ended the transaction under the pen."""
        gesture = self._gesture
        return gesture if gesture is not None and gesture.transaction.is_open else None

    def _refusal(self) -> DocumentError | None:
        return None if self._kind.paints_mask else paint_refusal(self.context.document)

    def _begun(self, event: PointerEvent) -> _Gesture:
        context, kind = self.context, self._kind
        refusal = self._refusal()
        if refusal is not None:
            raise refusal
        document = context.document
        on_mask = kind.paints_mask or document.active_layer_id is None
        erases = kind.erases or event.is_eraser or (on_mask and (event.ctrl or event.right_button))
        values = context.settings.values_of(self.id)
        brush = Brush(
            size_px=values.size_px,
            hardness=values.hardness,
            size_by_pressure=kind.size_by_pressure,
            opacity_by_pressure=kind.opacity_by_pressure,
        )
        return _Gesture(
            transaction=context.history.transaction(kind.erasing_label if erases else kind.step_label),
            target=Target.SELECTION if on_mask else Target("pixels", document.active_layer_id),
            stroke=Stroke(
                brush, self._dabs, clip=document.canvas.united(context.get_frame()), tile_px=TILE_PX
            ),
            blend=_blend(erases, on_mask, values.opacity, context.settings.color),
            erases=erases,
        )

    def _draw(self, gesture: _Gesture, points: Sequence[StrokePoint]) -> None:
        """Advances the stroke and commits what changed, with one notice to the watchers."""
        transaction, target, stroke = gesture.transaction, gesture.target, gesture.stroke
        touched = EMPTY
        for key, changed in stroke.advance(points).items():
            before = transaction.before_tile(target, key)
            if before is None:
                if gesture.erases:
                    continue
                before = empty_tile(4 if target.layer_id else 1)
            part = changed.slices_in(tile_rect(key))
            tile = transaction.edit_tile(target, key)
            tile[part] = gesture.blend(before[part], stroke.coverage[key][part])
            touched = touched.united(changed)
        transaction.touch(target, touched)


def _blend(erases: bool, on_mask: bool, opacity: float, color: RGB) -> Blend:
    if erases:
        return lambda before, coverage: erase(before, coverage, opacity)
    if on_mask:
        return lambda before, coverage: over_mask(before, coverage, opacity)
    return lambda before, coverage: over_color(before, coverage, color, opacity)


def _stroke_point(event: PointerEvent) -> StrokePoint:
    return StrokePoint(event.position.x, event.position.y, event.pressure)
