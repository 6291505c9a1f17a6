from __future__ import annotations

from studio.core.geometry import Rect
from studio.document.copying import copy_document
from studio.document.document import Document
from studio.document.edits import AddLayer, SetLayerMask, fill_selection
from tests.document.pictures import noise_layer, state_of


def test_a_copy_is_equal_shares_tiles_and_does_not_follow() -> None:
    document = Document(Rect(-10, 0, 300, 200))
    AddLayer(noise_layer(1, Rect(0, 0, 40, 30)), 0).apply(document)
    fill_selection(document).apply(document)
    SetLayerMask(document.layers[0].id, document.selection.snapshot()).apply(document)
    before = state_of(document)
    copy = copy_document(document)
    assert state_of(copy) == before
    assert copy.layers[0].surface.tile((0, 0)) is document.layers[0].surface.tile((0, 0))
    document.layers[0].surface.edit_tile((0, 0))[:] = 0
    document.selection.edit_tile((0, 0))[:] = 0
    assert state_of(copy) == before
