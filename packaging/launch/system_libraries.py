"""Linux: the system libraries and programs Qt's window needs and no wheel carries."""

from __future__ import annotations

import ctypes
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from launch.problems import SetupProblem


class SystemNeed(NamedTuple):
    """`name`: a soname, or a program on the PATH; then its package per package manager."""

    name: str
    apt: str
    dnf: str
    pacman: str


# What libQt6Gui, libQt6Widgets and the offscreen plugin link to: tests need these as well.
# fmt: off
QT_LIBRARIES = (
    SystemNeed("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd"),
    SystemNeed("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd"),
    SystemNeed("libX11.so.6", "libx11-6", "libX11", "libx11"),
    SystemNeed("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus"),
    SystemNeed("libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig"),
    SystemNeed("libfreetype.so.6", "libfreetype6", "freetype", "freetype2"),
    SystemNeed("libglib-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
    SystemNeed("libgthread-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
    SystemNeed("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    SystemNeed("libz.so.1", "zlib1g", "zlib", "zlib"),
    SystemNeed("libzstd.so.1", "libzstd1", "libzstd", "zstd"),
)

# What the xcb plugin adds: a window on X11, and on Wayland through XWayland.
WINDOW_LIBRARIES = (
    SystemNeed("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb", "libx11"),
    SystemNeed("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    SystemNeed("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    SystemNeed("libxcb-image.so.0", "libxcb-image0", "xcb-util-image", "xcb-util-image"),
    SystemNeed("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    SystemNeed("libxcb-randr.so.0", "libxcb-randr0", "libxcb", "libxcb"),
    SystemNeed("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil"),
    SystemNeed("libxcb-render.so.0", "libxcb-render0", "libxcb", "libxcb"),
    SystemNeed("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb"),
    SystemNeed("libxcb-shm.so.0", "libxcb-shm0", "libxcb", "libxcb"),
    SystemNeed("libxcb-sync.so.1", "libxcb-sync1", "libxcb", "libxcb"),
    SystemNeed("libxcb-util.so.1", "libxcb-util1", "xcb-util", "xcb-util"),
    SystemNeed("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb", "libxcb"),
    SystemNeed("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb", "libxcb"),
    SystemNeed("libxcb.so.1", "libxcb1", "libxcb", "libxcb"),
    SystemNeed("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
)

# A display in memory, for the benchmark and the tour on a machine without one.
VIRTUAL_DISPLAY = SystemNeed("Xvfb", "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb")
# fmt: on

_INSTALL = {
    "apt": ("apt-get", "install", "-y"),
    "dnf": ("dnf", "install", "-y"),
    "pacman": ("pacman", "-S", "--needed"),
}


def is_present(name: str) -> bool:
    """Whether the loader finds a soname, or the PATH a program."""
    if ".so" not in name:
        return shutil.which(name) is not None
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def missing_needs(needs: Iterable[SystemNeed], present: Callable[[str], bool]) -> tuple[SystemNeed, ...]:
    return tuple(need for need in needs if not present(need.name))


def package_manager() -> str | None:
    """apt, dnf or pacman: the one this system has."""
    return next((manager for manager, command in _INSTALL.items() if shutil.which(command[0])), None)


def packages_of(needs: Sequence[SystemNeed], manager: str) -> list[str]:
    """Sorted, each once."""
    column = SystemNeed._fields.index(manager)
    return sorted({need[column] for need in needs})


def install_command(needs: Sequence[SystemNeed], manager: str | None) -> str:
    """The line to type; for an unknown package manager what to look for."""
    if manager is None:
        return f"Install the packages that hold {', '.join(need.name for need in needs)}"
    return f"Run: {shlex.join(('sudo', *_INSTALL[manager], *packages_of(needs, manager)))}"


def ensure_libraries(needs: Sequence[SystemNeed]) -> None:
    """Installs what is missing where that needs no password (root with apt), else raises SetupProblem."""
    missing = missing_needs(needs, is_present) if sys.platform == "linux" else ()
    if not missing:
        return
    if install_packages(packages_of(missing, "apt")):
        # glibc remembers nothing about failed lookups, so asking again sees the new files.
        missing = missing_needs(missing, is_present)
    if missing:
        names = ", ".join(need.name for need in missing)
        raise SetupProblem(
            f"Qt needs system libraries or programs that are missing here: {names}.",
            f"{install_command(missing, package_manager())}, then run the same command again.",
        )


def install_packages(packages: Sequence[str]) -> bool:
    """As root on a Debian or Ubuntu (containers, CI): True when apt installed `packages`. Asks nobody."""
    if sys.platform == "win32" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Installing system packages with apt-get: {' '.join(packages)}", flush=True)
    environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    steps = (
        ("apt-get", "update", "-qq"),
        (*_INSTALL["apt"], "-qq", "--no-install-recommends", *packages),
    )
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, check=False, env=environ)
    if done.returncode != 0:
        print("\n".join(f"      | {line}" for line in done.stderr.splitlines()[-10:]), file=sys.stderr)
    return done.returncode == 0
