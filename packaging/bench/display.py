"""Somewhere for windows to open: the display that is there, else Xvfb, else Qt's offscreen platform."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

SCREEN = "1920x1080x24"


@contextlib.contextmanager
def display(screen: str = SCREEN) -> Iterator[str]:
    """Sets this process' environment for the windows it will start; yields what they open on, in words."""
    given = os.environ.get("QT_QPA_PLATFORM")
    if given is not None:
        yield f"Qt platform {given}"
    elif sys.platform != "linux":
        yield "the system's display"
    elif os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        yield f"display {os.environ.get('DISPLAY') or os.environ['WAYLAND_DISPLAY']}"
    elif shutil.which("Xvfb"):
        with _xvfb(screen) as name, _environment({"DISPLAY": name, "QT_QPA_PLATFORM": "xcb"}):
            yield f"Xvfb {name}, {screen}"
    else:
        with _environment({"QT_QPA_PLATFORM": "offscreen"}):
            yield "Qt's offscreen platform: no Xvfb here, so no X server paints"


@contextlib.contextmanager
def _xvfb(screen: str) -> Iterator[str]:
    """Starts a server on the first free number, without a network port; raises RuntimeError when it does not come."""
    read_end, write_end = os.pipe()
    command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", screen, "-nolisten", "tcp", "-noreset"]
    with open(read_end, encoding="ascii") as answer:  # noqa: PTH123 - a descriptor, not a path
        process = subprocess.Popen(
            command, pass_fds=(write_end,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(write_end)
        number = answer.readline().strip()
    try:
        if not number:
            raise RuntimeError("Xvfb did not start")
        yield f":{number}"
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
