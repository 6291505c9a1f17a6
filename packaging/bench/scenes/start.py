"""Starts the studio as `python -m studio` does and says when it was painted, when it was usable, and what it weighs.

    python -m bench.scenes.start [SECONDS]

Times are CLOCK_MONOTONIC, taken at the first turn of the event loop after a paint, see `Stamps`. With SECONDS it then rests for so long and adds
pss_mib and the loaded modules that have no business in a window.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer

from studio.ui import app

FOREIGN = ("torch", "diffusers", "transformers", "accelerate", "safetensors")


class Stamps(QObject):
    """usable_s: the first paint of the canvas after strokes, prompt and keys are said to work; complete_s: the first
    paint of the window after menus and panels are there too."""

    def __init__(self, application: app.Application) -> None:
        super().__init__()
        self._application = application
        self._waits_for_paint = ""
        self.found: dict[str, Any] = {}
        application.window.shell.painted.connect(lambda: self._later("painted_s"))
        application.usable.connect(self._on_usable)
        application.ready.connect(self._on_ready)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._waits_for_paint and event.type() == QEvent.Type.Paint:
            self._later(self._waits_for_paint)
        return False

    def _later(self, name: str) -> None:
        if name not in self.found:
            self.found[name] = 0.0
            QTimer.singleShot(0, lambda: self._stamp(name))

    def _stamp(self, name: str) -> None:
        self.found[name] = time.monotonic()
        if name == "complete_s":
            seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 0.0
            QTimer.singleShot(round(seconds * 1000), self._leave)

    def _on_usable(self) -> None:
        assert self._application.session is not None
        self._waits_for_paint = "usable_s"
        self._application.session.canvas.installEventFilter(self)

    def _on_ready(self) -> None:
        self._waits_for_paint = "complete_s"
        self._application.window.installEventFilter(self)
        # Whatever is painted already, this turn of the loop is the first in which everything answers.
        self._application.window.update()

    def _leave(self) -> None:
        session = self._application.session
        assert session is not None
        self.found["foreign"] = [name for name in FOREIGN if name in sys.modules]
        self.found["is_engine_ready"] = session.queue.engine_state.is_ready
        self.found["pss_mib"] = _pss_mib()
        self._application.window.close()


def _pss_mib() -> float | None:
    rollup = Path("/proc/self/smaps_rollup")
    if not rollup.exists():
        return None
    lines = rollup.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def main() -> None:
    shown = app.Application.show
    stamps: list[Stamps] = []

    def show(application: app.Application) -> None:
        stamps.append(Stamps(application))
        shown(application)

    app.Application.show = show  # type: ignore[method-assign, assignment]  # the only way in that leaves `run` as it is
    app.run([])
    print(json.dumps(stamps[0].found), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
