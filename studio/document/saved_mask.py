"""A mask kept by name, beside the one that is painted on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from studio.document.pixels import UInt8Array
from studio.document.surface import TileKey

MAX_NAME_CHARS = 200


@dataclass(frozen=True, kw_only=True, eq=False)
class SavedMask:
    """tiles: a snapshot of a 1-channel surface, canvas coordinates; nobody writes to them."""

    id: str
    name: str
    tiles: Mapping[TileKey, UInt8Array]

    @property
    def byte_size(self) -> int:
        return sum(tile.nbytes for tile in self.tiles.values())
