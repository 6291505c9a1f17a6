"""Every committed step of a document, appended to one file: what a crash or a power cut leaves can be replayed.

The file begins with MAGIC. An entry is ENTRY (four bytes), the lengths of its head and its body and a CRC-32 of both,
then the head (a JSON object) and the body (the tiles it names, one after the other). An entry that is cut or damaged
ends the journal: everything before it is whole. Tiles are PNG: premultiplied bytes are kept as they are.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import numpy as np

from studio.core.errors import ProjectError
from studio.core.opencv import cv2
from studio.document.changes import Target
from studio.document.pixels import TILE_PX, UInt8Array
from studio.document.surface import TileKey
from studio.project import png
from studio.project.atomic import sync_folder
from studio.project.lock import try_lock

MAGIC = b"Underpaint edits 1\n"
ENTRY = b"step"
_FIXED = struct.Struct(">4sIQI")
MAX_HEAD_BYTES = 64_000_000
MAX_BODY_BYTES = 4 << 30
MAX_TILES = 1 << 20
_MAX_COORDINATE = 1 << 16
_KINDS = {"pixels", "mask", "selection", "saved"}


class TileChange(NamedTuple):
    """tile: (256, 256, 4) premultiplied RGBA or (256, 256); None: there is none any more."""

    target: Target
    key: TileKey
    tile: UInt8Array | None


@dataclass(frozen=True, kw_only=True, eq=False)
class JournalEntry:
    """values: plain JSON, what happened and how the document is built since then. tiles: those that differ from the
    entry before."""

    values: Mapping[str, Any] = field(default_factory=dict)
    tiles: Sequence[TileChange] = ()


class EditJournal:
    """The writing side; any one thread at a time. Its file is locked while it is open: a journal without a lock was
    left behind by a process that has ended."""

    def __init__(self, path: Path, *, resume_at: int | None = None) -> None:
        """resume_at: goes on with a file that is there, behind this byte (`ReadJournal.end`)."""
        self.path = path
        self._resume_at = resume_at
        self._file: BinaryIO | None = None

    def append(self, entry: JournalEntry) -> None:
        """Returns when the disk has it. Raises ProjectError; what could not be written whole is cut off again."""
        data = _encoded(entry)
        try:
            file = self._opened()
            end = file.seek(0, os.SEEK_END)
            try:
                _write_all(file, data)
                os.fsync(file.fileno())
            except OSError:
                file.truncate(end)
                raise
        except OSError as error:
            raise ProjectError(
                "Your last steps could not be kept safe against a crash.",
                remedy="Save the project soon; the disk may be full.",
                details=f"{self.path}: {error}",
            ) from error

    def hold(self) -> None:
        """Opens and locks the file before there is anything to append. Raises OSError."""
        self._opened()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def remove(self) -> None:
        """What stays because the system refuses is offered at the next start, no more."""
        self.close()
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self.path.parent.rmdir()

    def _opened(self) -> BinaryIO:
        if self._file is not None:
            return self._file
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # Unbuffered: a write that fails leaves nothing that a later flush would write after all.
        file = cast("BinaryIO", self.path.open("x+b" if self._resume_at is None else "r+b", buffering=0))
        try:
            if not try_lock(file):
                raise OSError(errno.EBUSY, "another window writes this journal")
            if self._resume_at is None:
                _write_all(file, MAGIC)
                sync_folder(self.path.parent)
            else:
                file.truncate(self._resume_at)
        except OSError:
            file.close()
            raise
        self._file = file
        return file


class ReadJournal:
    """The entries of a file up to the first that is cut or damaged; `end` is the byte behind the last whole one.

    with_tiles False: the tiles are checked but not unpacked, and every entry comes without them.
    """

    def __init__(self, path: Path, *, with_tiles: bool = True) -> None:
        self._path = path
        self._with_tiles = with_tiles
        self.end = len(MAGIC)

    def __iter__(self) -> Iterator[JournalEntry]:
        """Raises ProjectError when it is no journal of ours."""
        try:
            with self._path.open("rb") as file:
                if file.read(len(MAGIC)) != MAGIC:
                    raise ProjectError("This is no journal of the studio.", details=str(self._path))
                size = os.fstat(file.fileno()).st_size
                while (entry := _read_entry(file, size, self._with_tiles)) is not None:
                    self.end = file.tell()
                    yield entry
        except OSError as error:
            raise ProjectError("The journal of the steps cannot be read.", details=str(error)) from error


def _write_all(file: BinaryIO, data: bytes) -> None:
    """An unbuffered file may take a part only, and says why at the next part."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def _encoded(entry: JournalEntry) -> bytes:
    listed: list[list[Any]] = []
    blobs: list[bytes] = []
    for target, key, tile in entry.tiles:
        blob = b"" if tile is None else png.encode(tile)
        blobs.append(blob)
        listed.append([target.kind, target.layer_id, *key, len(blob)])
    head = json.dumps({"values": dict(entry.values), "tiles": listed}).encode("ascii")
    body = b"".join(blobs)
    checksum = zlib.crc32(body, zlib.crc32(head))
    return _FIXED.pack(ENTRY, len(head), len(body), checksum) + head + body


