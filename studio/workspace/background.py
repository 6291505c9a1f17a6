"""Work that must not hold up the hand: captured on the UI thread, computed elsewhere, applied on the UI thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Background(Protocol):
    def run(
        self, work: Callable[[], T], *, done: Callable[[T], None], failed: Callable[[Exception], None]
    ) -> None:
        """Runs `work` on another thread, in the order of the calls; then `done` or `failed` on the UI thread."""


class Inline:
    """Does it at once, on the caller's thread: the terminal and tests."""

    def run(
        self, work: Callable[[], T], *, done: Callable[[T], None], failed: Callable[[Exception], None]
    ) -> None:
        try:
            value = work()
        except Exception as error:  # noqa: BLE001 - handed to the caller, as another thread would
            failed(error)
        else:
            done(value)
