"""A layer that is no longer what it was made from is marked in the panel."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.core.geometry import Rect
from studio.document.changes import Target
from studio.ui.panels.layer_model import IS_STALE_ROLE, STALE_TIP
from studio.ui.session import Session
from tests.fakes.link import FakeLink


def paint(session: Session, layer_id: str, color: tuple[int, int, int]) -> None:
    target = Target.pixels(layer_id)
    with session.workspace.history.transaction("Paint") as transaction:
        for key in ((0, 0), (1, 0), (0, 1), (1, 1)):
            transaction.edit_tile(target, key)[:] = (*color, 255)
        transaction.touch(target, Rect(0, 0, 512, 512))


def test_the_mark_comes_when_the_picture_below_changes_and_goes_when_it_is_baked(
    session: Session, link: FakeLink, qtbot: QtBot
) -> None:
    workspace = session.workspace
    base = workspace.document.active_layer_id
    assert base is not None
    paint(session, base, (40, 120, 60))
    workspace.set_mask(Rect(100, 100, 80, 80), np.full((80, 80), 255, np.uint8), label="Mask")
    workspace.generate()
    qtbot.waitUntil(lambda: bool(link.submitted))
    link.run()
    qtbot.waitUntil(lambda: workspace.results.current is not None)
    layer_id = workspace.accept()
    assert layer_id is not None
    workspace.clear_mask()
    model = session.bench.layers._model
    row = model.row_of(layer_id)
    assert row is not None

    def is_marked() -> bool:
        return bool(model.index(row).data(IS_STALE_ROLE))

    assert not is_marked()
    assert not session.actions["layer_bake_all"].isEnabled()
    paint(session, base, (200, 60, 60))
    qtbot.waitUntil(is_marked)
    assert STALE_TIP in model.index(row).data(Qt.ItemDataRole.ToolTipRole)
    qtbot.waitUntil(session.actions["layer_bake_all"].isEnabled)
    submitted = len(link.submitted)
    session.actions["layer_bake_all"].trigger()
    qtbot.waitUntil(lambda: len(link.submitted) == submitted + 1)
    link.run()
    qtbot.waitUntil(lambda: not is_marked())
