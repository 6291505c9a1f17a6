"""Every brush for paint also paints the mask and takes it away."""

from __future__ import annotations

import numpy as np
import pytest

from studio.brushes.preset import Preset, shipped_presets
from tests.tools.studio_of_one import CANVAS, Studio, at, studio

PAINTS = [preset for preset in shipped_presets() if preset.tool_id == "brush"]


def mask(world: Studio) -> np.ndarray:
    return world.document.selection.read(CANVAS).astype(float)


@pytest.mark.parametrize("preset", PAINTS, ids=lambda preset: preset.id)
def test_it_paints_the_mask_and_nothing_else(preset: Preset) -> None:
    world = studio()
    world.settings.set_brush("mask_brush", preset.brush)
    world.settings.set_brush("mask_eraser", preset.brush)
    layers = [layer.surface.snapshot() for layer in world.document.layers]
    painted = []
    for tool_id in ("mask_brush", "mask_eraser"):
        tool = world.tool(tool_id)
        tool.press(at(100, 100, time_s=0.0))
        tool.move([at(100 + step * 4, 100 + step * 2, time_s=step * 0.01) for step in range(1, 60)])
        tool.release(at(340, 220, time_s=0.7))
        painted.append(mask(world))
    assert painted[0].sum() > 20 * 255
    assert painted[1].sum() < 0.9 * painted[0].sum()
    assert [layer.surface.snapshot() for layer in world.document.layers] == layers
    assert world.history.position == 2
