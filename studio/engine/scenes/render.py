"""Paints a batch of scenes, back to front."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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

Watch = Callable[[int, int, torch.Tensor], None]


def _settle(stage: Stage) -> None:
    stage.image.clamp_(0, 1)


def _darken_corners(stage: Stage) -> None:
    off_center = (stage.x / stage.aspect - 0.5) ** 2 + (stage.y - 0.5) ** 2
    stage.image *= 1 - 0.18 * (off_center * 2) ** 1.5


LAYERS: tuple[Callable[[Stage], None], ...] = (
    paint_sky,
    paint_background,
    paint_ground,
    paint_trees_behind,
    paint_island,
    paint_house,
    paint_castle,
    paint_lighthouse,
    paint_balloon,
    paint_birds,
    # The water mirrors what stands above it, so everything nearer than its surface comes later.
    _settle,
    paint_water,
    paint_boat,
    paint_beach,
    paint_trees_in_front,
    paint_campfire,
    _settle,
    _darken_corners,
    apply_styles,
)


@torch.no_grad()
def render(
    specs: Sequence[SceneSpec],
    height: int,
    width: int = 0,
    *,
    device: torch.device | str = "cpu",
    seed: int = 0,
    watch: Watch | None = None,
) -> torch.Tensor:
    """(B, 3, height, width) in 0..1; square without `width`. The same call on the same device, the same picture.

    watch: called after each layer with its number from 1, the number of layers and the picture so far; what it raises
    ends the drawing.
    """
    stage = Stage(specs, height, width or height, device, seed)
    for number, paint in enumerate(LAYERS, start=1):
        paint(stage)
        if watch is not None:
            watch(number, len(LAYERS), stage.image)
    return stage.image
