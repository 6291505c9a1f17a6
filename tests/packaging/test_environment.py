"""The stamp: nothing is installed twice, and whatever a set-up hangs on makes it run again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from launch import environment as module
from launch.environment import Environment, only_one_setup, stamped_extras, wanted_digest, write_stamp
from launch.install import ensure

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """A project folder with this project's files and a virtual environment in name only."""
    (tmp_path / "packaging").mkdir()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copy(ROOT / "packaging" / "constraints.txt", tmp_path / "packaging")
    made = Environment(root=tmp_path)
    made.python.parent.mkdir(parents=True)
    made.python.touch()
    (made.folder / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.11.7\n", encoding="utf-8")
    made.site_packages().mkdir(parents=True)
    return made


def edit(path: Path, change: Callable[[str], str]) -> None:
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before
    path.write_text(after, encoding="utf-8")


def test_the_stamp_says_what_was_installed(environment: Environment) -> None:
    assert stamped_extras(environment) is None
    write_stamp(environment, {"test", "check"})
    assert stamped_extras(environment) == {"test", "check"}


def test_an_up_to_date_environment_is_left_alone(environment: Environment) -> None:
    write_stamp(environment, {"test"})
    before = sorted(environment.root.rglob("*"))
    ensure(environment, {"test"})
    ensure(environment)
    assert sorted(environment.root.rglob("*")) == before


def test_a_moved_pin_needs_a_new_setup(environment: Environment) -> None:
    write_stamp(environment, set())
    edit(environment.constraints_file, lambda text: text.replace("diffusers==0.42.1", "diffusers==0.42.2"))
    assert stamped_extras(environment) is None


def test_a_new_dependency_needs_a_new_setup(environment: Environment) -> None:
    write_stamp(environment, set())
    edit(
        environment.root / "pyproject.toml",
        lambda text: text.replace("dependencies = [", 'dependencies = ["x",', 1),
    )
    assert stamped_extras(environment) is None


def test_another_python_needs_a_new_setup(environment: Environment) -> None:
    write_stamp(environment, set())
    edit(environment.folder / "pyvenv.cfg", lambda text: text.replace("3.11.7", "3.13.0"))
    assert stamped_extras(environment) is None


def test_comments_and_lint_rules_need_none(environment: Environment) -> None:
    before = wanted_digest(environment)
    edit(environment.constraints_file, lambda text: "# a remark\n\n" + text.replace("\n", "\r\n"))
    edit(
        environment.root / "pyproject.toml",
        lambda text: text.replace("line-length = 110", "line-length = 100"),
    )
    assert wanted_digest(environment) == before


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"digest": 1}', "\x00", '{"digest": "x", "extras": 3}'])
def test_a_damaged_stamp_counts_as_none(environment: Environment, content: str) -> None:
    environment.stamp_file.write_text(content, encoding="utf-8")
    assert stamped_extras(environment) is None


def test_an_interrupted_setup_is_not_trusted(environment: Environment) -> None:
    write_stamp(environment, set())
    environment.unfinished_file.touch()
    assert stamped_extras(environment) is None


def test_a_vanished_python_is_noticed(environment: Environment) -> None:
    write_stamp(environment, set())
    environment.python.unlink()
    assert environment.python_version() is None
    assert stamped_extras(environment) is None


@pytest.mark.parametrize(
    ("line", "version"),
    [
        ("version = 3.11.7", (3, 11)),
        ("version_info = 3.13.0.final.0", (3, 13)),
        ("version = ?", None),
        ("", None),
    ],
)
def test_the_version_is_read_from_what_made_the_environment(
    environment: Environment, line: str, version: tuple[int, int] | None
) -> None:
    (environment.folder / "pyvenv.cfg").write_text(line, encoding="utf-8")
    assert environment.python_version() == version


@pytest.mark.skipif(os.name == "nt", reason="the folder's name holds the version on POSIX only")
@pytest.mark.parametrize(
    ("python", "pyside", "is_broken"),
    [("3.11.7", "6.12.0", True), ("3.11.7", "6.11.3", False), ("3.12.1", "6.12.0", False)],
)
def test_the_pyside_that_aborts_below_python_3_12_is_found(
    environment: Environment, python: str, pyside: str, is_broken: bool
) -> None:
    (environment.folder / "pyvenv.cfg").write_text(f"version = {python}", encoding="utf-8")
    (environment.site_packages() / f"pyside6_essentials-{pyside}.dist-info").mkdir(parents=True)
    write_stamp(environment, set())
    assert environment.has_broken_pyside() is is_broken
    assert (stamped_extras(environment) is None) is is_broken


def test_the_lock_is_free_again_after_a_setup(environment: Environment) -> None:
    for _ in range(2):
        with only_one_setup(environment) as waited:
            assert waited is False


def test_the_project_folder_is_the_one_with_the_pyproject() -> None:
    assert module.ROOT == ROOT
