"""Whether a window can be shown at all, found out before Qt ends the process over it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

CONNECT_TIMEOUT_S = 2.0
HEADLESS = "Without a window, use: underpaint generate --prompt “…” -o picture.png"


def missing_display(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str:
    """One sentence with the headless command when there is no display; empty when there is one."""
    if platform in ("win32", "darwin") or environment.get("QT_QPA_PLATFORM", "xcb") not in (
        "xcb",
        "wayland",
        "",
    ):
        return ""
    if environment.get("WAYLAND_DISPLAY"):
        return ""
    display = environment.get("DISPLAY", "")
    if not display:
        return f"There is no display to show a window on. {HEADLESS}"
    if not _answers(display):
        return f"The display “{display}” does not answer. {HEADLESS}"
    return ""


def _answers(display: str) -> bool:
    """True for a display on another machine: only Qt can tell."""
    host, _, number = display.rpartition(":")
    number = number.split(".")[0]
    if host not in ("", "unix") or not number.isdecimal():
        return True
    name = f"/tmp/.X11-unix/X{number}"
    return Path(name).exists() or _listens(f"\0{name}")


def _listens(address: str) -> bool:
    """For servers that have an abstract socket only."""
    import socket  # costs 4 ms and is hardly ever needed

    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(CONNECT_TIMEOUT_S)
        try:
            probe.connect(address)
        except OSError:
            return False
    return True
