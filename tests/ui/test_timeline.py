"""The denoising timeline in the real window, over the fake engine."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from studio.ui.panels.timeline import TimelineBar
from studio.ui.session import Session
from tests.fakes.link import FakeLink


@pytest.fixture
def bar(session: Session) -> TimelineBar:
    session.workspace.settings.set(prompt="a lake", steps=10, is_seed_random=False)
    return session.bench.timeline


def begin(session: Session, link: FakeLink, qtbot: QtBot, steps: int) -> None:
    session.actions["generate"].trigger()
    qtbot.waitUntil(lambda: bool(link.submitted))
    link.begin()
    for step in range(1, steps + 1):
        link.preview(step)
    qtbot.waitUntil(lambda: session.workspace.in_the_making.shown_step == steps)
    qtbot.wait(30)


def test_it_is_there_only_when_there_are_steps(
    session: Session, bar: TimelineBar, link: FakeLink, qtbot: QtBot
) -> None:
    assert bar.isHidden()
    begin(session, link, qtbot, 4)
    assert not bar.isHidden()
    assert bar.text == "Step 4 of 10"
    assert bar.pause.isVisible()
    link.finish()
    qtbot.waitUntil(lambda: session.workspace.results.current is not None)
    qtbot.waitUntil(lambda: not bar.pause.isVisible())
    assert not bar.isHidden()
    # The results stand above it, not under it.
    assert session.bench.candidates.geometry().bottom() < bar.geometry().top()
    session.actions["candidate_accept"].trigger()
    qtbot.waitUntil(bar.isHidden)


def test_dragging_along_it_shows_the_steps(
    session: Session, bar: TimelineBar, link: FakeLink, qtbot: QtBot
) -> None:
    begin(session, link, qtbot, 8)
    strip, making = bar.strip, session.workspace.in_the_making
    cell = strip.width() / 10
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=QPoint(int(2.5 * cell), 10))
    assert making.looked_at == 3
    qtbot.mouseMove(strip, QPoint(int(5.5 * cell), 10))
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=QPoint(int(5.5 * cell), 10))
    qtbot.waitUntil(lambda: bar.text.startswith("Step 6"))
    # Beyond the latest step there is nothing to see yet.
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=QPoint(strip.width() - 2, 10))
    assert making.looked_at is None
    strip.setFocus()
    qtbot.keyClick(strip, Qt.Key.Key_Home)
    assert making.looked_at == 1
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    qtbot.wait(20)
    assert making.looked_at == 2
    session.actions["making_forward"].trigger()
    assert making.looked_at == 3


def test_paused_and_let_go_on_by_key(
    session: Session, bar: TimelineBar, link: FakeLink, qtbot: QtBot
) -> None:
    begin(session, link, qtbot, 3)
    session.bench.focus_canvas()
    qtbot.keyClick(session.canvas, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: bar.text == "Paused at 3 of 10")
    assert link.is_paused
    bar.pause.click()
    qtbot.waitUntil(lambda: bar.text == "Step 3 of 10")
    assert not link.is_paused


def test_a_fork_from_the_window(session: Session, bar: TimelineBar, link: FakeLink, qtbot: QtBot) -> None:
    assert not session.actions["making_fork"].isEnabled()
    begin(session, link, qtbot, 10)
    link.finish()
    qtbot.waitUntil(lambda: session.workspace.results.current is not None)
    session.workspace.in_the_making.look(4)
    qtbot.waitUntil(session.actions["making_keep_step"].isEnabled)
    session.actions["making_fork"].trigger()
    qtbot.waitUntil(lambda: len(link.submitted) == 2)
    fork = link.submitted[1].fork
    assert fork is not None
    assert fork.step == 4


def test_stopped_early_from_the_window(
    session: Session, bar: TimelineBar, link: FakeLink, qtbot: QtBot
) -> None:
    assert not session.actions["making_end"].isEnabled()
    begin(session, link, qtbot, 5)
    session.actions["making_end"].trigger()
    qtbot.waitUntil(lambda: session.workspace.results.current is not None)
    current = session.workspace.results.current
    assert current is not None
    assert current.recipe.last_step == 5
    qtbot.waitUntil(lambda: not session.actions["making_end"].isEnabled())
