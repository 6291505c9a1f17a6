"""How long a move of the pointer takes until its ink stands on the screen, in the process that paints."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from bench.stage import Stage
from studio.core.geometry import Point
from studio.document.changes import Change, TilesChanged


@dataclass(kw_only=True)
class Inked:
    """latencies_ms: per move, from when it was due until it was painted: a window that is busy when the next move is
    due makes that one late. cpu_ms: of this process, per move. unpainted: moves that never led to a paint."""

    latencies_ms: list[float] = field(default_factory=list)
    cpu_ms: float = 0.0
    unpainted: int = 0


class InkWatch(QObject):
    """Tells for each move when the first paint after its tiles had changed was over."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.sent = 0
        self.painted_s: list[float] = []
        self._changed = 0
        canvas.installEventFilter(self)

    def on_change(self, change: Change) -> None:
        if isinstance(change, TilesChanged):
            self._changed = self.sent

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._changed > len(self.painted_s):
            count = self._changed
            QTimer.singleShot(0, lambda: self._on_painted(count))
        return False

    def _on_painted(self, count: int) -> None:
        now = time.perf_counter()
        self.painted_s += [now] * (count - len(self.painted_s))


def stroke(stage: Stage, points: Sequence[Point], rate_hz: float = 125.0) -> Inked:
    """One stroke through canvas points: press, a move to each at a steady rate, release."""
    window = stage.window.windowHandle()
    assert window is not None
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    positions = [stage.on_window(point) for point in points]
    watch = InkWatch(stage.canvas)
    end_watch = stage.workspace.document.changed.subscribe(watch.on_change)
    QTest.mouseMove(window, positions[0])
    QTest.mousePress(window, button, none, positions[0])
    _turn(0.05)
    watch.sent = 0
    watch.painted_s.clear()
    watch._changed = 0
    due: list[float] = []
    cpu, began = time.process_time(), time.perf_counter()
    for index, position in enumerate(positions[1:]):
        due.append(began + index / rate_hz)
        _turn(due[-1] - time.perf_counter())
        watch.sent += 1
        QTest.mouseMove(window, position)
    _turn(0.05)
    cpu = time.process_time() - cpu
    QTest.mouseRelease(window, button, none, positions[-1])
    end_watch()
    stage.canvas.removeEventFilter(watch)
    painted = watch.painted_s
    return Inked(
        latencies_ms=[(at - when) * 1000 for at, when in zip(painted, due, strict=False)],
        cpu_ms=cpu * 1000 / len(due),
        unpainted=len(due) - len(painted),
    )


def _turn(seconds: float) -> None:
    """The event loop runs for so long."""
    if seconds <= 0:
        return
    loop = QEventLoop()
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.setSingleShot(True)
    timer.timeout.connect(loop.quit)
    timer.start(max(1, round(seconds * 1000)))
    loop.exec()
