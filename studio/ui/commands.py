"""What every action of the table does: short sentences to the workspace, the canvas and the panels."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from studio.core import paths
from studio.core.errors import StudioError
from studio.core.settings import Settings
from studio.generation.verbs import VERBS
from studio.ui.actions import ACTIONS, TOOL_ACTIONS
from studio.ui.brush_commands import BrushCommands
from studio.ui.canvas.view import CanvasView
from studio.ui.clipboard import Clipboard
from studio.ui.file_commands import FileCommands
from studio.ui.layer_commands import LayerCommands
from studio.ui.main_window import MainWindow
from studio.ui.model_folders import publish_model_folders
from studio.ui.picture_commands import PictureCommands
from studio.ui.text_commands import TextCommands
from studio.ui.view_commands import ViewCommands
from studio.ui.workbench import Workbench
from studio.workspace.generating import RANDOM_SEED_LIMIT
from studio.workspace.notice import Notice
from studio.workspace.workspace import Workspace

if TYPE_CHECKING:
    from studio.ui.dialogs.shell import Dialog
    from studio.ui.recovery_commands import RecoveryCommands

BRUSH_STEP = 1.15
LINE_SETTINGS = {"rulers": "are_rulers_shown", "guides": "are_guides_shown", "grid": "is_grid_shown"}
HARDNESS_STEP = 0.1


class Commands:
    """The workbench is given later (`attach`): its buttons need the actions first."""

    def __init__(
        self,
        window: MainWindow,
        workspace: Workspace,
        canvas: CanvasView,
        files: FileCommands,
        settings: Settings,
    ) -> None:
        self._window = window
        self._workspace = workspace
        self._canvas = canvas
        self._files = files
        self._settings = settings
        self.picture = PictureCommands(
            workspace, window, show_panel=lambda panel_id: self.bench.show_panel(panel_id)
        )
        self.brushes = BrushCommands(
            workspace, settings, window, get_actions=lambda: self.bench.action_set, show=self._show
        )
        self.clipboard = Clipboard(workspace, canvas)
        self.layers = LayerCommands(workspace, lambda: self.bench.layers, window)
        self.texts = TextCommands(workspace, canvas)
        self._bench: Workbench | None = None
        self._dialog: Dialog | None = None
        self._last_shown_id: str | None = None

    def attach(self, bench: Workbench) -> None:
        self._bench = bench

    @property
    def bench(self) -> Workbench:
        assert self._bench is not None, "an action ran before the window was filled"
        return self._bench

    @functools.cached_property
    def recovery(self) -> RecoveryCommands:
        from studio.ui.recovery_commands import RecoveryCommands

        return RecoveryCommands(
            self._workspace,
            self._files,
            data_dir=paths.data_dir(),
            offer=lambda notice, action: self.bench.notices.show_notice(notice, action=action),
            parent=self._window,
        )

    def handlers(self) -> dict[str, Callable[[], None]]:
        """One for every id in the table of actions."""
        workspace, canvas, files = self._workspace, self._canvas, self._files
        making = workspace.in_the_making
        named: dict[str, Callable[[], None]] = {
            "new": files.new,
            "open": files.open,
            "save": lambda: files.save(),
            "save_as": files.save_as,
            "import_layer": files.import_layer,
            "export": files.export,
            "recover": lambda: self.recovery.show(),
            "quit": lambda: _ignore(self._window.close()),
            "undo": workspace.undo,
            "redo": workspace.redo,
            "brush_smaller": lambda: self._resize_brush(1 / BRUSH_STEP),
            "brush_larger": lambda: self._resize_brush(BRUSH_STEP),
            "brush_softer": lambda: self._harden_brush(-HARDNESS_STEP),
            "brush_harder": lambda: self._harden_brush(HARDNESS_STEP),
            "choose_color": lambda: self.bench.options.color.choose(),
            "swap_colors": lambda: workspace.tool_settings.swap_colors(),
            "default_colors": lambda: workspace.tool_settings.default_colors(),
            "preferences": self._show_preferences,
            "layer_add": lambda: _ignore(workspace.add_layer()),
            "layer_rename": self._rename_layer,
            "layer_recipe": self._use_layer_recipe,
            "rulers": self._show_lines,
            "guides": self._show_lines,
            "grid": self._show_lines,
            "guides_clear": lambda: workspace.picture.clear_guides(),
            "mask_hide": lambda: canvas.set_mask_hidden(self.bench.action_set["mask_hide"].isChecked()),
            "mask_clear": workspace.clear_mask,
            "mask_invert": workspace.invert_mask,
            "mask_fill": workspace.fill_mask,
            "generate": workspace.generate,
            "draw_scene": workspace.draw_scene,
            "stop": self._stop,
            "stop_all": workspace.generating.cancel_all,
            "making_pause": making.toggle_pause,
            "making_steer": making.steer,
            "making_end": making.end_early,
            "making_back": lambda: making.look_further(-1),
            "making_forward": lambda: making.look_further(1),
            "making_fork": making.fork,
            "making_fork_seed": lambda: making.fork(renews_noise=True),
            "making_keep_step": making.keep_step,
            "live_canvas": workspace.live_canvas.toggle,
            "live_accept": workspace.live_canvas.accept,
            "live_end": workspace.live_canvas.turn_off,
            "regions_show": lambda: canvas.set_regions_shown(
                self.bench.action_set["regions_show"].isChecked()
            ),
            "candidate_previous": workspace.previous_candidate,
            "candidate_next": workspace.next_candidate,
            "candidate_accept": self._accept,
            "candidate_discard": workspace.discard,
            "candidate_hide": self._toggle_candidate,
            "candidate_sort": self._sort_candidates,
            "candidate_mix": self._mix,
            "mask_auto": lambda: self._toggle("mask_auto", "is_mask_automatic"),
            "two_pass": lambda: self._toggle("two_pass", "is_two_pass"),
            "prefill_layer": workspace.prefill_to_layer,
            "show_reach": self._toggle_reach,
            "context_auto": lambda: workspace.forecasts.choose(None),
            "frame_to_canvas": workspace.fit_frame_to_canvas,
            "seed_random": self._roll_seed,
            "seed_lock": self._lock_seed,
            "focus_prompt": self._focus_prompt,
            "negative_prompt": self._toggle_negative,
            "vocabulary": lambda: self.bench.prompt.show_vocabulary(),
            "surprise": lambda: self.bench.prompt.surprise(),
            "queue_clear": workspace.queue.forget_ended,
            "engine_restart": workspace.queue.restart_engine,
            "model_folders": self._choose_model_folders,
            "zoom_in": canvas.zoom_in,
            "zoom_out": canvas.zoom_out,
            "zoom_actual": canvas.zoom_to_actual,
            "zoom_fit": canvas.fit_canvas,
            "zoom_frame": canvas.fit_frame,
            "hide_panels": self._toggle_all_panels,
            "fullscreen": self._toggle_fullscreen,
            "theme": self._toggle_theme,
            "shortcuts": self._show_shortcuts,
            "about": self._show_about,
        }
        named |= self.picture.handlers()
        named |= ViewCommands(canvas, self._settings, lambda id: self.bench.action_set[id]).handlers()
        named |= self.brushes.handlers()
        named |= self.clipboard.handlers()
        named |= self.layers.handlers()
        for verb in VERBS:
            named[f"verb_{verb.identifier}"] = self._verb_chooser(verb.identifier)
        named |= self.texts.handlers()
        for tool_id, action_id in TOOL_ACTIONS.items():
            named[action_id] = self._tool_chooser(tool_id)
        for entry in ACTIONS:
            if entry.id.startswith("panel_"):
                named[entry.id] = self._panel_toggler(entry.id.removeprefix("panel_"))
        return {action_id: self._guarded(handler) for action_id, handler in named.items()}

    def _guarded(self, handler: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                handler()
            except StudioError as error:
                self._workspace.notices.emit(
                    Notice(error.message, remedy=error.remedy, details=error.details, is_error=True)
                )

        return run

    # Tools ----------------------------------------------------------------------------------------------------

    def _tool_chooser(self, tool_id: str) -> Callable[[], None]:
        def choose() -> None:
            self._workspace.tool_settings.active_tool_id = tool_id
            # A checkable action unchecks itself when it is chosen twice; the tool stays.
            self.bench.action_set[TOOL_ACTIONS[tool_id]].setChecked(True)

        return choose

    def _resize_brush(self, factor: float) -> None:
        settings = self._workspace.tool_settings
        size = settings.size_px * factor
        # Small sizes must move by at least a pixel.
        settings.size_px = max(size, settings.size_px + 1) if factor > 1 else min(size, settings.size_px - 1)

    def _harden_brush(self, change: float) -> None:
        settings = self._workspace.tool_settings
        settings.hardness = round(settings.hardness + change, 3)

    # Layers ---------------------------------------------------------------------------------------------------

    def _rename_layer(self) -> None:
        self.bench.show_panel("layers")
        self.bench.layers.rename()

    def _use_layer_recipe(self) -> None:
        layer = self._workspace.document.active_layer
        if layer is not None and layer.recipe is not None:
            self._workspace.use_recipe(layer.recipe)
            what = "Prompt and seed" if layer.recipe.is_drawn else "Prompt, seed and settings"
            self._workspace.notices.emit(Notice(f"{what} are those of the layer; the seed is locked."))

    # Generating -----------------------------------------------------------------------------------------------

    def _stop(self) -> None:
        """An unfinished stroke is what Escape means first."""
        if not self._canvas.cancel_gesture():
            self._workspace.cancel()

    def _accept(self) -> None:
        self._workspace.accept()
        # Ctrl+Z right after must take the result back, not a word in the prompt.
        self.bench.focus_canvas()

    def _toggle_candidate(self) -> None:
        results = self._workspace.results
        if results.current is not None:
            self._last_shown_id = results.current.id
            results.show(None)
        elif results.find(self._last_shown_id) is not None:
            results.show(self._last_shown_id)
        else:
            results.step(0)

    def _verb_chooser(self, identifier: str) -> Callable[[], None]:
        def choose() -> None:
            self._workspace.settings.choose_verb(identifier)
            # A checkable action unchecks itself when it is chosen twice; the verb stays.
            self.bench.action_set[f"verb_{identifier}"].setChecked(True)

        return choose

    def _toggle(self, action_id: str, field: str) -> None:
        self._workspace.settings.set(**{field: self.bench.action_set[action_id].isChecked()})

    def _toggle_reach(self) -> None:
        self._workspace.forecasts.show(self.bench.action_set["show_reach"].isChecked())

    def _mix(self) -> None:
        self._workspace.mix_results()
        self._workspace.tool_settings.active_tool_id = "mix_brush"
        self.bench.focus_canvas()

    def _sort_candidates(self) -> None:
        self._workspace.results.sort_by_seam(self.bench.action_set["candidate_sort"].isChecked())

    def _roll_seed(self) -> None:
        # System entropy, so that two windows never roll the same.
        self._workspace.settings.set(seed=random.SystemRandom().randrange(RANDOM_SEED_LIMIT))

    def _lock_seed(self) -> None:
        self._workspace.settings.set(is_seed_random=not self.bench.action_set["seed_lock"].isChecked())

    def _focus_prompt(self) -> None:
        self.bench.set_all_hidden(False)
        self.bench.prompt.focus_prompt()

    def _toggle_negative(self) -> None:
        self.bench.prompt.set_negative_shown(self.bench.action_set["negative_prompt"].isChecked())

    # View -----------------------------------------------------------------------------------------------------

    def _panel_toggler(self, panel_id: str) -> Callable[[], None]:
        return lambda: self.bench.toggle_panel(panel_id)

    def restore_lines(self) -> None:
        """Rulers, guides and grid as they were shown last."""
        for action_id, name in LINE_SETTINGS.items():
            self.bench.action_set[action_id].setChecked(self._settings.flag(name))
        self._show_lines()

    def _show_lines(self) -> None:
        actions = self.bench.action_set
        for action_id, name in LINE_SETTINGS.items():
            self._settings.set(name, actions[action_id].isChecked())
        self._canvas.lines.shows_guides = actions["guides"].isChecked()
        self._canvas.lines.shows_grid = actions["grid"].isChecked()
        self._canvas.update()
        self.bench.host.set_rulers_shown(actions["rulers"].isChecked())

    def _toggle_all_panels(self) -> None:
        self.bench.set_all_hidden(self.bench.action_set["hide_panels"].isChecked())
        self.bench.focus_canvas()

    def _toggle_fullscreen(self) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()

    def _toggle_theme(self) -> None:
        self._settings.set("theme", "dark" if self._settings.text("theme") == "light" else "light")

    # Dialogs are imported when they are asked for: they need not hold up the first stroke.

    def _show_preferences(self) -> None:
        from studio.ui.dialogs.preferences import PreferencesDialog

        self._show(PreferencesDialog(self._settings, self._window))

    def _choose_model_folders(self) -> None:
        """The engine looks at the disk when it starts, so it starts anew."""
        from studio.ui.dialogs.model_folders import ModelFoldersDialog

        before = self._settings.items("model_folders")
        dialog = ModelFoldersDialog(before, self._window)
        is_wanted, folders = dialog.exec(), dialog.folders
        dialog.deleteLater()
        if is_wanted and folders != before:
            self._settings.set("model_folders", folders)
            publish_model_folders(folders)
            self._workspace.queue.restart_engine()

    def _show_shortcuts(self) -> None:
        from studio.ui.dialogs.shortcuts import ShortcutsDialog

        self._show(ShortcutsDialog(self._window))

    def _show_about(self) -> None:
        from studio.ui.dialogs.about import AboutDialog

        self._show(AboutDialog(self._workspace.queue.catalog, self._window))

    def _show(self, dialog: Dialog) -> None:
        """Beside the work, never in its way; one at a time."""
        if self._dialog is not None:
            self._dialog.close()
        self._dialog = dialog
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(lambda _: self._forget(dialog))
        dialog.setModal(False)
        dialog.show()

    def _forget(self, dialog: Dialog) -> None:
        if self._dialog is dialog:
            self._dialog = None


def _ignore(_: object) -> None:
    """For verbs whose answer a menu has no use for."""
