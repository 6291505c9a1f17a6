"""Everything that is drawn, from the surround to the brush outline, and which pixels of it are out of date."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QRegion

from studio.core.events import Event
from studio.core.geometry import EMPTY, Rect, Size
from studio.document.changes import (
    CanvasChanged,
    Change,
    GuidesChanged,
    LayerAdded,
    LayerChanged,
    LayerMoved,
    LayerRemoved,
    MaskShown,
    SavedMasksChanged,
    TilesChanged,
)
from studio.document.document import Document
from studio.document.operations import reach
from studio.generation.request import UInt8Array
from studio.tools.tool import NO_OVERLAY, Outline, Overlay
from studio.ui.canvas.colors import DARK_COLORS, CanvasColors
from studio.ui.canvas.forecast_overlay import ForecastOverlay
from studio.ui.canvas.guide_lines import GuideLines
from studio.ui.canvas.mask_overlay import MaskOverlay
from studio.ui.canvas.model import CanvasModel
from studio.ui.canvas.overlays import Decorations
from studio.ui.canvas.projection import Projection
from studio.ui.canvas.region_overlay import RegionOverlay
from studio.ui.canvas.regions import qrect, rect_of
from studio.ui.canvas.result_overlay import ResultOverlay
from studio.ui.canvas.tile_cache import COARSEST_PX, PictureCache, level_for
from studio.ui.canvas.viewport import CRISP_FROM_ZOOM, Viewport

NOTE_WIDTH_PX = 400
"""More than any note beside a small context takes, device pixels."""

RENEW_BUDGET_S = 0.008
MOVING_BUDGET_S = 0.003
"""Time for compositing in one paint, at rest and while the view moves; what is left follows in the next turns of the event
loop."""

GRID_FROM_ZOOM = 8.0

HINT = (
    "Type a prompt and press Ctrl+Enter",
    "or draw a scene to paint over: Ctrl+Shift+D",
    "or drop a picture here",
)
DROP_TEXT = "Drop to open the picture"


class Scene:
    """Belongs to one view. Rectangles of `damaged` and all drawing are in device pixels.

    damaged: what must be painted again. tool_overlay: what the active tool wants to be drawn.
    is_moving: the view is being moved. is_level: it is not turned, or by quarters. has_composited: the last paints had pixels to work out first, their time says
    nothing about drawing.
    """

    _own: Projection
    _projection: Projection
    _picture: PictureCache

    def __init__(self, model: CanvasModel, font: QFont) -> None:
        self.damaged: Event[Rect] = Event()
        self.viewport = Viewport(size=Size(1, 1))
        self.is_smooth = True
        self.is_moving = False
        self.is_level = True
        self.has_pixel_grid = False
        self.is_frame_tool = False
        self.is_drop_target = False
        self.has_focus_outline = False
        self.is_hand_down = False
        self.is_mask_hidden = False
        self.lines = GuideLines()
        self.regions = RegionOverlay()
        self.has_composited = False
        self._guides: tuple[Outline, ...] = ()
        self.tool_overlay: Callable[[], Overlay] = lambda: NO_OVERLAY
        self.results = ResultOverlay(model.results)
        self._model = model
        self._font = font
        self._colors = DARK_COLORS
        self._decorations = Decorations(self._colors, 1.0, font)
        self._mask = MaskOverlay(self._colors.mask, model.document.selection)
        self._forecast = ForecastOverlay(model.forecasts)
        self._forecast_drawn = EMPTY
        self._has_hint = False
        self._is_behind = False
        self._unsubscribe: list[Callable[[], None]] = []
        self._unsubscribe_document: list[Callable[[], None]] = []
        self._unsubscribe.append(model.document_replaced.subscribe(self._on_document_replaced))
        self._unsubscribe.append(model.frame_changed.subscribe(lambda _: self._damage_all()))
        for event in (model.forecasts.changed, model.forecasts.context_changed):
            self._unsubscribe.append(event.subscribe(lambda _: self._follow_forecast()))
        self._on_document_replaced(model.document)
        self.results.follow()

    def close(self) -> None:
        """Lets go of the model."""
        for unsubscribe in (*self._unsubscribe, *self._unsubscribe_document):
            unsubscribe()

    # State ----------------------------------------------------------------------------------------------------

    @property
    def colors(self) -> CanvasColors:
        return self._colors

    def set_colors(self, colors: CanvasColors) -> None:
        self._colors = colors
        self._decorations = Decorations(colors, self._decorations.scale, self._font)
        self._mask.set_color(colors.mask)
        self._damage_all()

    def set_scale(self, scale: float) -> None:
        """Device pixels per logical pixel."""
        if scale != self._decorations.scale:
            self._decorations = Decorations(self._colors, scale, self._font)
            self._mask.set_scale(scale)
            self._damage_all()

    def follow_results(self) -> None:
        """Shows what generation has brought by now."""
        before, key_before = self.results.touched_rect, self.results.key
        self.results.follow()
        after, key = self.results.touched_rect, self.results.key
        # A result is judged without colour over it; the tint returns when the mask is worked on.
        if key != key_before and self._mask.set_tinted(key is None or self.is_hand_down):
            self._damage_all()
        margin = self._decorations.note_margin_px()
        for rect in {before, after}:
            self._damage(rect, margin_px=margin)
        self._follow_forecast()
        self._update_hint()

    def set_results_hidden(self, is_hidden: bool) -> None:
        if is_hidden != self.results.is_hidden:
            self.results.is_hidden = is_hidden
            self._damage(self.results.touched_rect, margin_px=self._decorations.note_margin_px())

    @property
    def is_behind(self) -> bool:
        """Some visible part of the picture is still to be composited."""
        return self._is_behind

    @property
    def is_rough(self) -> bool:
        """Some visible part of the picture is shown by a stand-in: see `PictureCache`."""
        return self._picture.is_rough(level_for(self.viewport.zoom), self._visible)

    def improve(self, budget_s: float) -> bool:
        """For when nothing else is to be done: exact pixels for those that were quick, then what the next stroke will
        need. Returns whether something is left."""
        level, visible = level_for(self.viewport.zoom), self._visible
        if self.is_rough:
            self._damage(self._picture.refine(level, visible, budget_s=budget_s))
            return True
        return self._projection.improve(visible, budget_s=budget_s)

    @property
    def has_mask(self) -> bool:
        return self._mask.is_shown and not self.is_mask_hidden

    def march(self) -> QRegion:
        return self._mask.advance()

    def tool_bounds(self, overlay: Overlay) -> tuple[Rect, ...]:
        """What must be painted when the tool's overlay becomes this one, beside what it covered before."""
        if overlay.guides != self._guides:
            self._guides = overlay.guides
            return (self.viewport.bounds,)
        return self._decorations.tool_bounds(overlay, self.viewport)

    def mask_bounds(self) -> Rect:
        """Canvas pixels; EMPTY when nothing is masked."""
        return self._model.document.selection.bounds()

    # Drawing --------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, exposed: QRect) -> None:
        """painter: in device pixels, clipped to at most `exposed`."""
        viewport, document, frame = self.viewport, self._model.document, self._model.frame
        canvas_box = qrect(viewport.snapped_rect(document.canvas))
        frame_box = qrect(viewport.snapped_rect(frame))
        decorations = self._decorations
        decorations.draw_surround(painter, exposed, canvas_box)
        decorations.draw_outpaint(painter, exposed, frame_box, canvas_box)
        if canvas_box.intersects(exposed):
            self._paint_picture(painter, exposed, canvas_box)
        if not self.results.lies_below:
            self._paint_result(painter, exposed)
        elif not canvas_box.contains(exposed):
            painter.save()
            painter.setClipRegion(QRegion(exposed) - QRegion(canvas_box), Qt.ClipOperation.IntersectClip)
            self._paint_result(painter, exposed)
            painter.restore()
        # A result that goes on beyond the edge is judged without a line between.
        goes_on = self.results.shown is not None and self.results.lies_below
        if not goes_on and not canvas_box.adjusted(1, 1, -1, -1).contains(exposed):
            decorations.draw_canvas_edge(painter, canvas_box)
        if self.has_pixel_grid and viewport.zoom >= GRID_FROM_ZOOM and canvas_box.intersects(exposed):
            decorations.draw_pixel_grid(painter, exposed & canvas_box, viewport)
        decorations.draw_dimming(painter, exposed, frame_box, canvas_box)
        if not self.is_mask_hidden:
            self._mask.draw(painter, viewport, exposed)
        self._paint_annotations(painter, exposed, canvas_box, frame_box)

    def paint_over(self, painter: QPainter, bounds: QRect) -> None:
        """What belongs to the widget and does not turn with the picture. bounds: of the widget, device pixels."""
        if self.is_drop_target:
            self._decorations.draw_drop_target(painter, bounds, DROP_TEXT)
        if self.has_focus_outline:
            self._decorations.draw_focus(painter, bounds)

    def catch_up(self) -> None:
        """Composites more of what is visible and reports it as damaged."""
        level = level_for(self.viewport.zoom)
        visible = self._visible
        renewed = self._picture.renew(level, visible, budget_s=self._budget_s)
        self._is_behind = not self._picture.is_current(level, visible)
        self._damage(renewed)

    def _paint_picture(self, painter: QPainter, exposed: QRect, canvas_box: QRect) -> None:
        viewport, canvas = self.viewport, self._model.document.canvas
        level_index = level_for(viewport.zoom)
        shown = viewport.visible_canvas(rect_of(exposed)).intersected(canvas)
        renewed = self._picture.renew(level_index, shown, budget_s=self._budget_s)
        self.has_composited |= not renewed.is_empty
        if self._is_behind and not shown.contains_rect(renewed):
            self._damage(renewed)  # its other parts are on the screen as they were before
        if not self._picture.is_current(level_index, shown):
            self._is_behind = True
        is_opaque = self._picture.is_opaque(level_index, shown)
        if not is_opaque:
            self._decorations.draw_checker(painter, exposed, canvas_box)
            if self.results.lies_below:
                painter.save()
                painter.setClipRect(canvas_box, Qt.ClipOperation.IntersectClip)
                self._paint_result(painter, exposed)
                painter.restore()
        level = self._picture.level(level_index)
        # The same source for every part of one view, so that parts painted apart fit together to the bit.
        source = level.aligned(viewport.visible_canvas().expanded(level.scale).intersected(canvas))
        rows, columns = level.slices(source)
        left, top, _, _ = viewport.device_edges(source)
        scale = viewport.zoom * level.scale
        width, height = columns.stop - columns.start, rows.stop - rows.start
        image = self._picture.image(level_index)
        painter.save()
        painter.setClipRect(canvas_box & exposed, Qt.ClipOperation.IntersectClip)
        is_copied = scale == 1.0 and self.is_level
        is_smooth = self.is_smooth and viewport.zoom < CRISP_FROM_ZOOM and not is_copied
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth)
        painter.drawImage(
            QRectF(left, top, width * scale, height * scale),
            image.opaque_image if is_opaque else image.image,
            QRectF(columns.start, rows.start, width, height),
        )
        painter.restore()

    def _paint_result(self, painter: QPainter, exposed: QRect) -> None:
        rect = self.results.rect
        if rect is not None and qrect(self.viewport.covering_rect(rect)).intersects(exposed):
            self.results.draw(painter, self.viewport)

    def _paint_annotations(
        self, painter: QPainter, exposed: QRect, canvas_box: QRect, frame_box: QRect
    ) -> None:
        model, viewport, decorations = self._model, self.viewport, self._decorations
        margin = decorations.note_margin_px()
        is_frame_shown = self.is_frame_tool or model.frame != model.document.canvas
        if is_frame_shown and frame_box.adjusted(-margin, -margin, margin, margin).intersects(exposed):
            decorations.draw_frame(painter, frame_box)
            if self.results.shown is None:
                decorations.draw_frame_notes(painter, exposed, model.frame, model.document.canvas, viewport)
        context = self._forecast.context_rect
        if not context.is_empty and not self.is_showing_result:
            box = viewport.snapped_rect(context)
            if qrect(box.expanded(margin)).intersects(exposed):
                self._forecast.draw(painter, viewport)
                decorations.draw_context(painter, exposed, box, self._forecast.note())
        live = self.results.live
        if live is not None and not self.results.is_hidden:
            box = viewport.snapped_rect(live.visible_rect)
            if qrect(box.expanded(margin)).intersects(exposed):
                total = max(1, live.total_steps)
                text = f"Step {live.step} of {live.total_steps}" if live.image is not None else "Starting…"
                decorations.draw_progress(painter, exposed, box, text, min(live.step / total, 1.0))
        self.regions.draw(painter, exposed, viewport, decorations.scale)
        if self._has_hint:
            decorations.draw_hint(painter, exposed, canvas_box & qrect(viewport.bounds), HINT)
        self.lines.draw(painter, model.document, viewport, decorations.scale)
        decorations.draw_tool(painter, self.tool_overlay(), viewport)

    # Changes --------------------------------------------------------------------------------------------------

    def show_instead(self, document: Document | None, rect: Rect) -> None:
        """Another document in place of the picture, or the picture again (None). rect: where it differs from what
        was shown."""
        self._projection = self._own if document is None else Projection(document)
        self._picture_changed(rect)
        self._follow_selection(is_other=True)
        self._mask.invalidate(rect)
        self._damage(rect, margin_px=self._mask.reach_px)

    @property
    def _budget_s(self) -> float:
        return MOVING_BUDGET_S if self.is_moving else RENEW_BUDGET_S

    @property
    def _visible(self) -> Rect:
        return self.viewport.visible_canvas().intersected(self._model.document.canvas)

    def _new_picture(self, document: Document) -> None:
        canvas = document.canvas
        # Reduced layers lie in a grid through the origin, wherever the canvas begins.
        left, top = (edge // COARSEST_PX * COARSEST_PX for edge in (canvas.x, canvas.y))
        area = Rect.from_edges(left, top, canvas.right, canvas.bottom)
        self._picture = PictureCache(
            area,
            self._read,
            lambda level, rect: self._projection.read_reduced(level, rect),
        )

    def _read(self, rect: Rect) -> UInt8Array:
        return self._projection.read(rect)

    def _on_document_replaced(self, document: Document) -> None:
        for unsubscribe in self._unsubscribe_document:
            unsubscribe()
        self._unsubscribe_document = [
            document.changed.subscribe(self._on_document_changed),
            self._model.history.changed.subscribe(lambda _: self._update_hint()),
        ]
        self._own = self._projection = Projection(document)
        self._new_picture(document)
        self._mask.set_source(EMPTY, document.selection)
        self._follow_selection()
        self.regions.follow(document)
        self._update_hint()
        self._damage_all()

    def _follow_regions(self) -> None:
        before = self.regions.touched_rect
        self.regions.follow(self._model.document)
        self._damage(before.united(self.regions.touched_rect), margin_px=self._decorations.note_margin_px())

    def set_regions_shown(self, is_shown: bool) -> None:
        self.regions.is_hidden = not is_shown
        self._damage(self.regions.touched_rect, margin_px=self._decorations.note_margin_px())

    def _on_document_changed(self, change: Change) -> None:
        document = self._model.document
        self._own.follow(change)
        match change:
            case TilesChanged(target, rect) if target.kind == "selection":
                self._follow_selection()
                self._mask.invalidate(rect)
                if self._mask.set_tinted(True):
                    self._damage_all()
                self._damage(rect, margin_px=self._mask.reach_px)
            case TilesChanged(_, rect):
                self._picture_changed(rect)
            case LayerAdded(layer_id) | LayerChanged(layer_id, False):
                self._picture_changed(reach(document, layer_id))
            case LayerMoved() | LayerRemoved() | LayerChanged() | MaskShown():
                # What was clipped to a layer that went is clipped to another one now.
                self._picture_changed(document.canvas)
            case GuidesChanged():
                self._damage_all()
            case SavedMasksChanged():
                self._follow_regions()
            case CanvasChanged():
                self._new_picture(document)
                self._damage_all()
        if self._has_hint:
            self._update_hint()

    def _picture_changed(self, rect: Rect) -> None:
        self._picture.invalidate(rect)
        self._damage(rect.intersected(self._model.document.canvas))
        uncovered = self.results.cut_out(rect)
        if not uncovered.is_empty:
            self._damage(uncovered)

    def _follow_selection(self, *, is_other: bool = False) -> None:
        """The mask overlay covers the canvas and what was masked beyond it; nothing while nothing is masked. is_other:
        another document's mask is shown from now on."""
        document = self._projection.document
        masked = document.selection.tile_bounds()
        if is_other:
            area = EMPTY if masked.is_empty else masked.united(document.canvas)
            self._mask.set_source(area, document.selection)
        elif masked.is_empty:
            if not self._mask.area.is_empty:
                self._mask.set_source(EMPTY, document.selection)
        elif self._mask.area.is_empty or not self._mask.area.contains_rect(masked):
            self._mask.set_source(masked.united(document.canvas), document.selection)

    @property
    def is_showing_result(self) -> bool:
        """A result, or one in the making, lies over the picture: it is judged without lines over it."""
        return self.results.shown is not None or self.results.live is not None

    def _follow_forecast(self) -> None:
        before, self._forecast_drawn = self._forecast_drawn, self._forecast.rect
        margin = self._decorations.note_margin_px() + NOTE_WIDTH_PX
        for rect in {before, self._forecast_drawn}:
            self._damage(rect, margin_px=margin)

    def _update_hint(self) -> None:
        model = self._model
        has_hint = (
            model.is_untouched
            and self.results.touched_rect.is_empty
            and model.document.selection.tile_bounds().is_empty
        )
        if has_hint != self._has_hint:
            self._has_hint = has_hint
            self._damage(model.document.canvas)

    def _damage(self, rect: Rect, margin_px: int = 1) -> None:
        """rect: canvas pixels."""
        device = self.viewport.covering_rect(rect, margin_px)
        if not device.is_empty:
            self.damaged.emit(device)

    def _damage_all(self) -> None:
        self.damaged.emit(self.viewport.bounds)
