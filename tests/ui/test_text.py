"""Words on the canvas through real events: typed, kept, edited, moved, saved, made pixels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.core.geometry import Point, Rect
from studio.document.layer import Layer
from studio.document.pixels import RGB
from studio.document.text import Text
from studio.ui.session import Session
from studio.ui.text_editor import TextEditor
from studio.ui.text_painter import draw_text
from tests.document.pictures import state_of
from tests.ui.canvas.helpers import at, drag, screen

LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def click(session: Session, x: float, y: float) -> None:
    QTest.mouseClick(session.canvas, LEFT, NO_KEY, at(session.canvas, (x, y)))


def editor(session: Session) -> TextEditor:
    found = session.commands.texts.editor
    assert found is not None
    return found


def type_words(session: Session, words: str, *, x: float = 100, y: float = 200) -> Layer:
    session.actions["tool_text"].trigger()
    click(session, x, y)
    QTest.keyClicks(editor(session), words)
    QTest.keyClick(editor(session), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert session.commands.texts.editor is None
    layer = session.workspace.document.active_layer
    assert layer is not None
    return layer


def test_words_are_typed_and_become_a_layer_in_one_step(session: Session) -> None:
    workspace = session.workspace
    workspace.tool_settings.color = RGB(200, 10, 10)
    before, steps = state_of(workspace.document), workspace.history.position
    layer = type_words(session, "Bread and wine")
    assert layer.text is not None
    assert layer.text.text == layer.properties.name == "Bread and wine"
    assert layer.text.color == (200, 10, 10)
    bounds = layer.surface.bounds()
    assert abs(bounds.x - 100) < 8
    assert 150 < bounds.y < 180 < bounds.bottom < 230
    assert workspace.history.position == steps + 1
    assert workspace.history.undo_label == "Text"
    workspace.undo()
    assert state_of(workspace.document) == before


def test_letters_are_no_shortcuts_and_escape_leaves_no_trace(session: Session) -> None:
    workspace = session.workspace
    before = state_of(workspace.document)
    session.actions["tool_text"].trigger()
    click(session, 100, 200)
    QTest.keyClicks(editor(session), "bemw[")
    assert editor(session).words == "bemw["
    assert workspace.tool_settings.active_tool_id == "text"
    QTest.keyClick(editor(session), Qt.Key.Key_Escape)
    assert session.commands.texts.editor is None
    assert state_of(workspace.document) == before
    assert session.canvas.hasFocus() or not session.window.isActiveWindow()


def test_a_click_on_words_edits_them_and_one_beside_keeps_them(session: Session) -> None:
    layer = type_words(session, "Bread")
    before = layer.surface.bounds()
    click(session, before.center.x, before.center.y)
    assert editor(session).words == "Bread"
    QTest.keyClick(editor(session), Qt.Key.Key_End)
    QTest.keyClicks(editor(session), " and wine")
    click(session, 300, 450)
    assert session.commands.texts.editor is None
    assert layer.text is not None
    assert layer.text.text == "Bread and wine"
    assert layer.surface.bounds().width > 2 * before.width
    assert session.workspace.history.undo_label == "Edit text"
    assert len(session.workspace.document.layers) == 2
    session.workspace.undo()
    assert layer.surface.bounds() == before


def test_what_is_edited_is_not_seen_twice(session: Session) -> None:
    session.workspace.tool_settings.color = RGB(0, 0, 0)
    layer = type_words(session, "Bread", x=60, y=300)
    clean = session.workspace.document.canvas
    bounds = layer.surface.bounds()
    shown = screen(session.canvas)
    click(session, bounds.center.x, bounds.center.y)
    editor(session).hide()
    hidden = screen(session.canvas)
    assert (shown != hidden).any()
    editor(session).show()
    QTest.keyClick(editor(session), Qt.Key.Key_Escape)
    QTest.mouseMove(session.canvas, at(session.canvas, (clean.right - 5, 20)))
    assert np.abs(screen(session.canvas).astype(int) - shown).mean() < 1


def test_the_bar_sets_the_words_while_they_are_typed(session: Session) -> None:
    session.actions["tool_text"].trigger()
    click(session, 100, 200)
    settings = session.workspace.tool_settings
    QTest.keyClicks(editor(session), "wide")
    narrow = editor(session).width()
    settings.set_option("text", "size", 120)
    settings.set_option("text", "bold", True)
    assert editor(session).width() > 2 * narrow
    session.actions["tool_brush"].trigger()
    layer = session.workspace.document.active_layer
    assert layer is not None
    assert layer.text is not None
    assert (layer.text.size_px, layer.text.is_bold) == (120, True)


def test_words_take_no_paint_can_be_moved_and_made_pixels(session: Session) -> None:
    layer = type_words(session, "Bread")
    workspace = session.workspace
    bounds = layer.surface.bounds()
    session.actions["tool_brush"].trigger()
    drag(session.canvas, [(50, 50), (90, 90)])
    assert workspace.history.undo_label == "Text"
    session.actions["tool_move"].trigger()
    drag(session.canvas, [(110, 180), (150, 230)], modifiers=Qt.KeyboardModifier.ControlModifier)
    assert layer.text is not None
    moved = layer.surface.bounds()
    assert moved.size == bounds.size
    assert layer.text.position.x - 100 == moved.x - bounds.x
    assert session.actions["text_rasterize"].isEnabled()
    session.actions["text_rasterize"].trigger()
    assert layer.text is None
    session.actions["tool_brush"].trigger()
    drag(session.canvas, [(50, 50), (90, 90)])
    assert workspace.history.undo_label != "Rasterize text"
    workspace.undo()
    workspace.undo()
    assert layer.text is not None


def test_deleting_every_letter_deletes_the_layer(session: Session) -> None:
    layer = type_words(session, "Bread")
    bounds = layer.surface.bounds()
    click(session, bounds.center.x, bounds.center.y)
    QTest.keyClick(editor(session), Qt.Key.Key_Delete)
    assert editor(session).words == ""
    QTest.keyClick(editor(session), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(session.workspace.document.layers) == 1


def test_a_missing_font_is_told_of_and_keeps_its_pixels(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    layer = type_words(session, "Bread")
    assert layer.text is not None
    layer.text = replace(layer.text, family="No Such Font At All")
    pixels = layer.surface.read(session.workspace.document.canvas)
    path = tmp_path / "words.ora"
    saved: list[bool] = []
    session.workspace.files.save(path, done=saved.append)
    qtbot.waitUntil(lambda: bool(saved))
    told: list[str] = []
    session.workspace.notices.subscribe(lambda notice: told.append(notice.message))
    session.workspace.files.open(path)
    qtbot.waitUntil(lambda: any("No Such Font" in text for text in told))
    found = session.workspace.document.layers[-1]
    assert found.text == layer.text
    assert (found.surface.read(session.workspace.document.canvas) == pixels).all()
    bounds = found.surface.bounds()
    session.actions["tool_text"].trigger()
    click(session, bounds.center.x, bounds.center.y)
    QTest.keyClick(editor(session), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert (found.surface.read(session.workspace.document.canvas) == pixels).all()
    assert session.workspace.history.is_clean


@pytest.mark.parametrize("alignment", ["left", "center", "right"])
def test_lines_stand_even_where_they_should(session: Session, alignment: str) -> None:
    text = Text(text="mmmmmm\nm", family="Sans", position=Point(500, 100), alignment=alignment)  # type: ignore[arg-type]
    rect, pixels = draw_text(text)
    alpha = pixels[..., 3]
    columns = [
        np.flatnonzero(alpha[rows].any(axis=0)) + rect.x for rows in np.array_split(np.arange(len(alpha)), 2)
    ]
    middle = [float(found[0] + found[-1]) / 2 for found in columns]
    if alignment == "left":
        assert abs(columns[0][0] - columns[1][0]) <= 1
        assert 500 <= columns[0][0] < 510
    elif alignment == "right":
        assert abs(columns[0][-1] - columns[1][-1]) <= 1
    else:
        assert abs(middle[0] - middle[1]) <= 1
        assert abs(middle[0] - 500) <= 2
    assert ((alpha > 0) & (alpha < 255)).any(), "soft edges"
    assert (pixels[..., :3] <= pixels[..., 3:]).all()


def test_spacing_moves_lines_and_letters_apart(session: Session) -> None:
    plain = Text(text="ab\nab", family="Sans", position=Point(0, 0))

    def size(text: Text) -> Rect:
        rect, pixels = draw_text(text)
        rows, columns = np.flatnonzero(pixels[..., 3].any(1)), np.flatnonzero(pixels[..., 3].any(0))
        return Rect(rect.x, rect.y, int(columns[-1] - columns[0]), int(rows[-1] - rows[0]))

    normal = size(plain)
    assert size(replace(plain, line_spacing=200)).height > normal.height + 30
    assert abs(size(replace(plain, letter_spacing_px=20)).width - normal.width - 20) <= 1
