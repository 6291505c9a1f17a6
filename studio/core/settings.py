"""What the studio remembers between two sessions: look, window layout, recent files, last generation settings.

One JSON object on disk. Reading never fails: what is missing or of a wrong type falls back to its default, a file that
cannot be read at all is set aside as a backup, and keys of a newer version survive the next write.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from studio.core.errors import SettingsError
from studio.core.events import Event

FILE_NAME = "settings.json"
VERSION = 1
MAX_BYTES = 4_000_000
MAX_RECENT_FILES = 10

DEFAULTS: dict[str, Any] = {
    "theme": "dark",
    "ui_scale_percent": 100,
    "window_geometry": "",
    "hidden_panels": [],
    "sidebar_sizes": [],
    "sidebar_width_px": 0,
    "prompt_height_px": 0,
    "folded_panels": [],
    "front_panels": [],
    "recent_colors": [],
    "is_pixel_grid_shown": True,
    "palette": "",
    "is_negative_prompt_shown": False,
    "are_rulers_shown": False,
    "are_guides_shown": True,
    "is_grid_shown": False,
    "recent_files": [],
    "last_folder": "",
    "model_folders": [],
    "export_options": {},
    "generation": {},
    "tools": {},
    "pen_buttons": {},
    "pen_pressure": [],
    "chosen_brushes": {},
}
CHOICES: dict[str, tuple[Any, ...]] = {
    "theme": ("dark", "light"),
    "ui_scale_percent": (75, 100, 125, 150, 175, 200),
}

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Settings:
    """Values by name, always present and of the type of their default.

    changed: emits the name of a value that differs from before. problem: one sentence when the file on disk was
    unusable and has been set aside, else empty.
    """

    def __init__(self, values: Mapping[str, Any] | None = None, *, path: Path | None = None) -> None:
        """path: where `save` writes; None keeps everything in memory."""
        self.path = path
        self.problem = ""
        self.changed: Event[str] = Event()
        self._values: dict[str, Any] = {**DEFAULTS, **_sound(values or {})}

    @classmethod
    def load(cls, folder: Path) -> Settings:
        """Reads `settings.json` in `folder`. A broken file is renamed to settings.broken.json; defaults apply."""
        path = folder / FILE_NAME
        try:
            values = _read(path)
        except (OSError, ValueError, RecursionError) as error:
            _log.warning("settings could not be read: %s", error)
            settings = cls(path=path)
            settings.problem = "The settings could not be read; the studio started with its defaults."
            with contextlib.suppress(OSError):
                path.replace(path.with_name("settings.broken.json"))
            return settings
        return cls(values, path=path)

    def text(self, name: str) -> str:
        return self._typed(name, str)

    def number(self, name: str) -> int:
        return self._typed(name, int)

    def flag(self, name: str) -> bool:
        return self._typed(name, bool)

    def items(self, name: str) -> list[Any]:
        return list(self._typed(name, list))

    def mapping(self, name: str) -> dict[str, Any]:
        return dict(self._typed(name, dict))

    def set(self, name: str, value: Any) -> None:
        """Raises SettingsError for an unknown name or a value of a wrong type."""
        if name not in DEFAULTS:
            raise SettingsError(f"There is no setting “{name}”.")
        if not _is_sound(name, value):
            raise SettingsError(f"“{value}” is no value for the setting “{name}”.")
        if self._values[name] != value:
            self._values[name] = value
            self.changed.emit(name)

    def remember_file(self, path: Path) -> None:
        """Puts a file first among the recent ones."""
        text = str(path)
        others = [entry for entry in self.items("recent_files") if entry != text]
        self.set("recent_files", [text, *others][:MAX_RECENT_FILES])

    def forget_file(self, path: Path) -> None:
        self.set("recent_files", [entry for entry in self.items("recent_files") if entry != str(path)])

    def save(self) -> None:
        """Replaces the file atomically. Raises SettingsError; the file on disk is then the old one."""
        if self.path is None:
            return
        import tempfile  # costs 4 ms of the start, and saving comes at the end

        content = json.dumps({"version": VERSION, **self._values}, ensure_ascii=False, indent=2)
        temporary: str | None = None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self.path.parent, prefix=".settings-", suffix=".tmp")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self.path)
        except OSError as error:
            if temporary is not None:
                with contextlib.suppress(OSError):
                    Path(temporary).unlink()
            raise SettingsError(
                "The settings could not be saved.",
                remedy="Check that the disk is not full and the settings folder can be written to.",
                details=f"{self.path}: {error}",
            ) from error

    def _typed(self, name: str, kind: type[T]) -> T:
        value = self._values[name]
        assert isinstance(value, kind), name
        return value


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    if path.stat().st_size > MAX_BYTES:
        raise ValueError("the file is too large for settings")
    values = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(values, dict):
        raise ValueError("the file holds no JSON object")
    return values


def _sound(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in DEFAULTS or _is_sound(name, value)}


def _is_sound(name: str, value: Any) -> bool:
    default = DEFAULTS[name]
    if isinstance(value, bool) is not isinstance(default, bool) or not isinstance(value, type(default)):
        return False
    if name == "recent_files" and not all(isinstance(entry, str) for entry in value):
        return False
    return name not in CHOICES or value in CHOICES[name]
