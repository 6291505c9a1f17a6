"""The folder in resources/ as the studio finds it."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from diffusers import AutoencoderTiny, StableDiffusionPipeline

from starter_model.assemble import PREVIEW_FOLDER
from studio.engine.scenes.render import render
from studio.generation.scenes.spec import sample_spec

MODEL = Path(__file__).resolve().parents[2] / "resources" / "starter-model"


@pytest.fixture(scope="module")
def pipeline() -> StableDiffusionPipeline:
    loaded = StableDiffusionPipeline.from_pretrained(MODEL, dtype=torch.float32, local_files_only=True)
    loaded.set_progress_bar_config(disable=True)
    return loaded


def test_it_loads_with_plain_diffusers_and_paints(pipeline: StableDiffusionPipeline) -> None:
    image = pipeline("a lake at sunset", height=64, width=64, num_inference_steps=2, output_type="pt").images
    assert image.shape == (1, 3, 64, 64)
    assert 0 <= float(image.min()) < float(image.max()) <= 1


def test_it_follows_the_time_of_day(pipeline: StableDiffusionPipeline) -> None:
    day, night = (
        pipeline(
            f"a meadow, {time}",
            height=128,
            width=128,
            num_inference_steps=8,
            guidance_scale=4.0,
            generator=torch.Generator().manual_seed(1),
            output_type="pt",
        ).images.mean()
        for time in ("blue sky, on a sunny day", "night sky, at night")
    )
    assert float(night) < 0.6 * float(day)


def test_it_is_small_and_safe() -> None:
    files = [path for path in MODEL.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 60e6
    assert max(path.stat().st_size for path in files) <= 15e6
    assert {path.suffix for path in files} <= {".json", ".safetensors", ".txt", ".md"}


def test_its_card_for_the_studio_fits_its_networks(pipeline: StableDiffusionPipeline) -> None:
    card = json.loads((MODEL / "studio.json").read_text(encoding="utf-8"))
    levels = len(pipeline.unet.config.block_out_channels)
    assert card["size_multiple"] == pipeline.vae_scale_factor * 2 ** (levels - 1)
    assert card["min_size"] % card["size_multiple"] == card["max_size"] % card["size_multiple"] == 0
    assert card["min_size"] <= card["native_size"] <= card["max_size"]
    longest = max(len(pipeline.tokenizer(prompt).input_ids) for prompt in card["examples"])
    assert longest <= pipeline.tokenizer.model_max_length


def test_its_tiny_decoder_shows_what_the_large_one_does(pipeline: StableDiffusionPipeline) -> None:
    folder = MODEL / PREVIEW_FOLDER
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 2e6
    images = render([sample_spec(random.Random(n)) for n in range(6)], 128, seed=5)
    tiny = AutoencoderTiny.from_pretrained(folder, local_files_only=True)
    with torch.no_grad():
        latents = pipeline.vae.encode(images * 2 - 1).latent_dist.mode()
        shown = (tiny.decode(latents).sample.clamp(-1, 1) + 1) / 2
    wanted = F.interpolate(images, size=shown.shape[-2:], mode="area")
    assert shown.shape[-1] == 2 * latents.shape[-1]
    decibels = -10 * (shown - wanted).square().mean((1, 2, 3)).log10()
    assert float(decibels.mean()) > 25
