"""An empty PySide6 window. Prints JSON: when it was painted, and how late its event loop's timer ticks came.

    python -m bench.floors.bare_window [SECONDS]

painted_s: CLOCK_MONOTONIC at the first turn of the event loop after the first paint. fired_s: with SECONDS, the
times at which a timer fired that should have done so all the while.
"""

import json
import os
import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget


class Window(QWidget):
    painted_s = 0.0

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.painted_s:
            self.painted_s = -1.0
            QTimer.singleShot(0, self._on_painted)

    def _on_painted(self) -> None:
        self.painted_s = time.monotonic()
        seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 0.0
        if not seconds:
            self.leave([])
            return
        from bench.latency import LoopProbe

        self.probe = LoopProbe(self)
        self.probe.start()
        QTimer.singleShot(round(seconds * 1000), lambda: self.leave(list(self.probe.fired_s)))

    def leave(self, fired_s: list[float]) -> None:
        print(json.dumps({"painted_s": self.painted_s, "fired_s": fired_s}), flush=True)
        os._exit(0)


if __name__ == "__main__":
    application = QApplication([])
    window = Window()
    window.resize(1200, 800)
    window.show()
    application.exec()
