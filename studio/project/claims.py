"""Which project files are open in a window: two windows that save one file would lose each other's work."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path
from typing import BinaryIO

from studio.project.lock import try_lock

FOLDER = "open"


class Claim:
    """On at most one project file at a time, until it is released or the process ends."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER
        self._file: BinaryIO | None = None
        self._path: Path | None = None

    def take(self, path: Path) -> bool:
        """Lets go of what was claimed before. False when another window holds it; a folder that cannot be written
        holds nobody up."""
        name = hashlib.sha256(os.path.realpath(path).encode("utf-8", "surrogateescape")).hexdigest()[:32]
        lock = self._folder / f"{name}.lock"
        if self._file is not None and lock == self._path:
            return True
        self.release()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            file = lock.open("a+b")
        except OSError:
            return True
        if not try_lock(file):
            file.close()
            return False
        self._file, self._path = file, lock
        return True

    def release(self) -> None:
        if self._file is None or self._path is None:
            return
        # A name left behind claims nothing: only the lock does.
        self._file.close()
        with contextlib.suppress(OSError):
            self._path.unlink()
        self._file = self._path = None
