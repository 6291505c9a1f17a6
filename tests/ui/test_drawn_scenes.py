"""A scene drawn from the window: reachable by key and button, and never mistaken for the model's work."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.generation.request import Task
from studio.ui.panels.layer_model import layer_detail, layer_tip
from studio.ui.session import Session
from tests.fakes.link import FakeLink
from tests.ui.test_main_job import activate, press, type_prompt


def test_the_button_and_the_key_draw(qtbot: QtBot, session: Session, link: FakeLink) -> None:
    type_prompt(qtbot, session, "a lake")
    qtbot.mouseClick(session.bench.prompt.scene, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(link.submitted) == 1)
    activate(qtbot, session)
    qtbot.keyClick(
        session.bench.prompt.prompt,
        Qt.Key.Key_D,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    qtbot.waitUntil(lambda: len(session.workspace.queue.jobs) == 2)
    assert [job.request.task for job in session.workspace.queue.jobs] == [Task.scene, Task.scene]
    assert session.bench.prompt.prompt.toPlainText() == "a lake"
    qtbot.waitUntil(lambda: session.bench.prompt.state.text() == "Drawing…")
    press(qtbot, session, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: link.cancelled_ids == [link.submitted[0].job_id])


def test_the_result_says_that_it_was_drawn(qtbot: QtBot, session: Session, link: FakeLink) -> None:
    session.workspace.settings.set(prompt="a lake", seed=4, is_seed_random=False)
    session.workspace.draw_scene()
    qtbot.waitUntil(lambda: len(link.submitted) == 1)
    link.run()
    qtbot.waitUntil(lambda: len(session.workspace.results.candidates) == 1)
    candidate = session.workspace.results.candidates[0]
    bar = session.bench.candidates
    qtbot.waitUntil(lambda: "Drawn" in bar.thumbnail(candidate.id).toolTip())
    assert "Drawn scene" in bar.thumbnail(candidate.id).accessibleName()
    layer_id = session.workspace.accept()
    assert layer_id is not None
    layer = session.workspace.document.layers.layer(layer_id)
    assert layer.properties.name == "Drawn: a lake"
    assert layer_detail(layer) == "drawn · seed 4"
    assert "not generated" in layer_tip(layer)
