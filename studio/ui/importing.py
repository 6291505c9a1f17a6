"""Imports what the window needs later on a thread, while Qt waits for the screen and the window already answers."""

from __future__ import annotations

import builtins
import importlib
import sys
import threading
import traceback
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

SWITCH_INTERVAL_S = 0.0005
"""Python's default of 5 ms is a third of a frame, each time the window wants the interpreter back from a thread."""


class Importer(QObject):
    """imported: a module is there, in the order given. failed, failure: the traceback of the one that is broken."""

    imported = Signal(str)
    failed = Signal(str)

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._names = tuple(names)
        self._done: list[str] = []
        self.failure = ""
        self._thread = threading.Thread(target=self._run, name="imports", daemon=True)

    @property
    def has_started(self) -> bool:
        return self._thread.ident is not None

    def start(self) -> None:
        """Safe to call twice."""
        if self.has_started:
            return
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        restore_import()
        self._thread.start()

    def wait(self) -> None:
        if self.has_started:
            self._thread.join()

    def has(self, name: str) -> bool:
        return name in self._done

    def _run(self) -> None:
        try:
            for name in self._names:
                importlib.import_module(name)
                self._done.append(name)
                self.imported.emit(name)
        except Exception:  # noqa: BLE001 - a broken installation; reported on the UI thread
            self.failure = traceback.format_exc()
            self.failed.emit(self.failure)


def restore_import() -> None:
    """WORKAROUND(https://bugreports.qt.io/browse/PYSIDE-2029): from its own import on, PySide6 opens and reads the
    source of every module that is imported, in search of its `__feature__` switches, a sixth of the time until the
    window is usable. We use none of them. To be removed when PySide6 looks only when a feature is asked for."""
    original = getattr(builtins, "__orig_import__", None)
    if original is not None:
        builtins.__import__ = original
