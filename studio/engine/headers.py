"""Which weight files are models, remembered: a collection holds thousands of LoRAs, and each header takes milliseconds."""

from __future__ import annotations

import contextlib
import json
import logging
import os
from pathlib import Path

from studio.core import paths
from studio.core.errors import EngineError
from studio.engine.detect_file import is_model
from studio.engine.recognise import recognise
from studio.engine.weights import tensor_shapes

logger = logging.getLogger(__name__)

MAX_BYTES = 32_000_000


class Headers:
    """path -> [size, time of change, whether it is a model]. A file that changed is read again."""

    def __init__(self, known: dict[str, list[int]] | None = None) -> None:
        self._known = known or {}
        self._kept: dict[str, list[int]] = {}

    @classmethod
    def load(cls) -> Headers:
        """A memory that cannot be read is begun anew."""
        try:
            if _file().stat().st_size > MAX_BYTES:
                return cls()
            values = json.loads(_file().read_bytes())
        except (OSError, ValueError, RecursionError):
            return cls()
        known = values.items() if isinstance(values, dict) else ()
        return cls({str(path): entry for path, entry in known if _is_sound(entry)})

    def save(self) -> None:
        """Of what was asked for only, so that files that are gone are forgotten."""
        if self._kept == self._known:
            return
        part = _file().with_suffix(f".{os.getpid()}.part")
        with contextlib.suppress(OSError):
            part.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(self._kept), encoding="ascii")
            part.replace(_file())

    def is_model(self, path: Path) -> bool:
        """A file that cannot be read counts as one: its reason is worth a line in the list."""
        try:
            found = path.stat()
        except OSError:
            return True
        stamp = [found.st_size, found.st_mtime_ns]
        entry = self._known.get(str(path))
        if entry is None or entry[:2] != stamp:
            try:
                entry = [*stamp, int(is_model(recognise(tensor_shapes(path))))]
            except EngineError:
                entry = [*stamp, 1]
        self._kept[str(path)] = entry
        return bool(entry[2])


def _file() -> Path:
    return paths.cache_dir() / "model-headers.json"


def _is_sound(entry: object) -> bool:
    return isinstance(entry, list) and len(entry) == 3 and all(type(value) is int for value in entry)
