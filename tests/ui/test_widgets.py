"""The small widgets: sliders that are fields, refusing drop-downs, notices, bindings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton, QSpinBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.core.events import Event
from studio.ui.bind import Bindings, bind_spin, bind_text, bind_toggle
from studio.ui.icons import IconSet
from studio.ui.later import Later
from studio.ui.theme import DARK
from studio.ui.widgets.choice_box import Choice, ChoiceBox
from studio.ui.widgets.flow_layout import FlowLayout
from studio.ui.widgets.labels import ElidedLabel, plain_label
from studio.ui.widgets.notices import MAX_SHOWN, NoticeStack
from studio.ui.widgets.slider_spin import SliderSpin
from studio.workspace.notice import Notice


@dataclass(frozen=True)
class Values:
    number: float = 1.0
    text: str = "a"
    flag: bool = False


class Model:
    def __init__(self) -> None:
        self.changed: Event[str] = Event()
        self._values = Values()

    @property
    def values(self) -> Values:
        return self._values

    def set(self, **changes: Any) -> None:
        if "number" in changes:
            changes["number"] = min(changes["number"], 5.0)
        before, self._values = self._values, replace(self._values, **changes)
        for name in changes:
            if getattr(before, name) != getattr(self._values, name):
                self.changed.emit(name)


def test_bindings_go_both_ways_and_end_together(qtbot: QtBot) -> None:
    model, bindings = Model(), Bindings()
    spin, edit, button = QSpinBox(), QPlainTextEdit(), QPushButton()
    button.setCheckable(True)
    for widget in (spin, edit, button):
        qtbot.addWidget(widget)
    bind_spin(bindings, model, "number", spin, scale=10.0)
    bind_text(bindings, model, "text", edit)
    bind_toggle(bindings, model, "flag", button)
    assert (spin.value(), edit.toPlainText(), button.isChecked()) == (10, "a", False)
    spin.setValue(30)
    edit.setPlainText("b")
    button.setChecked(True)
    assert model.values == Values(number=3.0, text="b", flag=True)
    model.set(number=2.0, text="c", flag=False)
    assert (spin.value(), edit.toPlainText(), button.isChecked()) == (20, "c", False)
    spin.setValue(80)
    assert spin.value() == 50, "the model's limit is shown"
    bindings.disconnect()
    bindings.disconnect()
    model.set(number=1.0)
    spin.setValue(40)
    assert (spin.value(), model.values.number) == (40, 1.0)


def test_bindings_outlive_a_deleted_widget(qtbot: QtBot) -> None:
    model, bindings = Model(), Bindings()
    spin = QSpinBox()
    bind_spin(bindings, model, "number", spin)
    spin.deleteLater()
    QApplication.sendPostedEvents()
    bindings.disconnect()


@pytest.fixture
def board(qtbot: QtBot) -> QWidget:
    """A window to put things on; a fixture of its own, so that it lives as long as the test."""
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show()
    return made


@pytest.fixture
def slider(qtbot: QtBot, board: QWidget) -> SliderSpin:
    """Beside a text field that has the keyboard."""
    other = QPlainTextEdit(board)
    other.setGeometry(0, 40, 200, 60)
    made = SliderSpin("Opacity", 0, 100, suffix=" %", parent=board)
    made.setGeometry(0, 0, 200, 28)
    for widget in (other, made):
        widget.show()
    board.activateWindow()
    other.setFocus()
    qtbot.waitUntil(other.hasFocus)
    return made


def drag(qtbot: QtBot, spin: SliderSpin, start: int, stop: int) -> None:
    edit = spin.lineEdit()
    inset = edit.x()
    start, stop = start - inset, stop - inset
    qtbot.mousePress(edit, Qt.MouseButton.LeftButton, pos=QPoint(start, 10))
    for x in (start + (stop - start) // 2, stop):
        qtbot.mouseMove(edit, QPoint(x, 10))
    qtbot.mouseRelease(edit, Qt.MouseButton.LeftButton, pos=QPoint(stop, 10))


def test_a_slider_is_dragged_and_keeps_the_focus_elsewhere(qtbot: QtBot, slider: SliderSpin) -> None:
    drag(qtbot, slider, 20, 100)
    assert slider.value() == pytest.approx(50, abs=2)
    assert not slider.hasFocus()
    drag(qtbot, slider, 100, 400)
    assert slider.value() == 100
    drag(qtbot, slider, 100, -50)
    assert slider.value() == 0


def test_a_slider_is_clicked_and_typed(qtbot: QtBot, slider: SliderSpin) -> None:
    qtbot.mouseClick(slider.lineEdit(), Qt.MouseButton.LeftButton, pos=QPoint(30, 10))
    assert slider.value() == 0
    qtbot.waitUntil(slider.hasFocus)
    qtbot.keyClicks(slider.lineEdit(), "42")
    with qtbot.waitSignal(slider.committed):
        qtbot.keyClick(slider.lineEdit(), Qt.Key.Key_Return)
    assert slider.value() == 42


def test_a_curved_slider_gives_small_values_room(qtbot: QtBot) -> None:
    spin = SliderSpin("Size", 1, 2000, curve=3.0)
    qtbot.addWidget(spin)
    spin._set_share(0.5)
    assert spin.value() == pytest.approx(251, abs=2)
    for share in (0.0, 0.1, 0.33, 0.5, 0.9, 1.0):
        spin._set_share(share)
        assert spin._share() == pytest.approx(share, abs=0.05)


def wheel(widget: QWidget) -> None:
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(widget.mapToGlobal(QPoint(5, 5))),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_a_wheel_in_passing_changes_nothing(qtbot: QtBot, slider: SliderSpin) -> None:
    box = ChoiceBox("Sampler")
    qtbot.addWidget(box)
    box.set_choices([Choice(identifier=letter, label=letter) for letter in "abc"], "b")
    slider.setValue(30)
    wheel(slider)
    wheel(box)
    assert (slider.value(), box.currentText()) == (30, "b")


def test_choices_keep_their_reasons(qtbot: QtBot) -> None:
    box = ChoiceBox("Sampler")
    qtbot.addWidget(box)
    choices = [
        Choice(identifier="a", label="A", note="fine"),
        Choice(identifier="b", label="B", refusal="Not here."),
    ]
    box.set_choices(choices, "a")
    assert box.toolTip() == "fine"
    assert not box.model().index(1, 0).flags() & Qt.ItemFlag.ItemIsEnabled
    box.set_choices(choices, "b")
    assert box.toolTip() == "Not here."
    box.set_choices(choices, "unknown")
    assert box.currentText() == "unknown"


@pytest.fixture
def stack(board: QWidget) -> NoticeStack:
    return NoticeStack(IconSet(DARK), board)


def test_notices_stack_once_each_and_three_at_most(stack: NoticeStack) -> None:
    for text in ("one", "two", "two", "three", "four"):
        stack.show_notice(Notice(text, is_error=True))
    assert [card.notice.message for card in stack.cards] == ["four", "three", "two"]
    assert len(stack.cards) == MAX_SHOWN
    for card in stack.cards:
        card.close_button.click()
    assert stack.isHidden()


def test_a_notice_shows_plain_text_and_folds_its_details(stack: NoticeStack) -> None:
    stack.show_notice(Notice("<img src=x> & more", details="Traceback…", is_error=True))
    card = stack.cards[0]
    height = stack.height()
    card.details_button.click()
    assert stack.height() > height
    labels = [label.textFormat() for label in card.findChildren(type(plain_label("")))]
    assert set(labels) == {Qt.TextFormat.PlainText}
    stack.parentWidget().resize(200, 300)
    stack.place()
    assert stack.width() <= 200


def test_a_label_is_elided_not_wide(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    column = QVBoxLayout(parent)
    label = ElidedLabel("a long sentence that cannot possibly fit in here")
    column.addWidget(label)
    parent.resize(100, 40)
    parent.show()
    assert parent.minimumSizeHint().width() < 100
    assert label.is_elided


def test_words_flow_into_lines(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    layout = FlowLayout(parent)
    for word in ("sunrise", "northern lights", "snow capped mountains", "cloudless sky"):
        layout.addWidget(QPushButton(word))
    assert layout.heightForWidth(150) > layout.heightForWidth(1000) > 0


def test_later_runs_once(qtbot: QtBot) -> None:
    runs: list[int] = []
    later = Later(lambda: runs.append(1))
    for _ in range(50):
        later.schedule()
    qtbot.wait(20)
    assert runs == [1]
    later.schedule()
    later.stop()
    qtbot.wait(20)
    assert runs == [1]
