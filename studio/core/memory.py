"""Memory that was freed, given back to the system."""

from __future__ import annotations

import ctypes
import sys


def release() -> None:
    """glibc keeps what was freed between things that live; elsewhere there is nothing to do. Takes some milliseconds."""
    if sys.platform != "linux":
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
