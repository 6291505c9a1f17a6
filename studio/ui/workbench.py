"""Everything inside the window: tools, options, canvas, prompt, sidebar, status, and the notices over the canvas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from studio.ui.canvas.view import CanvasView
from studio.ui.context import Context
from studio.ui.main_window import PROMPT_PX, SIDEBAR_PX
from studio.ui.panels.prompt import PromptPanel
from studio.ui.panels.tool_bar import ToolBar

if TYPE_CHECKING:
    from studio.ui.canvas.ruler import Ruler
    from studio.ui.forecasting import Forecasting
    from studio.ui.panels.candidates import CandidateBar
    from studio.ui.panels.layers import LayersPanel
    from studio.ui.panels.live_bar import LiveBar
    from studio.ui.panels.status import StatusBar
    from studio.ui.panels.timeline import TimelineBar
    from studio.ui.panels.tool_options import ToolOptions
    from studio.ui.sidebar import Sidebar
    from studio.ui.widgets.notices import NoticeStack

OPTIONS_PX = 41
"""The height of the bar of tool options, kept free until it is there: the canvas must not move."""

FILLING = 100_000
"""More than any window: the splitter's other part gets what it asks for."""


class CanvasHost(QWidget):
    """The canvas, its rulers, and what lies over it. guide_dropped: Guide, dragged out of a ruler."""

    guide_dropped = Signal(object)

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__()
        self.canvas = canvas
        self.over: list[NoticeStack | CandidateBar | TimelineBar | LiveBar] = []
        canvas.setParent(self)
        self.rulers: tuple[Ruler, ...] = ()

    def set_rulers_shown(self, is_shown: bool) -> None:
        if is_shown and not self.rulers:
            from studio.ui.canvas.ruler import Ruler  # when they are first wanted

            self.rulers = tuple(
                Ruler(self.canvas, is_upright=is_upright, parent=self) for is_upright in (False, True)
            )
            for ruler in self.rulers:
                ruler.guide_dropped.connect(self.guide_dropped)
        for ruler in self.rulers:
            ruler.setVisible(is_shown)
        self._place()

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 140)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    def _place(self) -> None:
        area = self.rect()
        if any(not ruler.isHidden() for ruler in self.rulers):
            from studio.ui.canvas.ruler import RULER_PX

            top, left = self.rulers
            top.setGeometry(RULER_PX, 0, area.width() - RULER_PX, RULER_PX)
            left.setGeometry(0, RULER_PX, RULER_PX, area.height() - RULER_PX)
            area = area.adjusted(RULER_PX, RULER_PX, 0, 0)
        self.canvas.setGeometry(area)
        for widget in self.over:
            widget.place()


