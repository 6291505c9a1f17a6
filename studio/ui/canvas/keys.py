"""Keys that mean something to the canvas itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from studio.ui.canvas.pointer import Pointer

_STEPWISE: dict[int, Callable[[Pointer], object]] = {
    Qt.Key.Key_Return: Pointer.finish,
    Qt.Key.Key_Enter: Pointer.finish,
    Qt.Key.Key_Backspace: Pointer.step_back,
    Qt.Key.Key_Escape: Pointer.cancel,
}
_ARROWS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (1, 0),
    Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_MEANT = ~Qt.KeyboardModifier.KeypadModifier


def stepwise_action(event: QEvent) -> Callable[[Pointer], object] | None:
    """What Enter, Backspace and Escape do to a gesture of several presses, while there is one."""
    if not isinstance(event, QKeyEvent) or event.modifiers() & _MEANT:
        return None
    return _STEPWISE.get(event.key())


def arrow_direction(event: QKeyEvent) -> tuple[int, int] | None:
    """Where the picture moves, in steps: against the arrow, as the view goes with it."""
    return None if event.modifiers() & _MEANT else _ARROWS.get(event.key())
