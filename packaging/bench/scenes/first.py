"""From launch to the first stroke and the first picture, as someone who has just opened the studio: what came between?

    python -m bench.scenes.first

Counts windows beside the studio's own; meant to run under strace, which counts programs and connections. Where there
is none, an audit hook in this process counts them (it cannot see into the engine's).
"""

from __future__ import annotations

import math
import socket
import sys
from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from bench.stage import Stage, play
from studio.core.geometry import Point

AUDITED = frozenset({"socket.connect", "subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"})


class WindowCounter(QObject):
    """Every top-level widget that is shown, by class; tooltips and the main window are no dialogs."""

    def __init__(self, main: QWidget) -> None:
        super().__init__()
        self.shown: list[str] = []
        self._main = main

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            name = type(watched).__name__
            if watched is not self._main and name != "QTipLabel":
                self.shown.append(f"{name} {watched.windowTitle()}".strip())
        return False


audited: list[str] = []


def scene(stage: Stage) -> dict[str, Any]:
    counter = WindowCounter(stage.window)
    application = QApplication.instance()
    assert application is not None
    already = [
        type(widget).__name__
        for widget in QApplication.topLevelWidgets()
        if widget.isVisible() and widget is not stage.window
    ]
    application.installEventFilter(counter)
    size = stage.workspace.document.canvas.size
    stage.choose("brush")
    stage.stroke(
        [
            Point(size.width * (0.2 + 0.6 * t / 40), size.height * (0.5 + 0.2 * math.sin(t / 5)))
            for t in range(40)
        ]
    )
    has_stroke = not stage.workspace.is_blank
    stage.key("Ctrl+P")
    stage.type("a lake at sunset")
    stage.key("Ctrl+Return")
    stage.wait_until(lambda: bool(stage.workspace.results.candidates), "the first picture", 60)
    stage.settle()
    application.removeEventFilter(counter)
    return {
        "windows": already + counter.shown,
        "has_stroke": has_stroke,
        "has_picture": bool(stage.workspace.results.candidates),
        "prompt": stage.workspace.settings.values.prompt,
        "audited": audited,
    }


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and arguments[0].family == getattr(socket, "AF_UNIX", None):
        return
    if event in AUDITED:
        audited.append(f"{event} {arguments[:2]!r:.300}")


if __name__ == "__main__":
    sys.addaudithook(_hook)
    sys.exit(play(scene))
