"""The whole engine on real tiny components, in this process."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import safetensors.torch
import torch

from studio.engine import memory
from studio.engine.engine import Engine
from studio.engine.memory import Placement
from studio.engine.samplers import SAMPLERS
from studio.generation.events import (
    Cancelled,
    EngineEvent,
    Failed,
    Finished,
    Loading,
    Preview,
    Started,
)
from studio.generation.request import GenerationRequest, Recipe, UInt8Array

SIZE = 64


@pytest.fixture(scope="module")
def recipe(tiny_v_folder: Path) -> Recipe:
    return Recipe(
        model=str(tiny_v_folder),
        prompt="a red cat",
        negative_prompt="dog",
        steps=4,
        seed=11,
        width=SIZE,
        height=SIZE,
        guidance_scale=3.0,
    )


def picture(seed: int = 0) -> UInt8Array:
    rng = np.random.default_rng(seed)
    return np.kron(rng.integers(0, 256, (8, 8, 3), np.uint8), np.ones((8, 8, 1), np.uint8))


def half_mask() -> UInt8Array:
    mask = np.zeros((SIZE, SIZE), np.uint8)
    mask[:, SIZE // 2 :] = 255
    return mask


def run(
    engine: Engine,
    recipe: Recipe,
    *,
    is_cancelled: Callable[[], bool] = bool,
    emit: Callable[[EngineEvent], None] | None = None,
    **keywords: Any,
) -> list[EngineEvent]:
    events: list[EngineEvent] = []

    def note(event: EngineEvent) -> None:
        events.append(event)
        if emit is not None:
            emit(event)

    engine.run(GenerationRequest(job_id="j", recipe=recipe, **keywords), is_cancelled, note)
    return events


def image(events: list[EngineEvent]) -> UInt8Array:
    finished = events[-1]
    assert isinstance(finished, Finished), finished
    return finished.image


def test_events_in_order(engine: Engine, recipe: Recipe) -> None:
    events = [event for event in run(engine, recipe) if not isinstance(event, Loading)]
    assert [type(event) for event in events] == [Started, *[Preview] * 4, Finished]
    previews = [event for event in events if isinstance(event, Preview)]
    assert [(event.step, event.total_steps) for event in previews] == [(n, 4) for n in (1, 2, 3, 4)]
    for event in previews:
        assert event.image is not None
        assert event.image.shape == (8, 8, 3)
    assert image(events).shape == (SIZE, SIZE, 3)


def test_equals_the_bare_pipeline(engine: Engine, recipe: Recipe, tiny_v_folder: Path) -> None:
    pipeline = diffusers.StableDiffusionPipeline.from_pretrained(tiny_v_folder, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    pipeline.scheduler = diffusers.DPMSolverMultistepScheduler.from_config(pipeline.scheduler.config)
    bare = pipeline(
        recipe.prompt,
        negative_prompt=recipe.negative_prompt,
        num_inference_steps=recipe.steps,
        guidance_scale=recipe.guidance_scale,
        generator=torch.Generator().manual_seed(recipe.seed),
        width=SIZE,
        height=SIZE,
        output_type="np",
    ).images[0]
    mine = image(run(engine, recipe)).astype(int)
    assert np.abs(mine - np.rint(bare * 255).astype(int)).max() <= 1


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_same_seed_same_bits_previews_on_or_off(engine: Engine, recipe: Recipe, sampler: str) -> None:
    recipe = replace(recipe, sampler=sampler)
    first = run(engine, recipe)
    assert np.array_equal(image(first), image(run(engine, recipe)))
    quiet = run(engine, recipe, previews=False)
    assert np.array_equal(image(first), image(quiet))
    assert all(event.image is None for event in quiet if isinstance(event, Preview))
    assert [type(event) for event in quiet] == [type(e) for e in first if not isinstance(e, Loading)]
    assert not np.array_equal(image(first), image(run(engine, recipe.with_seed(12))))


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_task_with_every_sampler(engine: Engine, recipe: Recipe, sampler: str) -> None:
    recipe = replace(recipe, sampler=sampler, strength=0.5)
    changed = image(run(engine, recipe, image=picture()))
    masked = image(run(engine, recipe, image=picture(), mask=half_mask()))
    assert changed.shape == masked.shape
    assert not np.array_equal(changed, masked)


@pytest.mark.parametrize("size", [(72, 104), (256, 32), (40, 40)])
def test_sizes_that_do_not_halve_evenly(engine: Engine, recipe: Recipe, size: tuple[int, int]) -> None:
    width, height = size
    mask = np.zeros((height, width), np.uint8)
    mask[: height // 2] = 128
    source = np.full((height, width, 3), 80, np.uint8)
    odd = replace(recipe, width=width, height=height)
    assert image(run(engine, odd, image=source, mask=mask)).shape == (height, width, 3)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_draws_the_same_picture(
    engine: Engine, placement: Placement, recipe: Recipe, dtype: torch.dtype
) -> None:
    """What an accelerator uses; the arithmetic is the same on a processor, only slow."""
    half = Engine(replace(placement, dtype=dtype))
    for sampler in ("euler", "dpmpp_2m", "ddim", "heun"):
        each = replace(recipe, sampler=sampler, strength=0.7)
        inputs: tuple[dict[str, Any], ...] = ({}, {"image": picture(), "mask": half_mask()})
        for keywords in inputs:
            exact, rough = (image(run(e, each, **keywords)).astype(int) for e in (engine, half))
            assert np.abs(exact - rough).mean() < 4


def test_the_largest_seed_and_the_empty_prompt(engine: Engine, recipe: Recipe) -> None:
    image(run(engine, replace(recipe, seed=2**63 - 1, prompt="", negative_prompt="")))


def test_guidance_off_ignores_the_negative_prompt(engine: Engine, recipe: Recipe) -> None:
    plain = replace(recipe, guidance_scale=1.0)
    assert np.array_equal(
        image(run(engine, plain)), image(run(engine, replace(plain, negative_prompt="sky")))
    )


def test_strength_decides_how_much_changes(engine: Engine, recipe: Recipe) -> None:
    recipe = replace(recipe, steps=10)
    source = image(run(engine, replace(recipe, strength=0.01, steps=100), image=picture()))
    distances = []
    for strength in (0.2, 0.5, 0.9):
        events = run(engine, replace(recipe, strength=strength), image=picture())
        assert sum(isinstance(event, Preview) for event in events) == round(10 * strength)
        distances.append(np.abs(image(events).astype(int) - source).mean())
    assert distances == sorted(distances)


def test_full_strength_forgets_the_picture(engine: Engine, recipe: Recipe) -> None:
    assert np.array_equal(image(run(engine, recipe, image=picture())), image(run(engine, recipe)))


def test_an_empty_mask_changes_nothing_and_a_full_one_everything(engine: Engine, recipe: Recipe) -> None:
    nothing = np.zeros((SIZE, SIZE), np.uint8)
    kept = image(run(engine, recipe, image=picture(), mask=nothing))
    other_seed = image(run(engine, recipe.with_seed(5), image=picture(), mask=nothing))
    assert np.array_equal(kept, other_seed)
    everything = np.full((SIZE, SIZE), 255, np.uint8)
    assert np.array_equal(
        image(run(engine, recipe, image=picture(), mask=everything)), image(run(engine, recipe))
    )


def test_a_job_cancelled_while_it_waited_loads_nothing(placement: Placement, recipe: Recipe) -> None:
    events = run(Engine(placement), recipe, is_cancelled=lambda: True)
    assert [type(event) for event in events] == [Cancelled]


@pytest.mark.parametrize("stop_after", [Loading, Started, Preview])
def test_cancel_stops_and_leaves_no_trace(
    engine: Engine, recipe: Recipe, stop_after: type[EngineEvent]
) -> None:
    if stop_after is Loading:
        engine._folder = engine._model = None
    before = None if stop_after is Loading else image(run(engine, recipe))
    stop: list[EngineEvent] = []

    def emit(event: EngineEvent) -> None:
        if isinstance(event, stop_after):
            stop.append(event)

    events = run(engine, recipe, is_cancelled=lambda: bool(stop), emit=emit)
    assert isinstance(events[-1], Cancelled)
    assert isinstance(events[-2], stop_after)
    after = image(run(engine, recipe))
    assert before is None or np.array_equal(before, after)


def test_cancel_is_seen_inside_a_step(engine: Engine, recipe: Recipe) -> None:
    image(run(engine, recipe))
    asked: list[int] = []

    def count() -> bool:
        asked.append(1)
        return False

    run(engine, recipe, is_cancelled=count)
    # Per step: five blocks of the denoiser and twice between steps; more before and after.
    assert len(asked) > 4 * 7
    for limit in (1, 5, 9, 30, 33):
        calls: list[int] = []

        def is_cancelled(calls: list[int] = calls, limit: int = limit) -> bool:
            calls.append(1)
            return len(calls) >= limit

        assert isinstance(run(engine, recipe, is_cancelled=is_cancelled)[-1], Cancelled)
        assert len(calls) == limit


@pytest.mark.parametrize("size", [(60, 64), (64, 8), (512, 64), (264, 264)])
def test_a_size_the_model_cannot_do(engine: Engine, recipe: Recipe, size: tuple[int, int]) -> None:
    failed = run(engine, replace(recipe, width=size[0], height=size[1]))[-1]
    assert isinstance(failed, Failed)
    assert "cannot draw" in failed.message
    assert "Try" in failed.remedy


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model": "/no/such/model"}, "not there"),
        ({"sampler": "nonsense"}, "unknown"),
        ({"schedule": "nonsense"}, "unknown"),
        ({"sampler": "ddim", "schedule": "karras"}, "cannot follow"),
        ({"prompt": "cat " * 5000}, "too long"),
    ],
)
def test_what_cannot_be_done_is_told(
    engine: Engine, recipe: Recipe, changes: dict[str, Any], words: str
) -> None:
    failed = run(engine, replace(recipe, **changes))[-1]
    assert isinstance(failed, Failed)
    assert words in failed.message
    image(run(engine, recipe))


@pytest.fixture
def damaged(tiny_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_folder, tmp_path / "damaged"))


def rewrite(file: Path, change: Callable[[dict[str, torch.Tensor]], None]) -> None:
    tensors = safetensors.torch.load_file(file)
    change(tensors)
    safetensors.torch.save_file(tensors, file, metadata={"format": "pt"})


@pytest.mark.parametrize("component", ["unet", "vae"])
def test_not_a_number_is_no_picture(
    placement: Placement, recipe: Recipe, damaged: Path, component: str
) -> None:
    def poison(tensors: dict[str, torch.Tensor]) -> None:
        for tensor in tensors.values():
            tensor.fill_(float("nan"))

    rewrite(damaged / component / "diffusion_pytorch_model.safetensors", poison)
    failed = run(Engine(placement), replace(recipe, model=str(damaged)))[-1]
    assert isinstance(failed, Failed)
    assert "no valid picture" in failed.message


def test_weights_of_another_shape_or_missing(placement: Placement, recipe: Recipe, damaged: Path) -> None:
    file = damaged / "unet" / "diffusion_pytorch_model.safetensors"

    def reshape(tensors: dict[str, torch.Tensor]) -> None:
        tensors["conv_in.weight"] = torch.zeros(5, 5)

    def remove(tensors: dict[str, torch.Tensor]) -> None:
        del tensors["conv_out.weight"]

    for change in (reshape, remove):
        rewrite(file, change)
        failed = run(Engine(placement), replace(recipe, model=str(damaged)))[-1]
        assert isinstance(failed, Failed)
        assert "do not fit its description" in failed.message


def test_half_precision_weights_under_their_own_name(
    placement: Placement, recipe: Recipe, damaged: Path
) -> None:
    for component, stem in (("unet", "diffusion_pytorch_model"), ("text_encoder", "model")):
        file = damaged / component / f"{stem}.safetensors"
        tensors = {name: tensor.half() for name, tensor in safetensors.torch.load_file(file).items()}
        file.unlink()
        half = file.with_name(f"{stem}.fp16.safetensors")
        safetensors.torch.save_file(tensors, half, metadata={"format": "pt"})
    image(run(Engine(placement), replace(recipe, model=str(damaged))))


def test_a_replaced_model_is_loaded_again(placement: Placement, recipe: Recipe, damaged: Path) -> None:
    engine = Engine(placement)
    recipe = replace(recipe, model=str(damaged))
    before = run(engine, recipe)
    assert isinstance(before[0], Loading)
    assert not any(isinstance(event, Loading) for event in run(engine, recipe))

    def shift(tensors: dict[str, torch.Tensor]) -> None:
        tensors["conv_out.bias"] += 1.0

    rewrite(damaged / "unet" / "diffusion_pytorch_model.safetensors", shift)
    after = run(engine, recipe)
    assert isinstance(after[0], Loading)
    assert not np.array_equal(image(before), image(after))


def test_out_of_memory_is_told_and_survived(
    engine: Engine, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    image(run(engine, recipe))

    def full(*args: Any, **keywords: Any) -> None:
        raise torch.OutOfMemoryError("tried to allocate 20.00 GiB")

    with monkeypatch.context() as patch:
        patch.setattr(engine._model, "_denoise", full)
        failed = run(engine, recipe)[-1]
    assert isinstance(failed, Failed)
    assert "not enough memory for 64 × 64" in failed.message
    assert not engine.is_broken
    image(run(engine, recipe))


def test_a_broken_device_ends_the_engine(
    placement: Placement, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(placement)
    image(run(engine, recipe))

    def illegal(*args: Any, **keywords: Any) -> None:
        raise RuntimeError("CUDA error: an illegal memory access was encountered")

    monkeypatch.setattr(engine._model, "_denoise", illegal)
    failed = run(engine, recipe)[-1]
    assert isinstance(failed, Failed)
    assert engine.is_broken


def test_allocator_errors_are_recognised(placement: Placement) -> None:
    size = Recipe(model="m").size
    for error in (
        MemoryError(),
        torch.OutOfMemoryError(),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes."),
        RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory"),
    ):
        assert memory.out_of_memory(error, size, placement.info) is not None
    assert memory.out_of_memory(RuntimeError("other"), size, placement.info) is None


def test_warming_up_never_fails(placement: Placement, tiny_folder: Path) -> None:
    engine = Engine(placement)
    engine.warm_up("/no/such/model", bool)
    engine.warm_up(str(tiny_folder), bool)
    events = run(engine, Recipe(model=str(tiny_folder), steps=1, width=64, height=64))
    assert not any(isinstance(event, Loading) for event in events)
    engine.warm_up(str(tiny_folder), lambda: True)


def test_the_catalog_knows_the_starter_model(engine: Engine) -> None:
    catalog = engine.catalog()
    assert catalog.model("starter") is not None
    assert catalog.refusal("starter", "dpmpp_2m", "karras", masked=True) == ""
    assert "another noise" in catalog.refusal("starter", "dpmpp_2m", "ays", masked=False)
    assert catalog.device.name == "Test processor"
