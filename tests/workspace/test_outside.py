"""Every accept is checked: a result that changes a pixel outside its mask does not stay."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from studio.core.geometry import Rect, Size
from studio.document.changes import Target
from studio.document.composite import flatten
from studio.document.edits import SwapTiles
from studio.generation.request import Recipe
from studio.jobs.queue import JobQueue
from studio.workspace.background import Inline
from studio.workspace.layers import LayerVerbs
from studio.workspace.notice import Notice
from studio.workspace.results import Candidate
from studio.workspace.workspace import Workspace
from tests.fakes.link import FakeLink


def open_workspace() -> tuple[Workspace, list[Notice]]:
    workspace = Workspace(queue=JobQueue(FakeLink()), background=Inline(), canvas=Size(300, 300))
    rng = np.random.default_rng(0)
    photo = rng.integers(0, 256, (300, 300, 4), np.uint8)
    photo[..., 3] = 255
    workspace.layers.add_image("Photo", photo, (0, 0), label="Open")
    notices: list[Notice] = []
    workspace.notices.subscribe(notices.append)
    return workspace, notices


def candidate() -> Candidate:
    rect = Rect(70, 90, 100, 80)
    mask = np.zeros((80, 100), np.uint8)
    cv2.circle(mask, (50, 40), 30, 200, -1)
    return Candidate(
        id="c", recipe=Recipe(model="m"), rect=rect, rgb=np.full((80, 100, 3), 90, np.uint8), mask=mask
    )


def test_a_sound_accept_stays_and_says_nothing() -> None:
    workspace, notices = open_workspace()
    workspace.results.add(candidate())
    assert workspace.accept() is not None
    assert notices == []
    assert workspace.history.undo_label == "Accept result"


def test_an_accept_that_spills_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, notices = open_workspace()
    before = flatten(workspace.document, workspace.document.canvas)
    accept = LayerVerbs.accept

    def spill(self: LayerVerbs, made: Candidate) -> str:
        layer_id = accept(self, made)
        layer = workspace.document.layers.layer(layer_id)
        assert layer.mask is not None
        tile = layer.mask.tile((0, 0))
        pixels = layer.surface.tile((0, 0))
        assert tile is not None
        assert pixels is not None
        wider, painted = tile.copy(), pixels.copy()
        wider[5, 5], painted[5, 5] = 255, (1, 2, 3, 255)
        SwapTiles(Target.mask(layer_id), {(0, 0): wider}).apply(workspace.document)
        SwapTiles(Target.pixels(layer_id), {(0, 0): painted}).apply(workspace.document)
        return layer_id

    monkeypatch.setattr(LayerVerbs, "accept", spill)
    workspace.results.add(candidate())
    workspace.accept()
    assert notices
    assert notices[-1].is_error
    assert np.array_equal(flatten(workspace.document, workspace.document.canvas), before)
