"""A whole window on the offscreen platform, with the fake engine behind its real thread."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.core.settings import Settings
from studio.ui.app import Application
from studio.ui.session import Session
from studio.ui.theme import THEMES, apply_palette
from tests.fakes.link import FakeLink

OpenStudio = Callable[..., Session]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform says that it has no window manager whenever a window asks for one."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support"))


@pytest.fixture
def link() -> FakeLink:
    return FakeLink()


@pytest.fixture
def open_studio(
    qtbot: QtBot, link: FakeLink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OpenStudio]:
    """Opens a window and waits until the engine has said hello; closes it afterwards without a question."""
    monkeypatch.setenv("UNDERPAINT_HOME", str(tmp_path / "home"))
    opened: list[Application] = []

    def shut() -> None:
        while opened:
            studio = opened.pop()
            studio.window.may_close = None
            studio.window.close()
            studio.close()
            studio.window.deleteLater()

    def open_it(
        *, settings: Settings | None = None, size: tuple[int, int] = (1280, 800), theme: str = "dark"
    ) -> Session:
        settings = settings or Settings({"theme": theme})
        shut()
        apply_palette(_application(), THEMES[settings.text("theme")])
        studio = Application(settings, link=FakeLink() if link.is_closed else link)
        opened.append(studio)
        with qtbot.waitSignal(studio.ready, timeout=20_000):
            studio.show()
        studio.window.resize(QSize(*size))
        assert studio.session is not None
        session = studio.session
        qtbot.waitUntil(lambda: session.queue.catalog is not None)
        qtbot.wait(20)
        return session

    yield open_it
    shut()
    _application().processEvents()
    _application().setStyleSheet("")


def _application() -> QApplication:
    instance = QApplication.instance()
    assert isinstance(instance, QApplication)
    return instance


@pytest.fixture
def session(open_studio: OpenStudio) -> Session:
    return open_studio()
