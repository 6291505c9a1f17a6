"""The live canvas in the real window: its key, its bar, and what the canvas shows under the pen."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from studio.core.geometry import Rect
from studio.ui.session import Session
from tests.fakes.link import FakeLink


def turn_on(session: Session, link: FakeLink, qtbot: QtBot) -> None:
    session.actions["live_canvas"].trigger()
    qtbot.waitUntil(lambda: bool(link.submitted))
    link.begin()
    link.finish()
    qtbot.waitUntil(lambda: session.workspace.live_canvas.can_accept)
    qtbot.wait(30)


def test_its_bar_is_there_while_it_is_on(session: Session, link: FakeLink, qtbot: QtBot) -> None:
    bar = session.bench.live_bar
    assert bar.isHidden()
    turn_on(session, link, qtbot)
    assert not bar.isHidden()
    assert bar.text == "Live"
    assert session.actions["live_canvas"].isChecked()
    bar.opacity.setValue(40)
    shown = session.workspace.results.live_canvas
    assert shown is not None
    assert shown.mask is not None
    assert shown.mask.max() == 102
    session.actions["live_end"].trigger()
    qtbot.waitUntil(bar.isHidden)
    assert not session.actions["live_canvas"].isChecked()


def test_a_stroke_shows_through_what_lies_over_it(session: Session, link: FakeLink, qtbot: QtBot) -> None:
    turn_on(session, link, qtbot)
    overlay = session.canvas._scene.results
    damaged = overlay.cut_out(Rect(70, 70, 10, 10))
    assert damaged == Rect(64, 64, 64, 64)
    # Once cut out there is nothing more to paint for it.
    assert overlay.cut_out(Rect(80, 80, 10, 10)).is_empty
    session.actions["live_end"].trigger()
    assert overlay.cut_out(Rect(300, 300, 10, 10)).is_empty


def test_kept_by_its_button(session: Session, link: FakeLink, qtbot: QtBot) -> None:
    turn_on(session, link, qtbot)
    layers = len(session.workspace.document.layers)
    session.bench.live_bar.keep.click()
    assert len(session.workspace.document.layers) == layers + 1
    session.actions["undo"].trigger()
    assert len(session.workspace.document.layers) == layers
