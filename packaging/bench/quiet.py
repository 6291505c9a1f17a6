"""A machine as quiet as it can be made: background training sleeps, and a busy machine is named."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

SETTLE_S = 4.0


@contextlib.contextmanager
def training_paused(folder: Path) -> Iterator[None]:
    """While it is open a training run in `folder` sleeps: it looks for the file PAUSE between its steps."""
    flag = folder / "PAUSE"
    if not folder.is_dir() or flag.exists():
        yield
        return
    flag.touch()
    try:
        time.sleep(SETTLE_S)
        yield
    finally:
        flag.unlink(missing_ok=True)


def load_text() -> str:
    if not hasattr(os, "getloadavg"):
        return "load unknown"
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
