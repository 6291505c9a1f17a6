"""Tiles that nobody looks at for now: packed, and past a limit on disk. They come back as the same bytes.

zstd at its fastest level that packs well: painted tiles to a sixth at 650 MB/s, back at 1,300 (one core of 2.5 GHz).
Photographic tiles hardly shrink by it; the differences from row to row do, to a half.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from studio.document.pixels import TILE_PX, UInt8Array, is_opaque

LEVEL = 1
SEGMENT_BYTES = 64 << 20
TileKey = tuple[int, int]


class Segment:
    """A part of the disk that has no name: gone with this object, with the program, and after a crash."""

    def __init__(self, folder: Path) -> None:
        import tempfile  # not at the start of the studio

        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - lives as long as this
        self._lock = threading.Lock()
        self.size = 0

    def append(self, data: bytes) -> int:
        """Returns where it lies. Raises OSError when the disk is full."""
        with self._lock:
            at = self.size
            self._file.seek(at)
            view = memoryview(data)
            while view:
                view = view[self._file.write(view) :]
            self.size = at + len(data)
            return at

    def read(self, at: int, length: int) -> bytes:
        with self._lock:
            self._file.seek(at)
            found = self._file.read(length)
        assert len(found) == length, "the disk has lost what it was given"
        return found

    def __del__(self) -> None:
        file = getattr(self, "_file", None)
        if file is not None:
            file.close()


class Spill:
    """Where packed tiles go that are too many for memory; a segment is freed when the last of its tiles is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._segment: Segment | None = None

    def put(self, tiles: Mapping[TileKey, PackedTile | None]) -> Mapping[TileKey, PackedTile | None]:
        """The same tiles, on disk. Raises OSError."""
        if self._segment is None or self._segment.size > SEGMENT_BYTES:
            self._segment = Segment(self._folder)
        segment = self._segment
        return {key: None if tile is None else tile.on(segment) for key, tile in tiles.items()}


@dataclass(frozen=True, kw_only=True)
class PackedTile:
    """One tile as zstd made it. data: None where it lies in `segment`, from `at` on."""

    channels: int
    has_differences: bool
    length: int
    data: bytes | None = None
    segment: Segment | None = None
    at: int = 0

    def unpacked(self) -> UInt8Array:
        data = self.data
        if data is None:
            assert self.segment is not None
            data = self.segment.read(self.at, self.length)
        shape = (TILE_PX, TILE_PX) if self.channels == 1 else (TILE_PX, TILE_PX, self.channels)
        tile = np.frombuffer(_zstd().decompress(data), np.uint8).reshape(shape)
        if self.has_differences:
            tile = np.cumsum(tile, axis=0, dtype=np.uint8)
        tile.flags.writeable = False
        return tile

    def on(self, segment: Segment) -> PackedTile:
        """The same, in a segment."""
        if self.data is None:
            return self
        return PackedTile(
            channels=self.channels,
            has_differences=self.has_differences,
            length=self.length,
            segment=segment,
            at=segment.append(self.data),
        )


class RestingTiles(Mapping[TileKey, UInt8Array | None]):
    """Looks like the tiles it was made of; each access unpacks one. Any thread may read it."""

    def __init__(self, packed: Mapping[TileKey, PackedTile | None]) -> None:
        self.packed = packed
        self.byte_size = sum(len(tile.data) for tile in packed.values() if tile is not None and tile.data)
        """Bytes of memory."""

    def __getitem__(self, key: TileKey) -> UInt8Array | None:
        tile = self.packed[key]
        return None if tile is None else tile.unpacked()

    def __iter__(self) -> Iterator[TileKey]:
        return iter(self.packed)

    def __len__(self) -> int:
        return len(self.packed)

    @property
    def disk_size(self) -> int:
        return sum(tile.length for tile in self.packed.values() if tile is not None and tile.data is None)


def packed_tile(tile: UInt8Array) -> PackedTile:
    has_differences = tile.ndim == 3 and is_opaque(tile)
    if has_differences:
        differences = tile.copy()
        differences[1:] -= tile[:-1]
        tile = differences
    data = _zstd().compress(np.ascontiguousarray(tile).reshape(-1).data, LEVEL)
    channels = 1 if tile.ndim == 2 else tile.shape[2]
    return PackedTile(channels=channels, has_differences=has_differences, length=len(data), data=data)


def packed_tiles(tiles: Mapping[TileKey, UInt8Array | None]) -> RestingTiles:
    """The tiles must not be written to any more."""
    return RestingTiles({key: None if tile is None else packed_tile(tile) for key, tile in tiles.items()})


def tile_bytes(tiles: Mapping[TileKey, UInt8Array | None]) -> int:
    """Bytes of memory the pixels take."""
    if isinstance(tiles, RestingTiles):
        return tiles.byte_size
    return sum(tile.nbytes for tile in tiles.values() if tile is not None)


def _zstd() -> Any:
    """Two modules with one interface. Not before something is packed for the first time."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd
