"""SDXL at a few thousand weights: the library's own pictures, and every kind of job."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import diffusers
import numpy as np
import pytest
import torch

from studio.core.errors import EngineError
from studio.engine.conditioning import for_sdxl
from studio.engine.detect import read_folder
from studio.engine.engine import Engine
from studio.engine.memory import Placement
from studio.generation.events import Cancelled, EngineEvent, Finished, Preview
from studio.generation.request import GenerationRequest, Recipe, UInt8Array
from tests.engine.tiny import write_xl_model

SIZE = 64


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_xl_model(tmp_path_factory.mktemp("models") / "tiny-xl")


@pytest.fixture(scope="module")
def xl_engine(placement: Placement) -> Engine:
    return Engine(placement)


@pytest.fixture
def recipe(folder: Path) -> Recipe:
    return Recipe(
        model=str(folder),
        prompt="a red cat",
        negative_prompt="the dog",
        seed=3,
        steps=4,
        guidance_scale=5.0,
        sampler="dpmpp_2m",
        width=SIZE,
        height=SIZE,
    )


def run(engine: Engine, recipe: Recipe, **keywords: object) -> list[EngineEvent]:
    events: list[EngineEvent] = []
    request = GenerationRequest(job_id="j", recipe=recipe, **keywords)  # type: ignore[arg-type]  # image, mask
    engine.run(request, bool, events.append)
    return events


def picture(events: list[EngineEvent]) -> UInt8Array:
    assert isinstance(events[-1], Finished), events[-1]
    return events[-1].image


def test_the_folder_is_known(folder: Path) -> None:
    found = read_folder(folder, "xl")
    assert found.info.family == "sdxl"
    assert set(found.weights) == {"unet", "vae", "text_encoder", "text_encoder_2"}
    assert "ays" in found.info.refused_schedules


@pytest.mark.parametrize("negative", ["the dog", ""])
@pytest.mark.parametrize("guidance", [5.0, 1.0])
def test_equals_the_bare_pipeline(
    xl_engine: Engine, recipe: Recipe, folder: Path, negative: str, guidance: float
) -> None:
    recipe = replace(recipe, negative_prompt=negative, guidance_scale=guidance)
    pipeline = diffusers.StableDiffusionXLPipeline.from_pretrained(folder, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    pipeline.scheduler = diffusers.DPMSolverMultistepScheduler.from_config(pipeline.scheduler.config)
    bare = pipeline(
        recipe.prompt,
        negative_prompt=negative or None,
        num_inference_steps=recipe.steps,
        guidance_scale=guidance,
        generator=torch.Generator().manual_seed(recipe.seed),
        width=SIZE,
        height=SIZE,
        output_type="np",
    ).images[0]
    mine = picture(run(xl_engine, recipe)).astype(int)
    assert np.abs(mine - np.rint(bare * 255).astype(int)).max() <= 1


def test_prompts_beyond_77_tokens_keep_one_summary(folder: Path, recipe: Recipe) -> None:
    pipeline = diffusers.StableDiffusionXLPipeline.from_pretrained(folder, local_files_only=True)
    condition = for_sdxl(pipeline)
    with torch.inference_mode():
        told = condition(replace(recipe, prompt="a cat " * 60))
        short = condition(recipe)
    assert told["prompt_embeds"].shape == told["negative_prompt_embeds"].shape == (1, 154, 64)
    assert told["pooled_prompt_embeds"].shape == (1, 24)
    assert short["prompt_embeds"].shape == (1, 77, 64)


def test_every_kind_of_job_previews_and_stops(xl_engine: Engine, recipe: Recipe) -> None:
    generator = np.random.default_rng(0)
    image = generator.integers(0, 256, (SIZE, SIZE, 3), dtype=np.uint8)
    mask = np.zeros((SIZE, SIZE), np.uint8)
    mask[:, SIZE // 2 :] = 255
    fresh = run(xl_engine, recipe)
    assert sum(isinstance(event, Preview) for event in fresh) == 4
    changed = run(xl_engine, replace(recipe, strength=0.5), image=image)
    masked = run(xl_engine, recipe, image=image, mask=mask)
    pictures = [picture(events) for events in (fresh, changed, masked)]
    assert not np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[0], pictures[2])
    events: list[EngineEvent] = []
    xl_engine.run(
        GenerationRequest(job_id="j", recipe=recipe),
        lambda: sum(isinstance(event, Preview) for event in events) >= 2,
        events.append,
    )
    assert isinstance(events[-1], Cancelled)
    assert sum(isinstance(event, Preview) for event in events) == 2
    assert np.array_equal(picture(run(xl_engine, recipe)), pictures[0])


def test_a_size_told_to_the_model_changes_the_picture(xl_engine: Engine, recipe: Recipe) -> None:
    wide = picture(run(xl_engine, replace(recipe, width=96)))
    assert wide.shape == (SIZE, 96, 3)


def test_parts_that_do_not_fit_are_refused(folder: Path, tmp_path: Path) -> None:
    import json
    import shutil

    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    config = copy / "unet" / "config.json"
    values = json.loads(config.read_text())
    config.write_text(json.dumps({**values, "addition_embed_type": None}))
    with pytest.raises(EngineError, match="asks for other things"):
        read_folder(copy, "copy")
