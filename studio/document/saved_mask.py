"""A mask kept by name, beside the one that is painted on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from studio.document.pixels import UInt8Array
from studio.document.surface import TileKey

MAX_NAME_CHARS = 200
MAX_REGION_PROMPT_CHARS = 10_000
MAX_FEATHER_PX = 512.0
DEFAULT_FEATHER_PX = 16.0


@dataclass(frozen=True, kw_only=True, eq=False)
class SavedMask:
    """tiles: a snapshot of a 1-channel surface, canvas coordinates; nobody writes to them.

    prompt: what is to be there; a mask with one is a region of the picture. weight in (0, 1]: how far it rules there
    against the picture's own prompt. feather_px: how softly it ends.
    """

    id: str
    name: str
    tiles: Mapping[TileKey, UInt8Array]
    prompt: str = ""
    weight: float = 1.0
    feather_px: float = DEFAULT_FEATHER_PX

    @property
    def is_region(self) -> bool:
        return bool(self.prompt.strip())

    @property
    def byte_size(self) -> int:
        return sum(tile.nbytes for tile in self.tiles.values())
