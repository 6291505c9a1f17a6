"""The window tells what a small model knows: while one types, beside the prompt, and on request."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from studio.ui.panels.completion import Completion
from studio.ui.session import Session
from tests.fakes.link import FakeLink
from tests.ui.test_main_job import activate, press, type_prompt


def shown(session: Session) -> list[str]:
    """What the list offers; empty while it is closed."""
    completion = session.bench.prompt.completion
    if completion is None or not completion.is_open:
        return []
    phrases = completion.list.phrases
    return [phrases.item(row).text() for row in range(phrases.count())]


def open_list(qtbot: QtBot, session: Session, text: str) -> Completion:
    type_prompt(qtbot, session, text)
    assert shown(session)
    completion = session.bench.prompt.completion
    assert completion is not None
    return completion


def prompt(session: Session) -> str:
    return session.bench.prompt.prompt.toPlainText()


def key(session: Session, key: Qt.Key) -> None:
    QTest.keyClick(session.bench.prompt.prompt, key)


def test_typing_offers_words_and_tab_takes_the_first(qtbot: QtBot, session: Session) -> None:
    open_list(qtbot, session, "a mea")
    assert shown(session) == ["meadow"]
    key(session, Qt.Key.Key_Tab)
    assert prompt(session) == session.workspace.settings.values.prompt == "a meadow"
    assert shown(session) == []
    assert session.bench.prompt.prompt.hasFocus()
    session.bench.prompt.prompt.undo()
    assert prompt(session) == "a mea"


def test_down_chooses_and_enter_takes_what_is_chosen(qtbot: QtBot, session: Session) -> None:
    open_list(qtbot, session, "a su")
    key(session, Qt.Key.Key_Down)
    key(session, Qt.Key.Key_Return)
    assert prompt(session) == "a sunset"


def test_enter_with_nothing_chosen_is_a_new_line(qtbot: QtBot, session: Session) -> None:
    open_list(qtbot, session, "a su")
    key(session, Qt.Key.Key_Return)
    assert prompt(session) == "a su\n"
    assert shown(session) == []


def test_ctrl_enter_generates_what_is_typed(qtbot: QtBot, session: Session, link: FakeLink) -> None:
    open_list(qtbot, session, "a su")
    key(session, Qt.Key.Key_Down)
    press(qtbot, session, Qt.Key.Key_Return, ctrl=True)
    qtbot.waitUntil(lambda: len(link.submitted) == 1)
    assert link.submitted[0].recipe.prompt == "a su"


def test_escape_hides_the_list_and_stops_the_job_all_the_same(
    qtbot: QtBot, session: Session, link: FakeLink
) -> None:
    session.workspace.generate()
    qtbot.waitUntil(lambda: len(link.submitted) == 1)
    qtbot.waitUntil(lambda: session.actions["stop"].isEnabled())
    open_list(qtbot, session, "a su")
    key(session, Qt.Key.Key_Escape)
    assert shown(session) == []
    qtbot.waitUntil(lambda: link.cancelled_ids == [link.submitted[0].job_id])


@pytest.mark.parametrize(
    "leave",
    [
        lambda session: session.bench.focus_canvas(),
        lambda session: key(session, Qt.Key.Key_Left),
        lambda session: key(session, Qt.Key.Key_Escape),
        lambda session: session.workspace.settings.set(prompt="another"),
    ],
)
def test_the_list_goes_when_something_else_happens(
    qtbot: QtBot, session: Session, leave: Callable[[Session], None]
) -> None:
    open_list(qtbot, session, "a su")
    leave(session)
    assert shown(session) == []


def test_a_model_of_free_text_is_not_interrupted(qtbot: QtBot, session: Session) -> None:
    session.workspace.settings.set(model="/models/other")
    type_prompt(qtbot, session, "a mea, a dragon")
    assert shown(session) == []
    qtbot.wait(600)
    assert session.bench.prompt.untaught.isHidden()


def test_the_negative_prompt_is_completed_as_well(qtbot: QtBot, session: Session) -> None:
    activate(qtbot, session)
    panel = session.bench.prompt
    session.actions["negative_prompt"].trigger()
    panel.negative.setFocus()
    QTest.keyClicks(panel.negative, "ni")
    assert panel.negative_completion is not None
    assert panel.negative_completion.is_open
    QTest.keyClick(panel.negative, Qt.Key.Key_Tab)
    assert session.workspace.settings.values.negative_prompt == "night"


def test_unknown_words_are_told_under_the_prompt(qtbot: QtBot, session: Session) -> None:
    label = session.bench.prompt.untaught
    assert label.isHidden()
    type_prompt(qtbot, session, "a dragon by a lake")
    qtbot.waitUntil(lambda: "“dragon”" in label.text())
    assert not label.isHidden()
    session.workspace.settings.set(prompt="a meadow at night")
    qtbot.waitUntil(label.isHidden)


def test_the_empty_prompt_says_what_could_stand_there(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: "a meadow at sunset" in session.bench.prompt.prompt.placeholderText())


def test_a_surprise_can_be_taken_back_in_the_prompt(qtbot: QtBot, session: Session) -> None:
    type_prompt(qtbot, session, "my own words")
    session.actions["surprise"].trigger()
    first = prompt(session)
    assert first != "my own words"
    assert session.workspace.settings.values.prompt == first
    session.bench.prompt.prompt.undo()
    assert prompt(session) == session.workspace.settings.values.prompt == "my own words"


def test_example_pictures_use_their_prompt(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    from pathlib import Path

    from PySide6.QtGui import QImage

    from studio.ui.panels import vocabulary

    folder = Path(str(tmp_path)) / "starter-examples"
    folder.mkdir()
    QImage(64, 64, QImage.Format.Format_RGB32).save(str(folder / "00.jpg"))
    (folder / "index.json").write_text('{"pictures": {"a meadow at sunset": "00.jpg"}}')
    monkeypatch.setattr(vocabulary, "resources_dir", lambda: folder.parent)
    activate(qtbot, session)
    session.actions["vocabulary"].trigger()
    popover = next(
        w
        for w in QApplication.topLevelWidgets()
        if w.isVisible() and isinstance(w, vocabulary.VocabularyPopover)
    )
    picture = next(b for b in popover.findChildren(QToolButton) if b.accessibleName() == "a meadow at sunset")
    assert not picture.icon().isNull()
    picture.click()
    assert prompt(session) == "a meadow at sunset"
    assert not popover.isVisible()
