"""Paints a batch of scenes, back to front."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from studio.engine.scenes.background import paint_background
from studio.engine.scenes.buildings import paint_castle, paint_house, paint_island, paint_lighthouse
from studio.engine.scenes.ground import paint_beach, paint_ground
from studio.engine.scenes.sky import paint_birds, paint_sky
from studio.engine.scenes.stage import Stage
from studio.engine.scenes.styles import apply_styles
from studio.engine.scenes.travellers import paint_balloon, paint_boat, paint_campfire
from studio.engine.scenes.trees import paint_trees_behind, paint_trees_in_front
from studio.engine.scenes.water import paint_water
from studio.generation.scenes.spec import SceneSpec


@torch.no_grad()
def render(
    specs: Sequence[SceneSpec],
    height: int,
    width: int = 0,
    *,
    device: torch.device | str = "cpu",
    seed: int = 0,
) -> torch.Tensor:
    """(B, 3, height, width) in 0..1; square without `width`. The same call on the same device, the same picture."""
    stage = Stage(specs, height, width or height, device, seed)
    paint_sky(stage)
    paint_background(stage)
    paint_ground(stage)
    paint_trees_behind(stage)
    paint_island(stage)
    paint_house(stage)
    paint_castle(stage)
    paint_lighthouse(stage)
    paint_balloon(stage)
    paint_birds(stage)
    # The water mirrors what stands above it, so everything nearer than its surface comes later.
    stage.image.clamp_(0, 1)
    paint_water(stage)
    paint_boat(stage)
    paint_beach(stage)
    paint_trees_in_front(stage)
    paint_campfire(stage)
    stage.image.clamp_(0, 1)
    off_center = (stage.x / stage.aspect - 0.5) ** 2 + (stage.y - 0.5) ** 2
    stage.image *= 1 - 0.18 * (off_center * 2) ** 1.5
    apply_styles(stage)
    return stage.image
