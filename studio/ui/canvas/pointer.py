"""What the pointer is doing: a gesture of a tool, moving the view, or nothing yet."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QTabletEvent

from studio.brushes.curve import STRAIGHT
from studio.core.events import Event
from studio.core.geometry import Point
from studio.tools.tool import Overlay, PointerEvent
from studio.ui.canvas.cursors import CURSORS, turned
from studio.ui.canvas.hand import PAN_TOOL, PICKER_TOOL, Hand
from studio.ui.canvas.input import MoveQueue, to_pointer_event
from studio.ui.canvas.navigator import Navigator
from studio.ui.canvas.pen import COMMANDS, PenAction

REST_MS = 30


class Pointer:
    """Mouse and pen alike. One button at a time: what else is pressed meanwhile is passed over.

    moved: the canvas point under the pointer, None when it left. changed: its outline or cursor may be another.
    worked: moves have reached the tool, what they did should be seen at once.
    commanded: the id of an action, from a button of a pen. pen_buttons: what those do; the others do as on a mouse.
    pressure_curve: from what a pen reports to what its hand means.
    pixel_ratio: device pixels per logical pixel, kept up to date by the view.
    """

    def __init__(self, hand: Hand, navigator: Navigator, parent: QObject) -> None:
        self.moved: Event[Point | None] = Event()
        self.changed: Event[None] = Event()
        self.worked: Event[None] = Event()
        self.commanded: Event[str] = Event()
        self.pixel_ratio = 1.0
        self.pen_buttons: Mapping[Qt.MouseButton, PenAction] = {}
        self.pressure_curve = STRAIGHT
        self._pen_wish: PenAction | None = None
        self._hand = hand
        self._navigator = navigator
        self._moves = MoveQueue(self._deliver, parent)
        self._last: PointerEvent | None = None
        self._button = Qt.MouseButton.NoButton
        self._pan_from: QPointF | None = None
        self._is_space_down = False
        self._is_inside = False
        self._last_s = 0.0
        self._rest = QTimer(parent)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._on_rested)

    # Events ---------------------------------------------------------------------------------------------------

    def press(self, event: QMouseEvent | QTabletEvent) -> None:
        if self._button != Qt.MouseButton.NoButton:
            return
        button = event.button()
        is_left = button == Qt.MouseButton.LeftButton
        if isinstance(event, QTabletEvent) and not is_left:
            wish = self.pen_buttons.get(button, "mouse")
            if wish != "mouse":
                self._press_pen_button(event, wish)
                return
        if button == Qt.MouseButton.MiddleButton or (is_left and self.is_pan_armed):
            self._button, self._pan_from = button, event.position()
        elif is_left or button == Qt.MouseButton.RightButton:
            self._button = button
            self._hand.press(self._converted(event))
        self._follow(event)

    def move(self, event: QMouseEvent | QTabletEvent) -> None:
        if self._pan_from is not None:
            step = event.position() - self._pan_from
            self._pan_from = event.position()
            self._navigator.pan(step.x() * self.pixel_ratio, step.y() * self.pixel_ratio)
        elif self._hand.is_holding:
            self._moves.add(self._converted(event))
            return
        else:
            self._hand.hover(self._converted(event))
        self._follow(event)

    def release(self, event: QMouseEvent | QTabletEvent) -> None:
        if event.button() != self._button:
            return
        self._button = Qt.MouseButton.NoButton
        if self._pan_from is not None:
            self._pan_from = None
        elif self._hand.is_holding:
            self._moves.flush()
            self._hand.release(self._converted(event))
        self._end_pen_wish()
        self._follow(event)

    def cancel(self) -> bool:
        """The document is as it was before the press; returns whether a tool was at work."""
        self._moves.clear()
        self._pan_from = None
        was_holding = self._hand.cancel()
        self._end_pen_wish()
        self.changed.emit(None)
        return was_holding

    def finish(self) -> None:
        """A gesture of several presses is complete."""
        self._hand.finish()
        self.changed.emit(None)

    def step_back(self) -> None:
        """The last press of such a gesture is taken back."""
        self._hand.step_back()
        self.changed.emit(None)

    def enter(self) -> None:
        self._is_inside = True

    def leave(self) -> None:
        self._is_inside = False
        self.changed.emit(None)
        self.moved.emit(None)

    def stay(self, position: QPointF) -> None:
        """The pointer stands still at a widget position, the canvas under it has moved."""
        if not self._hand.is_holding:
            device = Point(position.x() * self.pixel_ratio, position.y() * self.pixel_ratio)
            self._last = PointerEvent(position=self._navigator.to_canvas(device))
            self._hand.hover(self._last)
            self._tell(self._last)

    def forget_moves(self) -> None:
        """Another tool or document: what waits was meant for the former one."""
        self._moves.clear()
        if self._last is not None:
            self._hand.hover(self._last)
        self.changed.emit(None)

    def set_space_down(self, is_down: bool) -> None:
        """While it is down the left button moves the view."""
        if is_down != self._is_space_down:
            self._is_space_down = is_down
            self.changed.emit(None)

    # Appearance -----------------------------------------------------------------------------------------------

    @property
    def is_pan_armed(self) -> bool:
        return self._is_space_down or self._hand.tool_id == PAN_TOOL

    @property
    def anchor(self) -> Point | None:
        """Where zooming by key holds on to, device pixels: the pointer, while it is over the canvas."""
        if not self._is_inside or self._last is None:
            return None
        return self._navigator.to_widget(self._last.position)

    def overlay(self) -> Overlay:
        """Outlines follow the pointer and go with it; handles stay."""
        overlay = self._hand.overlay()
        if self._hand.is_holding or (self._is_inside and not self.is_pan_armed):
            return overlay
        return replace(overlay, circles=(), outlines=() if overlay.follows_pointer else overlay.outlines)

    def cursor(self) -> Qt.CursorShape:
        if self._pan_from is not None:
            return Qt.CursorShape.ClosedHandCursor
        if self.is_pan_armed and not self._hand.is_holding:
            return Qt.CursorShape.OpenHandCursor
        return turned(CURSORS[self._hand.cursor()], self._navigator.pose)

    # Pen ----------------------------------------------------------------------------------------------------

    def _press_pen_button(self, event: QTabletEvent, wish: PenAction) -> None:
        if wish in COMMANDS:
            self.commanded.emit(COMMANDS[wish])
            return
        if wish == "nothing":
            return
        self._button = event.button()
        if wish == "pan":
            self._pan_from = event.position()
        else:
            self._pen_wish = wish
            if wish == "pick":
                self._hand.set_picking(True)
                if self._hand.tool_id != PICKER_TOOL:
                    return  # a tool that has no use for a colour
            self._hand.press(self._converted(event))
        self._follow(event)

    def _end_pen_wish(self) -> None:
        if self._pen_wish == "pick":
            self._hand.set_picking(False)
        self._pen_wish = None

    # Inside ---------------------------------------------------------------------------------------------------

    def _on_rested(self) -> None:
        """A hand that keeps still sends nothing, and an airbrush goes on."""
        if not self._hand.sprays or self._last is None:
            self._rest.stop()
        elif (passed_s := time.perf_counter() - self._last_s) >= REST_MS / 1000:
            self._deliver([replace(self._last, time_s=self._last.time_s + passed_s)])

    def _deliver(self, events: Sequence[PointerEvent]) -> None:
        self._hand.move(events)
        self._last, self._last_s = events[-1], time.perf_counter()
        self._tell(self._last)
        self.worked.emit(None)

    def _follow(self, event: QMouseEvent | QTabletEvent) -> None:
        self._is_inside = True
        self._last, self._last_s = self._converted(event), time.perf_counter()
        if self._hand.sprays:
            self._rest.start()
        self._tell(self._last)

    def _tell(self, event: PointerEvent) -> None:
        self.changed.emit(None)
        self.moved.emit(event.position)

    def _converted(self, event: QMouseEvent | QTabletEvent) -> PointerEvent:
        navigator = self._navigator
        converted = to_pointer_event(event, navigator.viewport, self.pixel_ratio, navigator.pose)
        if isinstance(event, QTabletEvent) and self.pressure_curve != STRAIGHT:
            converted = replace(converted, pressure=self.pressure_curve.at(converted.pressure))
        if self._pen_wish is not None:
            # The button under the finger is no right button of a mouse, and its other end would do the same.
            converted = replace(converted, right_button=False, is_eraser=self._pen_wish == "erase")
        return replace(converted, moves_shape=True) if self._is_space_down else converted
