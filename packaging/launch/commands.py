"""start.py's commands: what each needs set up, and what it starts."""

from __future__ import annotations

import difflib
import errno
import io
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from launch.checks import run_checks
from launch.display import missing_display, require_display
from launch.environment import ROOT, Environment
from launch.install import ensure
from launch.problems import CANNOT_RUN_HERE, SetupProblem
from launch.system_libraries import (
    QT_LIBRARIES,
    VIRTUAL_DISPLAY,
    WINDOW_LIBRARIES,
    SystemNeed,
    ensure_libraries,
    install_packages,
    is_present,
)

HELP = """\
Sets up Underpaint in .venv beside the project, then does what is asked.

  python3 packaging/start.py                       open the studio
  python3 packaging/start.py PICTURE-OR-PROJECT    open the studio with it
  python3 packaging/start.py generate ...          paint without a window (generate --help says how)
  python3 packaging/start.py models                which models there are
  python3 packaging/start.py doctor                what this computer can do
  python3 packaging/start.py setup                 only set up

for those who work on it:
  python3 packaging/start.py test [ARGUMENTS]      the tests; ARGUMENTS go to pytest
  python3 packaging/start.py check                 format, lint, types, import contracts, spelling
  python3 packaging/start.py bench [--group NAME]  measure; writes build/bench.json
  python3 packaging/start.py tour                  drive the window, write docs/tour/
"""

INTERRUPTED = 130


@dataclass(frozen=True, kw_only=True)
class Command:
    """What a word of the command line stands for.

    arguments: for the environment's Python, before those of the user; empty: nothing is started.
    extras: of pyproject.toml. needs: system libraries to have first. environ: added to the caller's, `defaults`
    only where the caller says nothing. wants_display: brings its own virtual one, if the system has the program.
    """

    arguments: tuple[str, ...] = ()
    extras: frozenset[str] = frozenset()
    needs: tuple[SystemNeed, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    has_window: bool = False
    wants_display: bool = False
    is_in_project_folder: bool = False


# Else Python looks for `studio` and every library in the artist's current folder first, in the engine too.
_SAFE_PATH = {"PYTHONSAFEPATH": "1"}
_WINDOW_NEEDS = QT_LIBRARIES + WINDOW_LIBRARIES

STUDIO = Command(arguments=("-m", "studio"), needs=_WINDOW_NEEDS, environ=_SAFE_PATH, has_window=True)
_HEADLESS = Command(arguments=("-m", "studio.cli"), environ=_SAFE_PATH)
_MEASURING = Command(
    extras=frozenset({"test"}),
    needs=_WINDOW_NEEDS,
    environ={"PYTHONPATH": str(ROOT / "packaging")},
    wants_display=True,
    is_in_project_folder=True,
)
COMMANDS = {
    "setup": Command(needs=_WINDOW_NEEDS),
    "generate": replace(_HEADLESS, arguments=(*_HEADLESS.arguments, "generate")),
    "models": replace(_HEADLESS, arguments=(*_HEADLESS.arguments, "models")),
    "doctor": replace(_HEADLESS, arguments=(*_HEADLESS.arguments, "doctor")),
    "test": Command(
        arguments=("-m", "pytest"),
        extras=frozenset({"test"}),
        needs=QT_LIBRARIES,
        # Two torch threads on two busy cores are slower than one by a factor of five.
        defaults={
            "QT_QPA_PLATFORM": "offscreen",
            "OMP_NUM_THREADS": "1",
            "OMP_WAIT_POLICY": "PASSIVE",
            "UNDERPAINT_HOME": str(ROOT / "build" / "test-home"),
        },
        is_in_project_folder=True,
    ),
    "check": Command(extras=frozenset({"check"})),
    "bench": replace(_MEASURING, arguments=("packaging/bench/run.py",)),
    "tour": replace(_MEASURING, arguments=("packaging/tour.py",)),
}


def run(arguments: Sequence[str]) -> int:
    """start.py after its version check: exit code. A failure is one sentence and a remedy on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if arguments and arguments[0] in {"-h", "--help", "help"}:
        print(HELP, end="")
        return 0
    try:
        return _run(arguments)
    except SetupProblem as problem:
        return _report(problem)
    except OSError as error:
        return _report(explain_os_error(error))
    except KeyboardInterrupt:
        print("\nInterrupted. Run the same command again to finish.", file=sys.stderr)
        return INTERRUPTED


def _report(problem: SetupProblem) -> int:
    print(f"{problem.sentence}\n{problem.remedy}", file=sys.stderr)
    return problem.exit_code


def _run(arguments: Sequence[str]) -> int:
    command, rest = parse(arguments)
    environment = Environment(root=ROOT)
    if command.has_window:
        require_display(os.environ)
    ensure(environment, command.extras)
    ensure_libraries(command.needs)
    if command.wants_display and missing_display(os.environ) and not is_present(VIRTUAL_DISPLAY.name):
        install_packages([VIRTUAL_DISPLAY.apt])
    if command is COMMANDS["check"]:
        return run_checks(environment, rest)
    if not command.arguments:
        print("Everything is set up.")
        return 0
    line = [str(environment.python), *command.arguments, *rest]
    return _become(line, child_environ(command, os.environ), ROOT if command.is_in_project_folder else None)


def parse(arguments: Sequence[str]) -> tuple[Command, list[str]]:
    """The command and what it gets; raises SetupProblem for a word that is neither a command nor a file."""
    if not arguments:
        return STUDIO, []
    word, *rest = arguments
    if word in COMMANDS:
        return COMMANDS[word], rest
    if word.startswith("-") or Path(word).is_file():
        return STUDIO, list(arguments)
    near = difflib.get_close_matches(word, COMMANDS, n=1)
    raise SetupProblem(
        f"There is no command or file called {word}.",
        f"Did you mean {near[0]}?" if near else "python3 packaging/start.py --help lists the commands.",
        exit_code=CANNOT_RUN_HERE,
    )


def child_environ(command: Command, environ: Mapping[str, str]) -> dict[str, str]:
    """What the started program sees: libraries from the virtual environment and nowhere else."""
    kept = {name: value for name, value in environ.items() if name not in {"PYTHONHOME", "PYTHONPATH"}}
    return {**command.defaults, **kept, **command.environ}


def explain_os_error(error: OSError) -> SetupProblem:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return SetupProblem("The disk is full.", "Free some space and run the same command again.")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return SetupProblem(
            f"The project folder cannot be written: {error.filename or error}.",
            "Give yourself write access to it, or copy it to a folder of your own.",
        )
    return SetupProblem(
        f"The system refused: {error}.", "Run the same command again; delete .venv first to start afresh."
    )


def _become(line: list[str], environ: Mapping[str, str], folder: Path | None) -> int:
    """Runs `line` in place of this process where the system can, so that signals reach the program."""
    sys.stdout.flush()
    sys.stderr.flush()
    if folder is not None:
        os.chdir(folder)
    if os.name != "nt":
        os.execvpe(line[0], line, environ)
    process = subprocess.Popen(line, env=environ)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # The console sent it to the program as well; its answer counts.
            continue
