"""The sidebar's panels, from top to bottom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtWidgets import QWidget

from studio.ui.context import Context
from studio.ui.panels.generate import GeneratePanel
from studio.ui.panels.layers import LayersPanel
from studio.ui.panels.queue import QueuePanel


class Panel(Protocol):
    """A widget that binds to the workspace when it is made and lets go of it in `close_panel`."""

    def close_panel(self) -> None: ...


@dataclass(frozen=True, kw_only=True)
class PanelSpec:
    """share: of the sidebar's height at first. header_actions: buttons in its title line."""

    id: str
    title: str
    make: Callable[[Context], QWidget]
    share: int
    header_actions: tuple[str, ...] = ()


PANELS: tuple[PanelSpec, ...] = (
    PanelSpec(id="generate", title="Settings", make=GeneratePanel, share=388),
    PanelSpec(id="layers", title="Layers", make=LayersPanel, share=214),
    PanelSpec(id="queue", title="Queue", make=QueuePanel, share=100, header_actions=("queue_clear",)),
)
