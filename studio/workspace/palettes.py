"""The palettes an artist has: those of the studio, imported ones, and one of their own to put colours into."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from studio.core import paths
from studio.core.errors import ProjectError
from studio.core.events import Event
from studio.document.pixels import RGB
from studio.project.palette import MAX_COLORS, Palette, Swatch, read_palette, write_palette

OWN_ID = "own"
OWN_NAME = "My colors"
MAX_PALETTES = 500


class Palettes:
    """By id: the name of the file without its ending. Those of the studio cannot be changed, imported ones can.

    changed: the id of a palette that came or changed.
    """

    def __init__(self, own_folder: Path | None = None, studio_folder: Path | None = None) -> None:
        self._own_folder = own_folder or paths.data_dir() / "palettes"
        self._studio_folder = studio_folder or paths.resources_dir() / "palettes"
        self.changed: Event[str] = Event()
        self._known: dict[str, Palette] = {}
        for folder in (self._studio_folder, self._own_folder):
            for path in sorted(folder.glob("*.gpl"))[:MAX_PALETTES] if folder.is_dir() else ():
                self._read(path)
        self._known.setdefault(OWN_ID, Palette(name=OWN_NAME))

    @property
    def ids(self) -> tuple[str, ...]:
        """One's own first, then by name."""
        others = sorted(
            (id for id in self._known if id != OWN_ID), key=lambda id: self._known[id].name.lower()
        )
        return (OWN_ID, *others)

    def palette(self, palette_id: str) -> Palette:
        """One's own for an id that is not there."""
        return self._known.get(palette_id, self._known[OWN_ID])

    def may_change(self, palette_id: str) -> bool:
        return palette_id == OWN_ID or self._path(palette_id).is_file()

    def add_color(self, color: RGB, palette_id: str) -> None:
        """At the end, unless it is in it. Raises ProjectError."""
        palette = self.palette(palette_id)
        if len(palette.swatches) >= MAX_COLORS:
            raise ProjectError("The palette is full.")
        if all(swatch.color != color for swatch in palette.swatches):
            self._keep(palette_id, replace(palette, swatches=(*palette.swatches, Swatch(color=color))))

    def remove_color(self, index: int, palette_id: str) -> None:
        """Raises ProjectError."""
        palette = self.palette(palette_id)
        left = palette.swatches[:index] + palette.swatches[index + 1 :]
        self._keep(palette_id, replace(palette, swatches=left))

    def take(self, path: Path) -> str:
        """Copies a file into the collection and returns its id. Raises ProjectError."""
        palette = read_palette(path)
        stem = re.sub(r"[^\w-]+", "-", path.stem).strip("-").lower()[:60] or "palette"
        palette_id, number = stem, 2
        while palette_id in self._known:
            palette_id, number = f"{stem}-{number}", number + 1
        self._keep(palette_id, palette)
        return palette_id

    def write(self, path: Path, palette_id: str) -> None:
        """Raises ProjectError."""
        palette = self.palette(palette_id)
        if not palette.swatches:
            raise ProjectError("The palette holds no colors yet.", remedy="Add some with the plus beside it.")
        write_palette(path, palette)

    def _keep(self, palette_id: str, palette: Palette) -> None:
        path = self._path(palette_id)
        if palette.swatches:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ProjectError("The palette could not be kept.", details=str(error)) from error
            write_palette(path, palette)
        else:
            path.unlink(missing_ok=True)
        self._known[palette_id] = palette
        self.changed.emit(palette_id)

    def _path(self, palette_id: str) -> Path:
        return self._own_folder / f"{palette_id}.gpl"

    def _read(self, path: Path) -> None:
        try:
            self._known[path.stem] = read_palette(path)
        except ProjectError:
            # A damaged one must not keep the others from being shown.
            return
