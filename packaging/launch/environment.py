"""The virtual environment beside the project, and the stamp that says what was put into it."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tomllib
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXTRAS = frozenset({"test", "check"})
# PySide6 6.12.0 drops a reference to None on every void call; Python counts that until 3.12 and aborts.
BROKEN_PYSIDE = "6.12.0"


@dataclass(frozen=True, kw_only=True)
class Environment:
    """`root`: the folder of pyproject.toml; the environment is `.venv` in it."""

    root: Path

    @property
    def folder(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.folder / "Scripts" / "python.exe" if os.name == "nt" else self.folder / "bin" / "python"

    @property
    def stamp_file(self) -> Path:
        return self.folder / "underpaint-setup.json"

    @property
    def unfinished_file(self) -> Path:
        """Lies there while libraries are being written: found later, the environment cannot be trusted."""
        return self.folder / "underpaint-setup.unfinished"

    @property
    def log_file(self) -> Path:
        return self.folder / "setup.log"

    @property
    def constraints_file(self) -> Path:
        return self.root / "packaging" / "constraints.txt"

    def python_version(self) -> tuple[int, int] | None:
        """(major, minor) the environment was made with; None where there is none or it is damaged."""
        try:
            lines = (self.folder / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
        except OSError:
            return None
        fields = dict(line.split("=", 1) for line in lines if "=" in line)
        # `version` is venv's word, `version_info` virtualenv's and uv's.
        version = next((fields[key] for key in fields if key.strip() in {"version", "version_info"}), "")
        parts = version.strip().split(".")
        if len(parts) < 2 or not (parts[0].isdigit() and parts[1].isdigit()) or not self.python.exists():
            return None
        return int(parts[0]), int(parts[1])

    def site_packages(self) -> Path:
        if os.name == "nt":
            return self.folder / "Lib" / "site-packages"
        major, minor = self.python_version() or (0, 0)
        return self.folder / "lib" / f"python{major}.{minor}" / "site-packages"

    def installed_version(self, distribution: str) -> str | None:
        """Read off the name of its metadata folder: imports nothing. `distribution` as pip normalises it."""
        prefix = distribution.replace("-", "_").lower()
        for folder in self.site_packages().glob("*.dist-info"):
            name, _, version = folder.name.removesuffix(".dist-info").partition("-")
            if name.lower() == prefix:
                return version
        return None

    def has_broken_pyside(self) -> bool:
        """The pair that aborts after some hundred signals: PySide6 6.12.0 below Python 3.12."""
        version = self.python_version()
        return (
            version is not None
            and version < (3, 12)
            and self.installed_version("pyside6-essentials") == BROKEN_PYSIDE
        )


def wanted_digest(environment: Environment) -> str:
    """Changes with the dependencies, the pins, the environment's Python and the place of the project.

    Other parts of pyproject.toml (lint rules, test options) and comments do not count.
    """
    project = tomllib.loads((environment.root / "pyproject.toml").read_text(encoding="utf-8"))
    pins = [
        line.split("#")[0].strip() for line in environment.constraints_file.read_text("utf-8").splitlines()
    ]
    facts = {
        "project": {
            key: project["project"].get(key)
            for key in ("dependencies", "optional-dependencies", "scripts", "gui-scripts")
        },
        "build": [project["build-system"], project["tool"]["setuptools"]],
        "pins": [pin for pin in pins if pin],
        "python": environment.python_version(),
        "root": str(environment.root),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def stamped_extras(environment: Environment) -> frozenset[str] | None:
    """The extras an up-to-date set-up installed; None when there is none and everything has to be looked at."""
    try:
        stamp = json.loads(environment.stamp_file.read_text(encoding="utf-8"))
        digest, extras = stamp["digest"], frozenset(stamp["extras"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if environment.unfinished_file.exists() or environment.python_version() is None:
        return None
    if digest != wanted_digest(environment) or environment.has_broken_pyside():
        return None
    return extras


def write_stamp(environment: Environment, extras: Set[str]) -> None:
    content = {"digest": wanted_digest(environment), "extras": sorted(extras)}
    temporary = environment.stamp_file.with_suffix(".new")
    temporary.write_text(json.dumps(content), encoding="utf-8")
    temporary.replace(environment.stamp_file)


@contextmanager
def only_one_setup(environment: Environment) -> Iterator[bool]:
    """Holds the project's set-up lock; yields whether another set-up had to be waited for.

    The system drops the lock with the last process that holds it. pip inherits it: a pip that outlives a killed
    set-up goes on writing, and the next set-up has to wait for its end.
    """
    path = environment.root / "build" / "setup.lock"
    path.parent.mkdir(exist_ok=True)
    with path.open("a+b") as file:
        waited = _lock(file.fileno())
        os.set_inheritable(file.fileno(), True)
        yield waited


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        waited = False
        while True:
            try:
                # Tries for ten seconds before it raises.
                msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
            except OSError:
                waited = True
            else:
                return waited

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up of this folder is running; waiting for it.", flush=True)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            return True
        return False
