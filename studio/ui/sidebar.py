"""The panels of the table down the right side, each foldable and each hideable; some share a section as tabs."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QWidget

from studio.ui.context import Context
from studio.ui.panels.table import PANELS, Panel, PanelSpec
from studio.ui.widgets.section import Section, Tab

SCROLL_BAR_PX = 10


class Sidebar(QScrollArea):
    """Where the panels do not fit, all of it scrolls. Made empty; `fill` adds one section at a step.

    panels: those that have been seen, by id. sections: by the id of their first panel.
    """

    def __init__(self, entries: tuple[PanelSpec, ...] = PANELS) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setProperty("role", "sidebar")
        self._split.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._split.setChildrenCollapsible(False)
        self._wanted_sizes: list[int] = []
        self._entries = entries
        self._leads = [entry for entry in entries if not entry.tab_of]
        self.panels: dict[str, Panel] = {}
        self.sections: dict[str, Section] = {}
        self._split.splitterMoved.connect(self._on_moved)
        self.setWidget(self._split)

    def fill(self, context: Context) -> Iterator[None]:
        settings = context.settings
        folded = settings.items("folded_panels")
        for lead in self._leads:
            section = self._section(context, lead)
            self.sections[lead.id] = section
            self._split.addWidget(section)
            self._split.setStretchFactor(self._split.count() - 1, lead.stretch)
            section.set_open(lead.id not in folded)
            section.show_front()
            yield
        sizes = settings.items("sidebar_sizes")
        is_sound = len(sizes) == len(self._leads) and all(
            isinstance(size, int) and size >= 0 for size in sizes
        )
        self._wanted_sizes = sizes if is_sound and any(sizes) else []
        self._divide()

    @property
    def is_arranged(self) -> bool:
        """The artist has moved a border; until then the panels share the height by themselves."""
        return bool(self._wanted_sizes)

    @property
    def sizes(self) -> list[int]:
        return self._split.sizes()

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(entry.id for entry in self._entries)

    @property
    def hidden_ids(self) -> list[str]:
        return [panel_id for section in self.sections.values() for panel_id in section.hidden_ids]

    @property
    def folded_ids(self) -> list[str]:
        return [lead_id for lead_id, section in self.sections.items() if not section.is_open]

    @property
    def front_ids(self) -> list[str]:
        """The tabs in front, where they are not the first of their section."""
        return [section.front for lead_id, section in self.sections.items() if section.front != lead_id]

    def section_of(self, panel_id: str) -> Section:
        return next(section for section in self.sections.values() if panel_id in section.ids)

    def panel(self, panel_id: str) -> Panel:
        """Made now if it has not been seen yet."""
        self.section_of(panel_id).body(panel_id)
        return self.panels[panel_id]

    def is_in_front(self, panel_id: str) -> bool:
        """It is to be seen, or would be if the sidebar were."""
        section = self.section_of(panel_id)
        return section.is_open and panel_id not in section.hidden_ids and section.front == panel_id

    def bring_front(self, panel_id: str) -> None:
        section = self.section_of(panel_id)
        section.set_open(True)
        section.bring_front(panel_id)

    def hide_panel(self, panel_id: str) -> None:
        self.section_of(panel_id).set_shown(panel_id, False)

    def minimumSizeHint(self) -> QSize:
        return QSize(max(250, self._split.minimumSizeHint().width() + SCROLL_BAR_PX), 120)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._divide()

    def _section(self, context: Context, lead: PanelSpec) -> Section:
        entries = [lead, *(entry for entry in self._entries if entry.tab_of == lead.id)]
        hidden, fronts = context.settings.items("hidden_panels"), context.settings.items("front_panels")
        return Section(
            context.icons,
            tuple(self._tab(context, entry) for entry in entries),
            front=next((entry.id for entry in entries if entry.id in fronts), ""),
            hidden=tuple(entry.id for entry in entries if entry.id in hidden),
        )

    def _tab(self, context: Context, entry: PanelSpec) -> Tab:
        def make() -> QWidget:
            panel = entry.make(context)
            assert isinstance(panel, Panel)
            self.panels[entry.id] = panel
            return panel

        buttons = tuple(context.button(action_id, icon_px=16) for action_id in entry.header_actions)
        return Tab(id=entry.id, title=entry.title, make=make, buttons=buttons)

    def _on_moved(self) -> None:
        self._wanted_sizes = self._split.sizes()

    def _divide(self) -> None:
        """What the artist chose; else every section its share, and what is left over by stretch."""
        if len(self.sections) < len(self._leads) or self.viewport().height() <= 0:
            return
        sizes = self._wanted_sizes
        if not sizes:
            spare = max(0, self.viewport().height() - sum(entry.share_px for entry in self._leads))
            stretches = sum(entry.stretch for entry in self._leads)
            sizes = [entry.share_px + spare * entry.stretch // stretches for entry in self._leads]
        self._split.setSizes(sizes)
