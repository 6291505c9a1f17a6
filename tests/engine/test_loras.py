"""LoRAs by their tags: the library's own pictures, nothing left behind, and one sentence when one does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from studio.engine import library
from studio.engine.engine import Engine
from studio.engine.memory import Placement
from studio.generation.events import EngineEvent, Failed, Finished
from studio.generation.request import GenerationRequest, Recipe, UInt8Array


def kohya(pipeline: Any, seed: int) -> dict[str, torch.Tensor]:
    """What kohya's trainer writes: attention of U-Net and text encoder, rank 4, alpha 2."""
    generator = torch.Generator().manual_seed(seed)
    state: dict[str, torch.Tensor] = {}
    for prefix, module, ends in (
        ("lora_unet_", pipeline.unet, ("to_q", "to_k", "to_v", "to_out.0")),
        ("lora_te_", pipeline.text_encoder, ("q_proj", "k_proj", "v_proj", "out_proj")),
    ):
        for name, layer in module.named_modules():
            if isinstance(layer, torch.nn.Linear) and name.endswith(ends):
                middle = "text_model." if prefix == "lora_te_" and not name.startswith("text_model") else ""
                key = prefix + (middle + name).replace(".", "_")
                state[f"{key}.lora_down.weight"] = (
                    torch.randn(4, layer.in_features, generator=generator) * 0.3
                )
                state[f"{key}.lora_up.weight"] = torch.randn(layer.out_features, 4, generator=generator) * 0.3
                state[f"{key}.alpha"] = torch.tensor(2.0)
    return state


@pytest.fixture(scope="module")
def bare(tiny_folder: Path) -> Any:
    pipeline = diffusers.StableDiffusionPipeline.from_pretrained(tiny_folder, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


@pytest.fixture
def loras(bare: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "Lora" / "styles"
    folder.mkdir(parents=True)
    save_file(kohya(bare, 1), folder / "Ink Wash.safetensors")
    save_file(kohya(bare, 2), folder / "gouache.safetensors")
    monkeypatch.setenv(library.MODELS_VARIABLE, str(tmp_path))
    yield folder
    bare.unload_lora_weights()


@pytest.fixture
def recipe(tiny_folder: Path) -> Recipe:
    return Recipe(
        model=str(tiny_folder), prompt="a red cat", seed=4, steps=3, sampler="ddim", width=64, height=64
    )


def events_of(engine: Engine, recipe: Recipe) -> list[EngineEvent]:
    events: list[EngineEvent] = []
    engine.run(GenerationRequest(job_id="j", recipe=recipe), bool, events.append)
    return events


def picture(engine: Engine, recipe: Recipe) -> UInt8Array:
    last = events_of(engine, recipe)[-1]
    assert isinstance(last, Finished), last
    return last.image


def refusal(engine: Engine, recipe: Recipe) -> str:
    last = events_of(engine, recipe)[-1]
    assert isinstance(last, Failed), last
    return last.message


@pytest.mark.filterwarnings("ignore:Already found a `peft_config`:UserWarning")
def test_equal_to_plain_diffusers_calls(placement: Placement, loras: Path, recipe: Recipe, bare: Any) -> None:
    engine = Engine(placement)
    tagged = replace(recipe, prompt="a red cat <lora:ink wash:0.8><lora:Gouache:0.3>")
    mine = picture(engine, tagged).astype(int)
    for number, name in enumerate(("Ink Wash", "gouache")):
        bare.load_lora_weights(
            str(loras), weight_name=f"{name}.safetensors", adapter_name=f"n{number}", local_files_only=True
        )
    bare.set_adapters(["n0", "n1"], [0.8, 0.3])
    theirs = bare(
        "a red cat",
        num_inference_steps=recipe.steps,
        guidance_scale=recipe.guidance_scale,
        generator=torch.Generator().manual_seed(recipe.seed),
        width=64,
        height=64,
        output_type="np",
    ).images[0]
    assert np.abs(mine - np.rint(theirs * 255).astype(int)).max() <= 1
    assert np.abs(mine - picture(engine, recipe).astype(int)).max() > 3


def test_nothing_is_left_behind(placement: Placement, loras: Path, recipe: Recipe) -> None:
    engine = Engine(placement)
    plain = picture(engine, recipe)
    inked = picture(engine, replace(recipe, prompt="a red cat <lora:Ink Wash>"))
    assert not np.array_equal(plain, inked)
    assert np.array_equal(picture(engine, replace(recipe, prompt="a red cat <lora:Ink Wash:0>")), plain)
    other = picture(engine, replace(recipe, prompt="a red cat <lora:gouache>"))
    assert not np.array_equal(other, inked)
    assert np.array_equal(picture(engine, replace(recipe, prompt="a red cat <lora:Ink Wash>")), inked)
    assert np.array_equal(picture(engine, recipe), plain)


def test_what_is_not_there_or_does_not_fit_is_told(
    placement: Placement, loras: Path, recipe: Recipe, bare: Any
) -> None:
    engine = Engine(placement)
    plain = picture(engine, recipe)
    assert "no LoRA called “oil”" in refusal(engine, replace(recipe, prompt="<lora:oil> a cat"))
    save_file({"emb_params": torch.zeros(2, 32)}, loras / "word.safetensors")
    assert "is no LoRA" in refusal(engine, replace(recipe, prompt="<lora:word>"))
    wrong = {
        name: torch.zeros(4, 999) if name.endswith("lora_down.weight") else tensor
        for name, tensor in kohya(bare, 3).items()
    }
    save_file(wrong, loras / "wrong.safetensors")
    assert "does not fit" in refusal(engine, replace(recipe, prompt="<lora:wrong>"))
    (loras / "half.safetensors").write_bytes((loras / "gouache.safetensors").read_bytes()[:900])
    assert "damaged" in refusal(engine, replace(recipe, prompt="<lora:half>"))
    assert np.array_equal(picture(engine, recipe), plain)
