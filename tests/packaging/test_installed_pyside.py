"""PySide6 6.12.0 below Python 3.12 aborts the interpreter after some hundred signals: decision 006."""

from __future__ import annotations

import subprocess
import sys

EMITS = """
import sys
from PySide6.QtCore import QObject, Signal

class Sender(QObject):
    changed = Signal(bool)

sender, heard = Sender(), []
sender.changed.connect(lambda value: heard.append(value))
before = sys.getrefcount(None), sys.getrefcount(True)
for _ in range(20_000):
    sender.changed.emit(True)
    sender.blockSignals(False)
heard_count = len(heard)
heard.clear()
lost = before[0] - sys.getrefcount(None), before[1] - sys.getrefcount(True)
# From 3.12 on both are immortal and their counts mean nothing: it is enough to have come here.
print(heard_count, max(lost) < 1_000 or sys.version_info >= (3, 12))
"""


def test_twenty_thousand_signals_lose_no_references() -> None:
    done = subprocess.run(
        [sys.executable, "-c", EMITS], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["20000", "True"]
