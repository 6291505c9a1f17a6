"""Wheels, trackpads and pinches as movements of the view."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QWheelEvent

from studio.ui.canvas.input import device_position
from studio.ui.canvas.navigator import Navigator

WHEEL_NOTCH = 120
NOTCH_FACTOR = 1.25
NOTCH_PAN_PX = 64
NOTCH_DEG = 7.5


def scroll(navigator: Navigator, event: QWheelEvent, pixel_ratio: float) -> None:
    """A wheel zooms about the pointer, with Shift it turns the view; two fingers on a trackpad move."""
    modifiers = event.modifiers()
    pixels, angle = event.pixelDelta(), event.angleDelta()
    # On X11 a plain wheel may report pixels too: only a trackpad has phases or says what it is.
    is_trackpad = not pixels.isNull() and (
        event.phase() != Qt.ScrollPhase.NoScrollPhase
        or event.device().type() == QInputDevice.DeviceType.TouchPad
    )
    notch_px = NOTCH_PAN_PX * pixel_ratio / WHEEL_NOTCH
    if is_trackpad and not modifiers & Qt.KeyboardModifier.ControlModifier:
        navigator.pan(pixels.x() * pixel_ratio, pixels.y() * pixel_ratio)
    elif modifiers & Qt.KeyboardModifier.ShiftModifier:
        # Some systems turn the wheel's direction themselves when Shift is down.
        navigator.turn_by(NOTCH_DEG * (angle.y() or angle.x()) / WHEEL_NOTCH)
    elif angle.x() and not angle.y():
        navigator.pan(angle.x() * notch_px, 0)
    else:
        navigator.zoom_by(NOTCH_FACTOR ** (angle.y() / WHEEL_NOTCH), device_position(event, pixel_ratio))


def pinch(navigator: Navigator, event: QNativeGestureEvent, pixel_ratio: float) -> bool:
    """Returns whether the gesture was one for the view. A double tap goes between the whole canvas and 100 %."""
    anchor = device_position(event, pixel_ratio)
    kind = event.gestureType()
    if kind == Qt.NativeGestureType.ZoomNativeGesture:
        navigator.zoom_by(1.0 + event.value(), anchor)
    elif kind == Qt.NativeGestureType.RotateNativeGesture:
        navigator.turn_by(event.value())
    elif kind == Qt.NativeGestureType.SmartZoomNativeGesture:
        if navigator.is_fitting:
            navigator.zoom_to(1.0, anchor)
        else:
            navigator.fit()
    else:
        return False
    return True
