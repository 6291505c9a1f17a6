"""One open studio: workspace, engine, actions and panels, wired together inside a window."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QMenuBar

from studio.core import paths
from studio.core.errors import StudioError
from studio.core.settings import Settings
from studio.document.changes import Change, TilesChanged
from studio.document.document import Document
from studio.jobs.link import EngineLink
from studio.jobs.queue import EnginePhase, JobQueue
from studio.ui import theme as themes
from studio.ui.action_set import ActionSet
from studio.ui.background import WorkerBackground
from studio.ui.bind import Bindings
from studio.ui.canvas.colors import colors_for
from studio.ui.canvas.pen import pen_buttons, pressure_curve
from studio.ui.canvas.view import CanvasView
from studio.ui.commands import Commands
from studio.ui.context import Context
from studio.ui.engine_thread import EngineThread
from studio.ui.file_commands import FileCommands
from studio.ui.icons import IconSet
from studio.ui.later import Later
from studio.ui.main_window import MainWindow
from studio.ui.model_folders import publish_model_folders
from studio.ui.workbench import Workbench
from studio.workspace.notice import Notice
from studio.workspace.workspace import Workspace

if TYPE_CHECKING:
    from studio.project.claims import Claim
    from studio.project.edit_journal import EditJournal
    from studio.project.journal import CandidateJournal
    from studio.project.metadata import FoundRecipe

_log = logging.getLogger(__name__)
BAKES_PAUSE_MS = 400
"""The hand rests this long before generated layers are compared with what they were made from."""


class Session(QObject):
    """Made empty; `open_canvas` and then `complete` fill the window step by step, so that the event loop turns in
    between. After the first, strokes, prompts and the keys of painting and generating work; the second adds the other
    keys, menus and panels."""

    def __init__(self, window: MainWindow, settings: Settings, link: EngineLink) -> None:
        super().__init__(window)
        self.window = window
        self.settings = settings
        self.is_built = False
        self._link = link
        self._bindings = Bindings()
        self._is_closed = False
        self._last_engine_message = ""
        self._early_notices: list[Notice] = []
        self._is_let_go = False
        self.background = WorkerBackground(self)
        self.safe_background = WorkerBackground(self)
        self.engine_thread = EngineThread(link, self)

    def open_canvas(self) -> Iterator[None]:
        # Nothing to see before it is complete: each painting of the empty window would put it off.
        self.window.setUpdatesEnabled(False)
        theme = themes.THEMES[self.settings.text("theme")]
        self.queue = JobQueue(self._link)
        self.workspace = Workspace(
            queue=self.queue,
            background=self.background,
            journal=_journal,
            edit_journal=_edit_journal,
            safe_background=self.safe_background,
            claim=_claim,
        )
        self.workspace.settings.load(self.settings.mapping("generation"))
        self.workspace.tool_settings.restore(self.settings.mapping("tools"))
        self.workspace.chosen_brush_ids = self.settings.mapping("chosen_brushes")
        yield
        application().setStyleSheet(themes.stylesheet(theme))
        self.icons = IconSet(theme, is_held=True)
        yield
        self.canvas = CanvasView(self.workspace)
        self.canvas.set_colors(colors_for(theme))
        self._set_pen()
        self.canvas.set_pixel_grid(self.settings.flag("is_pixel_grid_shown"))
        self.files = FileCommands(self.workspace, self.settings, self.icons, self.window)
        self.commands = Commands(self.window, self.workspace, self.canvas, self.files, self.settings)
        yield
        self.actions = ActionSet(self.window, self.canvas, self.commands.handlers())
        self.context = Context(
            workspace=self.workspace, actions=self.actions, icons=self.icons, settings=self.settings
        )
        yield
        self.bench = Workbench(self.context, self.canvas)
        yield from self.bench.open()
        self.commands.attach(self.bench)
        self._connect()
        yield
        self.window.setMenuBar(self._reserved_menu_bar())
        self.window.setCentralWidget(self.bench)
        self.window.may_close = self._may_close
        # The first thing to do on a blank canvas is to say what should be there.
        self.bench.prompt.focus_prompt()
        self._refresh_actions()
        self._refresh_title()
        self.window.setUpdatesEnabled(True)

    def complete(self) -> Iterator[None]:
        """The modules of the panels should have been imported by now."""
        yield from self.bench.complete_tools()
        self.icons.release()
        yield
        self.actions.complete()
        self._refresh_actions()
        yield
        yield from self.bench.complete()
        self.window.setStatusBar(self.bench.status)
        yield
        self._fill_menus()
        self.bench.host.guide_dropped.connect(lambda guide: self.workspace.picture.add_guide(guide))
        self.commands.restore_lines()
        self.is_built = True
        early, self._early_notices = self._early_notices, []
        for notice in early:
            self.show_notice(notice)
        if self.settings.problem:
            self.show_notice(
                Notice(self.settings.problem, remedy="The old file is kept beside it as a backup.")
            )

    def start_engine(self) -> None:
        publish_model_folders([str(folder) for folder in self.settings.items("model_folders")])
        self.engine_thread.event_received.connect(self.queue.handle)
        self.engine_thread.start()

    def offer_recovery(self) -> None:
        """Asked for once the window is complete: what a crash left behind can wait for a second."""
        if not self._is_closed:
            self.commands.recovery.offer_at_start()

    def show_notice(self, notice: Notice) -> None:
        if notice.is_error:
            _log.warning("%s %s %s", notice.message, notice.remedy, notice.details)
        if self.is_built:
            self.bench.notices.show_notice(notice)
        else:
            self._early_notices.append(notice)

    def close(self) -> None:
        """Ends engine and threads, then writes the settings; safe to call twice."""
        if self._is_closed:
            return
        self._is_closed = True
        self.engine_thread.stop()
        if self.is_built and self._is_let_go:
            self.workspace.files.let_go()
        self.background.close()
        if self.is_built and self.workspace.safekeeping is not None:
            self.workspace.safekeeping.close()
        self.safe_background.close()
        if self.is_built:
            self._remember()
            self._document_end()
            self._history_end()
            self._bindings.disconnect()
            self.bench.close_panels()

    # Inside -----------------------------------------------------------------------------------------------------

    def _may_close(self) -> bool:
        """Only who was asked leaves nothing behind: a window closed by a signal keeps what is not saved."""
        self._is_let_go = self.files.may_discard()
        return self._is_let_go

    def _reserved_menu_bar(self) -> QMenuBar:
        """As high as it will be, so that the canvas does not move when the menus come."""
        bar = QMenuBar()
        bar.addAction(" ")
        return bar

    def _fill_menus(self) -> None:
        self.window.menuBar().clear()
        menus = self.actions.fill(self.window.menuBar())
        recent = menus["File"].addMenu("Open &Recent")
        menus["File"].insertMenu(self.actions["save"], recent)
        menus["File"].insertSeparator(self.actions["save"])
        recent.aboutToShow.connect(lambda: self.files.fill_recent(recent))
        for panel_id in self.bench.sidebar.ids:
            self.actions[f"panel_{panel_id}"].setChecked(panel_id not in self.bench.sidebar.hidden_ids)
        self.actions["negative_prompt"].setChecked(not self.bench.prompt.negative.isHidden())
        self.actions["regions_show"].setChecked(True)
        self.actions["theme"].setChecked(self.settings.text("theme") == "light")
        self.actions["pixel_grid"].setChecked(self.settings.flag("is_pixel_grid_shown"))

    def _connect(self) -> None:
        workspace = self.workspace
        self._refresh_later = Later(self._refresh_actions, parent=self)
        schedule = self._refresh_later.schedule
        self._document_end = workspace.document.changed.subscribe(self._on_document_changed)
        self._bakes_later = Later(workspace.bakes.look, pause_ms=BAKES_PAUSE_MS, parent=self)
        # At once: Ctrl+Z may follow in the same moment.
        self._history_end = workspace.history.changed.subscribe(self._on_history_changed)
        self._bindings.subscribe(workspace.document_replaced, self._on_document_replaced)
        for event in (
            workspace.queue.changed,
            workspace.results.changed,
            workspace.generating.changed,
            workspace.live_canvas.changed,
            workspace.bakes.changed,
        ):
            self._bindings.subscribe(event, schedule)
        self._bindings.subscribe(workspace.forecasts.context_changed, schedule)
        self._bindings.subscribe(workspace.dirty_changed, Later(self._refresh_title, parent=self).schedule)
        self._bindings.subscribe(workspace.queue.changed, self._on_queue_changed)
        self._bindings.subscribe(workspace.notices, self.show_notice)
        self._bindings.subscribe(workspace.recipe_found, self._offer_recipe)
        self._bindings.subscribe(self.settings.changed, self._on_setting_changed)
        self._bindings.field(
            workspace.settings,
            "is_seed_random",
            lambda random: self.actions["seed_lock"].setChecked(not random),
        )
        self.canvas.files_dropped.connect(lambda paths: self.files.take_files(list(paths)))
        self.canvas.image_dropped.connect(self.commands.clipboard.take_image)
        self.canvas.text_wanted.connect(self.commands.texts.begin)
        self.canvas.pen_commanded.connect(lambda action_id: self.actions[action_id].trigger())
        self.canvas.refused.connect(lambda sentence: self.show_notice(Notice(sentence)))

    def _on_document_replaced(self, document: Document) -> None:
        self._document_end()
        self._history_end()
        self._document_end = document.changed.subscribe(self._on_document_changed)
        self._history_end = self.workspace.history.changed.subscribe(self._on_history_changed)
        self._refresh_later.schedule()
        self._refresh_title()

    def _on_document_changed(self, change: Change) -> None:
        # Painting changes tiles a hundred times a second; of those only the mask's can enable anything.
        if not isinstance(change, TilesChanged) or change.target.kind == "selection":
            self._refresh_later.schedule()

    def _on_history_changed(self, _: None) -> None:
        self._refresh_actions()
        self._bakes_later.schedule()

    def _on_queue_changed(self, _: None) -> None:
        """An engine that died while it was idle, or for good, is worth a sentence of its own."""
        state = self.queue.engine_state
        if state.message == self._last_engine_message:
            return
        self._last_engine_message = state.message
        if state.message:
            is_given_up = state.phase is EnginePhase.stopped
            self.show_notice(
                Notice(state.message, remedy=state.remedy, details=state.details, is_error=is_given_up)
            )

    def _on_setting_changed(self, name: str) -> None:
        if name in ("pen_buttons", "pen_pressure"):
            self._set_pen()
        if name == "theme":
            theme = themes.THEMES[self.settings.text("theme")]
            themes.apply(application(), theme)
            self.icons.set_theme(theme)
            self.canvas.set_colors(colors_for(theme))
            self.actions["theme"].setChecked(theme is themes.LIGHT)
            self.bench.refresh_theme()

    def _set_pen(self) -> None:
        buttons = pen_buttons(self.settings.mapping("pen_buttons"))
        self.canvas.set_pen(buttons, pressure_curve(self.settings.items("pen_pressure")))

    def _offer_recipe(self, found: FoundRecipe) -> None:
        """Data from a file fills fields only when the artist says so; never the model of another studio."""
        known = self.workspace.settings.values.to_json()
        values = {name: value for name, value in found.values.items() if name in known and name != "model"}
        if "seed" in values:
            values["is_seed_random"] = False
        prompt = " ".join(str(values.get("prompt", "")).split())
        shown = f": “{prompt[:80]}{'…' if len(prompt) > 80 else ''}”" if prompt else ""
        self.bench.notices.show_notice(
            Notice(f"This picture carries the recipe it was made with{shown}."),
            action=("Use it", lambda: self.workspace.settings.set(**values)),
        )

    def _refresh_actions(self) -> None:
        self.actions.refresh(self.workspace)

    def _refresh_title(self) -> None:
        self.window.setWindowTitle(f"{self.workspace.title}[*] — Underpaint")
        self.window.setWindowModified(self.workspace.is_dirty)

    def _remember(self) -> None:
        self.bench.remember()
        self.settings.set("generation", self.workspace.settings.values.to_json())
        self.settings.set("tools", self.workspace.tool_settings.to_json())
        if self.workspace.open_shelf is not None:
            self.settings.set("chosen_brushes", self.workspace.open_shelf.chosen_ids())
        try:
            self.settings.save()
        except StudioError as error:
            _log.warning("%s %s", error, error.details)


def _journal(document_id: str) -> CandidateJournal:
    from studio.project.journal import journal_for

    return journal_for(paths.data_dir(), document_id)


def _edit_journal(document_id: str) -> EditJournal:
    from studio.project.edit_journal import new_journal
    from studio.project.journal import folder_for

    return new_journal(folder_for(paths.data_dir(), document_id))


def _claim() -> Claim:
    from studio.project.claims import Claim

    return Claim(paths.data_dir())


def application() -> QApplication:
    instance = QApplication.instance()
    assert isinstance(instance, QApplication)
    return instance