class Workbench(QWidget):
    """The central widget. Made empty; `open` adds what painting and prompting need, `complete` the rest."""

    tools: ToolBar
    options: ToolOptions
    prompt: PromptPanel
    sidebar: Sidebar
    status: StatusBar
    candidates: CandidateBar
    timeline: TimelineBar
    forecasting: Forecasting
    live_bar: LiveBar
    notices: NoticeStack

    def __init__(self, context: Context, canvas: CanvasView) -> None:
        super().__init__()
        self._context = context
        self.action_set = context.actions
        self.canvas = canvas
        self.host = CanvasHost(canvas)

    def open(self) -> Iterator[None]:
        """Tools, the prompt and the canvas; one at a step."""
        context = self._context
        self.tools = ToolBar(context)
        yield
        self.prompt = PromptPanel(context)
        yield
        self._middle = QSplitter(Qt.Orientation.Vertical)
        self._middle.addWidget(self.host)
        self._middle.addWidget(self.prompt)
        self._middle.setChildrenCollapsible(False)
        self._middle.setStretchFactor(0, 1)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.addWidget(self._middle)
        self._reserved = QWidget()
        self._split.addWidget(self._reserved)
        self._split.setChildrenCollapsible(False)
        self._split.setStretchFactor(0, 1)
        self._lay_out()
        settings = context.settings
        self._split.setSizes([FILLING, settings.number("sidebar_width_px") or SIDEBAR_PX])
        self._middle.setSizes([FILLING, settings.number("prompt_height_px") or PROMPT_PX])
        self.prompt.set_negative_shown(settings.flag("is_negative_prompt_shown"))

    def complete_tools(self) -> Iterator[None]:
        """What the tools can be set to, in the room that was kept for it."""
        from studio.ui.panels.tool_options import ToolOptions

        self.options = ToolOptions(self._context)
        self.options.committed.connect(self.focus_canvas)
        yield
        self._column.replaceWidget(self._reserved_options, self.options)
        self._reserved_options.deleteLater()
        yield

    def complete(self) -> Iterator[None]:
        """Sidebar, status, results and notices; one at a step. Their modules are imported before."""
        from studio.ui.forecasting import Forecasting
        from studio.ui.panels.candidates import CandidateBar
        from studio.ui.panels.live_bar import LiveBar
        from studio.ui.panels.status import StatusBar
        from studio.ui.panels.timeline import TimelineBar
        from studio.ui.sidebar import Sidebar
        from studio.ui.widgets.notices import NoticeStack
        from studio.ui.widgets.slider_spin import SliderSpin

        context = self._context
        self.notices = NoticeStack(context.icons, self.host)
        self.candidates = CandidateBar(context, self.host)
        self.candidates.compare_held.connect(self.canvas.set_compare_held)
        self.timeline = TimelineBar(context, self.host)
        self.timeline.height_changed.connect(self.candidates.stand_above)
        self.live_bar = LiveBar(context, self.host)
        self.host.over = [self.live_bar, self.timeline, self.candidates, self.notices]
        yield
        self.forecasting = Forecasting(context.workspace, lambda: self.canvas.is_stroking, self)
        self.status = StatusBar(context)
        self.status.show_zoom(self.canvas.zoom)
        self.canvas.zoom_changed.connect(self.status.show_zoom)
        yield
        self.sidebar = Sidebar()
        yield from self.sidebar.fill(context)
        sizes = self._split.sizes()
        self._split.replaceWidget(1, self.sidebar)
        self._reserved.deleteLater()
        self._split.setSizes(sizes)
        self._show_sidebar_if_any()
        for spin in self.findChildren(SliderSpin):
            spin.committed.connect(self.focus_canvas)

    @property
    def layers(self) -> LayersPanel:
        from studio.ui.panels.layers import LayersPanel

        panel = self.sidebar.panel("layers")
        assert isinstance(panel, LayersPanel)
        return panel

    def focus_canvas(self) -> None:
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_panel(self, panel_id: str) -> None:
        """In front of the other tabs of its section, unfolded."""
        self.sidebar.bring_front(panel_id)
        self.action_set[f"panel_{panel_id}"].setChecked(True)
        self._show_sidebar_if_any()

    def toggle_panel(self, panel_id: str) -> None:
        """Hides the panel that can be seen, else brings it in front."""
        if self.sidebar.is_in_front(panel_id):
            self.sidebar.hide_panel(panel_id)
            self.action_set[f"panel_{panel_id}"].setChecked(False)
            self._show_sidebar_if_any()
        else:
            self.show_panel(panel_id)

    def set_all_hidden(self, is_hidden: bool) -> None:
        """Nothing but the canvas, its results and notices."""
        for widget in (self.tools, self.options, self.prompt):
            widget.setVisible(not is_hidden)
        if is_hidden:
            self.sidebar.hide()
        else:
            self._show_sidebar_if_any()

    def refresh_theme(self) -> None:
        """What is painted by hand takes the new colours."""
        for widget in self.findChildren(QWidget):
            widget.update()

    def remember(self) -> None:
        """Writes the layout into the settings."""
        settings = self._context.settings
        if not self.sidebar.isHidden():
            settings.set("sidebar_width_px", self._split.sizes()[1])
            settings.set("sidebar_sizes", self.sidebar.sizes if self.sidebar.is_arranged else [])
        if not self.prompt.isHidden():
            settings.set("prompt_height_px", self._middle.sizes()[1])
        settings.set("hidden_panels", self.sidebar.hidden_ids)
        settings.set("folded_panels", self.sidebar.folded_ids)
        settings.set("front_panels", self.sidebar.front_ids)
        settings.set("is_negative_prompt_shown", not self.prompt.negative.isHidden())

    def close_panels(self) -> None:
        for part in (
            self.tools,
            self.options,
            self.prompt,
            self.status,
            self.candidates,
            self.timeline,
            self.live_bar,
        ):
            part.close_panel()
        for panel in self.sidebar.panels.values():
            panel.close_panel()
        self.forecasting.close()
        self.canvas.close_model()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.tools)
        row.addWidget(self._split, 1)
        self._reserved_options = QWidget()
        self._reserved_options.setProperty("role", "options")
        self._reserved_options.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._reserved_options.setFixedHeight(OPTIONS_PX)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._reserved_options)
        self._column.addLayout(row, 1)

    def _show_sidebar_if_any(self) -> None:
        has_any = any(not section.isHidden() for section in self.sidebar.sections.values())
        self.sidebar.setVisible(has_any)
