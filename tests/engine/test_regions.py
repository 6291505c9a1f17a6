"""A prompt per region, on real tiny components of both U-Net families."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from studio.engine.engine import Engine
from studio.engine.regions import regions_of
from studio.generation.events import Finished, Preview
from studio.generation.request import Fork, GenerationRequest, Recipe, RegionPrompt, UInt8Array

SIZE = 64


@pytest.fixture(scope="module")
def recipe(tiny_folder: Path) -> Recipe:
    return Recipe(
        model=str(tiny_folder),
        prompt="a red cat",
        steps=3,
        seed=4,
        width=SIZE,
        height=SIZE,
        guidance_scale=3.0,
    )


def draw(engine: Engine, recipe: Recipe, job_id: str = "j", **keywords: Any) -> tuple[UInt8Array, UInt8Array]:
    """The picture, and the preview after the first evaluation."""
    events: list[Any] = []
    engine.run(GenerationRequest(job_id=job_id, recipe=recipe, **keywords), bool, events.append)
    assert isinstance(events[-1], Finished), events[-1]
    first = next(event for event in events if isinstance(event, Preview))
    assert first.image is not None
    return events[-1].image, first.image


def right_half() -> UInt8Array:
    mask = np.zeros((SIZE, SIZE), np.uint8)
    mask[:, SIZE // 2 :] = 255
    return mask


@pytest.mark.parametrize("guidance_scale", [1.0, 3.0])
def test_a_region_changes_what_stands_there_first(
    engine: Engine, recipe: Recipe, guidance_scale: float
) -> None:
    recipe = replace(recipe, guidance_scale=guidance_scale)
    plain = draw(engine, recipe)[1].astype(int)
    told = replace(recipe, regions=(RegionPrompt(prompt="a blue house"),))
    off = np.abs(draw(engine, told, region_masks=(right_half(),))[1] - plain).max(axis=-1)
    assert off[:, : SIZE // 16 - 1].max() == 0
    assert off[:, SIZE // 16 + 1 :].max() > 0


def test_a_region_everywhere_with_all_the_weight_is_its_prompt(engine: Engine, recipe: Recipe) -> None:
    everywhere = np.full((SIZE, SIZE), 255, np.uint8)
    told = replace(recipe, regions=(RegionPrompt(prompt="a blue house"),))
    composed = draw(engine, told, region_masks=(everywhere,))[0]
    alone = draw(engine, replace(recipe, prompt="a blue house"))[0]
    # A batch of one and a batch of two round differently.
    assert np.abs(composed.astype(int) - alone).max() <= 2


def test_a_region_that_says_what_the_picture_says_changes_nothing(engine: Engine, recipe: Recipe) -> None:
    told = replace(recipe, regions=(RegionPrompt(prompt=recipe.prompt, weight=0.5),))
    composed = draw(engine, told, region_masks=(right_half(),))[0]
    assert np.abs(composed.astype(int) - draw(engine, recipe)[0]).max() <= 2


def test_regions_leave_no_trace_in_the_model(engine: Engine, recipe: Recipe) -> None:
    before = draw(engine, recipe)[0]
    told = replace(recipe, regions=(RegionPrompt(prompt="a blue house"),))
    draw(engine, told, region_masks=(right_half(),))
    assert np.array_equal(draw(engine, recipe)[0], before)


def test_a_fork_with_regions_gives_the_same_bits(engine: Engine, recipe: Recipe) -> None:
    told = replace(recipe, regions=(RegionPrompt(prompt="a blue house", weight=0.7),))
    whole = draw(engine, told, "whole", region_masks=(right_half(),))[0]
    fork = Fork(source_id="whole", step=2)
    assert np.array_equal(draw(engine, told, "fork", region_masks=(right_half(),), fork=fork)[0], whole)


def test_crowded_regions_share_the_place() -> None:
    recipe = Recipe(
        model="m",
        regions=(RegionPrompt(prompt="a"), RegionPrompt(prompt="b", weight=0.5), RegionPrompt(prompt="c")),
    )
    masks = [torch.rand(1, 1, 4, 4) for _ in range(3)]
    regions = regions_of(recipe, masks, lambda recipe: {"prompt_embeds": torch.zeros(1, 77, 4)})
    together = torch.stack([region.share for region in regions]).sum(0)
    assert float(together.max()) <= 1.0 + 1e-6
    wanted = sum(mask * region.weight for mask, region in zip(masks, recipe.regions, strict=True))
    assert torch.allclose(together, torch.as_tensor(wanted).clamp(max=1.0))
