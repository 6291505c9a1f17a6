"""One small run of every stage, and the promise that a cut-off run ends as an uninterrupted one."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from starter_model.assemble import assemble
from starter_model.classify import ClassifierRun, load_classifier, train_classifier
from starter_model.dataset import as_floats, open_shards
from starter_model.diffusion import LossLog
from starter_model.evaluate import evaluate, kernel_distance, load_pipeline
from starter_model.latents import encode_renders, load_latents
from starter_model.networks import Sizes, make_vae
from starter_model.progress import Budget
from starter_model.text import TextRun, train_text
from starter_model.unet import Source, UnetRun, UnetTrainer, train_unet
from starter_model.vae import VaeRun, train_vae
from starter_model.vae_init import warm_start
from starter_model.whitening import whiten


@pytest.fixture(scope="module")
def workshop(
    tmp_path_factory: pytest.TempPathFactory, renders: Path, tokenizer_folder: Path, tiny: Sizes
) -> UnetRun:
    """Everything up to the U-Net, trained for two steps each."""
    build = tmp_path_factory.mktemp("build")
    two = Budget(steps=2)
    train_vae(VaeRun(renders=renders, output=build / "vae", sizes=tiny, budget=two, batch=2, crop=32))
    encode_renders(build / "vae", renders, build / "latents-64.safetensors", 64, "cpu", None)
    encode_renders(build / "vae", renders, build / "latents-32.safetensors", 32, "cpu", None)
    train_text(TextRun(tokenizer=tokenizer_folder, output=build / "text", sizes=tiny, budget=two, batch=2))
    sources = tuple(Source(path=build / f"latents-{size}.safetensors", batch=2, share=1) for size in (32, 64))
    return UnetRun(
        sources=sources,
        tokenizer=tokenizer_folder,
        text_encoder=build / "text",
        output=build / "unet",
        sizes=tiny,
        budget=two,
    )


def test_the_warm_start_shows_the_picture_before_the_first_step(renders: Path, tiny: Sizes) -> None:
    images = as_floats(open_shards(renders)[0].pixels[:8])
    cold, warm = make_vae(tiny), make_vae(tiny)
    warm_start(warm, images)
    errors = []
    for vae in (cold, warm):
        with torch.no_grad():
            result = vae.decode(vae.encode(images).latent_dist.mode()).sample
        errors.append(float((result - images).square().mean()))
    assert errors[1] < 0.1 * errors[0]


def test_whitening_keeps_the_pictures_and_unites_the_variances(renders: Path, tiny: Sizes) -> None:
    images = as_floats(open_shards(renders)[0].pixels[:8])
    vae = make_vae(tiny)
    warm_start(vae, images)
    with torch.no_grad():
        before = vae.decode(vae.encode(images).latent_dist.mode()).sample
        whiten(vae, images)
        latents = vae.encode(images).latent_dist.mode()
        after = vae.decode(latents).sample
    assert torch.allclose(before, after, atol=1e-3)
    assert latents.std((0, 2, 3)).tolist() == pytest.approx([1.0] * 4, abs=1e-3)
    assert latents.mean((0, 2, 3)).tolist() == pytest.approx([0.0] * 4, abs=1e-3)


def test_latents_belong_to_their_scenes(workshop: UnetRun, renders: Path) -> None:
    latents = load_latents(workshop.sources[1].path)
    assert latents.specs == open_shards(renders)[0].specs
    assert latents.values.shape == (16, 4, 32, 32)


@pytest.mark.parametrize("muon", [True, False])
def test_a_resumed_run_equals_an_uninterrupted_one(workshop: UnetRun, tmp_path: Path, muon: bool) -> None:
    four = Budget(steps=4)
    whole = dataclasses.replace(workshop, output=tmp_path / "whole", budget=four, muon=muon)
    train_unet(whole)
    cut = dataclasses.replace(whole, output=tmp_path / "cut")
    trainer = UnetTrainer(cut)
    for _ in range(2):
        trainer.take_step(LossLog())
    trainer.save()
    train_unet(cut)
    expected, resumed = (load_file(tmp_path / f"{name}.checkpoint.safetensors") for name in ("whole", "cut"))
    assert expected.keys() == resumed.keys()
    for name, value in expected.items():
        assert torch.equal(value, resumed[name]), name


def test_a_checkpoint_of_another_size_is_refused(workshop: UnetRun, tmp_path: Path, tiny: Sizes) -> None:
    run = dataclasses.replace(workshop, output=tmp_path / "unet", budget=Budget(steps=1))
    train_unet(run)
    wider = dataclasses.replace(tiny, unet_channels=(16, 48))
    with pytest.raises(ValueError, match="another size"):
        UnetTrainer(dataclasses.replace(run, sizes=wider))


def test_the_decoder_alone_can_be_trained_on(
    workshop: UnetRun, renders: Path, tmp_path: Path, tiny: Sizes
) -> None:
    vae = workshop.output.parent / "vae"
    before = load_file(vae / "diffusion_pytorch_model.safetensors")
    run = VaeRun(
        renders=renders, output=vae, sizes=tiny, budget=Budget(steps=1), batch=2, crop=32, decoder_only=True
    )
    train_vae(run)
    after = load_file(vae / "diffusion_pytorch_model.safetensors")
    for name, value in before.items():
        assert torch.equal(value, after[name]) == name.startswith(("encoder.", "quant_conv")), name


def test_the_assembled_folder_samples_and_is_measured(
    workshop: UnetRun, renders: Path, tmp_path: Path
) -> None:
    run = dataclasses.replace(workshop, output=tmp_path / "unet")
    train_unet(run)
    vae, model = workshop.output.parent / "vae", tmp_path / "model"
    size = assemble(vae=vae, tokenizer=run.tokenizer, unet=run.output, target=model)
    assert size < 5e6
    assert "_name_or_path" not in (model / "unet" / "config.json").read_text()
    pipeline = load_pipeline(model, "cpu")
    image = pipeline("a red house", height=64, width=64, num_inference_steps=2).images[0]
    assert image.size == (64, 64)
    classifier = tmp_path / "classifier.safetensors"
    train_classifier(ClassifierRun(renders=renders, output=classifier, budget=Budget(steps=2), batch=4))
    report = evaluate(
        model=model,
        classifier=classifier,
        renders=renders,
        prompts=12,
        size=64,
        steps=2,
        guidance=4.0,
        device="cpu",
        pause=None,
    )
    assert "mean of eight" in report
    assert "kernel distance" in report


def test_a_classifier_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "classifier.safetensors"
    save_file({"x": torch.zeros(1)}, path, metadata={"facts": '{"version": 0}'})
    with pytest.raises(ValueError, match="version"):
        load_classifier(path, "cpu")


def test_the_kernel_distance_tells_distributions_apart() -> None:
    generator = torch.Generator().manual_seed(0)
    a, b, c = (torch.randn(200, 16, generator=generator) + shift for shift in (0.0, 0.0, 0.5))
    assert abs(kernel_distance(a, b)) < 0.1 * kernel_distance(a, c)
