"""A brush with a name, as a file: those that come with the studio, and those of the artist."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.brushes.brush import Brush
from studio.brushes.brush_json import brush_from_json, brush_to_json
from studio.core import paths
from studio.core.errors import SettingsError

MAX_BYTES = 64 << 10
MAX_NAME = 60
MAX_OWN = 500
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, kw_only=True)
class Preset:
    """id: its file's name without the ending. tool_id: the tool it is meant for. is_own: made by the artist."""

    id: str
    name: str
    tool_id: str
    brush: Brush
    is_own: bool = False


def clean_name(name: str) -> str:
    """Fit for a list: one line, not too long; never empty."""
    return " ".join(_CONTROL.sub(" ", name).split())[:MAX_NAME].strip() or "Brush"


def preset_from_json(data: bytes, *, id: str, is_own: bool) -> Preset:
    """Raises SettingsError for what is no preset; what is wrong inside the brush falls back to a plain one."""
    if len(data) > MAX_BYTES:
        raise SettingsError("The brush file is too large to be a brush.")
    try:
        values: Any = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SettingsError("The brush file cannot be read.", details=f"{id}: {error}") from error
    if not isinstance(values, Mapping) or not isinstance(values.get("brush"), Mapping):
        raise SettingsError("The brush file holds no brush.", details=id)
    tool_id = values.get("tool")
    name = values.get("name")
    return Preset(
        id=id,
        name=clean_name(name if isinstance(name, str) else id),
        tool_id=tool_id if isinstance(tool_id, str) else "brush",
        brush=brush_from_json(values["brush"]),
        is_own=is_own,
    )


def preset_to_json(preset: Preset) -> bytes:
    values = {"name": preset.name, "tool": preset.tool_id, "brush": brush_to_json(preset.brush)}
    return json.dumps(values, ensure_ascii=False, indent=2).encode()


def shipped_presets() -> list[Preset]:
    """In the order of their file names."""
    return [
        preset_from_json(path.read_bytes(), id=path.stem.split("_", 1)[1], is_own=False)
        for path in sorted((paths.resources_dir() / "brushes" / "presets").glob("*.json"))
    ]


def read_presets(folder: Path) -> tuple[list[Preset], list[str]]:
    """The artist's own by name, and the names of files that hold none."""
    found: list[Preset] = []
    broken: list[str] = []
    for path in sorted(folder.glob("*.json"))[:MAX_OWN] if folder.is_dir() else ():
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
            found.append(preset_from_json(data, id=path.stem, is_own=True))
        except (OSError, SettingsError):
            broken.append(path.name)
    return sorted(found, key=lambda preset: (preset.name.casefold(), preset.id)), broken
