"""The window manager's part where there is none: gives an X window the keyboard."""

from __future__ import annotations

import ctypes

REVERT_TO_PARENT = 2
CURRENT_TIME = 0


def focus(window_id: int) -> None:
    """Does nothing without Xlib or a display. The window must be mapped."""
    try:
        # Not find_library: it starts programs, which scenes count.
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
        return
    x11.XOpenDisplay.restype = ctypes.c_void_p
    display = x11.XOpenDisplay(None)
    if not display:
        return
    handle = ctypes.c_void_p(display)
    x11.XSetInputFocus(handle, ctypes.c_ulong(window_id), REVERT_TO_PARENT, ctypes.c_ulong(CURRENT_TIME))
    x11.XSync(handle, 0)
    x11.XCloseDisplay(handle)
