"""One small run of every stage, and the promise that a cut-off run ends as an uninterrupted one."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderTiny
from safetensors.torch import load_file
from transformers import CLIPTokenizer

from starter_model.assemble import PREVIEW_FOLDER, assemble
from starter_model.dataset import as_floats, open_shards
from starter_model.diffusion import LossLog
from starter_model.evaluate import load_pipeline
from starter_model.latents import encode_renders, load_latents
from starter_model.networks import Sizes, make_vae
from starter_model.progress import Budget
from starter_model.text import TextRun, load_text_encoder, train_text
from starter_model.tiny import TinyRun, TinyTrainer, train_tiny
from starter_model.tokenizer import encode
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
    for size in (64, 32):
        encode_renders(
            build / "vae", renders, build / f"latents-{size}.safetensors", size, "cpu", "bf16", None
        )
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


def test_an_autoencoder_that_is_trained_on_keeps_its_latents(
    workshop: UnetRun, renders: Path, tmp_path: Path, tiny: Sizes
) -> None:
    vae = workshop.output.parent / "vae"
    run = VaeRun(
        renders=renders,
        output=tmp_path / "vae",
        sizes=tiny,
        budget=Budget(steps=1),
        batch=2,
        crop=32,
        rate=1e-9,
        start_from=vae,
    )
    train_vae(run)
    before, after = (load_file(f / "diffusion_pytorch_model.safetensors") for f in (vae, run.output))
    for name, value in before.items():
        assert torch.allclose(value, after[name], atol=1e-6), name


def test_a_text_encoder_that_is_trained_on_stays_near_its_states(
    workshop: UnetRun, tmp_path: Path, tiny: Sizes
) -> None:
    run = TextRun(
        tokenizer=workshop.tokenizer,
        output=tmp_path / "text",
        sizes=tiny,
        budget=Budget(steps=3),
        batch=2,
        rate=1e-3,
        start_from=workshop.text_encoder,
    )
    accuracy = train_text(run)
    assert 0 <= accuracy["position"] <= 1
    before, after = (load_text_encoder(folder, "cpu") for folder in (workshop.text_encoder, run.output))
    tokenizer = CLIPTokenizer.from_pretrained(workshop.tokenizer, local_files_only=True)
    ids = torch.tensor(encode(tokenizer, ["a red house on the left"]))
    with torch.no_grad():
        one, other = (encoder(ids).last_hidden_state for encoder in (before, after))
    assert 0 < float((one - other).abs().mean()) < 0.1


@pytest.mark.parametrize("with_tiny", [False, True])
def test_the_assembled_folder_samples(
    workshop: UnetRun, renders: Path, tmp_path: Path, with_tiny: bool
) -> None:
    run = dataclasses.replace(workshop, output=tmp_path / "unet")
    train_unet(run)
    vae, model = workshop.output.parent / "vae", tmp_path / "model"
    tiny_run = TinyRun(
        renders=renders,
        latents=workshop.sources[1].path,
        output=tmp_path / "tiny",
        budget=Budget(steps=2),
        batch=2,
    )
    if with_tiny:
        train_tiny(tiny_run)
    size = assemble(
        vae=vae,
        tokenizer=run.tokenizer,
        unet=run.output,
        tiny=tiny_run.output if with_tiny else None,
        target=model,
    )
    assert size < 5e6
    assert (model / PREVIEW_FOLDER).exists() == with_tiny
    assert "_name_or_path" not in (model / "unet" / "config.json").read_text()
    pipeline = load_pipeline(model, "cpu")
    image = pipeline("a red house", height=64, width=64, num_inference_steps=2).images[0]
    assert image.size == (64, 64)


def test_the_tiny_decoder_shows_a_quarter_of_the_side(
    workshop: UnetRun, renders: Path, tmp_path: Path
) -> None:
    run = TinyRun(
        renders=renders,
        latents=workshop.sources[1].path,
        output=tmp_path / "tiny",
        budget=Budget(steps=40),
        batch=4,
    )
    trained = train_tiny(run)
    untrained = TinyTrainer(dataclasses.replace(run, output=tmp_path / "other")).peak_signal_to_noise()
    assert trained > untrained + 1
    network = AutoencoderTiny.from_pretrained(run.output)
    latents = load_latents(run.latents).values[:1].float()
    with torch.no_grad():
        assert network.decode(latents).sample.shape[-1] == 2 * latents.shape[-1]


def test_a_text_encoder_of_its_own_replaces_that_of_the_model_trained_on(
    workshop: UnetRun, tmp_path: Path
) -> None:
    model = tmp_path / "model"
    train_unet(dataclasses.replace(workshop, output=model))
    own = load_text_encoder(workshop.text_encoder, "cpu").state_dict()
    on = dataclasses.replace(workshop, output=tmp_path / "unet", start_from=model)
    kept = dataclasses.replace(on, text_encoder=tmp_path / "none")
    for run, expected in ((on, own), (kept, load_text_encoder(model / "text_encoder", "cpu").state_dict())):
        loaded = UnetTrainer(run).text.state_dict()
        assert all(torch.equal(value, loaded[name]) for name, value in expected.items())
