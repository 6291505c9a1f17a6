from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from studio.core import paths
from studio.engine import preview
from studio.engine.preview import LatentPreview

CPU = torch.device("cpu")


def encode(rgb: torch.Tensor) -> torch.Tensor:
    """A linear "autoencoder": averages of 8 x 8 cells, mixed into four channels."""
    small = functional.interpolate(rgb, scale_factor=1 / 8, mode="area")
    mix = torch.tensor([[1.0, 0.2, 0.1], [-0.3, 0.9, 0.4], [0.5, -0.5, 0.7], [0.3, 0.3, -0.8]])
    return torch.einsum("oc,nchw->nohw", mix, small * 2.0 - 1.0)


@pytest.fixture
def vae_file(tmp_path: Path) -> Path:
    file = tmp_path / "vae.safetensors"
    file.write_bytes(b"weights of " + tmp_path.name.encode())
    return file


def test_recovers_colours(vae_file: Path) -> None:
    table = preview.load_or_fit(vae_file, encode, CPU)
    picture = torch.rand(1, 3, 64, 80, generator=torch.Generator().manual_seed(9))
    pixels = table.picture(encode(picture))
    assert pixels.shape == (8, 10, 3)
    assert pixels.dtype == np.uint8
    wanted = functional.interpolate(picture, scale_factor=1 / 8, mode="area")[0].permute(1, 2, 0) * 255
    assert np.abs(pixels - wanted.numpy()).max() < 3


def test_is_fitted_once(vae_file: Path) -> None:
    first = preview.load_or_fit(vae_file, encode, CPU)

    def fail(rgb: torch.Tensor) -> torch.Tensor:
        raise AssertionError("the cache was not used")

    second = preview.load_or_fit(vae_file, fail, CPU)
    latents = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    assert np.array_equal(first.picture(latents), second.picture(latents))


@pytest.mark.parametrize("damage", [b"", b"garbage", b"\x93NUMPY\x01\x00v\x00{'descr': '<f4'"])
def test_a_damaged_cache_is_fitted_anew(vae_file: Path, damage: bytes) -> None:
    preview.load_or_fit(vae_file, encode, CPU)
    newest = max((paths.cache_dir() / "previews").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    newest.write_bytes(damage)
    preview.load_or_fit(vae_file, encode, CPU)
    assert newest.stat().st_size > 100


def test_a_cache_that_cannot_be_written_is_no_error(
    vae_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "file"))
    preview.load_or_fit(vae_file, encode, CPU)


def test_what_is_not_finite_does_not_stop_a_preview() -> None:
    table = LatentPreview(torch.ones(3, 4, 3, 3), torch.zeros(3))
    pixels = table.picture(torch.full((1, 4, 8, 8), float("nan")))
    assert pixels.max() == 0
