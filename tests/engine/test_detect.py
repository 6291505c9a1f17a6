"""Foreign, damaged and hostile model folders: one sentence each, before anything is loaded."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.core.errors import EngineError
from studio.engine import library
from studio.engine.detect import read_folder
from studio.engine.engine import Engine
from studio.engine.memory import Placement
from studio.engine.weights import tensor_shapes
from studio.generation.events import EngineEvent, Finished
from studio.generation.request import GenerationRequest, Recipe
from tests.engine.tiny import write_model

UNET = Path("unet/diffusion_pytorch_model.safetensors")


@pytest.fixture
def copy(tiny_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_folder, tmp_path / "copied"))


def edit(path: Path, **changes: Any) -> None:
    values = json.loads(path.read_text())
    values.update(changes)
    path.write_text(json.dumps(values))


def test_a_sound_folder(tiny_folder: Path) -> None:
    folder = read_folder(tiny_folder, "tiny")
    assert folder.info.name == "Tiny"
    assert (folder.info.family, folder.info.native_size, folder.info.size_multiple) == ("sd", 64, 8)
    assert set(folder.weights) == {"unet", "vae", "text_encoder"}
    assert folder.is_unchanged()
    os.utime(folder.weights["unet"], (1, 1))
    assert not folder.is_unchanged()


def test_the_model_that_ships_is_sound() -> None:
    folder = library.open_model(library.STARTER)
    assert not folder.info.problem
    assert folder.info.examples
    assert folder.info.vocabulary
    assert folder.info.refused_samplers == {}
    assert "ays" in folder.info.refused_schedules


def with_code(path: Path) -> None:
    (path / "unet" / "my_unet.py").write_text("raise SystemExit")


def with_auto_map(path: Path) -> None:
    edit(path / "text_encoder/config.json", auto_map={"AutoModel": "evil--repo.Model"})


def with_foreign_class(path: Path) -> None:
    edit(path / "model_index.json", _class_name="FluxPipeline")


def with_class_list(path: Path) -> None:
    edit(path / "model_index.json", _class_name=["my_pipeline", "MyPipeline"])


def with_foreign_component(path: Path) -> None:
    edit(path / "model_index.json", unet=["my_unet", "MyUNet"])


def without_index(path: Path) -> None:
    (path / "model_index.json").unlink()


def with_broken_index(path: Path) -> None:
    (path / "model_index.json").write_text("{")


def with_nested_index(path: Path) -> None:
    (path / "model_index.json").write_text("[" * 100_000)


def without_scheduler(path: Path) -> None:
    shutil.rmtree(path / "scheduler")


def without_weights(path: Path) -> None:
    (path / UNET).unlink()


def with_pickles_only(path: Path) -> None:
    (path / UNET).rename(path / "unet/diffusion_pytorch_model.bin")


def with_truncated_weights(path: Path) -> None:
    os.truncate(path / UNET, (path / UNET).stat().st_size // 2)


def with_empty_weights(path: Path) -> None:
    (path / UNET).write_bytes(b"")


def with_git_pointer(path: Path) -> None:
    (path / UNET).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")


def with_web_page(path: Path) -> None:
    (path / UNET).write_text("<!DOCTYPE html><title>Sign in</title>")


def with_zip(path: Path) -> None:
    (path / UNET).write_bytes(b"PK\x03\x04" + b"\0" * 100)


def with_pickle(path: Path) -> None:
    (path / UNET).write_bytes(b"\x80\x04" + b"\0" * 100)


def with_nine_channels(path: Path) -> None:
    edit(path / "unet/config.json", in_channels=9)


def with_other_text_encoder(path: Path) -> None:
    edit(path / "text_encoder/config.json", hidden_size=768)


def with_unknown_prediction(path: Path) -> None:
    edit(path / "scheduler/scheduler_config.json", prediction_type="flow")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (with_code, "program code"),
        (with_auto_map, "program code"),
        (with_foreign_class, "FluxPipeline"),
        (with_class_list, "kind this studio cannot use"),
        (with_foreign_component, "unexpected unet"),
        (without_index, "model_index.json is missing"),
        (with_broken_index, "damaged"),
        (with_nested_index, "damaged"),
        (without_scheduler, "scheduler/scheduler_config.json is missing"),
        (without_weights, "no safetensors weights in unet"),
        (with_pickles_only, "no safetensors weights in unet"),
        (with_truncated_weights, "damaged or incomplete"),
        (with_empty_weights, "damaged or incomplete"),
        (with_git_pointer, "Git LFS pointer"),
        (with_web_page, "web page"),
        (with_zip, "archive"),
        (with_pickle, "pickle"),
        (with_nine_channels, "other latents"),
        (with_other_text_encoder, "do not fit each other"),
        (with_unknown_prediction, "it predicts"),
    ],
)
def test_what_cannot_be_loaded_says_why(copy: Path, damage: Callable[[Path], None], words: str) -> None:
    damage(copy)
    with pytest.raises(EngineError) as caught:
        read_folder(copy, "x")
    assert words in caught.value.message
    assert caught.value.message.endswith(".")
    assert caught.value.remedy


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="not there"):
        read_folder(tmp_path / "nowhere", "x")


def test_infinite_noise_refuses_the_samplers_that_divide_by_it(copy: Path) -> None:
    edit(copy / "scheduler/scheduler_config.json", rescale_betas_zero_snr=True)
    refused = read_folder(copy, "x").info.refused_samplers
    assert "heun" in refused
    assert "euler" not in refused
    assert refused["dpm2_a"].startswith("DPM2 a cannot")


def test_silly_settings_are_ignored(copy: Path) -> None:
    (copy / "studio.json").write_text(
        json.dumps(
            {"name": 5, "native_size": -3, "steps": True, "examples": "no", "vocabulary": {"a": ["b", 1]}}
        )
    )
    info = read_folder(copy, "x").info
    assert (info.name, info.native_size, info.steps) == ("copied", 64, 20)
    assert info.examples == ()
    assert info.vocabulary == {"a": ("b",)}


def test_the_library_lists_good_and_bad(
    tiny_folder: Path, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_truncated_weights(copy)
    several = [str(tiny_folder.parent), str(copy), str(tiny_folder), str(tmp_path / "gone")]
    monkeypatch.setenv(library.MODELS_VARIABLE, os.pathsep.join(several))
    starter, tiny, damaged, gone = library.find_models()
    assert starter.identifier == library.STARTER
    assert (tiny.identifier, tiny.problem) == (str(tiny_folder), "")
    assert "damaged" in damaged.problem
    assert "not there" in gone.problem


def header(entries: Any, *, data: bytes = b"") -> bytes:
    text = json.dumps(entries).encode()
    return len(text).to_bytes(8, "little") + text + data


TENSOR = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


@pytest.mark.parametrize(
    "content",
    [
        header({"a": TENSOR}, data=b"\0" * 7),
        header({"a": TENSOR}, data=b"\0" * 9),
        header({"a": {**TENSOR, "shape": [3]}}, data=b"\0" * 8),
        header({"a": {**TENSOR, "dtype": "F33"}}, data=b"\0" * 8),
        header({"a": {**TENSOR, "shape": [-2]}}, data=b"\0" * 8),
        header({"a": {**TENSOR, "shape": [2.0]}}, data=b"\0" * 8),
        header({"a": {**TENSOR, "data_offsets": [8, 0]}}, data=b"\0" * 8),
        header({"a": 5}, data=b"\0" * 8),
        header({}),
        header([TENSOR]),
        (2**62).to_bytes(8, "little") + b"{}",
        (100).to_bytes(8, "little") + b"{}",
        b'\x10\0\0\0\0\0\0\0{"a":1,"a":2}   ',
        header({"a": TENSOR})[:-1] + b",",
        b"\x02\0\0\0\0\0\0\0{[",
    ],
)
def test_hostile_headers(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "weights.safetensors"
    file.write_bytes(content)
    with pytest.raises(EngineError) as caught:
        tensor_shapes(file)
    assert "damaged" in caught.value.message


def test_a_sound_header(tmp_path: Path) -> None:
    file = tmp_path / "weights.safetensors"
    file.write_bytes(header({"__metadata__": {"format": "pt"}, "a": TENSOR}, data=b"\0" * 8))
    assert tensor_shapes(file) == {"a": (2,)}


@given(data=st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_judged(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "weights.safetensors"
    file.write_bytes(data)
    with pytest.raises(EngineError):
        tensor_shapes(file)


@given(cut=st.integers(0, 10_000))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_truncation_is_noticed(tiny_folder: Path, tmp_path: Path, cut: int) -> None:
    whole = (tiny_folder / UNET).read_bytes()
    file = tmp_path / "weights.safetensors"
    file.write_bytes(whole[: cut * len(whole) // 10_001])
    with pytest.raises(EngineError):
        tensor_shapes(file)


def test_a_header_of_very_many_tensors_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "weights.safetensors"
    file.write_bytes(header({str(n): TENSOR for n in range(110_000)}))
    with pytest.raises(EngineError):
        tensor_shapes(file)


@pytest.mark.parametrize("variant", [None, "fp16"])
def test_weights_in_several_files(tmp_path: Path, placement: Placement, variant: str | None) -> None:
    import diffusers

    whole = write_model(tmp_path / "whole")
    pipeline = diffusers.StableDiffusionPipeline.from_pretrained(whole, local_files_only=True)
    pipeline.save_pretrained(tmp_path / "parts", max_shard_size="60KB", variant=variant)
    shutil.copy(whole / "studio.json", tmp_path / "parts")
    folder = read_folder(tmp_path / "parts", "parts")
    assert folder.other_shards
    pictures = []
    for name in ("whole", "parts"):
        events: list[EngineEvent] = []
        recipe = Recipe(model=str(tmp_path / name), prompt="a cat", steps=2, width=64, height=64)
        Engine(placement).run(GenerationRequest(job_id="j", recipe=recipe), bool, events.append)
        assert isinstance(events[-1], Finished), events[-1]
        pictures.append(events[-1].image)
    assert np.array_equal(*pictures)
    os.utime(folder.other_shards[-1], (1, 1))
    assert not folder.is_unchanged()
    folder.other_shards[0].unlink()
    with pytest.raises(EngineError, match="parts of"):
        read_folder(tmp_path / "parts", "parts")


@pytest.mark.parametrize("value", ["../unet/x.safetensors", "x.bin", ""])
def test_an_index_names_files_of_its_folder_only(copy: Path, value: str) -> None:
    (copy / UNET).unlink()
    index = copy / "unet" / "diffusion_pytorch_model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"conv_in.weight": value}}))
    with pytest.raises(EngineError, match="parts of unet"):
        read_folder(copy, "copy")
