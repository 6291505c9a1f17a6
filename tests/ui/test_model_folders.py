"""The artist's own models: chosen in a dialog, remembered, and found by a real engine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.jobs.engine_process import engine_environment
from studio.ui import model_folders
from studio.ui.dialogs.model_folders import ModelFoldersDialog
from studio.ui.session import Session


@pytest.fixture(autouse=True)
def no_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_folders, "_given", "")
    monkeypatch.setenv(model_folders.VARIABLE, "")


def test_a_chosen_folder_reaches_the_engine(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    restarted: list[bool] = []
    session.queue.restart_engine = lambda: restarted.append(True)  # type: ignore[method-assign]

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ModelFoldersDialog)
        dialog.add_folder(str(tmp_path))
        dialog.add_folder(str(tmp_path / "inside"))
        dialog.accept()

    QTimer.singleShot(50, answer)
    session.actions["model_folders"].trigger()
    assert session.settings.items("model_folders") == [str(tmp_path)]
    assert restarted == [True]
    assert engine_environment(os.environ)[model_folders.VARIABLE] == str(tmp_path)


def test_cancelling_changes_nothing(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    QTimer.singleShot(50, lambda: QApplication.activeModalWidget().reject())  # type: ignore[union-attr]
    session.actions["model_folders"].trigger()
    assert session.settings.items("model_folders") == []


def test_removing_takes_off_the_list_only(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = ModelFoldersDialog([str(tmp_path)])
    qtbot.addWidget(dialog)
    assert not dialog.remove.isEnabled()
    dialog.list.setCurrentRow(0)
    dialog.remove.click()
    assert dialog.folders == []
    assert tmp_path.is_dir()


def test_folders_of_the_environment_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_folders, "_given", "a")
    model_folders.publish_model_folders(["b", "a"])
    assert os.environ[model_folders.VARIABLE] == os.pathsep.join(["a", "b"])
