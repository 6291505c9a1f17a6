"""Menu File and what is dropped or pasted: asks what must be asked, then says it to the workspace.

Dialogs are imported when they are asked for: they need not hold up the first stroke.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from studio.core.errors import StudioError
from studio.core.settings import Settings
from studio.ui.icons import IconSet
from studio.workspace.files import PROJECT_SUFFIX
from studio.workspace.notice import Notice
from studio.workspace.workspace import Workspace

if TYPE_CHECKING:
    from studio.ui.dialogs.unsaved import Answer, Overwrite


class FileCommands:
    """ask_unsaved, ask_overwrite: replaced in tests, where nobody answers a dialog."""

    def __init__(self, workspace: Workspace, settings: Settings, icons: IconSet, parent: QWidget) -> None:
        self._workspace = workspace
        self._settings = settings
        self._icons = icons
        self._parent = parent
        self.ask_unsaved: Callable[[QWidget, str], Answer] = _ask_unsaved
        self.ask_overwrite: Callable[[QWidget, str], Overwrite] = _ask_overwrite

    # Menu -----------------------------------------------------------------------------------------------------

    def new(self) -> None:
        from studio.ui.dialogs.new_document import ask_size

        size = ask_size(self._workspace.document.canvas.size, self._icons, self._parent)
        if size is not None and self.may_discard():
            self._workspace.new(size)

    def open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self._parent, "Open", self._folder(), _open_filter())
        if name:
            self.open_path(Path(name))

    def open_path(self, path: Path) -> None:
        """A path that is gone is taken off the list of recent files."""
        if not path.exists():
            self._settings.forget_file(path)
            self._workspace.notices.emit(
                Notice(f"“{path.name}” is not there any more.", remedy=str(path.parent), is_error=True)
            )
        elif self.may_discard():
            self._workspace.files.open(path, done=lambda: self._remember(path))

    def save(self, done: Callable[[bool], None] = lambda _: None) -> None:
        """Where it was, under a new name, or not at all when somebody else has changed the file meanwhile."""
        path = self._workspace.project_path
        if path is None:
            self.save_as(done)
            return
        from studio.ui.dialogs.unsaved import Overwrite

        answer = Overwrite.overwrite
        if self._workspace.files.is_changed_outside:
            answer = self.ask_overwrite(self._parent, path.name)
        if answer is Overwrite.copy:
            self.save_as(done)
        elif answer is Overwrite.cancel:
            done(False)
        else:
            self._workspace.files.save(done=done)

    def save_as(self, done: Callable[[bool], None] = lambda _: None) -> None:
        start = Path(self._folder()) / f"{self._workspace.title}{PROJECT_SUFFIX}"
        name, _ = QFileDialog.getSaveFileName(
            self._parent, "Save project", str(start), f"OpenRaster project (*{PROJECT_SUFFIX})"
        )
        if name:
            self._save_to(Path(name), done)
        else:
            done(False)

    def import_layer(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self._parent, "Import as layer", self._folder(), _picture_filter(writes=False)
        )
        if name:
            self._settings.set("last_folder", str(Path(name).parent))
            self._workspace.files.import_layer(Path(name))

    def export(self) -> None:
        from studio.project.formats import FORMATS
        from studio.ui.dialogs.export import ExportDialog, to_json

        size = self._workspace.document.canvas.size
        dialog = ExportDialog(size, self._settings.mapping("export_options"), self._parent)
        is_chosen, choice = dialog.exec(), dialog.choice
        dialog.deleteLater()
        if not is_chosen:
            return
        self._settings.set("export_options", to_json(choice))
        entry = FORMATS[choice.format_id]
        start = Path(self._folder()) / f"{self._workspace.title}{entry.extensions[0]}"
        pattern = " ".join(f"*{extension}" for extension in entry.extensions)
        name, _ = QFileDialog.getSaveFileName(
            self._parent, "Export picture", str(start), f"{entry.label} ({pattern})"
        )
        if not name:
            return
        path = Path(name)
        if path.suffix.lower() not in entry.extensions:
            path = path.with_name(path.name + entry.extensions[0])
        self._settings.set("last_folder", str(path.parent))
        self._workspace.files.export(path, options=choice.options)

    def fill_recent(self, menu: QMenu) -> None:
        """Called when the submenu opens."""
        menu.clear()
        recent = [Path(entry) for entry in self._settings.items("recent_files")]
        for path in recent:
            action = menu.addAction(path.name.replace("&", "&&"))
            action.setToolTip(str(path))
            action.setStatusTip(str(path))
            action.triggered.connect(lambda _checked=False, chosen=path: self.open_path(chosen))
        if not recent:
            menu.addAction("Nothing yet").setEnabled(False)

    # Drops and paste --------------------------------------------------------------------------------------------

    def take_files(self, paths: Sequence[Path]) -> None:
        """Dropped or pasted files: the first may become the document, the others become layers."""
        for path in paths:
            if path.suffix.lower() == PROJECT_SUFFIX:
                self.open_path(path)
                return
        for path in paths:
            self._workspace.files.place(path)

    # Before something is lost -----------------------------------------------------------------------------------

    def may_discard(self) -> bool:
        """Asks when there is something to lose; False: the artist wants to stay."""
        if not self._workspace.is_dirty:
            return True
        from studio.ui.dialogs.unsaved import Answer

        answer = self.ask_unsaved(self._parent, self._workspace.title)
        if answer is Answer.cancel:
            return False
        return answer is Answer.discard or self._save_and_wait()

    def _save_and_wait(self) -> bool:
        """The window stays alive while the project is written, but takes no input."""
        loop = QEventLoop()
        answers: list[bool] = []

        def on_saved(is_saved: bool) -> None:
            answers.append(is_saved)
            loop.quit()

        self.save(on_saved)
        if not answers:
            loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        return bool(answers) and answers[0]

    def _save_to(self, path: Path, done: Callable[[bool], None]) -> None:
        if path.suffix.lower() != PROJECT_SUFFIX:
            path = path.with_name(path.name + PROJECT_SUFFIX)

        def on_saved(is_saved: bool) -> None:
            if is_saved:
                self._remember(path)
            done(is_saved)

        self._workspace.files.save(path, done=on_saved)

    def _remember(self, path: Path) -> None:
        self._settings.remember_file(path)
        self._settings.set("last_folder", str(path.parent))
        try:
            self._settings.save()
        except StudioError as error:
            self._workspace.notices.emit(
                Notice(error.message, remedy=error.remedy, details=error.details, is_error=True)
            )

    def _folder(self) -> str:
        folder = self._settings.text("last_folder")
        if folder and Path(folder).is_dir():
            return folder
        return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation) or str(
            Path.home()
        )


def _ask_unsaved(parent: QWidget, title: str) -> Answer:
    from studio.ui.dialogs.unsaved import ask_unsaved

    return ask_unsaved(parent, title)


def _ask_overwrite(parent: QWidget, name: str) -> Overwrite:
    from studio.ui.dialogs.unsaved import ask_overwrite

    return ask_overwrite(parent, name)


def _picture_filter(*, writes: bool) -> str:
    from studio.project.formats import FORMATS

    formats = [entry for entry in FORMATS.values() if not writes or entry.encode is not None]
    patterns = " ".join(f"*{extension}" for entry in formats for extension in entry.extensions)
    return f"Pictures ({patterns})"


def _open_filter() -> str:
    pictures = _picture_filter(writes=False)
    patterns = pictures[pictures.index("(") + 1 : -1]
    return f"Projects and pictures (*{PROJECT_SUFFIX} {patterns});;OpenRaster projects (*{PROJECT_SUFFIX});;{pictures}"
