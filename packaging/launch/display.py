"""Whether a window can open here."""

from __future__ import annotations

import contextlib
import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from launch.problems import CANNOT_RUN_HERE, SetupProblem

HEADLESS_COMMAND = 'python3 packaging/start.py generate --prompt "..." -o out.png'
X11_SOCKETS = "/tmp/.X11-unix"
X11_PORT = 6000


def require_display(environ: Mapping[str, str]) -> None:
    """Raises SetupProblem when the studio's window could not open: Qt itself would abort the process."""
    if sentence := missing_display(environ):
        raise SetupProblem(sentence, f"Without a window: {HEADLESS_COMMAND}", exit_code=CANNOT_RUN_HERE)


def missing_display(environ: Mapping[str, str], platform: str = sys.platform) -> str:
    """The sentence that says why no window can open; empty where one can."""
    if platform != "linux":
        return ""
    chosen = environ.get("QT_QPA_PLATFORM", "").split(":")[0]
    if chosen and chosen not in {"xcb", "wayland"}:
        return ""
    x11, wayland = environ.get("DISPLAY", ""), environ.get("WAYLAND_DISPLAY", "")
    if not x11 and not wayland:
        return "There is no display here to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set."
    if wayland and _wayland_answers(wayland, environ.get("XDG_RUNTIME_DIR", "")):
        return ""
    if x11 and _x11_answers(x11):
        return ""
    return f"The display {x11 or wayland} does not answer, so no window can open on it."


def _wayland_answers(name: str, runtime_dir: str) -> bool:
    return _connects(socket.AF_UNIX, str(Path(runtime_dir, name)))


def _x11_answers(display: str) -> bool:
    """`display` as in DISPLAY: [host]:number[.screen]."""
    match = re.fullmatch(r"(?P<host>.*):(?P<number>\d+)(?:\.\d+)?", display)
    if match is None:
        return False
    number = int(match["number"])
    if match["host"] in {"", "unix"}:
        path = f"{X11_SOCKETS}/X{number}"
        return _connects(socket.AF_UNIX, f"\0{path}") or _connects(socket.AF_UNIX, path)
    with contextlib.suppress(OSError), socket.create_connection((match["host"], X11_PORT + number), 3):
        return True
    return False


def _connects(family: int, address: str) -> bool:
    with contextlib.suppress(OSError), socket.socket(family) as client:
        client.settimeout(3)
        client.connect(address)
        return True
    return False
