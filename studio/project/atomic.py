"""The one way the studio writes a file: the old version or the new one is there at every moment, never half of one.

Temporary file in the target's folder, write, flush, fsync, re-open and verify, replace, fsync the folder: the order
that survives a killed process and a power cut (SQLite's "Atomic Commit in SQLite", sections 3 and 6.1).
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import stat
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from studio.core.errors import ProjectError

WriteContent = Callable[[BinaryIO], None]
Verify = Callable[[BinaryIO], None]

STALE_TEMPORARY_S = 3600.0
# Windows refuses while a virus scanner or a thumbnailer holds the target open, mostly for a moment.
_REPLACE_ATTEMPTS = 20 if sys.platform == "win32" else 1
_REPLACE_PAUSE_S = 0.05
_UNCHANGED = "Nothing on the disk was changed and your work is safe in the studio. Save elsewhere."

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_FORBIDDEN = {errno.EACCES, errno.EPERM}
_GONE = {errno.ENOENT, errno.ENOTDIR, errno.ENODEV, errno.ENXIO, getattr(errno, "ESTALE", errno.ENODEV)}
_BUSY = {errno.EBUSY, getattr(errno, "ETXTBSY", errno.EBUSY)}
# ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION: another program has the file open.
_BUSY_ON_WINDOWS = {32, 33}


def replace_file(
    path: Path, write: WriteContent, *, verify: Verify | None = None, keep_backup: bool = False
) -> None:
    """Writes a file through `write(file)`, which may seek, and puts it in the place of `path` in one move.

    verify: reads the finished file once more and raises when it is not what it should be. keep_backup: the old
    version stays as `name~`. A symbolic link is followed: its target is replaced, the link stays.
    Raises ProjectError naming the cause; the target is then what it was before and no temporary file is left.
    What `write` and `verify` raise passes through, with the same guarantee.
    """
    target = _resolved(path)
    temporary: Path | None = None
    is_moved = False
    try:
        mode = _check_target(target)
        _remove_stale(target)
        temporary, handle = _create_temporary(target)
        with os.fdopen(handle, "w+b") as file:
            write(file)
            file.flush()
            _sync(file.fileno())
            size = os.fstat(file.fileno()).st_size
        if mode is not None:
            # A file system without permissions is no reason to fail.
            with contextlib.suppress(OSError):
                temporary.chmod(mode)
        _check_written(temporary, size, verify)
        if keep_backup and mode is not None:
            _keep_backup(target)
        _move(temporary, target)
        is_moved = True
        sync_folder(target.parent)
    except OSError as error:
        if is_moved:
            raise ProjectError(
                f"“{_shown(target.name)}” was written, but the disk reported a fault; a power cut could undo it.",
                remedy="Save once more, on another disk.",
                details=str(error),
            ) from error
        raise _refusal(path, target, temporary, error) from error
    finally:
        if temporary is not None and not is_moved:
            with contextlib.suppress(OSError):
                temporary.unlink()


def write_bytes(path: Path, data: bytes, *, keep_backup: bool = False) -> None:
    """`replace_file` for what is in memory already; every byte is compared after writing."""

    def compare(file: BinaryIO) -> None:
        if file.read() != data:
            raise OSError(errno.EIO, "the file reads back differently")

    replace_file(path, lambda file: _write_all(file, data), verify=compare, keep_backup=keep_backup)


def readable_size(byte_count: int) -> str:
    """Decimal units, as file managers show them: "3 MB", "84 MB", "1.2 GB"."""
    value = float(byte_count)
    for unit in ("bytes", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def _write_all(file: BinaryIO, data: bytes) -> None:
    file.write(data)


def _resolved(path: Path) -> Path:
    try:
        return Path(os.path.realpath(path))
    except ValueError as error:
        raise ProjectError(
            f"“{_shown(path.name)}” was not saved: the name cannot be used here.",
            remedy="Choose another name.",
            details=str(error),
        ) from error


def _check_target(target: Path) -> int | None:
    """The permission bits of an existing target, None where there is none yet."""
    try:
        status = target.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(status.st_mode):
        raise OSError(errno.EISDIR, "is a folder", str(target))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "is no ordinary file", str(target))
    # A rename needs no permission on the file it replaces: without this check a protected file would be lost.
    # Where nothing may be written at all, the attempt itself tells the cause better.
    if not os.access(target, os.W_OK) and os.access(target.parent, os.W_OK):
        raise OSError(errno.EACCES, "is write-protected", str(target))
    return stat.S_IMODE(status.st_mode)


def _prefix(target: Path) -> str:
    # A digest of the name, not the name: a name of 255 bytes leaves no room for a suffix.
    return f".underpaint-{zlib.crc32(os.fsencode(target.name)):08x}-"


def _create_temporary(target: Path) -> tuple[Path, int]:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    while True:
        temporary = target.with_name(f"{_prefix(target)}{secrets.token_hex(8)}.tmp")
        try:
            # 0o666 and not mkstemp's 0o600: a new picture gets the permissions the artist's umask says.
            return temporary, os.open(temporary, flags, 0o666)
        except FileExistsError:
            continue


def _remove_stale(target: Path) -> None:
    """What a killed process left behind for the same target; nothing to clean by hand."""
    with contextlib.suppress(OSError):
        for leftover in _leftovers(target):
            with contextlib.suppress(OSError):
                if time.time() - leftover.stat().st_mtime > STALE_TEMPORARY_S:
                    leftover.unlink()


def _leftovers(target: Path) -> Iterator[Path]:
    prefix = _prefix(target)
    with os.scandir(target.parent) as entries:
        for entry in entries:
            if entry.name.startswith(prefix) and entry.name.endswith(".tmp"):
                yield Path(entry.path)


def _check_written(temporary: Path, size: int, verify: Verify | None) -> None:
    with temporary.open("rb") as file:
        if os.fstat(file.fileno()).st_size != size:
            raise OSError(errno.EIO, "the file reads back shorter than it was written")
        if verify is not None:
            verify(file)


def _keep_backup(target: Path) -> None:
    backup = target.with_name(target.name + "~")
    spare = target.with_name(f"{_prefix(target)}{secrets.token_hex(8)}.tmp")
    try:
        try:
            os.link(target, spare)
        except OSError:
            # File systems without hard links, FAT among them.
            shutil.copy2(target, spare)
            with spare.open("r+b") as file:
                _sync(file.fileno())
        _move(spare, backup)
    finally:
        with contextlib.suppress(OSError):
            spare.unlink()


def _move(source: Path, target: Path) -> None:
    for attempt in range(_REPLACE_ATTEMPTS):
        try:
            source.replace(target)
            return
        except PermissionError:
            if attempt == _REPLACE_ATTEMPTS - 1:
                raise
            time.sleep(_REPLACE_PAUSE_S)


def _sync(handle: int) -> None:
    if sys.platform == "darwin":
        import fcntl

        # fsync on macOS leaves data in the drive's cache; not every file system knows the full one.
        with contextlib.suppress(OSError):
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
            return
    os.fsync(handle)


def sync_folder(folder: Path) -> None:
    """So that the names in it survive a power cut as well; Windows knows no such thing."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        # Some network file systems cannot sync a folder; the file itself is safe by then.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES):
            raise
    finally:
        os.close(handle)


