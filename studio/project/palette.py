"""Colour palettes as GIMP writes them (`.gpl`), which Krita, Inkscape and MyPaint read too.

https://developer.gimp.org/core/standards/gpl/ — lines of "red green blue name"; what comes from strangers is bounded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import ProjectError
from studio.document.pixels import RGB
from studio.project import atomic

HEADER = "GIMP Palette"
MAX_BYTES = 1_000_000
MAX_COLORS = 4096
MAX_NAME_CHARS = 120
MAX_COLUMNS = 64
_LINE = re.compile(r"\s*(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})(?:\s+(.*))?$")


@dataclass(frozen=True, kw_only=True)
class Swatch:
    color: RGB
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Palette:
    """columns: how many its maker wants in a row, 0 for as many as there is room for."""

    name: str
    swatches: tuple[Swatch, ...] = ()
    columns: int = 0


def read_palette(path: Path) -> Palette:
    """Raises ProjectError for what cannot be read or is no palette. A line it does not understand is passed over."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ProjectError(f"“{path.name}” could not be read.", details=str(error)) from error
    return parse_palette(data, path.stem)


def parse_palette(data: bytes, fallback_name: str) -> Palette:
    """Raises ProjectError."""
    if len(data) > MAX_BYTES:
        raise ProjectError("The file is too large for a palette.")
    lines = data.decode("utf-8-sig", "replace").splitlines()
    if not lines or lines[0].strip() != HEADER:
        raise ProjectError(
            "The file is no palette.", remedy="Choose a .gpl file, as GIMP and Krita write them."
        )
    name, columns = fallback_name, 0
    swatches: list[Swatch] = []
    for line in lines[1:]:
        if line.startswith("Name:"):
            name = _short(line[5:]) or name
        elif line.startswith("Columns:"):
            number = line[8:].strip()
            columns = min(int(number), MAX_COLUMNS) if number.isascii() and number.isdigit() else 0
        elif (match := _LINE.match(line)) and len(swatches) < MAX_COLORS:
            red, green, blue = (min(int(value), 255) for value in match.groups()[:3])
            swatches.append(Swatch(color=RGB(red, green, blue), name=_short(match[4] or "")))
    if not swatches:
        raise ProjectError("The palette holds no colors.")
    return Palette(name=name, swatches=tuple(swatches), columns=columns)


def format_palette(palette: Palette) -> bytes:
    lines = [HEADER, f"Name: {_short(palette.name)}", f"Columns: {palette.columns}", "#"]
    for swatch in palette.swatches:
        red, green, blue = swatch.color
        lines.append(f"{red:3} {green:3} {blue:3}\t{_short(swatch.name) or 'Untitled'}")
    return ("\n".join(lines) + "\n").encode("utf-8")


def write_palette(path: Path, palette: Palette) -> None:
    """Raises ProjectError."""
    atomic.write_bytes(path, format_palette(palette))


def _short(text: str) -> str:
    """One line, of printable characters."""
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()[:MAX_NAME_CHARS]
