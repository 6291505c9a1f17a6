"""The brushes an artist can take: those that come with the studio, and her own, kept as files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from studio.brushes.brush import Brush
from studio.brushes.myb import MAX_BYTES as MAX_MYB_BYTES
from studio.brushes.myb import read_myb
from studio.brushes.preset import MAX_OWN, Preset, clean_name, preset_to_json, read_presets, shipped_presets
from studio.core.errors import ProjectError
from studio.core.events import Event
from studio.core.ids import new_id
from studio.project.atomic import write_bytes
from studio.tools.settings import DEFAULT_BRUSHES, ToolSettings

TAKES_ANY = ("brush", "eraser", "mask_brush", "mask_eraser")
"""Tools that any brush for paint fits: with one of them in hand, choosing a brush does not change the tool."""


@dataclass(frozen=True, kw_only=True)
class ImportedBrush:
    """ignored: what it asked for and does not get here."""

    name: str
    ignored: tuple[str, ...]


class BrushShelf:
    """changed: presets came or went, or another one is chosen. problem: one sentence when files could not be read."""

    def __init__(
        self, tool_settings: ToolSettings, folder: Path, chosen_ids: Mapping[str, object] | None = None
    ) -> None:
        """chosen_ids: those of an earlier session, whatever has become of them on the disk."""
        self.changed: Event[None] = Event()
        self._tool_settings = tool_settings
        self._folder = folder
        self._shipped = shipped_presets()
        self._own, broken = read_presets(folder)
        self.problem = f"Not a brush, and passed over: {', '.join(broken)}." if broken else ""
        self._chosen = {
            tool_id: preset_id
            for tool_id, preset_id in (chosen_ids or {}).items()
            if tool_id in DEFAULT_BRUSHES and isinstance(preset_id, str)
        }

    @property
    def presets(self) -> tuple[Preset, ...]:
        """The artist's own first."""
        return (*self._own, *self._shipped)

    def preset(self, preset_id: str) -> Preset | None:
        return next((preset for preset in self.presets if preset.id == preset_id), None)

    @property
    def chosen(self) -> Preset | None:
        """What the active tool's brush was taken from; None before one was chosen or after it was deleted."""
        return self.preset(self._chosen.get(self._tool_settings.active_tool_id, ""))

    @property
    def is_changed(self) -> bool:
        """The brush is no longer what was taken from the shelf."""
        chosen = self.chosen
        return chosen is not None and chosen.brush != self._brush

    def choose(self, preset_id: str) -> None:
        """Into the hand: the tool changes where the present one cannot use it."""
        preset = self.preset(preset_id)
        if preset is None:
            return
        settings = self._tool_settings
        active_id = settings.active_tool_id
        wanted = preset.tool_id if preset.tool_id in DEFAULT_BRUSHES else "brush"
        fits = active_id in TAKES_ANY and wanted == "brush"
        tool_id = active_id if fits else wanted
        self._chosen[tool_id] = preset.id
        settings.set_brush(tool_id, preset.brush)
        settings.active_tool_id = tool_id
        self.changed.emit(None)

    def reset(self) -> None:
        """The brush as it was taken from the shelf."""
        chosen = self.chosen
        if chosen is not None:
            self.choose(chosen.id)

    def save_as(self, name: str, brush: Brush | None = None, tool_id: str | None = None) -> Preset:
        """Keeps the brush in hand, or another one, as a preset of the artist's own, and takes it. Raises ProjectError
        where it cannot be written; then nothing has changed."""
        if len(self._own) >= MAX_OWN:
            raise ProjectError(f"There is room for {MAX_OWN} brushes.", remedy="Delete one you do not use.")
        own_tool = self._tool_settings.active_tool_id
        if own_tool not in DEFAULT_BRUSHES or own_tool.startswith("mask_"):
            own_tool = "brush"
        preset = Preset(
            id=f"own_{new_id()}",
            name=self._free_name(clean_name(name)),
            tool_id=tool_id or own_tool,
            brush=(brush or self._brush).clamped(),
            is_own=True,
        )
        self._write(preset)
        self._own = sorted([*self._own, preset], key=lambda one: (one.name.casefold(), one.id))
        self.choose(preset.id)
        return preset

    def import_file(self, path: Path) -> ImportedBrush:
        """A MyPaint brush becomes one of the artist's own. Raises a StudioError that says why it did not."""
        try:
            with path.open("rb") as file:
                data = file.read(MAX_MYB_BYTES + 1)
        except OSError as error:
            raise ProjectError("The file cannot be read.", details=f"{path}: {error}") from error
        read = read_myb(data)
        preset = self.save_as(path.stem.replace("_", " ").strip().capitalize(), read.brush, read.tool_id)
        return ImportedBrush(name=preset.name, ignored=read.ignored)

    def update(self) -> None:
        """The chosen preset, one of the artist's own, becomes the brush in hand. Raises ProjectError."""
        chosen = self.chosen
        if chosen is None or not chosen.is_own:
            return
        changed = replace(chosen, brush=self._brush)
        self._write(changed)
        self._own = [changed if preset.id == chosen.id else preset for preset in self._own]
        self.changed.emit(None)

    def delete(self, preset_id: str) -> None:
        """One of the artist's own. Raises ProjectError where its file cannot be removed."""
        preset = self.preset(preset_id)
        if preset is None or not preset.is_own:
            return
        path = self._path(preset)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise ProjectError(
                f"The brush “{preset.name}” could not be deleted.",
                remedy="Check that its folder can be written to.",
                details=f"{path}: {error}",
            ) from error
        self._own = [other for other in self._own if other.id != preset.id]
        self.changed.emit(None)

    def chosen_ids(self) -> dict[str, str]:
        """By tool, to be handed to the next shelf."""
        return dict(self._chosen)

    @property
    def _brush(self) -> Brush:
        return self._tool_settings.brush_of(self._tool_settings.active_tool_id)

    def _free_name(self, name: str) -> str:
        taken = {preset.name for preset in self.presets}
        free, number = name, 2
        while free in taken:
            free, number = f"{name} {number}", number + 1
        return free

    def _path(self, preset: Preset) -> Path:
        return self._folder / f"{preset.id}.json"

    def _write(self, preset: Preset) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ProjectError(
                "The folder for brushes could not be made.",
                remedy="Check that the disk is not full and your data folder can be written to.",
                details=f"{self._folder}: {error}",
            ) from error
        write_bytes(self._path(preset), preset_to_json(preset))
