"""What a set-up prints while it works."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

HEARTBEAT_S = 20.0


class Steps:
    """Prints a line when a step begins and its time when it ends."""

    def __init__(self, *, total: int) -> None:
        self._total = total
        self._count = 0

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        self._count += 1
        began = time.monotonic()
        print(f"[{self._count}/{self._total}] {what}", flush=True)
        yield
        print(f"      done in {elapsed(time.monotonic() - began)}", flush=True)


class Ticker:
    """One changing line on a terminal; elsewhere a line now and then, so that nobody takes a wait for a hang."""

    def __init__(self) -> None:
        self._is_terminal = sys.stdout.isatty()
        self._latest = "starting"
        self._began = self._printed = time.monotonic()

    def __enter__(self) -> Ticker:
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_terminal:
            print("\r\x1b[K", end="", flush=True)

    def show(self, line: str) -> None:
        self._latest = line.strip() or self._latest
        if self._is_terminal:
            width = shutil.get_terminal_size().columns - 8
            print(f"\r\x1b[K      {self._latest[:width]}", end="", flush=True)
        else:
            self.beat()

    def beat(self) -> None:
        now = time.monotonic()
        if not self._is_terminal and now - self._printed >= HEARTBEAT_S:
            self._printed = now
            print(f"      {elapsed(now - self._began)}: {self._latest[:90]}", flush=True)


def elapsed(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60:02d} s"
