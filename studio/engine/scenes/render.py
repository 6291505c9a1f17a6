"""Paints a batch of scenes, back to front."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from studio.engine.scenes.background import paint_background
from studio.engine.scenes.buildings import paint_castle, paint_house, paint_island, paint_lighthouse
from studio.engine.scenes.countryside import (
    paint_barn,
    paint_church,
    paint_tower,
    paint_well,
    paint_windmill,
)
from studio.engine.scenes.features import (
    paint_bridge,
    paint_fence,
    paint_pier,
    paint_road,
    paint_shadow,
    paint_spray,
    paint_waterfall,
)
from studio.engine.scenes.ground import paint_beach, paint_ground
from studio.engine.scenes.outdoors import (
    paint_cactus,
    paint_rowboat,
    paint_snowman,
    paint_tent,
    paint_treehouse,
)
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
    paint_road,
    paint_trees_behind,
    paint_waterfall,
    paint_shadow,
    paint_island,
    paint_house,
    paint_castle,
    paint_lighthouse,
    paint_windmill,
    paint_barn,
    paint_church,
    paint_well,
    paint_tower,
    paint_tent,
    paint_snowman,
    paint_cactus,
    paint_treehouse,
    paint_bridge,
    paint_balloon,
    paint_birds,
    # The water mirrors what stands above it, so everything nearer than its surface comes later.
    _settle,
    paint_water,
    paint_spray,
    paint_boat,
    paint_rowboat,
    paint_beach,
    paint_pier,
    paint_trees_in_front,
    paint_campfire,
    paint_fence,
    _settle,
)
FINISH: tuple[Callable[[Stage], None], ...] = (_darken_corners, apply_styles)
LAYER_COUNT = len(LAYERS) + len(FINISH)
CLOSE = 1.7
"""How much larger a scene is drawn of which a part is then shown from close by."""


@torch.no_grad()
def render(
    specs: Sequence[SceneSpec],
    height: int,
    width: int = 0,
    *,
    device: torch.device | str = "cpu",
    seed: int = 0,
    edition: int = 1,
    watch: Watch | None = None,
) -> torch.Tensor:
    """(B, 3, height, width) in 0..1; square without `width`. The same call on the same device, the same picture.

    edition: 1 draws as the shipped model learnt it; 2 mends its blemishes (cut trees, coarse stars, filters that
    shrink in large pictures) and suits tall pictures.
    watch: called after each layer with its number from 1, the number of layers and the pictures so far; what it
    raises ends the drawing.
    """
    width = width or height
    is_close = [spec.view == "close" for spec in specs]
    if len(set(is_close)) < 2:
        return _render(specs, height, width, device, seed, edition, watch)
    images = torch.empty(len(specs), 3, height, width, device=device)
    for wanted in (False, True):
        places = [place for place, close in enumerate(is_close) if close is wanted]
        part = [specs[place] for place in places]
        images[places] = _render(part, height, width, device, seed, edition, watch)
    return images


def _render(
    specs: Sequence[SceneSpec],
    height: int,
    width: int,
    device: torch.device | str,
    seed: int,
    edition: int,
    watch: Watch | None,
) -> torch.Tensor:
    """All of them from close by, or none."""
    is_close = specs[0].view == "close"
    grown = CLOSE if is_close else 1.0
    stage = Stage(specs, round(height * grown), round(width * grown), device, seed, edition)

    def shown() -> torch.Tensor:
        if not is_close:
            return stage.image
        windows = [stage.close_window(row, height, width) for row in range(len(specs))]
        return torch.stack([stage.image[row, :, down, across] for row, (down, across) in enumerate(windows)])

    for number, paint in enumerate(LAYERS, start=1):
        paint(stage)
        if watch is not None:
            watch(number, LAYER_COUNT, shown())
    finished = stage
    if is_close:
        finished = Stage(specs, height, width, device, seed, edition)
        finished.image = shown()
    for number, paint in enumerate(FINISH, start=len(LAYERS) + 1):
        paint(finished)
        if watch is not None:
            watch(number, LAYER_COUNT, finished.image)
    return finished.image
