"""start.py as people meet it: a program run from a terminal, sometimes by the wrong Python."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import start

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "packaging" / "start.py"

# Runs start.py under a Python that says it is `version`.
PRETEND = """
import runpy, sys
sys.version_info = {version} + ("final", 0)
sys.argv = [{program!r}, "setup"]
runpy.run_path({program!r}, run_name="__main__")
"""


def run_program(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(
        [sys.executable, *arguments],
        env=kept | environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13), (3, 14)])
def test_supported_pythons_are_not_refused(version: tuple[int, int]) -> None:
    assert start.refusal(version) == ""


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 10), (3, 15)])
def test_other_pythons_hear_what_they_are_and_what_is_needed(version: tuple[int, int]) -> None:
    sentence = start.refusal(version)
    assert f"this is Python {version[0]}.{version[1]}." in sentence
    assert "needs Python 3.11 to 3.14" in sentence
    assert "python3.13 packaging/start.py" in sentence


def test_old_pythons_can_read_the_program() -> None:
    ast.parse(PROGRAM.read_text(encoding="utf-8"), feature_version=(3, 5))


def test_an_old_python_gets_a_sentence_and_no_traceback(tmp_path: Path) -> None:
    alone = tmp_path / "packaging" / "start.py"  # no earlier set-up beside it, nothing better on the PATH
    alone.parent.mkdir()
    shutil.copy(PROGRAM, alone)
    done = run_program("-c", PRETEND.format(version="(3, 9, 2)", program=str(alone)), PATH="")
    assert done.returncode == 2
    assert "this is Python 3.9." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="programs are scripts and links here")
def test_an_old_python_hands_over_to_one_that_fits(tmp_path: Path) -> None:
    broken = tmp_path / "python3.14"
    broken.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    broken.chmod(0o755)
    (tmp_path / "python3.13").symlink_to(sys.executable)
    code = PRETEND.format(version="(3, 9, 2)", program=str(PROGRAM)).replace('"setup"', '"--help"')
    done = run_program("-c", code, PATH=str(tmp_path))
    assert done.returncode == 0
    assert done.stderr == f"This is Python 3.9; going on with {tmp_path / 'python3.13'}\n"
    assert "packaging/start.py generate" in done.stdout


def test_help_lists_the_commands_and_sets_nothing_up() -> None:
    done = run_program(str(PROGRAM), "--help")
    assert done.returncode == 0
    assert done.stderr == ""
    for word in ("generate", "models", "doctor", "test", "check", "bench", "tour", "setup"):
        assert f"packaging/start.py {word}" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can lack a display")
def test_no_display_is_one_sentence_with_the_headless_command() -> None:
    done = run_program(str(PROGRAM))
    assert done.returncode == 2
    sentence, remedy = done.stderr.splitlines()
    assert "no display" in sentence
    assert 'python3 packaging/start.py generate --prompt "..." -o out.png' in remedy


def test_an_unknown_word_is_answered_with_the_nearest_command() -> None:
    done = run_program(str(PROGRAM), "tests")
    assert done.returncode == 2
    assert done.stderr.splitlines() == ["There is no command or file called tests.", "Did you mean test?"]
