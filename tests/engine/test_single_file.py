"""Checkpoints in one file: the same bits as the folder they came from, with no hub and no guessing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from studio.core.errors import EngineError
from studio.engine import detect_file, library, single_file
from studio.engine.clip_tokenizer import clip_tokenizer
from studio.engine.detect_file import read_checkpoint
from studio.engine.engine import Engine
from studio.engine.memory import Placement
from studio.generation.events import EngineEvent, Finished
from studio.generation.request import GenerationRequest, Recipe, UInt8Array
from tests.engine.ldm import make_pipeline, write_checkpoint, write_description
from tests.engine.tiny import make_tokenizer

KINDS = ("sd1", "sdxl")


@pytest.fixture(scope="module", params=KINDS)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Any, Path]:
    """(family, pipeline, folder with NAME.safetensors, its description and the same model as a diffusers folder)."""
    folder = tmp_path_factory.mktemp(request.param)
    pipeline = make_pipeline(is_xl=request.param == "sdxl")
    write_checkpoint(pipeline, folder / "model.safetensors")
    write_description(pipeline, folder / "configs" / request.param)
    pipeline.save_pretrained(folder / "diffusers")
    return request.param, pipeline, folder


@pytest.fixture(autouse=True)
def small_world(made: tuple[str, Any, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The descriptions of the tenth-width models in the place of those that ship, and their dozen words."""
    configs = made[2] / "configs"
    whole = read_checkpoint

    def read(path: Path, identifier: str, *, configs: Path = configs) -> Any:
        return whole(path, identifier, configs=configs)

    monkeypatch.setattr(library, "read_checkpoint", read)
    monkeypatch.setattr(single_file, "clip_tokenizer", lambda pad: make_tokenizer())


def draw(placement: Placement, model: Path) -> UInt8Array:
    events: list[EngineEvent] = []
    recipe = Recipe(
        model=str(model), prompt="a red cat", negative_prompt="dog", seed=1, steps=3, width=64, height=64
    )
    Engine(placement).run(GenerationRequest(job_id="j", recipe=recipe), bool, events.append)
    assert isinstance(events[-1], Finished), events[-1]
    return events[-1].image


def test_the_same_picture_as_from_the_folder(made: tuple[str, Any, Path], placement: Placement) -> None:
    family, _, folder = made
    found = read_checkpoint(folder / "model.safetensors", "m", configs=folder / "configs")
    assert found.info.family == ("sdxl" if family == "sdxl" else "sd")
    assert np.array_equal(
        draw(placement, folder / "model.safetensors"), draw(placement, folder / "diffusers")
    )


def test_marks_of_velocity_prediction(made: tuple[str, Any, Path], tmp_path: Path) -> None:
    _, pipeline, folder = made
    plain = folder / "model.safetensors"
    marked = write_checkpoint(
        pipeline, tmp_path / "v.safetensors", {"v_pred": torch.zeros(1), "ztsnr": torch.zeros(1)}
    )
    told = read_checkpoint(marked, "m", configs=folder / "configs").configs["scheduler"]
    assert told["prediction_type"] == "v_prediction"
    assert told["rescale_betas_zero_snr"] is True
    beside = Path(shutil.copy(plain, tmp_path / "beside.safetensors"))
    scheduler = read_checkpoint(beside, "m", configs=folder / "configs").configs["scheduler"]
    assert scheduler.get("prediction_type", "epsilon") == "epsilon"
    beside.with_suffix(".yaml").write_text('model:\n  params:\n    parameterization: "v"\n')
    scheduler = read_checkpoint(beside, "m", configs=folder / "configs").configs["scheduler"]
    assert scheduler["prediction_type"] == "v_prediction"


def test_weights_that_are_missing_are_told(
    made: tuple[str, Any, Path], tmp_path: Path, placement: Placement
) -> None:
    from safetensors.torch import load_file, save_file

    state = load_file(made[2] / "model.safetensors")
    name = next(key for key in state if key.endswith("middle_block.0.in_layers.2.weight"))
    del state[name]
    path = tmp_path / "half.safetensors"
    save_file(state, path)
    events: list[EngineEvent] = []
    recipe = Recipe(model=str(path), prompt="a cat", steps=2, width=64, height=64)
    Engine(placement).run(GenerationRequest(job_id="j", recipe=recipe), bool, events.append)
    assert "do not fit" in getattr(events[-1], "message", ""), events[-1]


def test_a_collection_is_listed_by_what_its_files_hold(
    made: tuple[str, Any, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from safetensors.torch import save_file

    _, _, folder = made
    collection = tmp_path / "models"
    (collection / "Stable-diffusion" / "mine").mkdir(parents=True)
    (collection / "Lora").mkdir()
    shutil.copy(folder / "model.safetensors", collection / "Stable-diffusion" / "mine" / "good.safetensors")
    shutil.copytree(folder / "diffusers", collection / "folder")
    lora = {"lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight": torch.zeros(4, 16)}
    save_file(lora, collection / "Lora" / "style.safetensors")
    (collection / "old.ckpt").write_bytes(b"\x80\x02}q\x00." * 20)
    (collection / "pointer.safetensors").write_text("version https://git-lfs.github.com/spec/v1\n")
    (collection / "notes.txt").write_text("no model")
    monkeypatch.setenv(library.MODELS_VARIABLE, str(collection))
    for _ in range(2):  # the second time from memory
        starter, *found = library.find_models()
        assert starter.identifier == library.STARTER
        assert {info.name: bool(info.problem) for info in found} == {
            "good": False,
            "folder": False,
            "old.ckpt": True,
            "pointer.safetensors": True,
        }
    reasons = " ".join(info.problem for info in found)
    assert "Python pickle" in reasons
    assert "Git LFS pointer" in reasons


def test_descriptions_that_ship_are_of_known_kinds() -> None:
    from studio.core import paths
    from studio.engine.detect import LAYOUTS, read_json

    for family, name in detect_file.DESCRIBED.items():
        folder = paths.resources_dir() / "model-configs" / name
        layout = LAYOUTS[str(read_json(folder / "model_index.json")["_class_name"])]
        for component in layout.weight_stems:
            assert (folder / component / "config.json").is_file(), (family, component)


def test_clip_s_own_tokens() -> None:
    tokenizer = clip_tokenizer()
    assert len(tokenizer) == 49408
    assert tokenizer("a photo of a cat").input_ids == [49406, 320, 1125, 539, 320, 2368, 49407]
    assert tokenizer.pad_token_id == 49407
    assert clip_tokenizer("!").pad_token_id == 0


@pytest.mark.parametrize("family", ["flux1", "sdxl_refiner", "sd3"])
def test_what_is_known_but_cannot_be_used_says_its_name(
    family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studio.engine.recognise import Recognised

    monkeypatch.setattr(detect_file, "tensor_shapes", lambda path: {})
    monkeypatch.setattr(detect_file, "recognise", lambda shapes: Recognised(kind="checkpoint", family=family))
    with pytest.raises(EngineError) as refusal:
        read_checkpoint(tmp_path / "x.safetensors", "x")
    assert detect_file.NAMES[family] in str(refusal.value)
