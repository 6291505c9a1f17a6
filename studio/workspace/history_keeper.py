"""Packs the steps of the history that are far from the present state, on another thread, a few at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable

from studio.core import memory, paths
from studio.document.document import Document
from studio.document.history import History
from studio.document.packing import Packed, Packing
from studio.document.resting import Spill
from studio.workspace.background import Background

_log = logging.getLogger(__name__)


def new_history(document: Document) -> History:
    """With room on disk; made when something goes there for the first time, nameless, gone with the program."""
    return History(document, spill=Spill(paths.cache_dir() / "undo"))


class HistoryKeeper:
    """Follows one history at a time. One step is packed at once, so that nothing else waits long for the thread."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._history: History | None = None
        self._end: Callable[[], None] = lambda: None
        self._is_at_work = False
        self._has_packed = False

    def follow(self, history: History) -> None:
        self._end()
        self._history = history
        self._end = history.changed.subscribe(lambda _: self._go_on())

    def _go_on(self) -> None:
        history = self._history
        if history is None or self._is_at_work:
            return
        packing = history.next_packing()
        if packing is not None:
            self._is_at_work = self._has_packed = True
            self._background.run(
                packing.work,
                done=lambda packed: self._on_packed(history, packing, packed),
                failed=self._on_failed,
            )
        elif self._has_packed:
            self._has_packed = False
            self._background.run(memory.release, done=lambda _: None, failed=self._on_failed)

    def _on_packed(self, history: History, packing: Packing, packed: Packed) -> None:
        self._is_at_work = False
        history.take_packed(packing, packed)
        self._go_on()

    def _on_failed(self, error: Exception) -> None:
        """A full disk: what cannot be packed stays as it is, and the oldest is forgotten when memory is full."""
        _log.warning("a step of the history could not be packed: %s", error)
        self._is_at_work = False
        if self._history is not None:
            self._history.stop_spilling()
