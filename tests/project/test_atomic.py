"""The old file or the new one, never half of one, whatever the disk does."""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from studio.core.errors import ProjectError
from studio.project import atomic

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="permission bits and links of POSIX")


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "picture.ora"
    path.write_bytes(b"old")
    return path


def write_new(file: BinaryIO) -> None:
    file.write(b"new")


def assert_refused(target: Path, match: str, write: Callable[[BinaryIO], None] = write_new) -> ProjectError:
    with pytest.raises(ProjectError, match=match) as caught:
        atomic.replace_file(target, write)
    assert caught.value.message.startswith(f"“{target.name}” was not saved: ")
    assert "Save elsewhere" in caught.value.remedy
    if target.parent.is_dir() and target.name in files_in(target.parent) and target.is_file():
        assert target.read_bytes() == b"old"
        assert files_in(target.parent) == [target.name]
    return caught.value


def test_writes_a_new_file(tmp_path: Path) -> None:
    atomic.write_bytes(tmp_path / "new.png", b"data")
    assert (tmp_path / "new.png").read_bytes() == b"data"
    assert files_in(tmp_path) == ["new.png"]


def test_replaces_and_keeps_a_backup_when_asked(target: Path) -> None:
    atomic.write_bytes(target, b"new", keep_backup=True)
    assert target.read_bytes() == b"new"
    assert target.with_name("picture.ora~").read_bytes() == b"old"
    atomic.write_bytes(target, b"newer", keep_backup=True)
    assert target.with_name("picture.ora~").read_bytes() == b"new"
    assert files_in(target.parent) == ["picture.ora", "picture.ora~"]


def test_backup_without_hard_links(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    atomic.write_bytes(target, b"new", keep_backup=True)
    assert target.with_name("picture.ora~").read_bytes() == b"old"
    assert target.read_bytes() == b"new"


@posix_only
def test_a_link_stays_and_its_target_is_replaced(target: Path) -> None:
    link = target.parent / "elsewhere" / "link.ora"
    link.parent.mkdir()
    link.symlink_to(target)
    atomic.write_bytes(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert files_in(link.parent) == ["link.ora"]


@posix_only
def test_permissions_stay(target: Path) -> None:
    target.chmod(0o640)
    atomic.write_bytes(target, b"new")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


@posix_only
def test_a_new_file_has_the_permissions_of_any_other(tmp_path: Path) -> None:
    atomic.write_bytes(tmp_path / "new", b"")
    (tmp_path / "other").write_bytes(b"")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_fault_of_the_writer_passes_through(target: Path) -> None:
    def write(_: BinaryIO) -> None:
        raise RuntimeError("bug")

    with pytest.raises(RuntimeError, match="bug"):
        atomic.replace_file(target, write)
    assert target.read_bytes() == b"old"
    assert files_in(target.parent) == ["picture.ora"]


def test_a_failed_verification_keeps_the_old_file(target: Path) -> None:
    def verify(file: BinaryIO) -> None:
        assert file.read() == b"new"
        raise ProjectError("It is not what it should be.")

    with pytest.raises(ProjectError, match="not what it should be"):
        atomic.replace_file(target, write_new, verify=verify)
    assert target.read_bytes() == b"old"
    assert files_in(target.parent) == ["picture.ora"]


def test_bytes_that_read_back_differently_are_refused(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flip(file: BinaryIO, data: bytes) -> None:
        file.write(bytes([data[0] ^ 1]) + data[1:])

    monkeypatch.setattr(atomic, "_write_all", flip)
    with pytest.raises(ProjectError, match="the disk reported a fault"):
        atomic.write_bytes(target, b"new")
    assert target.read_bytes() == b"old"


def test_full_disk_names_the_sizes(target: Path) -> None:
    def write(file: BinaryIO) -> None:
        file.write(bytes(2_000_000))
        file.flush()
        raise OSError(errno.ENOSPC, "No space left on device")

    error = assert_refused(target, "the disk is full", write)
    assert "needs more than 2 MB" in error.message
    assert "are free" in error.message
    assert "work is safe" in error.remedy


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.EROFS, "the disk is read-only"),
        (errno.EIO, "the disk reported a fault"),
        (errno.EBUSY, "another program is using the file"),
        (errno.ENODEV, "is no longer there"),
        (errno.EFBIG, "cannot grow beyond"),
    ],
)
def test_each_cause_has_its_words(target: Path, code: int, words: str) -> None:
    def write(_: BinaryIO) -> None:
        raise OSError(code, os.strerror(code))

    assert_refused(target, words, write)


def test_fsync_failure_counts_as_failure(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(atomic, "_sync", fail)
    assert_refused(target, "the disk reported a fault")


def test_a_folder_that_cannot_be_synced_is_said(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(atomic, "sync_folder", fail)
    with pytest.raises(ProjectError, match="was written, but"):
        atomic.write_bytes(target, b"new")
    assert target.read_bytes() == b"new"
    assert files_in(target.parent) == ["picture.ora"]


def test_a_write_protected_file_is_not_replaced(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Asked through os.access: the tests may run as root, for whom no permission counts.
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != target and access(path, mode))
    assert_refused(target, "the file is read-only")


def test_a_folder_one_may_not_write_to(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) == target)
    assert_refused(target, "may not be written to")


def test_a_vanished_folder(tmp_path: Path) -> None:
    assert_refused(tmp_path / "gone" / "picture.ora", "is no longer there")


def test_a_folder_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "picture.ora").mkdir()
    assert_refused(tmp_path / "picture.ora", "there is a folder of that name")


@posix_only
def test_a_pipe_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert_refused(tmp_path / "pipe", "no ordinary file")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@posix_only
def test_the_longest_name_works_and_a_longer_one_is_refused(tmp_path: Path) -> None:
    longest = tmp_path / ("x" * 251 + ".ora")
    atomic.write_bytes(longest, b"data")
    assert longest.read_bytes() == b"data"
    assert_refused(tmp_path / ("x" * 252 + ".ora"), "name is too long")


@posix_only
def test_names_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.ora")
    atomic.write_bytes(path, b"data")
    assert path.read_bytes() == b"data"
    with pytest.raises(ProjectError) as caught:
        atomic.write_bytes(tmp_path / "gone" / path.name, b"")
    str(caught.value).encode("utf-8")


def test_a_name_with_a_zero(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="cannot be used"):
        atomic.write_bytes(tmp_path / "a\0b", b"")


def test_leftovers_of_a_killed_process_go_with_the_next_save(target: Path) -> None:
    prefix = atomic._prefix(target)
    stale, fresh, other = (
        target.with_name(name) for name in (f"{prefix}1.tmp", f"{prefix}2.tmp", ".other.tmp")
    )
    for path in (stale, fresh, other):
        path.write_bytes(b"half")
    hours_ago = time.time() - 2 * atomic.STALE_TEMPORARY_S
    for path in (stale, other):
        os.utime(path, (hours_ago, hours_ago))
    atomic.write_bytes(target, b"new")
    assert files_in(target.parent) == sorted(["picture.ora", fresh.name, other.name])


@pytest.mark.parametrize(
    ("count", "shown"),
    [(131, "131 bytes"), (2_999_999, "3 MB"), (84_000_000, "84 MB"), (1_234_567_890, "1.2 GB")],
)
def test_readable_size(count: int, shown: str) -> None:
    assert atomic.readable_size(count) == shown
