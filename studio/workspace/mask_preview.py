"""The mask as it would be, shown while a number is still being chosen: one open gesture, one step when it is kept."""

from __future__ import annotations

from collections.abc import Mapping

from studio.document.changes import Target
from studio.document.document import Document
from studio.document.history import History, Transaction
from studio.document.pixels import UInt8Array
from studio.document.surface import TiledSurface, TileKey, empty_tile, tiles_rect


class MaskPreview:
    def __init__(self, document: Document, history: History, label: str) -> None:
        self._document = document
        self._transaction: Transaction = history.transaction(label, finish=self.keep)
        self._before = document.selection.snapshot()
        self._written: set[TileKey] = set()

    @property
    def is_open(self) -> bool:
        """False once another edit, an undo or a save has ended it."""
        return self._transaction.is_open

    def original(self) -> Document:
        """A document of nothing but the mask as it was at the beginning."""
        original = Document(self._document.canvas)
        original.selection = TiledSurface.from_tiles(1, self._before)
        return original

    def show(self, changed: Mapping[TileKey, UInt8Array | None]) -> None:
        """changed: what differs from the mask as it was at the beginning, whatever was shown since."""
        if not self.is_open:
            return
        tiles = dict(changed)
        for key in self._written - tiles.keys():
            tiles[key] = self._before.get(key)
        for key, tile in tiles.items():
            place = self._transaction.edit_tile(Target.SELECTION, key)
            place[:] = empty_tile(1) if tile is None else tile
        self._written |= tiles.keys()
        self._transaction.touch(Target.SELECTION, tiles_rect(tiles.keys()))

    def keep(self) -> None:
        if self.is_open:
            self._transaction.commit()

    def cancel(self) -> None:
        if self.is_open:
            self._transaction.cancel()