def _read_entry(file: BinaryIO, file_size: int, with_tiles: bool) -> JournalEntry | None:
    fixed = file.read(_FIXED.size)
    if len(fixed) < _FIXED.size:
        return None
    mark, head_length, body_length, checksum = _FIXED.unpack(fixed)
    is_sound = mark == ENTRY and head_length <= MAX_HEAD_BYTES and body_length <= MAX_BODY_BYTES
    if not is_sound or file.tell() + head_length + body_length > file_size:
        return None
    head, body = file.read(head_length), file.read(body_length)
    if zlib.crc32(body, zlib.crc32(head)) != checksum:
        return None
    try:
        content = json.loads(head)
        values, listed = content["values"], content["tiles"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return None
    if not isinstance(values, dict) or not isinstance(listed, list) or len(listed) > MAX_TILES:
        return None
    tiles = _tiles(listed, body) if with_tiles else []
    return None if tiles is None else JournalEntry(values=values, tiles=tiles)


def _tiles(listed: list[Any], body: bytes) -> list[TileChange] | None:
    found: list[TileChange] = []
    position = 0
    for item in listed:
        match item:
            case [str(kind), layer_id, int(x), int(y), int(length)] if kind in _KINDS:
                pass
            case _:
                return None
        is_named = layer_id is None if kind == "selection" else isinstance(layer_id, str)
        is_near = abs(x) <= _MAX_COORDINATE and abs(y) <= _MAX_COORDINATE
        if not is_named or not is_near or not 0 <= length <= len(body) - position:
            return None
        target = Target(kind, layer_id)  # type: ignore[arg-type]  # one of those, see above
        tile = None
        if length:
            tile = _decoded(body[position : position + length], 4 if kind == "pixels" else 1)
            if tile is None:
                return None
        found.append(TileChange(target, (x, y), tile))
        position += length
    return found


def _decoded(data: bytes, channels: int) -> UInt8Array | None:
    """None for what is no tile; its size is looked at before a byte is unpacked."""
    header = data[len(png.SIGNATURE) + 8 : len(png.SIGNATURE) + 16]
    if data[: len(png.SIGNATURE)] != png.SIGNATURE or header != struct.pack(">II", TILE_PX, TILE_PX):
        return None
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    shape = (TILE_PX, TILE_PX) if channels == 1 else (TILE_PX, TILE_PX, 4)
    if pixels is None or pixels.shape != shape or pixels.dtype != np.uint8:
        return None
    return np.asarray(pixels if channels == 1 else cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA), np.uint8)


def new_journal(folder: Path) -> EditJournal:
    """Of one run of the studio: beside those that earlier ones left behind."""
    return EditJournal(folder / f"edits-{secrets.token_hex(4)}.journal")
