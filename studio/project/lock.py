"""A mark on an open file that the system takes away when its process ends, however it ends."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

_FAR = 1 << 62
"""Windows locks bytes, and nobody may read them then: one that no file has."""


def try_lock(file: BinaryIO) -> bool:
    """Holds it until `file` is closed; False when somebody else does."""
    return _try_lock(file)


def is_locked(path: Path) -> bool:
    """Whether a living process holds the lock of the file; False for one that cannot be opened."""
    try:
        with path.open("r+b") as file:
            return not _try_lock(file)
    except OSError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: BinaryIO) -> bool:
        position = file.tell()
        file.seek(_FAR)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            file.seek(position)
        return True

else:
    import fcntl

    def _try_lock(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
