"""A scene as a job: what the prompt names is drawn, layer by layer, each one shown."""

from __future__ import annotations

from collections.abc import Callable

import torch

from studio.engine.cancel import JobCancelled
from studio.engine.model import Listener
from studio.engine.scenes.render import LAYER_COUNT, render
from studio.generation.job_block import PREVIEW_DIVISOR
from studio.generation.request import GenerationRequest, UInt8Array
from studio.generation.scenes.composing import compose
from studio.generation.scenes.reading import read_prompt

EDITION = 2


def draw_scene(
    request: GenerationRequest, is_cancelled: Callable[[], bool], listener: Listener
) -> UInt8Array:
    """uint8 (height, width, 3) of the request's recipe, on the CPU. Raises JobCancelled between two layers."""
    recipe = request.recipe
    spec = compose(read_prompt(recipe.prompt), recipe.seed)
    listener.started(LAYER_COUNT)

    def watch(number: int, total: int, image: torch.Tensor) -> None:
        if is_cancelled():
            raise JobCancelled
        small = image[0, :, ::PREVIEW_DIVISOR, ::PREVIEW_DIVISOR] if request.previews else None
        listener.stepped(number, total, None if small is None else _pixels(small))

    image = render([spec], recipe.height, recipe.width, seed=recipe.seed, edition=EDITION, watch=watch)
    return _pixels(image[0])


def _pixels(image: torch.Tensor) -> UInt8Array:
    """(3, h, w) in 0..1 -> uint8 (h, w, 3)."""
    pixels: UInt8Array = (image.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).contiguous().numpy()
    return pixels
