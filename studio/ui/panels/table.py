"""The sidebar's panels, from top to bottom; those with `tab_of` share the section of another as tabs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget

from studio.ui.context import Context
from studio.ui.panels.generate import GeneratePanel
from studio.ui.panels.layers import LayersPanel
from studio.ui.panels.queue import QueuePanel


@runtime_checkable
class Panel(Protocol):
    """A widget that binds to the workspace when it is made and lets go of it in `close_panel`."""

    def close_panel(self) -> None: ...


@dataclass(frozen=True, kw_only=True)
class PanelSpec:
    """tab_of: the panel whose section it shares; then that one's height counts. share_px: height at first. stretch:
    its part of what is left over. header_actions: buttons in its title. make: called when the panel is first seen; one
    that is not in front at first imports its module inside.
    """

    id: str
    title: str
    make: Callable[[Context], QWidget]
    share_px: int = 0
    stretch: int = 0
    header_actions: tuple[str, ...] = ()
    tab_of: str = ""


def _saved_masks(context: Context) -> QWidget:
    from studio.ui.panels.saved_masks import SavedMasksPanel

    return SavedMasksPanel(context)


def _brushes(context: Context) -> QWidget:
    from studio.ui.panels.brushes import BrushesPanel

    return BrushesPanel(context)


def _color(context: Context) -> QWidget:
    from studio.ui.panels.color import ColorPanel

    return ColorPanel(context)


def _history(context: Context) -> QWidget:
    from studio.ui.panels.history import HistoryPanel

    return HistoryPanel(context)


PANELS: tuple[PanelSpec, ...] = (
    PanelSpec(id="generate", title="Settings", make=GeneratePanel, share_px=380, stretch=0),
    PanelSpec(id="color", title="Color", make=_color, tab_of="generate"),
    PanelSpec(id="brushes", title="Brushes", make=_brushes, tab_of="generate"),
    PanelSpec(id="layers", title="Layers", make=LayersPanel, share_px=250, stretch=3),
    PanelSpec(id="masks", title="Masks", make=_saved_masks, tab_of="layers"),
    PanelSpec(id="history", title="History", make=_history, tab_of="layers"),
    PanelSpec(
        id="queue", title="Queue", make=QueuePanel, share_px=100, stretch=1, header_actions=("queue_clear",)
    ),
)
