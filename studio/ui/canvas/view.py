"""The canvas widget: input to the tools, the scene to the screen."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRect, Qt, Signal, Slot
from PySide6.QtGui import (
    QCursor,
    QEnterEvent,
    QFocusEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from studio.brushes.curve import Curve
from studio.core.geometry import Point, Rect, Size
from studio.document.changes import CanvasChanged, Change
from studio.document.document import Document
from studio.ui.canvas.colors import CanvasColors
from studio.ui.canvas.drops import DropTarget, read_mime
from studio.ui.canvas.guide_lines import GuideLines
from studio.ui.canvas.hand import FRAME_TOOL, Hand
from studio.ui.canvas.input import prepare_process
from studio.ui.canvas.keys import arrow_direction, stepwise_action
from studio.ui.canvas.marching import Marcher
from studio.ui.canvas.model import CanvasModel
from studio.ui.canvas.navigator import Navigator
from studio.ui.canvas.pen import PenAction
from studio.ui.canvas.pointer import Pointer
from studio.ui.canvas.regions import device_rect, logical_rect, qrect, rect_of, rects_of, worthwhile_rects
from studio.ui.canvas.rest import Rest, single_timer
from studio.ui.canvas.scene import Scene
from studio.ui.canvas.scrolling import pinch, scroll
from studio.ui.canvas.viewport import Viewport

SLOW_PAINT_S = 0.012
SETTLE_MS = 120
"""Where a smooth picture takes longer than SLOW_PAINT_S, it is drawn roughly while it moves, smoothly after this."""

BUSY_RESULTS_MS = 120
"""Under the pen results are shown this often: ink goes first, and a preview of the whole canvas costs 3 ms and more."""

KEY_PAN_PX = 64


class CanvasView(DropTarget):
    """Shows a `CanvasModel` (a Workspace) and paints on it. Holds no truth but where it looks.

    zoom_changed: device pixels per canvas pixel. pointer_moved: the canvas Point under the pointer, None when it
    left. files_dropped: tuple of Path. image_dropped: straight RGBA uint8 (h, w, 4). refused: one sentence, why a
    tool did nothing (a locked layer). pen_commanded: the id of an action, from a button of a pen. text_wanted: TextWish.
    """

    zoom_changed = Signal(float)
    pointer_moved = Signal(object)
    refused = Signal(str)
    text_wanted = Signal(object)
    pen_commanded = Signal(str)

    def __init__(self, model: CanvasModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        prepare_process()
        self._model = model
        self._navigator = Navigator()
        self._hand = Hand(model)
        self._pointer = Pointer(self._hand, self._navigator, self)
        self._scene = Scene(model, self.font())
        self._scene.tool_overlay = self._pointer.overlay
        self.set_regions_shown = self._scene.set_regions_shown
        self._tool_bounds: tuple[Rect, ...] = ()
        self._smooth_paint_s = 0.0
        self._catch_up = single_timer(self, 0, self._on_catch_up_timeout)
        self._settle = single_timer(self, SETTLE_MS, self._on_settle_timeout)
        self._rest = Rest(
            self._scene.improve, lambda: not (self._hand.is_holding or self._scene.is_behind), self
        )
        self._results_later = single_timer(self, BUSY_RESULTS_MS, self._scene.follow_results)
        self._marcher = Marcher(self._step_march, self._may_march, self)
        self._unsubscribe_document: Callable[[], None] = lambda: None
        self._unsubscribe = [
            self._scene.damaged.subscribe(self._update_sheet),
            self._navigator.changed.subscribe(self._on_viewport_changed),
            self._hand.tool_changed.subscribe(lambda _: self._on_tool_changed()),
            self._hand.refused.subscribe(self.refused.emit),
            self._hand.text_wanted.subscribe(self.text_wanted.emit),
            self._hand.refreshed.subscribe(lambda _: self._on_pointer_changed()),
            self._hand.shown_instead.subscribe(lambda shown: self._scene.show_instead(*shown)),
            self._pointer.changed.subscribe(lambda _: self._on_pointer_changed()),
            self._pointer.commanded.subscribe(self.pen_commanded.emit),
            self._pointer.moved.subscribe(self.pointer_moved.emit),
            self._pointer.worked.subscribe(lambda _: self._paint_now()),
            model.tool_settings.changed.subscribe(lambda _: self._on_pointer_changed()),
            model.results.changed.subscribe(lambda _: self._on_results_changed()),
            model.document_replaced.subscribe(self._on_document_replaced),
            model.frame_changed.subscribe(lambda _: self._follow_canvas()),
        ]
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.setMinimumSize(160, 120)
        self.setAccessibleName("Canvas")
        self._on_document_replaced(model.document)
        self._on_tool_changed()

    def close_model(self) -> None:
        """Lets go of the model; the view shows nothing from then on."""
        self._catch_up.stop()
        self._settle.stop()
        self._rest.stop()
        self._results_later.stop()
        self._marcher.stop()
        self._pointer.cancel()
        self._hand.close()
        self._scene.close()
        self._unsubscribe_document()
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    # What the window asks for ---------------------------------------------------------------------------------

    @property
    def zoom(self) -> float:
        return self._navigator.viewport.zoom

    @property
    def viewport(self) -> Viewport:
        return self._navigator.viewport

    @property
    def navigator(self) -> Navigator:
        """For what turns and mirrors the view."""
        return self._navigator

    def to_widget(self, canvas: Point) -> QPointF:
        """A canvas point as a position in this widget."""
        device = self._navigator.to_widget(canvas)
        return QPointF(device.x, device.y) / self._pixel_ratio

    @property
    def is_stroking(self) -> bool:
        """A gesture of a tool is open."""
        return self._hand.is_holding

    @property
    def is_settled(self) -> bool:
        """Everything visible is exact and nothing waits to be painted by a timer."""
        return self.is_current and not (self._settle.isActive() or self._scene.is_rough)

    @property
    def is_current(self) -> bool:
        """Everything visible is composited, if only for the time being by a stand-in for much that changed at once."""
        return not (self._scene.is_behind or self._catch_up.isActive())

    @Slot()
    def zoom_in(self) -> None:
        self._navigator.step(1, self._pointer.anchor)

    @Slot()
    def zoom_out(self) -> None:
        self._navigator.step(-1, self._pointer.anchor)

    @Slot()
    def zoom_to_actual(self) -> None:
        """One canvas pixel on one pixel of the display."""
        self._navigator.zoom_to(1.0)

    @Slot(float)
    def set_zoom(self, zoom: float) -> None:
        self._navigator.zoom_to(zoom)

    @Slot()
    def fit_canvas(self) -> None:
        self._navigator.fit()

    @Slot()
    def fit_frame(self) -> None:
        self._navigator.show(self._model.frame)

    @Slot()
    def fit_selection(self) -> None:
        """The masked part; the frame where nothing is masked."""
        masked = self._scene.mask_bounds()
        self._navigator.show(self._model.frame if masked.is_empty else masked)

    def set_compare_held(self, is_held: bool) -> None:
        """While it is held the picture is shown without results."""
        self._scene.set_results_hidden(is_held)

    def set_mask_hidden(self, is_hidden: bool) -> None:
        self._scene.is_mask_hidden = is_hidden
        self.update()

    @property
    def lines(self) -> GuideLines:
        """After a change of them call `update`."""
        return self._scene.lines

    @Slot()
    def cancel_gesture(self) -> bool:
        """Takes an unfinished stroke back; returns whether there was one."""
        return self._pointer.cancel()

    @Slot()
    def paste(self) -> bool:
        """What the clipboard holds as `files_dropped` or `image_dropped`; returns whether there was a picture."""
        return self._announce(read_mime(QGuiApplication.clipboard().mimeData()))

    def set_pixel_grid(self, is_shown: bool) -> None:
        self._scene.has_pixel_grid = is_shown
        self.update()

    def set_pen(self, buttons: Mapping[Qt.MouseButton, PenAction], pressure: Curve) -> None:
        """pressure: from what the pen reports to what the hand means."""
        self._pointer.pen_buttons, self._pointer.pressure_curve = buttons, pressure

    def set_colors(self, colors: CanvasColors) -> None:
        self._scene.set_colors(colors)

    # Painting -------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        began = time.perf_counter()
        painter = QPainter(self)
        ratio = self._pixel_ratio
        painter.scale(1 / ratio, 1 / ratio)
        self._scene.has_composited = False
        try:
            for rect in worthwhile_rects(event.region()):
                self._paint_part(painter, device_rect(rect, self._pixel_ratio))
        finally:
            painter.end()  # a painter left open takes the process down with the widget
        is_telling = self._scene.is_smooth and not self._scene.has_composited
        if is_telling and event.rect() == self.rect():
            self._smooth_paint_s = time.perf_counter() - began
        if self._scene.is_behind:
            self._catch_up.start()
        self._rest.begin()
        self._marcher.start()

    def _paint_part(self, painter: QPainter, widget: QRect) -> None:
        pose, exposed = self._navigator.pose, widget
        painter.save()
        painter.setClipRect(widget)
        if not pose.is_straight:
            painter.setTransform(pose.transform(), True)
            exposed = qrect(pose.sheet_rect(rect_of(widget)))
        self._scene.paint(painter, exposed)
        painter.restore()
        painter.save()
        painter.setClipRect(widget)
        self._scene.paint_over(painter, QRect(0, 0, *pose.widget))
        painter.restore()

    def _update_sheet(self, sheet: Rect) -> None:
        self.update(logical_rect(self._navigator.pose.widget_rect(sheet), self._pixel_ratio))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._follow_size()

    def _follow_size(self) -> None:
        ratio = self._pixel_ratio
        self._pointer.pixel_ratio = ratio
        self._scene.set_scale(ratio)
        self._navigator.set_size(Size(round(self.width() * ratio), round(self.height() * ratio)), ratio)

    def _paint_now(self) -> None:
        """Ink does not wait for the next turn of the event loop, which under load comes milliseconds later."""
        QCoreApplication.sendPostedEvents(self.window(), QEvent.Type.UpdateRequest)

    def _on_catch_up_timeout(self) -> None:
        self._scene.catch_up()
        if self._scene.is_behind:
            self._catch_up.start()

    def _on_settle_timeout(self) -> None:
        self._scene.is_moving = False
        if not self._scene.is_smooth:
            self._scene.is_smooth = True
            self.update()

    def _on_viewport_changed(self, viewport: Viewport) -> None:
        zoom_before, self._scene.viewport = self._scene.viewport.zoom, viewport
        self._scene.is_level = self._navigator.pose.is_level
        self._scene.is_moving = True
        self._settle.start()
        if self._smooth_paint_s > SLOW_PAINT_S:
            self._scene.is_smooth = False
        self._hand.set_zoom(viewport.zoom)
        self.update()
        self._tool_bounds = ()
        if viewport.zoom != zoom_before:
            self.zoom_changed.emit(viewport.zoom)

    def _step_march(self) -> None:
        if not self._hand.is_holding:
            for rect in rects_of(self._scene.march()):
                self._update_sheet(rect_of(rect))

    def _may_march(self) -> bool:
        return self._scene.has_mask and self.isVisible() and self.isActiveWindow()

    # Pointer --------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._press(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # Qt replaces the second press of a quick pair; to a painter it is one more dab.
        self._press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._marcher.wake()
        self._pointer.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pointer.release(event)

    def tabletEvent(self, event: QTabletEvent) -> None:
        kind = event.type()
        if kind == QEvent.Type.TabletPress:
            self._press(event)
        elif kind == QEvent.Type.TabletMove:
            self._marcher.wake()
            self._pointer.move(event)
        elif kind == QEvent.Type.TabletRelease:
            self._pointer.release(event)
        event.accept()  # otherwise Qt sends the same again as a mouse event

    def _press(self, event: QMouseEvent | QTabletEvent) -> None:
        self._marcher.wake()
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._pointer.press(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._pointer.enter()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer.leave()

    def hideEvent(self, event: QHideEvent) -> None:
        self.cancel_gesture()
        self._marcher.stop()

    # Wheel and trackpad ---------------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._marcher.wake()
        scroll(self._navigator, event, self._pixel_ratio)
        self._pointer.stay(event.position())
        event.accept()

    def _native_gesture(self, event: QNativeGestureEvent) -> bool:
        self._marcher.wake()
        was_ours = pinch(self._navigator, event, self._pixel_ratio)
        if was_ours:
            self._pointer.stay(event.position())
        return was_ours

    # Keys and focus -------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride and (self._hand.is_holding or self._is_stepwise_key(event)):
            # While the pen is down no shortcut may change the picture under it; Escape means the stroke.
            event.accept()
            return True
        if kind == QEvent.Type.NativeGesture and isinstance(event, QNativeGestureEvent):
            return self._native_gesture(event) or super().event(event)
        if kind == QEvent.Type.DevicePixelRatioChange:
            self._follow_size()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._marcher.wake()
        key = event.key()
        if self._hand.is_holding:
            if key == Qt.Key.Key_Escape:
                self.cancel_gesture()
            elif key == Qt.Key.Key_Space:
                self._pointer.set_space_down(True)
        elif self._hand.is_between_presses and (action := stepwise_action(event)) is not None:
            action(self._pointer)
        elif key == Qt.Key.Key_Space:
            self._pointer.set_space_down(True)
        elif key == Qt.Key.Key_Alt:
            self._hand.set_picking(True)
        elif (direction := arrow_direction(event)) is not None:
            step = KEY_PAN_PX * self._pixel_ratio
            self._navigator.pan(direction[0] * step, direction[1] * step)
        else:
            super().keyPressEvent(event)

    def _is_stepwise_key(self, event: QEvent) -> bool:
        return self._hand.is_between_presses and stepwise_action(event) is not None

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat():
            return
        if event.key() == Qt.Key.Key_Space:
            self._pointer.set_space_down(False)
        elif event.key() == Qt.Key.Key_Alt:
            self._hand.set_picking(False)
        else:
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        by_keyboard = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._set_focus_outline(event.reason() in by_keyboard)
        self._marcher.wake()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._pointer.set_space_down(False)
        self._hand.set_picking(False)
        self._set_focus_outline(False)

    def _set_focus_outline(self, is_shown: bool) -> None:
        if is_shown != self._scene.has_focus_outline:
            self._scene.has_focus_outline = is_shown
            self.update()

    def _show_drop_target(self, is_target: bool) -> None:
        if is_target != self._scene.is_drop_target:
            self._scene.is_drop_target = is_target
            self.update()

    # Following the model --------------------------------------------------------------------------------------

    def _on_document_replaced(self, document: Document) -> None:
        self._pointer.forget_moves()
        self._unsubscribe_document()
        self._unsubscribe_document = document.changed.subscribe(self._on_document_changed)
        self._follow_canvas()
        self._navigator.fit()
        self._tell_size()

    def _on_document_changed(self, change: Change) -> None:
        if isinstance(change, CanvasChanged):
            self._follow_canvas()
            self._tell_size()

    def _follow_canvas(self) -> None:
        canvas = self._model.document.canvas
        self._navigator.set_canvas(canvas, canvas.united(self._model.frame))

    def _tell_size(self) -> None:
        canvas = self._model.document.canvas
        self.setAccessibleDescription(
            f"The picture, {canvas.width} by {canvas.height} pixels. Paint with the pointer; arrow keys move the view."
        )

    # Tools on the screen --------------------------------------------------------------------------------------

    def _on_tool_changed(self) -> None:
        is_frame_tool = self._hand.tool_id == FRAME_TOOL
        if is_frame_tool != self._scene.is_frame_tool:
            self._scene.is_frame_tool = is_frame_tool
            self.update()
        self._pointer.forget_moves()

    def _on_results_changed(self) -> None:
        if not self._hand.is_holding:
            self._results_later.stop()
            self._scene.follow_results()
        elif not self._results_later.isActive():
            self._results_later.start()

    def _on_pointer_changed(self) -> None:
        self._scene.is_hand_down = self._hand.is_holding
        if self._results_later.isActive() and not self._hand.is_holding:
            self._on_results_changed()
        before, self._tool_bounds = self._tool_bounds, self._scene.tool_bounds(self._pointer.overlay())
        for rect in (*before, *self._tool_bounds):
            self._update_sheet(rect.intersected(self._navigator.viewport.bounds))
        shape = self._pointer.cursor()
        if self.cursor().shape() != shape:
            self.setCursor(QCursor(shape))

    # Units ----------------------------------------------------------------------------------------------------

    @property
    def _pixel_ratio(self) -> float:
        return self.devicePixelRatioF()
