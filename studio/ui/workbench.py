"""Everything inside the window: tools, options, canvas, prompt, sidebar, status, and the notices over the canvas."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSplitter, QVBoxLayout, QWidget

from studio.ui.canvas.view import CanvasView
from studio.ui.context import Context
from studio.ui.main_window import PROMPT_PX, SIDEBAR_PX
from studio.ui.panels.candidates import CandidateBar
from studio.ui.panels.layers import LayersPanel
from studio.ui.panels.prompt import PromptPanel
from studio.ui.panels.status import StatusBar
from studio.ui.panels.table import PANELS, Panel
from studio.ui.panels.tool_bar import ToolBar
from studio.ui.panels.tool_options import ToolOptions
from studio.ui.widgets.buttons import action_button
from studio.ui.widgets.notices import NoticeStack
from studio.ui.widgets.section import Section
from studio.ui.widgets.slider_spin import SliderSpin

SCROLL_BAR_PX = 10


class CanvasHost(QWidget):
    """The canvas, and what lies over it."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__()
        self.canvas = canvas
        self.notices: NoticeStack | None = None
        self.candidates: CandidateBar | None = None
        canvas.setParent(self)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 140)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.canvas.setGeometry(self.rect())
        if self.notices is not None:
            self.notices.place()
        if self.candidates is not None:
            self.candidates.place()


class Sidebar(QScrollArea):
    """The panels of the table, each foldable and each hideable; where they do not fit, all of it scrolls."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setProperty("role", "sidebar")
        self._split.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._split.setChildrenCollapsible(False)
        self.panels: dict[str, QWidget] = {}
        self.sections: dict[str, Section] = {}
        for entry in PANELS:
            panel = entry.make(context)
            buttons = tuple(action_button(context.actions[id], icon_px=16) for id in entry.header_actions)
            section = Section(entry.title, panel, context.icons, buttons=buttons)
            self.panels[entry.id] = panel
            self.sections[entry.id] = section
            self._split.addWidget(section)
        for index, entry in enumerate(PANELS):
            self._split.setStretchFactor(index, entry.share)
        self.setWidget(self._split)
        self.set_sizes([entry.share for entry in PANELS])

    @property
    def sizes(self) -> list[int]:
        return self._split.sizes()

    def set_sizes(self, sizes_px: list[int]) -> None:
        self._split.setSizes(sizes_px)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._split.minimumSizeHint().width() + SCROLL_BAR_PX, 120)


class Workbench(QWidget):
    """The central widget. Shows the status bar of its window too."""

    def __init__(self, context: Context, canvas: CanvasView) -> None:
        super().__init__()
        self._context = context
        self.action_set = context.actions
        self.canvas = canvas
        self.host = CanvasHost(canvas)
        self.tools = ToolBar(context)
        self.options = ToolOptions(context)
        self.prompt = PromptPanel(context)
        self.sidebar = Sidebar(context)
        self.status = StatusBar(context)
        self.candidates = CandidateBar(context, self.host)
        self.notices = NoticeStack(context.icons, self.host)
        self.host.candidates = self.candidates
        self.host.notices = self.notices
        self._middle = QSplitter(Qt.Orientation.Vertical)
        self._middle.addWidget(self.host)
        self._middle.addWidget(self.prompt)
        self._middle.setChildrenCollapsible(False)
        self._middle.setStretchFactor(0, 1)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.addWidget(self._middle)
        self._split.addWidget(self.sidebar)
        self._split.setChildrenCollapsible(False)
        self._split.setStretchFactor(0, 1)
        self._lay_out()
        self._restore()
        self.candidates.compare_held.connect(canvas.set_compare_held)
        canvas.zoom_changed.connect(self.status.show_zoom)
        self.status.show_zoom(canvas.zoom)
        for spin in self.findChildren(SliderSpin):
            spin.committed.connect(self.focus_canvas)

    @property
    def layers(self) -> LayersPanel:
        panel = self.sidebar.panels["layers"]
        assert isinstance(panel, LayersPanel)
        return panel

    def focus_canvas(self) -> None:
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_panel_shown(self, panel_id: str, is_shown: bool) -> None:
        self.sidebar.sections[panel_id].setVisible(is_shown)
        self.sidebar.setVisible(any(not section.isHidden() for section in self.sidebar.sections.values()))

    def set_all_hidden(self, is_hidden: bool) -> None:
        """Nothing but the canvas, its results and notices."""
        for widget in (self.tools, self.options, self.prompt):
            widget.setVisible(not is_hidden)
        has_sections = any(not section.isHidden() for section in self.sidebar.sections.values())
        self.sidebar.setVisible(not is_hidden and has_sections)

    def refresh_theme(self) -> None:
        """What is painted by hand takes the new colours."""
        for widget in self.findChildren(QWidget):
            widget.update()

    def remember(self) -> None:
        """Writes the layout into the settings."""
        settings = self._context.settings
        sections = self.sidebar.sections
        if self.sidebar.isVisible():
            settings.set("sidebar_width_px", self._split.sizes()[1])
            settings.set("sidebar_sizes", self.sidebar.sizes)
        if self.prompt.isVisible():
            settings.set("prompt_height_px", self._middle.sizes()[1])
        settings.set("hidden_panels", [id for id, section in sections.items() if section.isHidden()])
        settings.set("folded_panels", [id for id, section in sections.items() if not section.is_open])
        settings.set("is_negative_prompt_shown", not self.prompt.negative.isHidden())

    def close_panels(self) -> None:
        parts: list[Panel] = [self.tools, self.options, self.prompt, self.status, self.candidates]
        for part in parts:
            part.close_panel()
        for panel in self.sidebar.panels.values():
            panel.close_panel()  # type: ignore[attr-defined]  # every maker in the table makes a Panel
        self.canvas.close_model()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.tools)
        row.addWidget(self._split, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.options)
        column.addLayout(row, 1)

    def _restore(self) -> None:
        settings = self._context.settings
        self._split.setSizes([10_000, settings.number("sidebar_width_px") or SIDEBAR_PX])
        self._middle.setSizes([10_000, settings.number("prompt_height_px") or PROMPT_PX])
        sizes = settings.items("sidebar_sizes")
        if (
            len(sizes) == len(PANELS)
            and all(isinstance(size, int) and size >= 0 for size in sizes)
            and any(sizes)
        ):
            self.sidebar.set_sizes(sizes)
        for panel_id in settings.items("hidden_panels"):
            if panel_id in self.sidebar.sections:
                self.sidebar.sections[panel_id].hide()
        for panel_id in settings.items("folded_panels"):
            if panel_id in self.sidebar.sections:
                self.sidebar.sections[panel_id].set_open(False)
        self.prompt.set_negative_shown(settings.flag("is_negative_prompt_shown"))
