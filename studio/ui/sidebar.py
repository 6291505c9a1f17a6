"""The panels of the table down the right side, each foldable and each hideable."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter

from studio.ui.context import Context
from studio.ui.panels.table import PANELS, Panel, PanelSpec
from studio.ui.widgets.section import Section

SCROLL_BAR_PX = 10


class Sidebar(QScrollArea):
    """Where the panels do not fit, all of it scrolls. Made empty; `fill` adds one panel at a step."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setProperty("role", "sidebar")
        self._split.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._split.setChildrenCollapsible(False)
        self._wanted_sizes: list[int] = []
        self.panels: dict[str, Panel] = {}
        self.sections: dict[str, Section] = {}
        self._split.splitterMoved.connect(self._on_moved)
        self.setWidget(self._split)

    def fill(self, context: Context) -> Iterator[None]:
        for entry in PANELS:
            self._add(context, entry)
            yield
        settings = context.settings
        sizes = settings.items("sidebar_sizes")
        is_sound = len(sizes) == len(PANELS) and all(isinstance(size, int) and size >= 0 for size in sizes)
        self._wanted_sizes = sizes if is_sound and any(sizes) else []
        for panel_id in settings.items("hidden_panels"):
            if panel_id in self.sections:
                self.sections[panel_id].hide()
        for panel_id in settings.items("folded_panels"):
            if panel_id in self.sections:
                self.sections[panel_id].set_open(False)
        self._divide()

    @property
    def is_arranged(self) -> bool:
        """The artist has moved a border; until then the panels share the height by themselves."""
        return bool(self._wanted_sizes)

    @property
    def sizes(self) -> list[int]:
        return self._split.sizes()

    @property
    def hidden_ids(self) -> list[str]:
        return [panel_id for panel_id, section in self.sections.items() if section.isHidden()]

    @property
    def folded_ids(self) -> list[str]:
        return [panel_id for panel_id, section in self.sections.items() if not section.is_open]

    def minimumSizeHint(self) -> QSize:
        return QSize(max(250, self._split.minimumSizeHint().width() + SCROLL_BAR_PX), 120)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._divide()

    def _add(self, context: Context, entry: PanelSpec) -> None:
        panel = entry.make(context)
        buttons = tuple(context.button(action_id, icon_px=16) for action_id in entry.header_actions)
        section = Section(entry.title, panel, context.icons, buttons=buttons)
        assert isinstance(panel, Panel)
        self.panels[entry.id] = panel
        self.sections[entry.id] = section
        self._split.addWidget(section)
        self._split.setStretchFactor(self._split.count() - 1, entry.stretch)

    def _on_moved(self) -> None:
        self._wanted_sizes = self._split.sizes()

    def _divide(self) -> None:
        """What the artist chose; else every panel its share, and what is left over by stretch."""
        if len(self.sections) < len(PANELS) or self.viewport().height() <= 0:
            return
        sizes = self._wanted_sizes
        if not sizes:
            spare = max(0, self.viewport().height() - sum(entry.share_px for entry in PANELS))
            stretches = sum(entry.stretch for entry in PANELS)
            sizes = [entry.share_px + spare * entry.stretch // stretches for entry in PANELS]
        self._split.setSizes(sizes)