def _refusal(path: Path, target: Path, temporary: Path | None, error: OSError) -> ProjectError:
    return ProjectError(
        f"“{_shown(path.name or str(path))}” was not saved: {_cause(target, temporary, error)}.",
        remedy=_UNCHANGED,
        details=f"{_shown(str(path))}: {error}",
    )


def _cause(target: Path, temporary: Path | None, error: OSError) -> str:
    code = error.errno
    folder = _shown(str(target.parent))
    if code in _FULL:
        return _full(target, temporary)
    if code == errno.EFBIG:
        return f"a file on this disk cannot grow beyond {readable_size(_size_of(temporary))}"
    if code == errno.EROFS:
        return "the disk is read-only"
    if code in _BUSY or getattr(error, "winerror", None) in _BUSY_ON_WINDOWS:
        return "another program is using the file"
    if code in _FORBIDDEN:
        if os.access(target.parent, os.W_OK) and target.exists():
            return "the file is read-only"
        return f"the folder “{folder}” may not be written to"
    if code == errno.EISDIR:
        return "there is a folder of that name"
    if code == errno.EINVAL and target.exists() and not target.is_file():
        return "it is no ordinary file"
    if code == errno.ENAMETOOLONG:
        return "the name is too long for this disk"
    if code in _GONE:
        return f"the folder “{folder}” is no longer there"
    if code == errno.EIO:
        return "the disk reported a fault"
    return f"the system says “{error.strerror or error}”"


def _full(target: Path, temporary: Path | None) -> str:
    written = _size_of(temporary)
    try:
        free = shutil.disk_usage(target.parent).free + written
    except OSError:
        return "the disk is full"
    return f"the disk is full (needs more than {readable_size(written)}, {readable_size(free)} are free)"


def _size_of(temporary: Path | None) -> int:
    with contextlib.suppress(OSError):
        if temporary is not None:
            return temporary.stat().st_size
    return 0


def _shown(text: str) -> str:
    """Names that are no UTF-8 reach us with surrogates, which no window can draw."""
    return text.encode("utf-8", "replace").decode("utf-8")
