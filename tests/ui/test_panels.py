"""Panels show what the workspace says and say to the workspace what the artist does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.core.geometry import Rect
from studio.generation.request import Recipe
from studio.ui.panels.generate import GeneratePanel
from studio.ui.panels.layer_delegate import eye_rect
from studio.ui.panels.layer_model import IS_GENERATED_ROLE
from studio.ui.panels.layer_thumbnails import layer_thumbnail
from studio.ui.session import Session
from tests.fakes.link import FakeLink, make_catalog


def generate_panel(session: Session) -> GeneratePanel:
    panel = session.bench.sidebar.panels["generate"]
    assert isinstance(panel, GeneratePanel)
    return panel


# Settings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spin", "field", "shown", "value"),
    [
        ("steps", "steps", 31, 31),
        ("guidance", "guidance_scale", 6.5, 6.5),
        ("strength", "strength", 45, 0.45),
        ("batch", "batch_count", 4, 4),
        ("grow", "mask_grow_px", 20, 20),
        ("feather", "mask_feather_px", 30, 30),
    ],
)
def test_numbers_are_bound_both_ways(
    session: Session, spin: str, field: str, shown: float, value: float
) -> None:
    widget = getattr(generate_panel(session), spin)
    settings = session.workspace.settings
    widget.setValue(shown)
    assert getattr(settings.values, field) == pytest.approx(value)
    other = value * 2 if isinstance(value, float) else value + 1
    settings.set(**{field: other})
    assert widget.value() == pytest.approx(other * (100 if field == "strength" else 1))


def test_texts_are_bound_both_ways(session: Session) -> None:
    panel, settings = session.bench.prompt, session.workspace.settings
    panel.prompt.setPlainText("a lake\nwith <b>boats</b>")
    assert settings.values.prompt == "a lake\nwith <b>boats</b>"
    settings.set(prompt="a hill", negative_prompt="rain")
    assert panel.prompt.toPlainText() == "a hill"
    assert panel.negative.toPlainText() == "rain"


def test_a_typed_seed_is_kept_and_nonsense_is_not(qtbot: QtBot, session: Session) -> None:
    seed, settings = generate_panel(session).seed, session.workspace.settings
    seed.setText("12345")
    seed.editingFinished.emit()
    assert settings.values.seed == 12345
    assert not settings.values.is_seed_random
    assert session.actions["seed_lock"].isChecked()
    for text in ("", "abc", "-3", "٣"):
        seed.setText(text)
        seed.editingFinished.emit()
        assert settings.values.seed == 12345
        assert seed.text() == "12345"
    session.actions["seed_lock"].trigger()
    assert settings.values.is_seed_random
    session.actions["seed_random"].trigger()
    assert seed.text() == str(settings.values.seed)


def test_what_does_not_fit_the_model_is_greyed_with_the_reason(qtbot: QtBot, session: Session) -> None:
    session.workspace.settings.set(model="/models/other")
    box = generate_panel(session).sampler
    qtbot.waitUntil(lambda: any(choice.refusal for choice in box.choices))
    row = next(row for row, choice in enumerate(box.choices) if choice.identifier == "dpm2")
    index = box.model().index(row, 0)
    assert not index.flags() & Qt.ItemFlag.ItemIsEnabled
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "DPM2 does not suit this model."


def test_choosing_a_sampler_brings_a_schedule_it_can_follow(session: Session) -> None:
    settings = session.workspace.settings
    settings.set(sampler="euler", schedule="karras")
    generate_panel(session).sampler.chosen.emit("euler_a")
    assert (settings.values.sampler, settings.values.schedule) == ("euler_a", "automatic")


def test_choosing_a_model_brings_its_defaults(session: Session, link: FakeLink, qtbot: QtBot) -> None:
    catalog = make_catalog()
    other = replace(catalog.models[1], steps=8, guidance_scale=1.5, sampler="euler")
    link.say_hello(replace(catalog, models=(catalog.models[0], other)))
    panel = generate_panel(session)
    qtbot.waitUntil(lambda: session.queue.catalog is not None and session.queue.catalog.models[1].steps == 8)
    qtbot.wait(20)
    panel.model.chosen.emit(other.identifier)
    values = session.workspace.settings.values
    assert (values.model, values.steps, values.guidance_scale, values.sampler) == (
        other.identifier,
        8,
        1.5,
        "euler",
    )


def test_a_model_that_is_gone_stays_shown(qtbot: QtBot, session: Session) -> None:
    session.workspace.settings.set(model="/gone")
    box = generate_panel(session).model
    qtbot.waitUntil(lambda: box.currentText() == "/gone")
    assert session.workspace.settings.values.model == "/gone"


def test_the_frame_is_bound_both_ways(session: Session) -> None:
    panel, workspace = generate_panel(session), session.workspace
    panel.width_px.setValue(320)
    assert workspace.frame.width == 320
    workspace.set_frame(Rect(-64, 0, 256, 192))
    assert (panel.width_px.value(), panel.height_px.value()) == (256, 192)
    session.actions["frame_to_canvas"].trigger()
    assert workspace.frame == workspace.document.canvas


def test_the_negative_prompt_is_greyed_where_it_has_no_effect(session: Session) -> None:
    session.workspace.settings.set(guidance_scale=1.0)
    negative = session.bench.prompt.negative
    assert not negative.isEnabled()
    assert "guidance" in negative.toolTip()
    session.workspace.settings.set(guidance_scale=5.0)
    assert negative.isEnabled()


def test_the_vocabulary_adds_words_and_examples(qtbot: QtBot, session: Session) -> None:
    session.actions["vocabulary"].trigger()
    popover = next(w for w in QApplication.topLevelWidgets() if w.isVisible() and w is not session.window)
    buttons = {button.text(): button for button in popover.findChildren(QPushButton)}
    buttons["lake"].click()
    buttons["night"].click()
    assert session.workspace.settings.values.prompt == "lake, night"
    buttons["a meadow at sunset"].click()
    assert session.workspace.settings.values.prompt == "a meadow at sunset"
    assert not popover.isVisible()


# Layers -------------------------------------------------------------------------------------------------------


def names(session: Session) -> list[str]:
    """From the top, as the panel shows them."""
    model = session.bench.layers.list.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_layers_are_added_moved_duplicated_and_deleted(session: Session) -> None:
    for action_id in ("layer_add", "layer_duplicate"):
        session.actions[action_id].trigger()
    assert names(session) == ["Layer 2 copy", "Layer 2", "Layer 1"]
    session.actions["layer_down"].trigger()
    assert names(session) == ["Layer 2", "Layer 2 copy", "Layer 1"]
    session.actions["layer_delete"].trigger()
    assert names(session) == ["Layer 2", "Layer 1"]
    for _ in range(4):
        session.workspace.undo()
    assert names(session) == ["Layer 1"]
    assert not session.actions["layer_delete"].isEnabled()


def test_a_layer_is_dragged_to_another_place(session: Session) -> None:
    session.actions["layer_add"].trigger()
    session.actions["layer_add"].trigger()
    model = session.bench.layers.list.model()
    data = model.mimeData([model.index(0, 0)])
    model.dropMimeData(data, Qt.DropAction.MoveAction, 3, 0, QModelIndex())
    assert names(session) == ["Layer 2", "Layer 1", "Layer 3"]
    data = model.mimeData([model.index(2, 0)])
    model.dropMimeData(data, Qt.DropAction.MoveAction, 0, 0, QModelIndex())
    assert names(session) == ["Layer 3", "Layer 2", "Layer 1"]


def test_the_eye_hides_and_space_shows_again(qtbot: QtBot, session: Session) -> None:
    view = session.bench.layers.list
    row = view.visualRect(view.model().index(0, 0))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=eye_rect(row).center())
    layer = session.workspace.document.layers[0]
    assert not layer.properties.is_visible
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert layer.properties.is_visible


def test_a_double_click_renames(qtbot: QtBot, session: Session) -> None:
    view = session.bench.layers.list
    row = view.visualRect(view.model().index(0, 0))
    spot = QPoint(row.right() - 40, row.center().y())
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    editor = next(child for child in view.findChildren(QLineEdit) if child.isVisible())
    editor.setText("Sky")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(session) == ["Sky"])
    session.workspace.undo()
    assert names(session) == ["Layer 1"]


def test_opacity_and_blending_go_to_the_active_layer(session: Session) -> None:
    session.actions["layer_add"].trigger()
    panel = session.bench.layers
    for per_cent in (90, 70, 40):
        panel.opacity.setValue(per_cent)
    panel.blend.chosen.emit("multiply")
    top, bottom = session.workspace.document.layers[1], session.workspace.document.layers[0]
    assert (top.properties.opacity, top.properties.blend_mode) == (0.4, "multiply")
    assert bottom.properties.opacity == 1.0
    session.workspace.undo()
    session.workspace.undo()
    assert top.properties.opacity == 1.0
    panel.list.setCurrentIndex(panel.list.model().index(1, 0))
    assert session.workspace.document.active_layer_id == bottom.id
    assert panel.opacity.value() == 100


def test_a_generated_layer_has_a_badge_and_gives_its_recipe_back(
    qtbot: QtBot, session: Session, link: FakeLink
) -> None:
    workspace = session.workspace
    workspace.settings.set(prompt="a castle", seed=77, is_seed_random=False, steps=9)
    workspace.generate()
    qtbot.waitUntil(lambda: len(link.submitted) == 1)
    link.run()
    qtbot.waitUntil(lambda: workspace.results.current is not None)
    workspace.accept()
    model = session.bench.layers.list.model()
    assert model.index(0, 0).data(IS_GENERATED_ROLE)
    workspace.settings.set(prompt="", seed=1, is_seed_random=True, steps=30)
    assert session.actions["layer_recipe"].isEnabled()
    session.actions["layer_recipe"].trigger()
    values = workspace.settings.values
    assert (values.prompt, values.seed, values.steps, values.is_seed_random) == ("a castle", 77, 9, False)


def test_a_thumbnail_shows_the_canvas_wherever_it_lies(session: Session) -> None:
    pixels = np.zeros((300, 500, 4), np.uint8)
    pixels[:, :250] = (255, 0, 0, 255)
    session.workspace.files.place_pixels("two halves", pixels)
    layer = session.workspace.document.layers[0]
    small = layer_thumbnail(layer, Rect(0, 0, 500, 300), 64)
    assert small.shape[1] <= 64
    assert tuple(small[10, 2]) == (255, 0, 0, 255)
    assert small[10, -2, 3] == 0
    moved = layer_thumbnail(layer, Rect(-500, 0, 1000, 300), 64)
    assert moved[2, 2, 3] == 0
    assert moved[2, 40, 3] == 255


# Tools --------------------------------------------------------------------------------------------------------


def test_tool_options_follow_the_tool(session: Session) -> None:
    options, settings = session.bench.options, session.workspace.tool_settings
    options.size_px.setValue(90)
    assert settings.size_px == 90
    session.actions["tool_brush"].trigger()
    assert options.size_px.value() == round(settings.size_px)
    assert not options.color.isHidden()
    session.actions["tool_frame"].trigger()
    assert options.size_px.isHidden()
    session.actions["tool_mask_brush"].trigger()
    assert options.size_px.value() == 90
    settings.color = (10, 200, 30)
    assert "#0ac81e" in options.color.toolTip()


def test_the_active_tool_stays_checked_when_chosen_again(session: Session) -> None:
    session.actions["tool_brush"].trigger()
    session.actions["tool_brush"].trigger()
    assert session.actions["tool_brush"].isChecked()
    assert not session.actions["tool_mask_brush"].isChecked()


def test_brush_keys(session: Session) -> None:
    settings = session.workspace.tool_settings
    before = settings.size_px
    session.actions["brush_larger"].trigger()
    assert settings.size_px > before
    settings.size_px = 1
    session.actions["brush_smaller"].trigger()
    assert settings.size_px == 1
    session.actions["brush_larger"].trigger()
    assert settings.size_px >= 2
    settings.hardness = 0.05
    session.actions["brush_softer"].trigger()
    assert settings.hardness == 0


# Window -------------------------------------------------------------------------------------------------------


def test_panels_hide_and_come_back(session: Session) -> None:
    bench = session.bench
    session.actions["panel_layers"].trigger()
    assert "layers" in bench.sidebar.hidden_ids
    session.actions["hide_panels"].trigger()
    hidden: list[QWidget] = [bench.tools, bench.options, bench.prompt, bench.sidebar]
    assert all(widget.isHidden() for widget in hidden)
    session.actions["hide_panels"].trigger()
    assert not any(widget.isHidden() for widget in hidden)
    assert "layers" in bench.sidebar.hidden_ids


def test_the_theme_changes_at_once(session: Session) -> None:
    session.actions["theme"].trigger()
    assert session.settings.text("theme") == "light"
    assert session.actions["theme"].isChecked()
    assert session.icons.theme.identifier == "light"
    session.actions["theme"].trigger()
    assert session.settings.text("theme") == "dark"


def test_a_recipe_in_a_picture_is_offered_never_obeyed(session: Session) -> None:
    from studio.project.metadata import find_recipe, texts_of

    recipe = Recipe(model="starter", prompt="a hidden lake", seed=5, steps=7)
    found = find_recipe(texts_of(recipe))
    assert found is not None
    before = session.workspace.settings.values
    session.workspace.recipe_found.emit(found)
    assert session.workspace.settings.values == before
    card = session.bench.notices.cards[0]
    assert "a hidden lake" in card.notice.message
    next(button for button in card.findChildren(QPushButton) if button.text() == "Use it").click()
    values = session.workspace.settings.values
    assert (values.prompt, values.seed, values.is_seed_random) == ("a hidden lake", 5, False)
