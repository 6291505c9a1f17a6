from __future__ import annotations

import numpy as np
import pytest

from studio.core.errors import DocumentError
from studio.core.geometry import Rect
from studio.document.selection import set_selection
from studio.document.shapes import ellipse, rectangle
from studio.tools.tracing import edge_paths, trace_edge
from tests.document.pictures import state_of
from tests.tools.studio_of_one import CANVAS, studio

CIRCLE = Rect(100, 80, 200, 200)


def test_the_brush_goes_all_around_and_the_mask_stays() -> None:
    world = studio()
    set_selection(world.document, ellipse(CIRCLE, clip=CANVAS)).apply(world.document)
    world.settings.active_tool_id = "brush"
    world.settings.size_px = 12
    before = state_of(world.document)
    edit = trace_edge(world.document, world.settings)
    assert state_of(world.document) == before, "on a copy"
    world.history.do(edit, "Stroke")
    alpha = world.layer.surface.read(CANVAS)[..., 3].astype(float)
    y, x = np.mgrid[0 : CANVAS.height, 0 : CANVAS.width] + 0.5
    distance = np.abs(np.hypot(x - 200, y - 180) - 100)
    assert (alpha[distance < 2] > 100).all(), "no gap"
    assert (alpha[distance > 9] == 0).all()
    world.history.undo()
    assert state_of(world.document) == before


def test_holes_and_islands_have_paths_of_their_own_and_specks_none() -> None:
    mask = np.zeros((60, 60), np.uint8)
    mask[5:30, 5:30] = 255
    mask[12:22, 12:22] = 0
    mask[40:50, 40:50] = 255
    mask[55, 55] = 255
    paths = edge_paths(mask, Rect(10, 20, 60, 60))
    assert len(paths) == 3
    for path in paths:
        assert path[0] == path[-1]
        assert all(10 < x < 70 and 20 < y < 80 for x, y in path)


def test_a_locked_layer_is_left_alone() -> None:
    world = studio()
    set_selection(world.document, rectangle(CIRCLE, clip=CANVAS)).apply(world.document)
    world.layer.properties = world.layer.properties.with_(is_locked=True)
    with pytest.raises(DocumentError):
        trace_edge(world.document, world.settings)
