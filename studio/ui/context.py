"""What every panel is given: the workspace it shows and the window's actions, icons and settings."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QToolButton

from studio.core.settings import Settings
from studio.ui.action_set import ActionSet
from studio.ui.actions import spec
from studio.ui.icons import IconSet
from studio.ui.theme import ICON_PX
from studio.ui.widgets.buttons import action_button
from studio.workspace.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Context:
    """Of one window."""

    workspace: Workspace
    actions: ActionSet
    icons: IconSet
    settings: Settings

    def button(self, action_id: str, *, role: str = "", icon_px: int = ICON_PX) -> QToolButton:
        """A button for an action, with its icon, which is drawn when the first button needs it."""
        action = self.actions[action_id]
        if action.icon().isNull():
            self.icons.put(action, spec(action_id).icon)
        return action_button(action, role=role, icon_px=icon_px)
