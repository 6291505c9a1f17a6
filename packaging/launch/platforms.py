"""Which computers the pinned torch and PySide6 are built for."""

from __future__ import annotations

import os
import platform
import sys
import sysconfig
from dataclasses import dataclass

from launch.problems import CANNOT_RUN_HERE, SetupProblem

# What the wheels of the pinned versions say: PySide6 6.11.3 manylinux_2_34 (x86-64) and _2_39 (ARM), torch 2.13.0
# macosx_14_0_arm64 and win_amd64.
OLDEST_GLIBC = {"x86_64": (2, 34), "aarch64": (2, 39)}
OLDEST_MACOS = (14, 0)

Version = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Computer:
    """system: as in sys.platform. machine: x86_64, arm64, ... of this Python, in lower case.

    glibc: None where Linux has another C library. macos: None elsewhere.
    """

    system: str
    machine: str
    is_64_bit: bool = True
    has_interpreter_lock: bool = True
    glibc: Version | None = None
    macos: Version | None = None


def this_computer() -> Computer:
    return Computer(
        system=sys.platform,
        machine=platform.machine().lower(),
        is_64_bit=sys.maxsize > 2**32,
        has_interpreter_lock=not sysconfig.get_config_var("Py_GIL_DISABLED"),
        glibc=_glibc() if sys.platform == "linux" else None,
        macos=_version(platform.mac_ver()[0]) if sys.platform == "darwin" else None,
    )


def _glibc() -> Version | None:
    try:
        name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
    except (OSError, ValueError):
        return None
    return _version(version) if name == "glibc" else None


def _version(text: str) -> Version | None:
    parts = text.split(".")
    return (int(parts[0]), int(parts[1])) if len(parts) > 1 and all(map(str.isdigit, parts[:2])) else None


def refuse_platform(computer: Computer | None = None) -> None:
    """Raises SetupProblem where torch or PySide6 have no build, before anything is downloaded."""
    sentence, remedy = _refusal(computer or this_computer())
    if sentence:
        raise SetupProblem(sentence, remedy, exit_code=CANNOT_RUN_HERE)


def _refusal(computer: Computer) -> tuple[str, str]:
    """(sentence, remedy), empty where everything fits."""
    if not computer.is_64_bit:
        return "torch is not built for this 32-bit Python.", "Install the 64-bit Python 3.13."
    if not computer.has_interpreter_lock:
        return "PySide6 is not built for this free-threaded Python.", "Install the ordinary Python 3.13."
    if computer.system == "linux":
        return _linux_refusal(computer)
    if computer.system == "darwin" and computer.machine == "x86_64":
        return (
            "torch is no longer built for Intel Macs, or this Python is an Intel one.",
            "On a Mac with Apple silicon install Python 3.13 from python.org; an Intel Mac cannot run Underpaint.",
        )
    if computer.system == "darwin" and computer.macos is not None and computer.macos < OLDEST_MACOS:
        return f"torch needs macOS {OLDEST_MACOS[0]} or newer.", "Update macOS."
    if computer.system == "win32" and computer.machine == "arm64":
        return (
            "torch is not built for an ARM Python on Windows.",
            "Install the 64-bit Intel/AMD (x64) Python 3.13.",
        )
    return "", ""


def _linux_refusal(computer: Computer) -> tuple[str, str]:
    newer = (
        "Use a newer Linux: Ubuntu 22.04, Debian 12, Fedora 36 or RHEL 9, on ARM Ubuntu 24.04 or Debian 13."
    )
    if computer.machine not in OLDEST_GLIBC:
        return (
            f"torch and PySide6 are not built for {computer.machine} processors.",
            "Use a computer with an Intel, AMD or 64-bit ARM processor.",
        )
    needed = OLDEST_GLIBC[computer.machine]
    if computer.glibc is None:
        return "torch and PySide6 need glibc, and this Linux uses another C library.", newer
    if computer.glibc < needed:
        found = ".".join(map(str, computer.glibc))
        return f"PySide6 needs glibc {needed[0]}.{needed[1]}, and this Linux has {found}.", newer
    return "", ""
