"""What every panel is given: the workspace it shows and the window's actions, icons and settings."""

from __future__ import annotations

from dataclasses import dataclass

from studio.core.settings import Settings
from studio.ui.action_set import ActionSet
from studio.ui.icons import IconSet
from studio.workspace.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Context:
    workspace: Workspace
    actions: ActionSet
    icons: IconSet
    settings: Settings
