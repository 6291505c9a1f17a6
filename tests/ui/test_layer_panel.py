"""The layers panel with a tree in it: rows, folding, dragging into groups, masks, locks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from pytestqt.qtbot import QtBot

from studio.document.stack import Place
from studio.ui.panels.layer_delegate import RowParts, row_parts
from studio.ui.panels.layer_list import LayerList
from studio.ui.panels.layer_model import PART_ROLE, ROW_ROLE, LayerModel
from studio.ui.panels.layers import PASS_THROUGH, LayersPanel, blend_choices
from studio.ui.session import Session
from tests.ui.test_panels import names


@pytest.fixture
def panel(session: Session) -> LayersPanel:
    """From the top: Layer 4, Group 1(Layer 3, Layer 2), Layer 1."""
    layers = session.workspace.layers
    layers.add_group()
    layers.add()
    layers.add()
    group_id = session.workspace.document.layers.roots[-1].id
    layers.select(group_id)
    layers.fold(group_id, True)
    layers.add()
    layers.fold(group_id, False)
    assert names(session) == ["Layer 4", "Group 1", "Layer 3", "Layer 2", "Layer 1"]
    return session.bench.layers


def model_of(panel: LayersPanel) -> LayerModel:
    model = panel.list.model()
    assert isinstance(model, LayerModel)
    return model


def parts(view: LayerList, row: int) -> RowParts:
    index = view.model().index(row, 0)
    return row_parts(view.visualRect(index), index.data(ROW_ROLE))


def click(qtbot: QtBot, view: LayerList, spot: QPoint, keys: Qt.KeyboardModifier | None = None) -> None:
    modifier = Qt.KeyboardModifier.NoModifier if keys is None else keys
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, spot)


def id_of(session: Session, name: str) -> str:
    return next(layer.id for layer in session.workspace.document.layers if layer.properties.name == name)


def test_a_group_folds_and_the_active_layer_inside_hands_over_to_it(
    qtbot: QtBot, session: Session, panel: LayersPanel
) -> None:
    session.workspace.select_layer(id_of(session, "Layer 2"))
    click(qtbot, panel.list, parts(panel.list, 1).fold.center())
    assert names(session) == ["Layer 4", "Group 1", "Layer 1"]
    assert session.workspace.document.active_layer_id == id_of(session, "Group 1")
    qtbot.keyClick(panel.list, Qt.Key.Key_Right)
    assert names(session) == ["Layer 4", "Group 1", "Layer 3", "Layer 2", "Layer 1"]
    qtbot.keyClick(panel.list, Qt.Key.Key_Left)
    session.workspace.select_layer(id_of(session, "Layer 3"))
    assert len(names(session)) == 5, "what is active is never out of sight"


@pytest.mark.parametrize(
    ("row", "depth", "inside", "position"),
    [
        (0, 0, False, 3),
        (1, 0, False, 2),
        (2, 0, True, 2),
        (3, 5, True, 1),
        (4, 1, True, 0),
        (4, 0, False, 1),
        (5, 0, False, 0),
    ],
)
def test_a_gap_means_a_place(
    session: Session, panel: LayersPanel, row: int, depth: int, inside: bool, position: int
) -> None:
    group_id = id_of(session, "Group 1")
    assert model_of(panel).place_at(row, depth) == Place(position, group_id if inside else None)


def test_several_are_dragged_into_a_group_and_out_as_one_step(session: Session, panel: LayersPanel) -> None:
    model = model_of(panel)
    data = model.mimeData([model.index(0), model.index(4)])
    model.dropMimeData(data, Qt.DropAction.MoveAction, -1, 0, model.index(1))
    assert names(session) == ["Group 1", "Layer 4", "Layer 1", "Layer 3", "Layer 2"]
    assert session.workspace.undo() is None
    assert names(session) == ["Layer 4", "Group 1", "Layer 3", "Layer 2", "Layer 1"]
    data = model.mimeData([model.index(1)])
    model.dropMimeData(data, Qt.DropAction.MoveAction, 3, 0, QModelIndex())
    assert names(session) == ["Layer 4", "Group 1", "Layer 3", "Layer 2", "Layer 1"], (
        "no group lies in itself"
    )


def test_the_eye_with_alt_shows_one_layer_alone_and_all_again(
    qtbot: QtBot, session: Session, panel: LayersPanel
) -> None:
    layers = session.workspace.document.layers
    session.workspace.set_layer(id_of(session, "Layer 1"), is_visible=False)
    before = {layer.id: layer.properties.is_visible for layer in layers}
    spot = parts(panel.list, 3).eye.center()
    click(qtbot, panel.list, spot, Qt.KeyboardModifier.AltModifier)
    assert [layer.properties.name for layer in layers if layers.is_shown(layer.id)] == ["Layer 2", "Group 1"]
    click(qtbot, panel.list, spot, Qt.KeyboardModifier.AltModifier)
    assert {layer.id: layer.properties.is_visible for layer in layers} == before
    session.workspace.undo()
    session.workspace.undo()
    assert {layer.id: layer.properties.is_visible for layer in layers} == before


def test_the_thumbnails_choose_what_the_brush_meets(
    qtbot: QtBot, session: Session, panel: LayersPanel
) -> None:
    document, view = session.workspace.document, panel.list
    session.actions["layer_mask_add"].trigger()
    index = view.model().index(0, 0)
    click(qtbot, view, parts(view, 0).mask.center())
    assert document.active_target is not None
    assert document.active_target.kind == "mask"
    assert index.data(PART_ROLE) == "mask"
    click(qtbot, view, parts(view, 0).thumbnail.center())
    assert document.active_target.kind == "pixels"
    click(qtbot, view, parts(view, 0).mask.center(), Qt.KeyboardModifier.ShiftModifier)
    assert document.active_layer is not None
    assert not document.active_layer.properties.is_mask_enabled
    click(qtbot, view, parts(view, 0).mask.center(), Qt.KeyboardModifier.AltModifier)
    assert document.shows_mask
    session.workspace.select_layer(id_of(session, "Layer 1"))
    assert not document.shows_mask


def test_locks_say_what_is_so_and_undo(qtbot: QtBot, session: Session, panel: LayersPanel) -> None:
    action = session.actions["layer_lock_alpha"]
    action.trigger()
    layer = session.workspace.document.active_layer
    assert layer is not None
    assert layer.properties.is_alpha_locked
    session.workspace.undo()
    qtbot.waitUntil(lambda: not action.isChecked())


def test_a_group_passes_through_or_has_a_mode(session: Session, panel: LayersPanel) -> None:
    group_id = id_of(session, "Group 1")
    group = session.workspace.document.layers.layer(group_id)
    session.workspace.select_layer(group_id)
    panel.blend.chosen.emit(PASS_THROUGH)
    assert not group.properties.is_isolated
    assert panel.blend.currentText() == "Pass Through"
    panel.blend.chosen.emit("screen")
    assert (group.properties.is_isolated, group.properties.blend_mode) == (True, "screen")
    assert PASS_THROUGH not in {choice.identifier for choice in blend_choices(is_group=False)}


def test_chosen_layers_are_grouped_and_deleted_together(session: Session, panel: LayersPanel) -> None:
    view = panel.list
    selection = view.selectionModel()
    view.setCurrentIndex(view.model().index(0, 0))
    selection.select(view.model().index(4, 0), selection.SelectionFlag.Select)
    session.actions["layer_group"].trigger()
    assert names(session) == ["Group 2", "Layer 4", "Layer 1", "Group 1", "Layer 3", "Layer 2"]
    session.actions["layer_ungroup"].trigger()
    assert names(session) == ["Layer 4", "Layer 1", "Group 1", "Layer 3", "Layer 2"]
