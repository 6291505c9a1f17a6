"""The tiny decoder beside a model: used when it is cheap, refused when it does not fit, never the reason for a failure."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import AutoencoderTiny

from studio.engine.preview import LatentPreview
from studio.engine.previews import JobPreviews
from studio.engine.tiny_decoder import FOLDER, WEIGHTS, TinyDecoder, load_tiny_decoder

CPU = torch.device("cpu")
SLOW_S, FAST_S = 1e6, 0.0


def write_decoder(model: Path, levels: int = 2, channels: int = 4) -> Path:
    torch.manual_seed(0)
    network = AutoencoderTiny(
        encoder_block_out_channels=(8,) * levels,
        decoder_block_out_channels=(8,) * levels,
        num_encoder_blocks=(1,) * levels,
        num_decoder_blocks=(1,) * levels,
        latent_channels=channels,
    )
    network.save_pretrained(model / FOLDER)
    return model / FOLDER


def projection() -> LatentPreview:
    return LatentPreview(torch.zeros(3, 4, 3, 3), torch.zeros(3))


@pytest.fixture
def decoder(tmp_path: Path) -> TinyDecoder:
    write_decoder(tmp_path)
    loaded = load_tiny_decoder(tmp_path, 4, 8, CPU)
    assert loaded is not None
    return loaded


def test_a_picture_is_twice_the_latents(decoder: TinyDecoder) -> None:
    pixels = decoder.picture(torch.randn(1, 4, 6, 8, generator=torch.Generator().manual_seed(1)))
    assert pixels.shape == (12, 16, 3)
    assert pixels.dtype == np.uint8
    assert pixels.std() > 0


def test_it_shows_what_diffusers_decodes(tmp_path: Path, decoder: TinyDecoder) -> None:
    latents = torch.randn(1, 4, 4, 4, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        wanted = AutoencoderTiny.from_pretrained(tmp_path / FOLDER).decode(latents).sample
    wanted = ((wanted[0].permute(1, 2, 0) + 1) * 127.5).clamp(0, 255).numpy()
    assert np.abs(decoder.picture(latents) - wanted).max() <= 0.51


def test_what_is_not_finite_is_black(decoder: TinyDecoder) -> None:
    assert decoder.picture(torch.full((1, 4, 4, 4), float("nan"))).max() == 0


def test_it_is_used_from_the_middle_on_where_steps_are_slow(
    decoder: TinyDecoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder, "is_affordable", lambda clean, step_s: True)
    previews = JobPreviews(projection(), decoder)
    widths = [previews.picture(call, 4, torch.zeros(1, 4, 4, 4)).shape[1] for call in (1, 2, 3, 4)]
    assert widths == [4, 4, 8, 8]


def test_it_is_left_out_where_steps_are_fast(decoder: TinyDecoder) -> None:
    latents = torch.zeros(1, 4, 4, 4)
    assert decoder.is_affordable(latents, SLOW_S)
    assert not decoder.is_affordable(latents, FAST_S)


def test_a_job_does_not_change_its_mind(decoder: TinyDecoder, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter((False, True, True))
    monkeypatch.setattr(decoder, "is_affordable", lambda clean, step_s: next(answers))
    previews = JobPreviews(projection(), decoder)
    widths = [previews.picture(call, 4, torch.zeros(1, 4, 4, 4)).shape[1] for call in (1, 2, 3, 4)]
    assert widths == [4, 4, 4, 4]


def test_a_model_without_one_is_the_ordinary_case(tmp_path: Path) -> None:
    assert load_tiny_decoder(tmp_path, 4, 8, CPU) is None


def damage_config(folder: Path, **changes: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **changes}))


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / WEIGHTS).write_bytes(b"<html>"),
        lambda folder: (folder / WEIGHTS).unlink(),
        lambda folder: (folder / "config.json").write_text("{"),
        lambda folder: (folder / "config.json").write_text("[]"),
        lambda folder: damage_config(folder, _class_name="AutoencoderKL"),
        lambda folder: damage_config(folder, auto_map={"AutoModel": "x.Y"}),
        lambda folder: damage_config(folder, latent_channels=16),
        lambda folder: damage_config(folder, decoder_block_out_channels=[16, 16]),
    ],
    ids=["foreign", "gone", "no json", "no object", "other class", "code", "other latents", "other widths"],
)
def test_one_that_cannot_be_used_is_passed_by(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: object
) -> None:
    damage(write_decoder(tmp_path))  # type: ignore[operator]
    with caplog.at_level(logging.WARNING):
        assert load_tiny_decoder(tmp_path, 4, 8, CPU) is None
    assert "not sharpened" in caplog.text


def test_one_whose_pictures_are_too_large_for_a_preview_is_passed_by(tmp_path: Path) -> None:
    write_decoder(tmp_path, levels=3)
    assert load_tiny_decoder(tmp_path, 4, 8, CPU) is None
