"""The stages of a set-up: virtual environment, torch, the other libraries and the studio itself."""

from __future__ import annotations

import importlib.util
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path

from launch.environment import EXTRAS, Environment, only_one_setup, stamped_extras, write_stamp
from launch.platforms import refuse_platform
from launch.problems import SetupProblem, explain_pip
from launch.progress import HEARTBEAT_S, Steps, Ticker, elapsed
from launch.system_libraries import install_packages

OLDEST = (3, 11)
NEEDED_BYTES = 2 * 1024**3
FOLDED_LINES = 30


def ensure(environment: Environment, extras: Set[str] = frozenset()) -> None:
    """Returns at once (some 20 ms) when `extras` are installed and nothing they hang on has changed.

    Raises SetupProblem. May be interrupted and run again.
    """
    if _is_current(environment, extras):
        return
    with only_one_setup(environment) as waited:
        if waited and _is_current(environment, extras):
            return
        _install(environment, extras | _installed_extras(environment))


def _is_current(environment: Environment, extras: Set[str]) -> bool:
    stamped = stamped_extras(environment)
    return stamped is not None and extras <= stamped


def _installed_extras(environment: Environment) -> frozenset[str]:
    """What a developer's environment already holds stays in step with the pins."""
    if environment.python_version() is None:
        return frozenset()
    tools = {"test": "pytest", "check": "ruff"}
    return frozenset(extra for extra in EXTRAS if environment.installed_version(tools[extra]))


def _install(environment: Environment, extras: Set[str]) -> None:
    refuse_platform()
    print(f"Setting up Underpaint in {environment.folder}", flush=True)
    began = time.monotonic()
    steps = Steps(total=3)
    with steps.step("the virtual environment"):
        _make_environment(environment)
    environment.log_file.write_text("", encoding="utf-8")
    torch = _torch_requirement(environment)
    # setuptools builds the editable install below; torch needs it in any case.
    with steps.step("torch, the largest part: some 200 MB, with CUDA several GB"):
        _pip(environment, [torch, "setuptools"])
    names = f"[{','.join(sorted(extras))}]" if extras else ""
    what = "the other libraries" + (f", with those for {' and '.join(sorted(extras))}" if extras else "")
    with steps.step(what):
        _pip(environment, ["--no-build-isolation", "--editable", f"{environment.root}{names}"])
    write_stamp(environment, extras)
    print(f"Set up in {elapsed(time.monotonic() - began)}.", flush=True)


def _make_environment(environment: Environment) -> None:
    if _is_usable(environment):
        return
    free = shutil.disk_usage(environment.root).free
    if free < NEEDED_BYTES:
        raise SetupProblem(
            f"The disk has {free / 1024**3:.1f} GB left; the libraries need at least 2 GB, with CUDA 8 GB.",
            "Free some space and run the same command again.",
        )
    _ensure_venv_module()
    if environment.folder.exists():
        if Path(sys.prefix).resolve() == environment.folder.resolve():
            raise SetupProblem(
                "The virtual environment is damaged, and it cannot be replaced by its own Python.",
                "Run start.py with the system's Python (`deactivate` first, or name it in full).",
            )
        print("      what lies there is unfinished or damaged; starting afresh", flush=True)
        shutil.rmtree(environment.folder)
    done = subprocess.run(
        [sys.executable, "-m", "venv", str(environment.folder)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise explain_pip(done.stdout + done.stderr, done.returncode)


def _is_usable(environment: Environment) -> bool:
    """Whether an existing environment can be built upon, made by an earlier set-up or by hand."""
    version = environment.python_version()
    if version is None or version < OLDEST or environment.unfinished_file.exists():
        return False
    works = subprocess.run(
        [environment.python, "-m", "pip", "--version"],
        capture_output=True,
        check=False,
        env=pip_environment(),
    )
    return works.returncode == 0


def _ensure_venv_module() -> None:
    """Debian and Ubuntu ship Python without the parts that make virtual environments."""
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return
    major, minor = sys.version_info[:2]
    package = f"python{major}.{minor}-venv"
    if not install_packages([package]):
        raise SetupProblem(
            "This Python cannot make virtual environments: its venv module is missing.",
            f"Debian, Ubuntu: sudo apt-get install {package}. Elsewhere: install Python from python.org.",
        )


def _torch_requirement(environment: Environment) -> str:
    """torch is named alone and first: its range from pyproject.toml, its version from the constraints."""
    project = tomllib.loads((environment.root / "pyproject.toml").read_text(encoding="utf-8"))
    dependencies: list[str] = project["project"]["dependencies"]
    return next(dependency for dependency in dependencies if dependency.startswith("torch>"))


def pip_environment() -> dict[str, str]:
    """The caller's settings (indexes, proxies, certificates), less what would install somewhere else."""
    unwanted = {"PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PYTHONHOME", "PYTHONPATH"}
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return kept | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PYTHONUNBUFFERED": "1"}


def _pip(environment: Environment, arguments: Sequence[str]) -> None:
    command = [
        *(str(environment.python), "-m", "pip", "install", "--progress-bar", "off"),
        *("--constraint", str(environment.constraints_file)),
        *arguments,
    ]
    output: list[str] = []
    exit_code = None
    environment.unfinished_file.touch()
    try:
        with Ticker() as ticker, environment.log_file.open("a", encoding="utf-8") as log:

            def take(line: str) -> None:
                output.append(line)
                log.write(line + "\n")
                ticker.show(line)

            exit_code = _run_streaming(command, pip_environment(), take, ticker.beat)
    finally:
        # pip downloads everything before it writes anything: stopped earlier, it leaves no halves behind.
        has_written = any(line.startswith("Installing collected packages") for line in output)
        if exit_code == 0 or not has_written:
            environment.unfinished_file.unlink()
    if exit_code != 0:
        for line in output[-FOLDED_LINES:]:
            print(f"      | {line}", file=sys.stderr)
        raise explain_pip("\n".join(output), exit_code)


def _run_streaming(
    command: Sequence[str],
    environ: Mapping[str, str],
    take: Callable[[str], None],
    beat: Callable[[], None],
) -> int:
    """Runs to the end; `take` gets every line as it comes, `beat` a call when none came for a while."""
    process = subprocess.Popen(
        command,
        env=dict(environ),
        close_fds=False,  # hands the set-up lock on
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    threading.Thread(target=_read_lines, args=(process, lines), daemon=True).start()
    try:
        while True:
            try:
                line = lines.get(timeout=HEARTBEAT_S / 4)
            except queue.Empty:
                beat()
                continue
            if line is None:
                return process.wait()
            take(line)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def _read_lines(process: subprocess.Popen[str], lines: queue.SimpleQueue[str | None]) -> None:
    if process.stdout is not None:
        for line in process.stdout:
            lines.put(line.rstrip())
    lines.put(None)
