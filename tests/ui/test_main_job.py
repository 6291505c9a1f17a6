"""What an artist does first: type, press Ctrl+Enter, watch, choose, keep, take back."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.generation.request import Task
from studio.jobs.job import JobState
from studio.ui.session import Session
from tests.fakes.link import FakeLink


def press(qtbot: QtBot, session: Session, key: Qt.Key, *, ctrl: bool = False, alt: bool = False) -> None:
    """A key where the keyboard focus is, as a person would press it."""
    target = QApplication.focusWidget() or session.canvas
    modifiers = Qt.KeyboardModifier.NoModifier
    if ctrl:
        modifiers |= Qt.KeyboardModifier.ControlModifier
    if alt:
        modifiers |= Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(target, key, modifiers)


def activate(qtbot: QtBot, session: Session) -> None:
    session.window.activateWindow()
    qtbot.waitUntil(session.window.isActiveWindow)


def type_prompt(qtbot: QtBot, session: Session, text: str) -> None:
    activate(qtbot, session)
    session.bench.prompt.focus_prompt()
    qtbot.keyClicks(session.bench.prompt.prompt, text)


def make_result(qtbot: QtBot, session: Session, link: FakeLink) -> None:
    before = len(session.workspace.results.candidates)
    submitted = len(link.submitted)
    session.workspace.generate()
    qtbot.waitUntil(lambda: len(link.submitted) == submitted + 1)
    link.run()
    qtbot.waitUntil(lambda: len(session.workspace.results.candidates) == before + 1)
    qtbot.waitUntil(lambda: not session.workspace.generating.is_busy)


def test_typing_and_ctrl_enter_submits_the_prompt(qtbot: QtBot, session: Session, link: FakeLink) -> None:
    type_prompt(qtbot, session, "a red house")
    press(qtbot, session, Qt.Key.Key_Return, ctrl=True)
    qtbot.waitUntil(lambda: len(link.submitted) == 1)
    assert link.submitted[0].recipe.prompt == "a red house"
    assert link.submitted[0].task is Task.text_to_image
    assert session.bench.prompt.prompt.toPlainText() == "a red house"


def test_single_letters_choose_tools_on_the_canvas_and_are_text_in_the_prompt(
    qtbot: QtBot, session: Session
) -> None:
    activate(qtbot, session)
    session.bench.focus_canvas()
    press(qtbot, session, Qt.Key.Key_B)
    assert session.workspace.tool_settings.active_tool_id == "brush"
    type_prompt(qtbot, session, "bem.,")
    assert session.workspace.settings.values.prompt == "bem.,"
    assert session.workspace.tool_settings.active_tool_id == "brush"


def test_previews_reach_the_results_and_the_button_counts(
    qtbot: QtBot, session: Session, link: FakeLink
) -> None:
    session.workspace.generate()
    qtbot.waitUntil(lambda: len(link.submitted) == 1)
    link.begin(20)
    link.preview(7, 20)
    qtbot.waitUntil(
        lambda: session.workspace.results.live is not None and session.workspace.results.live.step == 7
    )
    panel = session.bench.prompt
    qtbot.waitUntil(lambda: "Step 7 of 20" in panel.state.text())
    assert panel.button.text() == "Stop"
    assert panel.button.share == 7 / 20
    assert not panel.another.isHidden()


def test_escape_stops_from_the_prompt(qtbot: QtBot, session: Session, link: FakeLink) -> None:
    type_prompt(qtbot, session, "x")
    press(qtbot, session, Qt.Key.Key_Return, ctrl=True)
    qtbot.waitUntil(lambda: len(link.submitted) == 1)
    link.begin(20)
    qtbot.waitUntil(lambda: session.bench.prompt.button.text() == "Stop")
    qtbot.waitUntil(session.actions["stop"].isEnabled)
    press(qtbot, session, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: link.cancelled_ids == [link.submitted[0].job_id])
    qtbot.waitUntil(lambda: session.bench.prompt.button.text() == "Generate")
    assert session.workspace.results.candidates == ()


def test_stepping_keeping_and_undo(qtbot: QtBot, session: Session, link: FakeLink) -> None:
    for _ in range(3):
        make_result(qtbot, session, link)
    results, workspace = session.workspace.results, session.workspace
    bar = session.bench.candidates
    qtbot.waitUntil(lambda: not bar.isHidden())
    newest = results.candidates[2]
    assert results.current is newest
    activate(qtbot, session)
    session.bench.focus_canvas()
    press(qtbot, session, Qt.Key.Key_Comma)
    assert results.current is results.candidates[1]
    press(qtbot, session, Qt.Key.Key_Period)
    assert results.current is newest
    bar.thumbnail(results.candidates[0].id).click()
    assert results.current is results.candidates[0]
    before = len(workspace.document.layers)
    bar.keep.click()
    assert len(workspace.document.layers) == before + 1
    assert results.current is None
    press(qtbot, session, Qt.Key.Key_Z, ctrl=True)
    assert len(workspace.document.layers) == before


def test_undo_after_keeping_from_the_prompt_takes_the_layer_away(
    qtbot: QtBot, session: Session, link: FakeLink
) -> None:
    type_prompt(qtbot, session, "a lake")
    make_result(qtbot, session, link)
    before = len(session.workspace.document.layers)
    press(qtbot, session, Qt.Key.Key_Return, alt=True)
    assert len(session.workspace.document.layers) == before + 1
    press(qtbot, session, Qt.Key.Key_Z, ctrl=True)
    assert len(session.workspace.document.layers) == before
    assert session.workspace.settings.values.prompt == "a lake"


def test_without_result_and_back(qtbot: QtBot, session: Session, link: FakeLink) -> None:
    make_result(qtbot, session, link)
    shown = session.workspace.results.current
    session.actions["candidate_hide"].trigger()
    assert session.workspace.results.current is None
    session.actions["candidate_hide"].trigger()
    assert session.workspace.results.current is shown


def test_discarding_the_last_result_hides_the_bar(qtbot: QtBot, session: Session, link: FakeLink) -> None:
    make_result(qtbot, session, link)
    qtbot.waitUntil(lambda: not session.bench.candidates.isHidden())
    session.actions["candidate_discard"].trigger()
    qtbot.waitUntil(session.bench.candidates.isHidden)
    assert session.workspace.results.candidates == ()


def test_the_queue_lists_cancels_and_retries(qtbot: QtBot, session: Session, link: FakeLink) -> None:
    for _ in range(3):
        session.workspace.generate()
    qtbot.waitUntil(lambda: len(session.queue.jobs) == 3)
    panel = session.bench.sidebar.panels["queue"]
    qtbot.waitUntil(lambda: len(panel.rows) == 3)
    first, second, third = session.queue.jobs
    link.begin(10)
    link.preview(3, 10)
    qtbot.waitUntil(lambda: panel.rows[first.id].state_text.startswith("Step 3 of 10"))
    panel.rows[third.id].first.click()
    assert [job.id for job in session.queue.waiting] == [third.id, second.id]
    panel.rows[second.id].cancel.click()
    qtbot.waitUntil(lambda: panel.rows[second.id].state_text == "Stopped")
    link.fail("The model produced no valid picture.")
    qtbot.waitUntil(lambda: panel.rows[first.id].state_text.startswith("Failed: The model"))
    panel.rows[first.id].retry.click()
    qtbot.waitUntil(lambda: first.id not in panel.rows)
    retried = session.queue.jobs[-1]
    assert retried.request.recipe == first.request.recipe
    assert retried.state is JobState.waiting
    session.actions["queue_clear"].trigger()
    qtbot.waitUntil(lambda: second.id not in panel.rows)


def test_a_failure_is_one_sentence_over_the_canvas(qtbot: QtBot, session: Session, link: FakeLink) -> None:
    session.workspace.generate()
    qtbot.waitUntil(lambda: len(link.submitted) == 1)
    link.fail("The device has not enough memory.", "Make the frame smaller.")
    qtbot.waitUntil(lambda: len(session.bench.notices.cards) == 1)
    card = session.bench.notices.cards[0]
    assert card.notice.message == "The device has not enough memory."
    assert card.notice.remedy == "Make the frame smaller."
    assert QApplication.activeModalWidget() is None
    card.close_button.click()
    assert session.bench.notices.cards == ()


def test_a_dead_engine_leaves_the_picture_and_offers_a_restart(
    qtbot: QtBot, session: Session, link: FakeLink
) -> None:
    pixels = np.full((96, 96, 4), 255, np.uint8)
    session.workspace.files.place_pixels("picture", pixels)
    link.crash("The image engine stopped.", restarts=False)
    status = session.bench.status
    qtbot.waitUntil(lambda: "The image engine stopped." in status.engine_text)
    assert [card.notice.message for card in session.bench.notices.cards] == ["The image engine stopped."]
    assert np.array_equal(session.workspace.files.flattened(), pixels)
    session.actions["engine_restart"].trigger()
    qtbot.waitUntil(lambda: status.engine_text == "Ready")


def test_words_before_generating_tell_what_would_happen(qtbot: QtBot, session: Session) -> None:
    state = session.bench.prompt.state
    qtbot.waitUntil(lambda: state.text() == "New picture")
    session.workspace.files.place_pixels("picture", np.full((96, 96, 4), 255, np.uint8))
    session.workspace.fill_mask()
    qtbot.waitUntil(lambda: state.text() == "Change what is masked")
