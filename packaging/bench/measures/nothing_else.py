"""Nothing stands between the artist and the first stroke: no dialog, no other program, no network."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.row import Measure, Reading, Target
from bench.scratch import run_scene, scratch

UNTIL = "before the first stroke and the first picture"
WINDOWS = Target(name=f"dialogs {UNTIL}", unit="", bar=0)
PROGRAMS = Target(name=f"other programs started {UNTIL}", unit="", bar=0)
NETWORK = Target(name=f"network connections and downloads {UNTIL}", unit="", bar=0)
EXECVE = re.compile(r'execve\("(?P<program>[^"]*)", \[(?P<arguments>.*?)\].*\) = 0')
CONNECT = re.compile(r"(?:connect|sendto)\(.*sa_family=AF_INET6?,.*")


def first_contact() -> Mapping[str, Reading]:
    with scratch() as folder:
        trace = folder / "trace"
        prefix = _tracer(trace)
        found = run_scene("first", folder=folder, timeout_s=400, prefix=prefix)
        lines = trace.read_text(encoding="utf-8", errors="replace").splitlines() if prefix else []
    assert found["has_stroke"], "the stroke left no ink"
    assert found["has_picture"], "no picture came"
    windows: list[str] = found["windows"]
    if prefix:
        programs, connections, how = foreign_programs(lines), network_calls(lines), "strace of all processes"
    else:
        heard: list[str] = found["audited"]
        connections = [line for line in heard if "connect" in line]
        programs = [line for line in heard if "connect" not in line and "studio.engine.worker" not in line]
        how = "an audit hook in the window's process only: no strace here"
    return {
        WINDOWS.name: Reading(
            value=len(windows), peers=_list(windows, "windows shown beside the studio's own")
        ),
        PROGRAMS.name: Reading(value=len(programs), peers=_list(programs, how)),
        NETWORK.name: Reading(value=len(connections), peers=_list(connections, how)),
    }


def foreign_programs(lines: Sequence[str]) -> list[str]:
    """Successful execve calls in a trace that start anything but this Python (the studio, its engine)."""
    own = Path(sys.executable).resolve().name
    found = [match for line in lines if (match := EXECVE.search(line))]
    return [match["program"] for match in found if Path(match["program"]).resolve().name != own]


def network_calls(lines: Sequence[str]) -> list[str]:
    """Calls in a trace that name an internet address, this machine's own included; local sockets do not count."""
    return [match[0] for line in lines if (match := CONNECT.search(line))]


def _tracer(trace: Path) -> list[str]:
    """strace, if it is here and may trace."""
    program = shutil.which("strace")
    if program is None:
        return []
    prefix = [program, "-f", "-qq", "-e", "trace=execve,connect,sendto", "-e", "signal=none", "-s", "200"]
    works = subprocess.run([*prefix, "-o", str(trace), "true"], capture_output=True, check=False)
    return [*prefix, "-o", str(trace)] if works.returncode == 0 else []


def _list(found: Sequence[str], how: str) -> str:
    return f"{how}: {'; '.join(found[:3])}" if found else f"{how}: none"


MEASURES = (Measure(targets=(WINDOWS, PROGRAMS, NETWORK), run=first_contact),)
