"""What start.py's words start, with which libraries and in which surroundings."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from launch.checks import CHECKS, run_checks
from launch.commands import COMMANDS, HELP, STUDIO, child_environ, parse
from launch.environment import Environment
from launch.install import pip_environment
from launch.problems import SetupProblem

ROOT = Path(__file__).resolve().parents[2]


def test_nothing_opens_the_studio() -> None:
    assert parse([]) == (STUDIO, [])


def test_a_file_or_an_option_goes_to_the_studio(tmp_path: Path) -> None:
    picture = tmp_path / "test.png"
    picture.touch()
    assert parse([str(picture)]) == (STUDIO, [str(picture)])
    assert parse(["--verbose", "x"]) == (STUDIO, ["--verbose", "x"])


@pytest.mark.parametrize(
    ("line", "started"),
    [
        (
            ["generate", "--prompt", "a b", "-o", "x.png"],
            ["-m", "studio.cli", "generate", "--prompt", "a b", "-o", "x.png"],
        ),
        (["models"], ["-m", "studio.cli", "models"]),
        (["doctor", "--json"], ["-m", "studio.cli", "doctor", "--json"]),
        (["test", "tests/core", "-k", "rect"], ["-m", "pytest", "tests/core", "-k", "rect"]),
        (["bench", "--group", "main"], ["packaging/bench/run.py", "--group", "main"]),
        (["tour"], ["packaging/tour.py"]),
    ],
)
def test_arguments_are_passed_on_as_they_are(line: list[str], started: list[str]) -> None:
    command, rest = parse(line)
    assert [*command.arguments, *rest] == started


def test_an_unknown_word_is_refused() -> None:
    with pytest.raises(SetupProblem) as caught:
        parse(["zzz"])
    assert caught.value.exit_code == 2
    assert "--help" in caught.value.remedy


def test_every_command_is_in_the_help() -> None:
    assert all(f"start.py {word}" in HELP for word in COMMANDS)


def test_only_what_opens_a_window_asks_for_a_display() -> None:
    assert STUDIO.has_window
    assert not any(command.has_window for command in COMMANDS.values())


def test_painting_without_a_window_needs_no_system_library() -> None:
    assert COMMANDS["generate"].needs == ()


def test_the_artists_folder_is_never_searched_for_libraries(tmp_path: Path) -> None:
    (tmp_path / "studio.py").write_text("raise SystemExit('the wrong studio')", encoding="utf-8")
    for command in (STUDIO, COMMANDS["generate"]):
        assert child_environ(command, {})["PYTHONSAFEPATH"] == "1"
    found = subprocess.run(
        [sys.executable, "-c", "import studio; print(studio.__file__)"],
        cwd=tmp_path,
        env=child_environ(STUDIO, os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(found.stdout.strip()) == ROOT / "studio" / "__init__.py"


def test_foreign_library_paths_are_dropped_and_the_rest_kept() -> None:
    caller = {"PYTHONPATH": "/x", "PYTHONHOME": "/y", "HOME": "/h", "PIP_CERT": "/c", "PIP_USER": "1"}
    environ = child_environ(COMMANDS["generate"], caller)
    assert "PYTHONPATH" not in environ
    assert "PYTHONHOME" not in environ
    assert environ["HOME"] == "/h"


def test_tests_run_offscreen_and_narrow_unless_told_otherwise() -> None:
    environ = child_environ(COMMANDS["test"], {"OMP_NUM_THREADS": "4"})
    assert environ["QT_QPA_PLATFORM"] == "offscreen"
    assert environ["OMP_WAIT_POLICY"] == "PASSIVE"
    assert environ["OMP_NUM_THREADS"] == "4"
    assert Path(environ["UNDERPAINT_HOME"]).is_relative_to(ROOT / "build")


def test_pip_keeps_the_callers_settings_but_installs_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("PIP_TARGET", "/somewhere")
    monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "77")
    environ = pip_environment()
    assert "PIP_USER" not in environ
    assert "PIP_TARGET" not in environ
    assert environ["PIP_DEFAULT_TIMEOUT"] == "77"


def fake_tool(folder: Path, name: str, exit_code: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / name
    script.write_text(
        textwrap.dedent(f"""\
            #!{sys.executable}
            print("{name} speaks")
            raise SystemExit({exit_code})
            """),
        encoding="utf-8",
    )
    script.chmod(0o755)


@pytest.mark.skipif(os.name == "nt", reason="programs are scripts here")
def test_every_check_runs_and_those_that_fail_show_their_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = Environment(root=tmp_path)
    for program in ("ruff", "lint-imports", "typos"):
        fake_tool(environment.python.parent, program, 0)
    fake_tool(environment.python.parent, "mypy", 1)
    assert run_checks(environment, []) == 1
    output = capsys.readouterr().out
    assert all(name in output for name in CHECKS)
    assert "mypy speaks" in output
    assert "ruff speaks" not in output
    assert run_checks(environment, ["lint", "format"]) == 0
    with pytest.raises(SetupProblem):
        run_checks(environment, ["taste"])
