"""The archive around a project, read without trust: nothing is extracted, everything is bounded, each member by name.

zipfile reads the table of contents; members are read here, because a member with a wrong checksum is still worth
reading, and because a file without its table (cut short) can be read from member to member.
Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.7 (local header), 4.5.3 (zip64).
"""

from __future__ import annotations

import itertools
import os
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from studio.core.errors import ProjectError
from studio.project.damage import DamagedError

MAX_MEMBERS = 50_000
MAX_MEMBER_BYTES = 4 << 30
_BUDGET_BYTES = 4 << 30
_BUDGET_RATIO = 20
_MAX_SALVAGE_BYTES = 2 << 30
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_LOCAL_MARK = b"PK\x03\x04"
_ENCRYPTED = 0x1
_SIZES_FOLLOW = 0x8
_UTF8 = 0x800


@dataclass(frozen=True, kw_only=True)
class Member:
    """data: what could be read. is_sound: False when length or checksum are not those the archive promises."""

    data: bytes
    is_sound: bool = True


@dataclass(frozen=True, kw_only=True)
class _Entry:
    name: str
    stored_name: bytes
    method: int
    header_at: int
    stored_bytes: int
    byte_count: int
    checksum: int


class Container:
    """names: readable members in the order of the file. refusals: sentences naming members that are not.

    has_directory: False when the table of contents was missing and members were found one by one.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Raises DamagedError when there is nothing to read."""
        self._file = file
        self._file_bytes = file.seek(0, os.SEEK_END)
        self._left = _BUDGET_BYTES + _BUDGET_RATIO * self._file_bytes
        self.refusals: list[str] = []
        self.has_directory = True
        try:
            entries = self._directory()
        except (zipfile.BadZipFile, struct.error, ValueError, LookupError, EOFError, NotImplementedError):
            self.has_directory = False
            entries = list(self._scan())
        if not entries:
            raise DamagedError("it is no project file, or nothing of it is left")
        self._entries = {entry.name: entry for entry in self._safe(entries)}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._entries)

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def checksum(self, name: str) -> int:
        """The CRC-32 the archive promises."""
        return self._entries[name].checksum

    def find(self, source: str) -> str | None:
        """The member a `src` attribute means; some writers disagree with themselves about a leading slash."""
        bare = source.lstrip("/")
        return next((name for name in (source, bare, f"/{bare}") if name in self._entries), None)

    def read(self, name: str, *, max_bytes: int = MAX_MEMBER_BYTES) -> Member:
        """Raises ProjectError, a whole sentence, when the member is missing or larger than allowed."""
        entry = self._entries.get(name)
        if entry is None:
            raise ProjectError(f"“{_shown(name)}” is missing.")
        if entry.byte_count > min(max_bytes, self._left):
            raise ProjectError(f"“{_shown(name)}” is larger than allowed.")
        data = self._read(entry, max(1, min(max_bytes, self._left)))
        self._left -= len(data)
        return Member(
            data=data, is_sound=len(data) == entry.byte_count and zlib.crc32(data) == entry.checksum
        )

    def _read(self, entry: _Entry, max_bytes: int) -> bytes:
        self._file.seek(entry.header_at)
        header = self._file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or header[:4] != _LOCAL_MARK:
            return b""
        name_bytes, extra_bytes = _LOCAL.unpack(header)[9:]
        if self._file.read(name_bytes) != entry.stored_name:
            return b""
        self._file.seek(extra_bytes, os.SEEK_CUR)
        stored = self._file.read(min(entry.stored_bytes, self._file_bytes))
        if entry.method == zipfile.ZIP_STORED:
            return stored[:max_bytes]
        try:
            return zlib.decompressobj(-15).decompress(stored, min(max_bytes, entry.byte_count + 1))
        except zlib.error:
            return _inflate_in_steps(stored, max_bytes)

    def _directory(self) -> list[_Entry]:
        entries: list[_Entry] = []
        with zipfile.ZipFile(self._file) as archive:
            for info in archive.infolist()[: MAX_MEMBERS + 1]:
                if not 0 <= info.header_offset < self._file_bytes:
                    raise zipfile.BadZipFile("the table of contents points outside the file")
                if not info.filename or info.filename.endswith("/"):
                    continue
                if info.flag_bits & _ENCRYPTED:
                    self._refuse(info.filename, "is encrypted")
                elif stat.S_ISLNK(info.external_attr >> 16):
                    self._refuse(info.filename, "is a link")
                elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    self._refuse(info.filename, "is compressed in a way the format does not allow")
                else:
                    entries.append(
                        _Entry(
                            name=info.filename,
                            stored_name=info.orig_filename.encode(_encoding(info.flag_bits)),
                            method=info.compress_type,
                            header_at=info.header_offset,
                            stored_bytes=info.compress_size,
                            byte_count=info.file_size,
                            checksum=info.CRC,
                        )
                    )
        return entries

    def _safe(self, entries: list[_Entry]) -> Iterator[_Entry]:
        if len(entries) > MAX_MEMBERS:
            raise DamagedError(f"it has more than {MAX_MEMBERS} members")
        counts = Counter(entry.name.lstrip("/") for entry in entries)
        overlapping = _overlapping(entries)
        for entry in entries:
            if counts[entry.name.lstrip("/")] > 1:
                self._refuse(entry.name, "is there more than once")
            elif not is_safe_name(entry.name.removeprefix("/")):
                self._refuse(entry.name, "has a forbidden name")
            elif entry.name in overlapping:
                self._refuse(entry.name, "overlaps another member")
            else:
                yield entry

    def _refuse(self, name: str, reason: str) -> None:
        sentence = f"“{_shown(name)}” {reason} and was left out."
        if sentence not in self.refusals:
            self.refusals.append(sentence)

    def _scan(self) -> Iterator[_Entry]:
        """From local header to local header."""
        if self._file_bytes > _MAX_SALVAGE_BYTES:
            return
        self._file.seek(0)
        data = self._file.read()
        position = data.find(_LOCAL_MARK)
        while 0 <= position <= len(data) - _LOCAL.size:
            fields = _LOCAL.unpack_from(data, position)
            flags, method, checksum = fields[2], fields[3], fields[6]
            stored_bytes, byte_count, name_bytes, extra_bytes = fields[7:]
            start = position + _LOCAL.size + name_bytes + extra_bytes
            stored_name = data[position + _LOCAL.size : position + _LOCAL.size + name_bytes]
            name = stored_name.decode(_encoding(flags), "replace")
            if stored_bytes == 0xFFFFFFFF:
                byte_count, stored_bytes = _zip64_sizes(data[start - extra_bytes : start])
            if flags & _SIZES_FOLLOW and stored_bytes == 0:
                stored_bytes, byte_count, checksum = _measured(data, start, method)
            is_readable = method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) and not flags & _ENCRYPTED
            if name and not name.endswith("/") and is_readable and start < len(data):
                yield _Entry(
                    name=name,
                    stored_name=stored_name,
                    method=method,
                    header_at=position,
                    stored_bytes=stored_bytes,
                    byte_count=byte_count,
                    checksum=checksum,
                )
            position = data.find(_LOCAL_MARK, max(start + stored_bytes, position + 4))


