"""The studio is killed; the next one says so, shows what was kept, and takes it back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.core import paths
from studio.ui.dialogs.recover import RecoverDialog
from studio.ui.session import Session
from studio.workspace.recovery import leftovers
from tests.ui.conftest import OpenStudio

ROOT = Path(__file__).resolve().parents[2]
VICTIM = """
import sys, time
sys.path.insert(0, {root!r})
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from studio.core.settings import Settings
from studio.ui.app import Application
from tests.fakes.link import FakeLink

application = QApplication([])
studio = Application(Settings({{}}), link=FakeLink())

def paint():
    workspace = studio.session.workspace
    workspace.settings.set(prompt="a lake")
    workspace.add_layer()
    workspace.fill_mask()
    for name in ("Twice", "Once more"):
        workspace.set_layer(workspace.document.active_layer_id, name=name)
    workspace.undo()
    QTimer.singleShot(0, wait)

def wait():
    if studio.session.safe_background.is_idle:
        print("done", flush=True)
    else:
        QTimer.singleShot(10, wait)

studio.ready.connect(paint)
studio.show()
application.exec()
"""


@pytest.fixture
def killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a studio that was killed with three steps done and one undone."""
    home = tmp_path / "home"
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "UNDERPAINT_HOME": str(home)}
    process = subprocess.Popen(
        [sys.executable, "-c", VICTIM.format(root=str(ROOT))],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=ROOT,
    )
    assert process.stdout is not None
    with process, process.stdout:
        assert process.stdout.readline().strip() == "done"
        process.kill() if sys.platform == "win32" else os.kill(process.pid, signal.SIGKILL)
        process.wait()
    return home


def answer_dialog(qtbot: QtBot, answer: str) -> list[RecoverDialog]:
    """Presses a button of the dialog as soon as it is there."""
    seen: list[RecoverDialog] = []

    def press() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, RecoverDialog):
            QTimer.singleShot(20, press)
            return
        seen.append(dialog)
        getattr(dialog, answer).click() if answer != "reject" else dialog.reject()

    QTimer.singleShot(20, press)
    return seen


def test_killed_work_is_offered_and_comes_back(qtbot: QtBot, killed: Path, open_studio: OpenStudio) -> None:
    session = open_studio()
    qtbot.waitUntil(lambda: len(session.bench.notices.cards) == 1)
    card = session.bench.notices.cards[0]
    assert "ended without closing" in card.notice.message
    seen = answer_dialog(qtbot, "recover")
    session.actions["recover"].trigger()
    qtbot.waitUntil(lambda: session.workspace.history.position == 3)
    workspace = session.workspace
    assert len(seen) == 1
    assert workspace.document.active_layer is not None
    assert workspace.document.active_layer.properties.name == "Twice"
    assert workspace.settings.values.prompt == "a lake"
    assert workspace.has_mask
    assert workspace.is_dirty
    workspace.redo()
    assert workspace.document.active_layer.properties.name == "Once more"
    for _ in range(4):
        workspace.undo()
    assert len(workspace.document.layers) == 1
    assert leftovers(paths.data_dir()) == (), "it is this window's now"


def test_not_now_keeps_it_for_later(qtbot: QtBot, killed: Path, open_studio: OpenStudio) -> None:
    session = open_studio()
    answer_dialog(qtbot, "reject")
    session.actions["recover"].trigger()
    qtbot.waitUntil(lambda: session.background.is_idle)
    assert len(leftovers(paths.data_dir())) == 1
    assert session.workspace.is_untouched


def test_with_nothing_left_the_list_says_so(qtbot: QtBot, session: Session) -> None:
    seen = answer_dialog(qtbot, "reject")
    session.actions["recover"].trigger()
    qtbot.waitUntil(lambda: bool(seen))
    assert not session.bench.notices.cards
    assert seen[0].chosen is None
    assert not seen[0].recover.isEnabled()


def test_closing_by_choice_leaves_nothing(qtbot: QtBot, open_studio: OpenStudio) -> None:
    from studio.ui.dialogs.unsaved import Answer

    session = open_studio()
    session.files.ask_unsaved = lambda *_: Answer.discard
    session.workspace.add_layer()
    qtbot.waitUntil(lambda: session.safe_background.is_idle)
    assert list((paths.data_dir() / "journal").rglob("*.journal"))
    session.window.close()
    session.close()
    assert not list((paths.data_dir() / "journal").rglob("*.journal"))
