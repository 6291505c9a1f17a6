"""The checks a change must pass beside its tests."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence

from launch.environment import Environment
from launch.problems import CANNOT_RUN_HERE, SetupProblem
from launch.progress import elapsed

# Name on the command line -> what the environment's programs are asked.
CHECKS: dict[str, tuple[str, ...]] = {
    "format": ("ruff", "format", "--check", "."),
    "lint": ("ruff", "check", "."),
    "types": ("mypy",),
    "contracts": ("lint-imports",),
    "spelling": ("typos",),
}


def run_checks(environment: Environment, names: Sequence[str]) -> int:
    """Runs the named checks, all without a name; prints the output of those that fail. Exit code 0 or 1."""
    if unknown := [name for name in names if name not in CHECKS]:
        raise SetupProblem(
            f"There is no check called {unknown[0]}.",
            f"The checks are {', '.join(CHECKS)}.",
            exit_code=CANNOT_RUN_HERE,
        )
    failed = [name for name in names or CHECKS if not _passes(environment, name)]
    print(f"{', '.join(failed)}: failed" if failed else "All checks passed.", flush=True)
    return 1 if failed else 0


def _passes(environment: Environment, name: str) -> bool:
    program, *arguments = CHECKS[name]
    suffix = ".exe" if sys.platform == "win32" else ""
    began = time.monotonic()
    done = subprocess.run(
        [str(environment.python.parent / (program + suffix)), *arguments],
        cwd=environment.root,
        env=os.environ | {"NO_COLOR": "1", "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    passed = done.returncode == 0
    print(f"{name:10} {'ok' if passed else 'FAILED':7} {elapsed(time.monotonic() - began)}", flush=True)
    if not passed:
        print(done.stdout, flush=True)
    return passed
