"""The program around the window: imports, signals, exceptions, threads, settings, display."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QThread, Signal
from pytestqt.qtbot import QtBot

from studio.core.settings import Settings
from studio.ui.display import missing_display
from studio.ui.session import Session
from tests.fakes.link import FakeLink
from tests.ui.conftest import OpenStudio

HEAVY = ("torch", "diffusers", "transformers", "numba", "accelerate")


def run_python(code: str) -> str:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, env=environment, check=True
    )
    return done.stdout


def test_the_window_never_imports_torch() -> None:
    code = f"import sys, studio.ui.app, studio.ui.session; print([m for m in sys.modules if m in {HEAVY!r}])"
    assert run_python(code).strip() == "[]"


def test_the_first_paint_needs_neither_numpy_nor_opencv() -> None:
    code = "import sys, studio.ui.app; print([m for m in ('numpy', 'cv2', 'PIL') if m in sys.modules])"
    assert run_python(code).strip() == "[]"


def test_the_canvas_opens_before_opencv_is_loaded() -> None:
    """A tenth of the time until the window is usable; `from studio.core.opencv import cv2` keeps it so."""
    late = ("cv2", "PIL", "scipy", "uuid", "logging.handlers", "multiprocessing")
    code = f"import sys, studio.ui.app, studio.ui.session; print([m for m in {late!r} if m in sys.modules])"
    assert run_python(code).strip() == "[]"


def test_an_open_window_has_no_torch() -> None:
    """In a process of its own: other tests of this run have a right to torch."""
    code = f"""
import sys
from PySide6.QtWidgets import QApplication
from studio.core.settings import Settings
from studio.ui.app import Application
from tests.fakes.link import FakeLink

application = QApplication([])
studio = Application(Settings({{}}), link=FakeLink())
studio.ready.connect(application.quit)
studio.show()
application.exec()
print(studio.session.is_built, [name for name in {HEAVY!r} if name in sys.modules])
studio.close()
"""
    assert run_python(code).strip() == "True []"


def test_twenty_thousand_signals_survive(qtbot: QtBot) -> None:
    """PySide6 6.12.0 under CPython 3.11 loses a reference to None or True with every emit."""

    class Sender(QObject):
        told = Signal(object)
        flagged = Signal(bool)

    sender, seen = Sender(), [0]

    def count(_: object) -> None:
        seen[0] += 1

    sender.told.connect(count)
    sender.flagged.connect(count)
    for index in range(20_000):
        sender.told.emit(None)
        sender.flagged.emit(bool(index % 2))
    assert seen[0] == 40_000


def test_no_thread_outlives_the_window(qtbot: QtBot, open_studio: OpenStudio, link: FakeLink) -> None:
    before = set(threading.enumerate())
    session = open_studio()
    assert session.engine_thread.isRunning()
    session.close()
    session.close()
    assert session.engine_thread.isFinished()
    assert link.is_closed
    qtbot.waitUntil(lambda: set(threading.enumerate()) <= before)
    assert isinstance(session.engine_thread, QThread)


def test_an_exception_in_a_slot_is_shown_and_the_document_stays(session: Session) -> None:
    error = ValueError("boom")
    sys.excepthook(ValueError, error, None)
    card = session.bench.notices.cards[0]
    assert card.notice.message == "Something went wrong inside the studio."
    assert "save" in card.notice.remedy
    assert "boom" in card.notice.details
    assert session.workspace.document is not None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals to send")
def test_signals_close_the_window(qtbot: QtBot, session: Session, number: int) -> None:
    session.workspace.files.place_pixels("picture", _picture())
    os.kill(os.getpid(), number)
    qtbot.waitUntil(lambda: not session.window.isVisible())


def test_layout_settings_and_prompt_come_back(qtbot: QtBot, open_studio: OpenStudio, tmp_path: Path) -> None:
    settings = Settings.load(tmp_path)
    session = open_studio(settings=settings)
    session.workspace.settings.set(prompt="a lake", steps=33)
    session.workspace.tool_settings.size_px = 77
    session.actions["panel_queue"].trigger()
    session.actions["negative_prompt"].trigger()
    session.close()
    again = Settings.load(tmp_path)
    assert again.mapping("generation")["prompt"] == "a lake"
    assert again.items("hidden_panels") == ["queue"]
    reopened = open_studio(settings=again)
    assert reopened.workspace.settings.values.steps == 33
    assert reopened.workspace.tool_settings.size_px == 77
    assert reopened.bench.sidebar.sections["queue"].isHidden()
    assert not reopened.bench.prompt.negative.isHidden()
    assert not reopened.actions["panel_queue"].isChecked()


def test_broken_settings_are_told_once(open_studio: OpenStudio, tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text("{broken")
    session = open_studio(settings=Settings.load(tmp_path))
    assert "settings" in session.bench.notices.cards[0].notice.message


@pytest.mark.parametrize(
    ("environment", "is_missing"),
    [
        ({}, True),
        ({"DISPLAY": ":7654"}, True),
        ({"DISPLAY": "elsewhere:0"}, False),
        ({"WAYLAND_DISPLAY": "wayland-0"}, False),
        ({"QT_QPA_PLATFORM": "offscreen"}, False),
    ],
)
def test_a_missing_display_is_one_sentence(environment: dict[str, str], is_missing: bool) -> None:
    sentence = missing_display(environment, "linux")
    assert bool(sentence) is is_missing
    assert "underpaint generate" in sentence or not is_missing
    assert missing_display(environment, "darwin") == ""


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="these always have a display")
def test_without_a_display_the_program_says_so_and_ends() -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    done = subprocess.run(
        [sys.executable, "-m", "studio"],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
        check=False,
    )
    assert done.returncode == 1
    assert "underpaint generate" in done.stderr
    assert "Traceback" not in done.stderr


def _picture():  # type: ignore[no-untyped-def]
    import numpy as np

    return np.full((64, 64, 4), 200, np.uint8)


def test_a_window_that_cannot_be_built_ends_with_one_sentence(tmp_path: Path) -> None:
    code = (
        "import sys, studio.ui.app as app\n"
        "app.SESSION_MODULE = 'studio.ui.no_such_module'\n"
        "sys.exit(app.run([]))"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "UNDERPAINT_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env=environment, check=False
    )
    assert done.returncode == 1
    assert "packaging/start.py" in done.stderr
    assert "no_such_module" in (tmp_path / "data" / "underpaint.log").read_text(encoding="utf-8")
