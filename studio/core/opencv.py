"""OpenCV, loaded when it is first asked for something: `from studio.core.opencv import cv2`.

It would take a tenth of the time until the window is usable, and nothing before the first stroke needs it. The window
loads it on a thread as soon as the canvas is there (`ui/preload.py`).
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import cv2 as cv2
else:

    class _Late:
        """Stands in for the module; what has been asked for once is an ordinary attribute from then on."""

        def __getattr__(self, name: str) -> Any:
            module = importlib.import_module("cv2")
            if _uses_one_thread:
                module.setNumThreads(1)
            value = getattr(module, name)
            setattr(self, name, value)
            return value

    cv2 = _Late()

_uses_one_thread = False


def use_one_thread() -> None:
    """In this process: OpenCV's threads spin while they wait for work."""
    global _uses_one_thread
    _uses_one_thread = True
    if "cv2" in sys.modules:
        cv2.setNumThreads(1)
