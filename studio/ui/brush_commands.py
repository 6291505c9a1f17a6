"""What the actions of brushes and symmetry do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QWidget

from studio.brushes.symmetry import SymmetryKind
from studio.core.errors import StudioError
from studio.core.settings import Settings
from studio.ui.action_set import ActionSet
from studio.workspace.notice import Notice
from studio.workspace.workspace import Workspace

if TYPE_CHECKING:
    from studio.ui.dialogs.shell import Dialog

KINDS: dict[tuple[bool, bool], SymmetryKind] = {
    (False, False): "none",
    (True, False): "vertical",
    (False, True): "horizontal",
    (True, True): "both",
}
MAX_IMPORTED = 200


class BrushCommands:
    """ask_name, ask_files: replaced in tests, where nobody answers a dialog."""

    def __init__(
        self,
        workspace: Workspace,
        settings: Settings,
        parent: QWidget,
        *,
        get_actions: Callable[[], ActionSet],
        show: Callable[[Dialog], None],
    ) -> None:
        self._workspace = workspace
        self._settings = settings
        self._parent = parent
        self._get_actions = get_actions
        self._show = show
        self.ask_name: Callable[[QWidget, str], str | None] = _ask_name
        self.ask_files: Callable[[QWidget, str], list[Path]] = _ask_files
        workspace.document_replaced.subscribe(lambda _: self._keep_inside())

    def handlers(self) -> dict[str, Callable[[], None]]:
        return {
            "brush_edit": self._edit,
            "brush_erasing": self._toggle_erasing,
            "brush_save": self._save,
            "brush_update": lambda: self._workspace.brush_shelf.update(),
            "brush_reset": lambda: self._workspace.brush_shelf.reset(),
            "brush_delete": self._delete,
            "brush_import": self._import,
            "mirror_vertical": self._mirror,
            "mirror_horizontal": self._mirror,
            "mirror_radial": self._turn,
            "mirror_center": self._center,
        }

    def _edit(self) -> None:
        from studio.ui.dialogs.brush_editor import BrushEditor

        self._show(BrushEditor(self._workspace, self._parent))

    def _toggle_erasing(self) -> None:
        self._workspace.tool_settings.is_erasing = self._get_actions()["brush_erasing"].isChecked()

    def _save(self) -> None:
        shelf = self._workspace.brush_shelf
        chosen = shelf.chosen
        name = self.ask_name(self._parent, chosen.name if chosen is not None else "My brush")
        if name is not None and name.strip():
            shelf.save_as(name)

    def _delete(self) -> None:
        shelf = self._workspace.brush_shelf
        chosen = shelf.chosen
        if chosen is None or not chosen.is_own:
            return
        shelf.delete(chosen.id)
        self._workspace.notices.emit(
            Notice(f"The brush “{chosen.name}” is deleted. It stays in your hand: save it to have it back.")
        )

    def _import(self) -> None:
        paths = self.ask_files(self._parent, self._settings.text("last_folder"))
        if not paths:
            return
        names: list[str] = []
        ignored: list[str] = []
        refused: list[str] = []
        for path in paths[:MAX_IMPORTED]:
            try:
                read = self._workspace.brush_shelf.import_file(path)
            except StudioError as error:
                refused.append(f"{path.name}: {error.message}")
                continue
            names.append(read.name)
            ignored.extend(f"{path.name}: {entry}" for entry in read.ignored)
        self._workspace.notices.emit(_import_notice(names, ignored, refused))

    def _mirror(self) -> None:
        actions = self._get_actions()
        kind = KINDS[actions["mirror_vertical"].isChecked(), actions["mirror_horizontal"].isChecked()]
        self._set_kind(kind)

    def _turn(self) -> None:
        self._set_kind("radial" if self._get_actions()["mirror_radial"].isChecked() else "none")

    def _set_kind(self, kind: SymmetryKind) -> None:
        """The first time, and where the axis was left outside, it stands in the middle of the canvas."""
        settings, canvas = self._workspace.tool_settings, self._workspace.document.canvas
        symmetry = replace(settings.symmetry, kind=kind)
        is_outside = not (canvas.x < symmetry.x < canvas.right and canvas.y < symmetry.y < canvas.bottom)
        settings.symmetry = symmetry.with_center(*canvas.center) if is_outside else symmetry
        actions = self._get_actions()
        actions["mirror_vertical"].setChecked(kind in ("vertical", "both"))
        actions["mirror_horizontal"].setChecked(kind in ("horizontal", "both"))
        actions["mirror_radial"].setChecked(kind == "radial")

    def _keep_inside(self) -> None:
        """Another picture: an axis beyond its edge would mirror everything away."""
        if self._workspace.tool_settings.symmetry.kind != "none":
            self._center()

    def _center(self) -> None:
        settings = self._workspace.tool_settings
        settings.symmetry = settings.symmetry.with_center(*self._workspace.document.canvas.center)


def _import_notice(names: list[str], ignored: list[str], refused: list[str]) -> Notice:
    parts = []
    if len(names) == 1:
        parts.append(f"The brush “{names[0]}” is imported.")
    elif names:
        parts.append(f"{len(names)} brushes are imported.")
    if ignored:
        parts.append("Some of what they ask for is not known here.")
    if refused:
        parts.append(refused[0] if len(refused) == 1 else f"{len(refused)} files could not be read.")
    return Notice(" ".join(parts), details="\n".join([*refused, *ignored]), is_error=not names)


def _ask_name(parent: QWidget, suggestion: str) -> str | None:
    name, is_given = QInputDialog.getText(
        parent, "Save Brush", "Name of the brush:", QLineEdit.EchoMode.Normal, suggestion
    )
    return name if is_given else None


def _ask_files(parent: QWidget, folder: str) -> list[Path]:
    names, _ = QFileDialog.getOpenFileNames(parent, "Import Brushes", folder, "MyPaint brushes (*.myb)")
    return [Path(name) for name in names]
