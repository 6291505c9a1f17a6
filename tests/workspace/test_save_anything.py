"""Whatever an artist has made of the layers, a saved project brings it back bit for bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.document.composite import flatten
from studio.project import archive
from studio.project.snapshot import build_document, capture
from tests.document.pictures import state_of
from tests.workspace.test_undo_everything import Artist


@pytest.mark.parametrize("seed", range(6))
def test_any_tree_survives_saving_and_opening(seed: int, tmp_path: Path) -> None:
    artist = Artist(seed)
    for _ in range(150):
        artist.act()
    document, path = artist.document, tmp_path / "project.ora"
    archive.write(capture(document, document_id="any", frame=document.canvas, settings={}), path)
    loaded = archive.read(path)
    assert not loaded.is_damaged
    again = build_document(loaded.project)
    assert state_of(again) == state_of(document)
    folded = [layer.is_collapsed for layer in document.layers]
    assert [layer.is_collapsed for layer in again.layers] == folded
    assert np.array_equal(flatten(again, again.canvas), flatten(document, document.canvas))
