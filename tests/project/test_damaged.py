"""Projects that were cut, flipped, killed or starved while they were written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.core.errors import ProjectError
from studio.project import archive, members
from studio.project.reading import LoadedProject
from tests.project import examples

ROOT = Path(__file__).resolve().parents[2]
FLIPS = 50


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("saved") / "project.ora"
    archive.write(examples.project(), path)
    return path.read_bytes()


def read(data: bytes, folder: Path) -> LoadedProject | ProjectError:
    """Anything but these two is a crash."""
    path = folder / "broken.ora"
    path.write_bytes(data)
    try:
        return archive.read(path)
    except ProjectError as refused:
        error = refused
    assert error.message.startswith("“broken.ora” is damaged: ")
    assert error.message.endswith(".")
    assert "\n" not in error.message
    assert path.read_bytes() == data
    return error


def member_ends(data: bytes, folder: Path) -> list[int]:
    path = folder / "whole.ora"
    path.write_bytes(data)
    with zipfile.ZipFile(path) as opened:
        return [*[info.header_offset for info in opened.infolist()][1:], opened.start_dir]


def test_cut_at_every_member(saved: bytes, tmp_path: Path) -> None:
    project = examples.project()
    recovered = []
    for end in member_ends(saved, tmp_path):
        for position in (end - 1, end, end + 1):
            loaded = read(saved[:position], tmp_path)
            if isinstance(loaded, ProjectError):
                recovered.append(-1)
                continue
            assert loaded.is_damaged
            assert loaded.warnings
            recovered.append(len(loaded.project.layers))
    # Nothing before the layer list; then layer after layer, and what came whole is whole.
    assert recovered[0] == -1
    assert recovered[-1] == len(project.layers)
    whole = read(saved[: member_ends(saved, tmp_path)[-1]], tmp_path)
    assert isinstance(whole, LoadedProject)
    examples.assert_same_project(project, whole.project)


def test_cut_in_the_middle_of_a_layer_shows_its_upper_part(tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    project = examples.project()
    tall = replace(project.layers[0], tiles=examples.color_tiles(generator, project.canvas))
    path = tmp_path / "tall.ora"
    archive.write(replace(project, layers=(tall,), selection={}, candidates=()), path)
    data = path.read_bytes()
    with zipfile.ZipFile(path) as opened:
        info = opened.getinfo("data/layer000.png")
    loaded = read(data[: info.header_offset + info.compress_size // 2], tmp_path)
    assert isinstance(loaded, LoadedProject)
    (layer,) = loaded.project.layers
    seen = examples.rows_of(layer.tiles, project.canvas)
    meant = examples.rows_of(tall.tiles, project.canvas)
    assert np.array_equal(seen[:30], meant[:30])
    assert any("damaged" in warning for warning in loaded.warnings)


def test_random_flips(saved: bytes, tmp_path: Path) -> None:
    """Each opens or is refused with a sentence, and no flip changes a pixel without a word."""
    generator = np.random.default_rng(5)
    project = examples.project()
    for position in generator.integers(0, len(saved), FLIPS):
        data = bytearray(saved)
        data[position] ^= 1 << int(generator.integers(0, 8))
        loaded = read(bytes(data), tmp_path)
        if isinstance(loaded, LoadedProject) and not loaded.is_damaged and not loaded.is_foreign:
            examples.assert_same_project(project, loaded.project)


def test_every_byte_of_the_first_and_last_hundreds(saved: bytes, tmp_path: Path) -> None:
    small = [*range(0, 400, 3), *range(len(saved) - 900, len(saved), 3)]
    for position in small:
        data = bytearray(saved)
        data[position] ^= 0xFF
        read(bytes(data), tmp_path)


def test_lost_members_are_named(saved: bytes, tmp_path: Path) -> None:
    path = tmp_path / "whole.ora"
    path.write_bytes(saved)
    with zipfile.ZipFile(path) as opened:
        content = {name: opened.read(name) for name in opened.namelist()}
    for lost in content:
        broken = tmp_path / "broken.ora"
        with zipfile.ZipFile(broken, "w") as opened:
            for name, data in content.items():
                if name != lost:
                    opened.writestr(name, data)
        loaded = archive.read(broken)
        if lost.startswith("data/"):
            assert len(loaded.project.layers) == 2 if "001" not in lost else 3
            assert loaded.is_damaged
        elif lost.startswith(("studio/masks", "studio/pixels", "studio/cand")) or lost == members.SELECTION:
            assert loaded.is_damaged
            assert len(loaded.project.layers) == 3
        elif lost == "stack.xml":
            assert "list of layers is lost" in loaded.warnings[0]
            assert len(loaded.project.layers) == 3
        else:
            assert len(loaded.project.layers) == 3


def test_when_no_layer_is_left_the_merged_picture_is_shown(saved: bytes, tmp_path: Path) -> None:
    path = tmp_path / "whole.ora"
    path.write_bytes(saved)
    with zipfile.ZipFile(path) as opened:
        content = {name: opened.read(name) for name in opened.namelist() if "layer0" not in name}
    with zipfile.ZipFile(path, "w") as opened:
        for name, data in content.items():
            opened.writestr(name, data)
    loaded = archive.read(path)
    (layer,) = loaded.project.layers
    assert layer.properties.name == "Merged picture"
    assert layer.tiles
    assert loaded.is_damaged


# The process that writes dies, or its disk is full -----------------------------------------------------------------

WRITER = textwrap.dedent(
    """
    import resource, sys
    from pathlib import Path
    from studio.project import archive
    from tests.project import examples
    path, mode = Path(sys.argv[1]), sys.argv[2]
    if mode == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
        try:
            archive.write(examples.project(1), path)
        except Exception as error:
            print(type(error).__name__, error)
    else:
        # Killed at the n-th call of the operating system that a save consists of.
        import os
        left = int(sys.argv[3])
        def step():
            global left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), 9)
        def wrapped(call):
            def run(*arguments, **named):
                step()
                result = call(*arguments, **named)
                step()
                return result
            return run
        import builtins, io
        os.fsync = wrapped(os.fsync)
        os.open = wrapped(os.open)
        os.rename, os.replace = wrapped(os.rename), wrapped(os.replace)
        os.chmod = wrapped(os.chmod)
        import zipfile
        zipfile.ZipFile.writestr = wrapped(zipfile.ZipFile.writestr)
        archive.write(examples.project(1), path)
        print("done")
    """
)


def run_writer(path: Path, mode: str, number: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WRITER, str(path), mode, str(number)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_old_or_new(path: Path) -> None:
    loaded = archive.read(path)
    assert not loaded.is_damaged
    seed = 0 if loaded.project.candidates[0].recipe == examples.project(0).candidates[0].recipe else 1
    examples.assert_same_project(examples.project(seed), loaded.project)


@pytest.mark.skipif(sys.platform == "win32", reason="RLIMIT_FSIZE is POSIX's")
@pytest.mark.parametrize("limit", [0, 100, 20_000])
def test_a_full_disk_leaves_the_old_file(saved: bytes, tmp_path: Path, limit: int) -> None:
    path = tmp_path / "project.ora"
    path.write_bytes(saved)
    result = run_writer(path, "limit", limit)
    assert result.stdout.startswith("ProjectError “project.ora” was not saved: ")
    assert "Save elsewhere" in result.stdout
    assert path.read_bytes() == saved
    assert [entry.name for entry in tmp_path.iterdir()] == ["project.ora"]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's")
def test_killed_at_any_step_the_old_or_the_new_file_opens(saved: bytes, tmp_path: Path) -> None:
    outcomes = []
    for number in range(1, 200, 3):
        path = tmp_path / str(number) / "project.ora"
        path.parent.mkdir()
        path.write_bytes(saved)
        result = run_writer(path, "kill", number)
        assert_old_or_new(path)
        if result.returncode == 0:
            outcomes.append("done")
            break
        assert result.returncode == -signal.SIGKILL
        outcomes.append("old" if path.read_bytes() == saved else "new")
    assert outcomes[-1] == "done"
    assert outcomes.count("old") >= 5
