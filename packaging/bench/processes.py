"""Starting the programs that are measured, and what the system tells about a process."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
KEPT_WORDS = 1500


class ChildFailed(RuntimeError):
    """A measured program ended badly or did not answer; its last words are in the message."""


def child_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process' environment, with the studio and these measures importable."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "packaging")])
    return {**os.environ, "PYTHONPATH": path, "PYTHONSAFEPATH": "1", **(extra or {})}


def run_python(
    arguments: Sequence[str],
    *,
    timeout_s: float,
    environ: Mapping[str, str] | None = None,
    prefix: Sequence[str] = (),
) -> str:
    """Runs this Python with `arguments` to its end and returns its stdout; `prefix`: a tracer. Raises ChildFailed.

    What it started is ended with it: it leads a process group of its own.
    """
    process = subprocess.Popen(
        [*prefix, sys.executable, *arguments],
        env=child_environment(environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired as error:
        _end_group(process)
        _, errors = process.communicate()
        raise ChildFailed(f"no end after {timeout_s:.0f} s; {_tail(errors)}") from error
    except BaseException:
        _end_group(process)
        raise
    if process.returncode != 0:
        raise ChildFailed(f"exit code {process.returncode}; {_tail(errors)}")
    return output


class Conversation:
    """A program that answers each line of JSON with one. Raises ChildFailed when it ended or is silent."""

    def __init__(self, arguments: Sequence[str], *, environ: Mapping[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            env=child_environment(environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise ChildFailed(f"the program ended with code {self.process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def ask(self, order: Mapping[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return self.read()

    def close(self) -> None:
        if self.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            _end_group(self.process)
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


@contextlib.contextmanager
def conversation(
    arguments: Sequence[str], *, environ: Mapping[str, str] | None = None
) -> Iterator[Conversation]:
    program = Conversation(arguments, environ=environ)
    try:
        yield program
    finally:
        program.close()


def pss_mib(process_id: int) -> float:
    """Proportional set size: shared pages count by their share. Raises OSError where the system does not tell."""
    for line in Path(f"/proc/{process_id}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise OSError("the kernel tells no proportional set size")


def cpu_seconds(process_id: int) -> float:
    """User and system time of all threads of a process so far."""
    times = psutil.Process(process_id).cpu_times()
    return float(times.user + times.system)


def cpu_share(process_id: int, seconds: float) -> float:
    """Of one core, in percent, during the next `seconds`; this thread sleeps."""
    before, began = cpu_seconds(process_id), time.monotonic()
    time.sleep(seconds)
    return (cpu_seconds(process_id) - before) / (time.monotonic() - began) * 100


def children(process_id: int) -> list[tuple[int, list[str]]]:
    """(process id, command line) of every descendant that is alive."""
    found: list[tuple[int, list[str]]] = []
    for child in psutil.Process(process_id).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            found.append((child.pid, child.cmdline()))
    return found


def _end_group(process: subprocess.Popen[str]) -> None:
    if sys.platform == "win32":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _tail(text: str) -> str:
    """The last line, which names the error, and then what led to it."""
    lines = [line.strip() for line in text[-KEPT_WORDS:].splitlines() if line.strip()]
    return " | ".join([*lines[-1:], *lines[:-1]])
