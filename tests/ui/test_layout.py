"""Nothing is cut off: at 1280 x 800, at twice the scale, in both themes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.ui.session import Session
from studio.ui.widgets.labels import ElidedLabel
from tests.ui.conftest import OpenStudio

ROOT = Path(__file__).resolve().parents[2]


def cut_off(window: QWidget) -> list[str]:
    """Every visible widget that is smaller than what it must show, or reaches past a parent that cannot scroll."""
    found: list[str] = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or widget.objectName().startswith("qt_"):
            continue
        name = f"{type(widget).__name__} “{widget.accessibleName() or getattr(widget, 'text', str)()}”"
        if isinstance(widget, QLabel | QAbstractButton | QComboBox | QAbstractSpinBox):
            least = widget.minimumSizeHint()
            # An elided label is made to be shorter than its text; a tool button may be made smaller by hand.
            if widget.height() < least.height() and not isinstance(widget, QToolButton):
                found.append(f"{name} is {widget.height()} px high, needs {least.height()}")
            if widget.width() < least.width() and not isinstance(widget, ElidedLabel | QToolButton):
                found.append(f"{name} is {widget.width()} px wide, needs {least.width()}")
        parent = widget.parentWidget()
        if parent is None or isinstance(parent.parentWidget(), QAbstractScrollArea) or widget.isWindow():
            continue
        if not parent.rect().adjusted(-1, -1, 1, 1).contains(widget.geometry()):
            found.append(
                f"{name} at {widget.geometry()} reaches past {type(parent).__name__} {parent.rect()}"
            )
    return found


def fill(qtbot: QtBot, session: Session) -> None:
    """Everything that takes room is on screen: results, notices, waiting jobs, both prompts."""
    workspace = session.workspace
    workspace.settings.set(prompt="a very long prompt about a red house in a meadow " * 4, batch_count=3)
    session.actions["negative_prompt"].setChecked(False)
    session.actions["negative_prompt"].trigger()
    workspace.generate()
    qtbot.waitUntil(lambda: len(session.queue.jobs) == 3)
    qtbot.waitUntil(lambda: session.bench.prompt.button.text() == "Stop")
    session.actions["layer_add"].trigger()
    qtbot.wait(50)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [(1280, 800), (960, 540), (640, 400), (1920, 1080)])
def test_nothing_is_cut_off(qtbot: QtBot, open_studio: OpenStudio, theme: str, size: tuple[int, int]) -> None:
    """960 x 540 is a full HD screen, 640 x 400 a screen of 1280 x 800, both at a scale of 2."""
    session = open_studio(size=size, theme=theme)
    fill(qtbot, session)
    assert (session.window.width(), session.window.height()) == size
    assert cut_off(session.window) == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_nothing_is_cut_off_at_twice_the_scale(theme: str) -> None:
    """The same in a process whose device pixels are half as large."""
    code = f"{__name__.rpartition('.')[2]}.py::test_nothing_is_cut_off[size1-{theme}]"
    environment = {**os.environ, "QT_SCALE_FACTOR": "2", "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(Path(__file__).with_name(code))],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_everything_has_a_name_and_an_explanation(qtbot: QtBot, session: Session) -> None:
    fill(qtbot, session)
    nameless: list[str] = []
    for widget in session.bench.findChildren(QWidget):
        if isinstance(widget, QAbstractButton | QComboBox | QAbstractSpinBox):
            text = widget.accessibleName() or getattr(widget, "text", str)()
            if not text:
                nameless.append(
                    f"{type(widget).__name__} in {type(widget.parentWidget()).__name__} has no name"
                )
            if isinstance(widget, QToolButton) and not widget.toolTip():
                nameless.append(f"{text} has no tooltip")
    assert nameless == []


def test_the_keyboard_reaches_every_field(qtbot: QtBot, session: Session) -> None:
    """Tab from the prompt comes around to the prompt, and passes every panel on its way."""
    session.window.activateWindow()
    qtbot.waitUntil(session.window.isActiveWindow)
    prompt = session.bench.prompt.prompt
    seen: list[str] = []
    widget: QWidget | None = prompt
    for _ in range(400):
        assert widget is not None
        seen.append(widget.accessibleName())
        widget = widget.nextInFocusChain()
        if widget is prompt:
            break
    assert widget is prompt
    assert {"Prompt", "Negative prompt", "Model", "Steps", "Seed", "Layers", "Canvas", "Brush size"} <= set(
        seen
    )


def test_no_letter_jumps_to_two_places(session: Session) -> None:
    """Alt and a letter opens a menu or goes to a field, never one of two."""
    labels = [label for label in session.bench.findChildren(QLabel) if label.buddy() is not None]
    texts = [label.text() for label in labels] + [
        action.text() for action in session.window.menuBar().actions()
    ]
    letters = Counter(text[text.index("&") + 1].lower() for text in texts if "&" in text)
    assert len(labels) >= 10
    assert not {letter: count for letter, count in letters.items() if count > 1}
