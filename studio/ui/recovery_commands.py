"""After a crash: a sentence with a button at the next start, and the same list later from the File menu."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from studio.core.errors import StudioError
from studio.generation.request import UInt8Array
from studio.ui.file_commands import FileCommands
from studio.workspace.notice import Notice
from studio.workspace.workspace import Workspace

if TYPE_CHECKING:
    from studio.workspace.recovery import Leftover

Offer = Callable[[Notice, tuple[str, Callable[[], None]]], None]


class RecoveryCommands:
    """offer: shows a sentence with a button."""

    def __init__(
        self,
        workspace: Workspace,
        files: FileCommands,
        *,
        data_dir: Path,
        offer: Offer,
        parent: QWidget,
    ) -> None:
        self._workspace = workspace
        self._files = files
        self._data_dir = data_dir
        self._background = workspace.background
        self._offer = offer
        self._parent = parent

    def offer_at_start(self) -> None:
        """Says nothing when there is nothing to recover."""

        def tell(found: tuple[Leftover, ...]) -> None:
            if not found:
                return
            what = (
                "Your unsaved work was" if len(found) == 1 else f"Unsaved work on {len(found)} pictures was"
            )
            notice = Notice(
                f"The studio ended without closing last time. {what} kept safe.",
                remedy="File › Recover shows it later, too.",
                is_error=True,
            )
            self._offer(notice, ("Recover…", self.show))

        self._look(tell)

    def show(self) -> None:
        self._look(self._ask)

    def _look(self, then: Callable[[tuple[Leftover, ...]], None]) -> None:
        def look() -> tuple[Leftover, ...]:
            if not any((self._data_dir / "journal").glob("*/edits-*.journal")):
                return ()
            from studio.workspace.recovery import leftovers

            return leftovers(self._data_dir)

        self._background.run(look, done=then, failed=self._report)

    def _ask(self, found: tuple[Leftover, ...]) -> None:
        from studio.ui.dialogs.recover import RecoverDialog
        from studio.workspace import recovery

        dialog = RecoverDialog(found, picture=self._picture, delete=recovery.discard, parent=self._parent)
        is_wanted, chosen = dialog.exec(), dialog.chosen
        dialog.deleteLater()
        if is_wanted and chosen is not None and self._files.may_discard():
            self._workspace.files.recover(chosen)

    def _picture(self, leftover: Leftover, answer: Callable[[UInt8Array | None], None]) -> None:
        def draw() -> UInt8Array:
            from studio.workspace.recovery import thumbnail_of

            return thumbnail_of(leftover)

        self._background.run(draw, done=answer, failed=lambda _: answer(None))

    def _report(self, error: Exception) -> None:
        if isinstance(error, StudioError):
            self._workspace.notices.emit(
                Notice(error.message, remedy=error.remedy, details=error.details, is_error=True)
            )
