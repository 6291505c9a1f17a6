"""Pointer events on their way to the tools: every one is kept, the work is done in batches."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPointingDevice, QSinglePointEvent, QTabletEvent

from studio.core.geometry import Point
from studio.core.opencv import use_one_thread
from studio.tools.tool import PointerEvent
from studio.ui.canvas.pose import STRAIGHT, Pose
from studio.ui.canvas.viewport import Viewport

MIN_INTERVAL_S = 0.004
"""Batches no closer than this: 250 events a second are handled one by one, faster pens in groups."""

BUSY_SHARE = 2.0
"""After a batch that took t the next waits until BUSY_SHARE * t after its beginning: the rest is the window's."""

FLATTEST_DEG = 60.0
"""As far as tablets report a pen to lean."""


def prepare_process() -> None:
    """What the canvas needs of the whole process.

    Qt merges mouse moves that wait in its queue (on X11 by default): a merged move is a lost corner. OpenCV's
    threads spin while they wait for work: a stroke of small pieces cost 0.82 CPU-seconds with them, 0.52 without.
    """
    for attribute in (
        Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents,
        Qt.ApplicationAttribute.AA_CompressTabletEvents,
    ):
        QCoreApplication.setAttribute(attribute, False)
    use_one_thread()


def device_position(event: QSinglePointEvent, pixel_ratio: float) -> Point:
    """Widget position in device pixels, fractions kept (tablets report them)."""
    position = event.position()
    return Point(position.x() * pixel_ratio, position.y() * pixel_ratio)


def to_pointer_event(
    event: QMouseEvent | QTabletEvent, viewport: Viewport, pixel_ratio: float, pose: Pose = STRAIGHT
) -> PointerEvent:
    """A mouse presses with full force."""
    modifiers = event.modifiers()
    pressure, tilt, tilt_turn, is_eraser = 1.0, 0.0, 0.0, False
    if isinstance(event, QTabletEvent):
        pressure = min(max(event.pressure(), 0.0), 1.0)
        lean = math.hypot(event.xTilt(), event.yTilt())
        tilt = min(lean / FLATTEST_DEG, 1.0)
        across, down = pose.turned_back(event.xTilt(), event.yTilt())
        tilt_turn = math.atan2(down, across) / (2 * math.pi) % 1.0
        is_eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
    buttons = event.buttons() | event.button()
    return PointerEvent(
        position=viewport.to_canvas(pose.to_sheet(device_position(event, pixel_ratio))),
        pressure=pressure,
        time_s=event.timestamp() / 1000.0,
        tilt=tilt,
        tilt_turn=tilt_turn,
        on_screen=device_position(event, pixel_ratio),
        is_eraser=is_eraser,
        shift=bool(modifiers & Qt.KeyboardModifier.ShiftModifier),
        ctrl=bool(modifiers & Qt.KeyboardModifier.ControlModifier),
        alt=bool(modifiers & Qt.KeyboardModifier.AltModifier),
        right_button=bool(buttons & Qt.MouseButton.RightButton),
    )


class MoveQueue:
    """Moves of a running gesture, delivered at once while the hand is slow and in batches when it is fast.

    No move is ever dropped; `flush` hands over what waits. deliver: does the work of a batch and shows it.
    """

    def __init__(self, deliver: Callable[[Sequence[PointerEvent]], None], parent: QObject) -> None:
        self._deliver = deliver
        self._waiting: list[PointerEvent] = []
        self._next_s = 0.0
        self._timer = QTimer(parent)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.flush)

    def add(self, event: PointerEvent) -> None:
        self._waiting.append(event)
        if self._timer.isActive():
            return
        wait_s = self._next_s - time.perf_counter()
        if wait_s <= 0:
            self.flush()
        else:
            self._timer.start(max(1, round(wait_s * 1000)))

    def flush(self) -> None:
        self._timer.stop()
        if not self._waiting:
            return
        batch, self._waiting = self._waiting, []
        began_s = time.perf_counter()
        self._deliver(batch)
        took_s = time.perf_counter() - began_s
        self._next_s = began_s + max(MIN_INTERVAL_S, BUSY_SHARE * took_s)

    def clear(self) -> None:
        self._timer.stop()
        self._waiting.clear()
