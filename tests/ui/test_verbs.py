"""Verbs, forecast and context, through the window."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from studio.core.geometry import Point, Rect
from studio.tools.tool import PointerEvent
from studio.ui.session import Session
from tests.ui.conftest import OpenStudio


def mask(session: Session) -> None:
    workspace = session.workspace
    workspace.layers.add_image("Photo", np.full((512, 512, 4), 255, np.uint8), (0, 0), label="Open")
    workspace.set_mask(Rect(200, 220, 60, 50), np.full((50, 60), 255, np.uint8), label="Mask")


def test_a_verb_sets_the_numbers_and_says_what_it_will_do(session: Session, qtbot: QtBot) -> None:
    mask(session)
    prompt = session.bench.prompt
    qtbot.waitUntil(lambda: prompt.state.text() == "Change what is masked")
    session.actions["verb_remove"].trigger()
    assert session.workspace.settings.values.prefill == "edges"
    assert session.bench.prompt.verbs.buttons["remove"].isChecked()
    qtbot.waitUntil(lambda: prompt.state.text() == "Remove what is masked")
    session.actions["verb_remove"].trigger()
    assert session.bench.prompt.verbs.buttons["remove"].isChecked()
    assert not session.bench.prompt.verbs.buttons["paint"].isChecked()


def test_verbs_without_room_are_in_the_menu(open_studio: OpenStudio, qtbot: QtBot) -> None:
    session = open_studio(size=(640, 480))
    row = session.bench.prompt.verbs
    qtbot.wait(50)
    hidden = [name for name, button in row.buttons.items() if button.isHidden()]
    assert hidden
    listed = {action.objectName() for action in row.findChildren(type(row._more))[-1].menu().actions()}
    assert listed == {f"verb_{name}" for name in hidden}
    session.actions["verb_background"].trigger()
    assert row._more.text() == "Background"


def test_the_forecast_follows_the_mask_and_the_context_can_be_dragged(session: Session, qtbot: QtBot) -> None:
    forecasts = session.workspace.forecasts
    assert forecasts.current is None
    mask(session)
    qtbot.waitUntil(lambda: forecasts.current is not None)
    before = forecasts.context_rect
    assert before.contains_rect(Rect(200, 220, 60, 50))
    session.actions["tool_context"].trigger()
    tool = session.canvas._hand.tool
    tool.press(PointerEvent(position=Point(before.right, before.bottom)))
    tool.release(PointerEvent(position=Point(before.right + 64, before.bottom + 64)))
    chosen = forecasts.context
    assert chosen is not None
    assert (chosen.x, chosen.y) == (before.x, before.y)
    assert abs(chosen.width - before.width - 64) <= 8
    qtbot.waitUntil(lambda: bool(forecasts.current and forecasts.current.work_rect.contains_rect(chosen)))
    qtbot.waitUntil(session.actions["context_auto"].isEnabled)
    session.actions["context_auto"].trigger()
    qtbot.waitUntil(lambda: forecasts.context_rect == before)
    session.workspace.clear_mask()
    assert forecasts.current is None


def test_the_drawing_can_be_switched_off(session: Session, qtbot: QtBot) -> None:
    forecasts = session.workspace.forecasts
    mask(session)
    qtbot.waitUntil(lambda: forecasts.shown is not None)
    session.actions["show_reach"].trigger()
    assert forecasts.shown is None
    assert forecasts.current is not None
