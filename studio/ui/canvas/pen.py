"""What the buttons on a pen do, one of these, and how its pressure is meant: both chosen by the artist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

from PySide6.QtCore import Qt

from studio.brushes.curve import STRAIGHT, Curve, curve_through

PenAction = Literal["mouse", "pan", "pick", "erase", "undo", "redo", "erasing", "nothing"]
"""mouse: what the same button of a mouse does. pan, pick, erase: while it is held. erasing: turns *erase with this
brush* on or off."""

PEN_ACTIONS: tuple[PenAction, ...] = get_args(PenAction)
LABELS: Mapping[PenAction, str] = {
    "mouse": "As on a mouse",
    "pan": "Move the view",
    "pick": "Pick a color",
    "erase": "Erase while held",
    "erasing": "Paint or erase",
    "undo": "Undo",
    "redo": "Redo",
    "nothing": "Nothing",
}
COMMANDS: Mapping[PenAction, str] = {"undo": "undo", "redo": "redo", "erasing": "brush_erasing"}
"""Those that are commands of the window, by its actions' ids."""

BUTTONS: Mapping[str, Qt.MouseButton] = {
    "first": Qt.MouseButton.RightButton,
    "second": Qt.MouseButton.MiddleButton,
}
"""As pens report them: the lower one, nearer to the tip, first."""

DEFAULTS: Mapping[str, PenAction] = {"first": "pick", "second": "pan"}


def pen_buttons(saved: Mapping[str, object]) -> dict[Qt.MouseButton, PenAction]:
    """From the settings, whatever they hold."""
    found: dict[Qt.MouseButton, PenAction] = {}
    for name, button in BUTTONS.items():
        action = saved.get(name)
        found[button] = action if action in PEN_ACTIONS else DEFAULTS[name]
    return found


def pressure_curve(saved: Sequence[Any]) -> Curve:
    """From the settings, whatever they hold; none means as the pen says."""
    try:
        return curve_through(saved)
    except (TypeError, ValueError):
        return STRAIGHT
