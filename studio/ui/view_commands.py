"""What turns, mirrors and enlarges the view; the picture itself stays as it is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction

from studio.core.settings import Settings
from studio.ui.canvas.view import CanvasView

TURN_DEG = 15.0


class ViewCommands:
    """action: the action with an id, once the window is filled."""

    def __init__(self, canvas: CanvasView, settings: Settings, action: Callable[[str], QAction]) -> None:
        self._canvas = canvas
        self._settings = settings
        self._action = action

    def handlers(self) -> dict[str, Callable[[], None]]:
        navigator = self._canvas.navigator
        return {
            "zoom_mask": self._canvas.fit_selection,
            "view_turn_left": lambda: navigator.turn_by(-TURN_DEG),
            "view_turn_right": lambda: navigator.turn_by(TURN_DEG),
            "view_straighten": self._straighten,
            "view_mirror": lambda: navigator.mirror(self._action("view_mirror").isChecked()),
            "pixel_grid": self._toggle_grid,
        }

    def _straighten(self) -> None:
        self._canvas.navigator.straighten()
        self._action("view_mirror").setChecked(False)

    def _toggle_grid(self) -> None:
        is_shown = self._action("pixel_grid").isChecked()
        self._settings.set("is_pixel_grid_shown", is_shown)
        self._canvas.set_pixel_grid(is_shown)