def is_safe_name(name: str) -> bool:
    """A relative name with forward slashes that stays inside, on every system."""
    parts = name.split("/")
    return (
        0 < len(name) <= 1024
        and "\\" not in name
        and ":" not in name
        and "\0" not in name
        and all(part not in ("", ".", "..") for part in parts)
    )


def _encoding(flags: int) -> str:
    """APPNOTE appendix D."""
    return "utf-8" if flags & _UTF8 else "cp437"


def _overlapping(entries: list[_Entry]) -> set[str]:
    """Names of members whose bytes lie in one another, as in a zip bomb without recursion (CVE-2024-0450)."""
    found: set[str] = set()
    ordered = sorted(entries, key=lambda entry: entry.header_at)
    for entry, following in itertools.pairwise(ordered):
        if entry.header_at + _LOCAL.size + entry.stored_bytes > following.header_at:
            found |= {entry.name, following.name}
    return found


def _zip64_sizes(extra: bytes) -> tuple[int, int]:
    """(length, stored length) from the zip64 field; (0, 0) without one."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == 1 and length >= 16 and len(extra) >= 20:
            sizes: tuple[int, int] = struct.unpack_from("<QQ", extra, 4)
            return sizes
        extra = extra[4 + length :]
    return 0, 0


def _measured(data: bytes, start: int, method: int) -> tuple[int, int, int]:
    """(stored length, length, checksum) of a deflated member whose sizes stand behind it."""
    if method != zipfile.ZIP_DEFLATED:
        end = data.find(b"PK", start)
        stored = data[start : end if end >= 0 else len(data)]
        return len(stored), len(stored), zlib.crc32(stored)
    decompressor = zlib.decompressobj(-15)
    length = checksum = 0
    position = start
    try:
        while not decompressor.eof and position < len(data) and length <= MAX_MEMBER_BYTES:
            block = decompressor.decompress(data[position : position + 65_536])
            position += 65_536
            length += len(block)
            checksum = zlib.crc32(block, checksum)
    except zlib.error:
        return 0, length, checksum
    return min(position, len(data)) - start - len(decompressor.unused_data), length, checksum


def _inflate_in_steps(stored: bytes, max_bytes: int) -> bytes:
    """What a broken stream gives before it breaks."""
    decompressor = zlib.decompressobj(-15)
    parts: list[bytes] = []
    length = 0
    try:
        for start in range(0, len(stored), 1024):
            part = decompressor.decompress(stored[start : start + 1024], max_bytes - length + 1)
            parts.append(part)
            length += len(part)
            if length > max_bytes:
                break
    except zlib.error:
        pass
    return b"".join(parts)[:max_bytes]


def _shown(name: str) -> str:
    return name[:80].encode("utf-8", "replace").decode("utf-8")
