from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.core import log, paths


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield root
    for handler in root.handlers[:]:
        if handler not in before:
            root.removeHandler(handler)
            handler.close()
    root.setLevel(level)


def test_every_user_folder_follows_the_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    for folder in (paths.config_dir(), paths.data_dir(), paths.cache_dir()):
        assert folder.parent == tmp_path
    assert paths.log_file().parent == paths.data_dir()


def test_without_the_variable_the_folders_are_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(paths.HOME_VARIABLE, raising=False)
    assert paths.APP_NAME in paths.config_dir().parts[-1]


def test_resources_lie_beside_the_package() -> None:
    assert (paths.resources_dir() / "icons").is_dir()


def test_the_log_is_written_to_its_file(root_logger: logging.Logger, tmp_path: Path) -> None:
    log_file = tmp_path / "deep" / "studio.log"
    log.configure(log_file)
    logging.getLogger("studio.test").info("a line")
    assert "a line" in log_file.read_text(encoding="utf-8")


def test_a_log_that_cannot_be_opened_does_not_stop_the_studio(
    root_logger: logging.Logger, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("in the way")
    log.configure(blocker / "studio.log")
    assert "no log file" in caplog.text
