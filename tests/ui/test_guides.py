"""Rulers, guides and the grid through the window."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.document.guide import Guide
from studio.ui.canvas.ruler import RULER_PX, Ruler
from studio.ui.session import Session
from tests.ui.canvas.helpers import at, screen
from tests.ui.conftest import OpenStudio

LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def over(session: Session, ruler: Ruler, place: QPoint) -> QPoint:
    """A place on the canvas as the ruler sees it."""
    return ruler.mapFromGlobal(session.canvas.mapToGlobal(place))


def drag_out(session: Session, ruler_index: int, to: tuple[float, float]) -> None:
    ruler = session.bench.host.rulers[ruler_index]
    QTest.mousePress(ruler, LEFT, NO_KEY, QPoint(10, 10))
    for share in (0.5, 1.0):
        place = at(session.canvas, (to[0] * share, to[1] * share))
        QTest.mouseMove(ruler, over(session, ruler, place))
    QTest.mouseRelease(ruler, LEFT, NO_KEY, over(session, ruler, at(session.canvas, to)))


def test_guides_come_out_of_the_rulers_and_are_steps(session: Session) -> None:
    workspace = session.workspace
    assert not session.bench.host.rulers
    session.actions["rulers"].trigger()
    assert session.canvas.geometry().topLeft() == QPoint(RULER_PX, RULER_PX)
    drag_out(session, 0, (100, 200))
    drag_out(session, 1, (300, 50))
    assert [guide.is_upright for guide in workspace.document.guides] == [False, True]
    assert abs(workspace.document.guides[0].place - 200) <= 1
    assert abs(workspace.document.guides[1].place - 300) <= 1
    assert workspace.history.undo_label == "Add guide"
    session.actions["guides_clear"].trigger()
    assert workspace.document.guides == ()
    workspace.undo()
    workspace.undo()
    assert len(workspace.document.guides) == 1
    session.actions["rulers"].trigger()
    assert session.canvas.geometry() == session.bench.host.rect()


def test_they_are_seen_and_hidden_and_so_is_the_grid(qtbot: QtBot, session: Session) -> None:
    session.workspace.picture.add_guide(Guide(True, 256))
    shown = screen(session.canvas)
    session.actions["guides"].trigger()
    clean = screen(session.canvas)
    assert (shown != clean).any()
    session.actions["grid"].trigger()
    assert (screen(session.canvas) != clean).any()
    session.actions["grid"].trigger()
    assert (screen(session.canvas) == clean).all()


def test_what_is_shown_is_remembered(open_studio: OpenStudio) -> None:
    first = open_studio()
    first.actions["rulers"].trigger()
    first.actions["guides"].trigger()
    again = open_studio(settings=first.settings)
    assert again.actions["rulers"].isChecked()
    assert not again.canvas.lines.shows_guides
    assert again.bench.host.rulers[0].isVisible()
