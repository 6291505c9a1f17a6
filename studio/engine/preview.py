"""Latents to a small picture in a tenth of a millisecond: one 3x3 projection, fitted to each autoencoder.

A least-squares fit over procedural colour pictures encoded by the model's own autoencoder; 16 to 18 dB where a
per-pixel table gives 12 to 13. Fitted once per autoencoder and kept in the cache folder.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from studio.core import paths
from studio.generation.request import UInt8Array

logger = logging.getLogger(__name__)

VERSION = 1
KERNEL_PX = 3
PICTURES, PICTURE_PX, PICTURES_AT_ONCE = 24, 128, 8
RIDGE = 1e-3
DIGEST_BYTES = 8 << 20

# (n, 3, h, w) RGB in [0, 1] -> (n, c, h', w') latents as the denoiser sees them
Encoder = Callable[[torch.Tensor], torch.Tensor]


class LatentPreview:
    """weight: (3, c, 3, 3), bias: (3,), both on the device of the latents; RGB in [0, 1]."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor) -> None:
        # Scaled to 255 once instead of at every step.
        self._weight = weight * 255.0
        self._bias = bias * 255.0

    def picture(self, latents: torch.Tensor) -> UInt8Array:
        """(1, c, h, w) clean latents -> uint8 (h, w, 3)."""
        padded = functional.pad(latents.to(self._weight), [KERNEL_PX // 2] * 4, mode="replicate")
        rgb = functional.conv2d(padded, self._weight, self._bias)[0]
        # What is not finite is shown as black; the engine refuses the final picture, not the preview.
        rgb = torch.nan_to_num(rgb.clamp_(0.0, 255.0).round_()).to(torch.uint8)
        pixels: UInt8Array = rgb.permute(1, 2, 0).contiguous().cpu().numpy()
        return pixels


def load_or_fit(vae_file: Path, encode: Encoder, device: torch.device) -> LatentPreview:
    """From the cache when this autoencoder was seen before; a cache that cannot be read or written is no error."""
    cache = paths.cache_dir() / "previews" / f"{_digest(vae_file)}-v{VERSION}.npy"
    table = _cached(cache)
    if table is None:
        table = fit(encode).numpy()
        _store(cache, table)
    channels = (table.shape[0] - 1) // KERNEL_PX**2
    weight = torch.from_numpy(table[:-1].T.copy()).reshape(3, channels, KERNEL_PX, KERNEL_PX)
    return LatentPreview(weight.to(device), torch.from_numpy(table[-1].copy()).to(device))


def fit(encode: Encoder) -> torch.Tensor:
    """Ridge regression: (9 c + 1, 3) float32, the last row the constant. Deterministic."""
    features: list[torch.Tensor] = []
    targets: list[torch.Tensor] = []
    for batch in _procedural_pictures().split(PICTURES_AT_ONCE):
        latents = encode(batch).float().cpu()
        wanted = functional.interpolate(batch, latents.shape[-2:], mode="area")
        features.append(_features(latents))
        targets.append(wanted.flatten(2).permute(0, 2, 1).reshape(-1, 3))
    known, wanted = torch.cat(features).double(), torch.cat(targets).double()
    ridge = RIDGE * len(known) * torch.eye(known.shape[1], dtype=torch.float64)
    solution: torch.Tensor = torch.linalg.solve(known.T @ known + ridge, known.T @ wanted)
    return solution.float()


def _features(latents: torch.Tensor) -> torch.Tensor:
    padded = functional.pad(latents, [KERNEL_PX // 2] * 4, mode="replicate")
    unfolded = (
        functional.unfold(padded, KERNEL_PX).permute(0, 2, 1).reshape(-1, latents.shape[1] * KERNEL_PX**2)
    )
    return torch.cat([unfolded, torch.ones(len(unfolded), 1)], 1)


def _procedural_pictures() -> torch.Tensor:
    """(24, 3, 128, 128) in [0, 1]: smooth colour fields and hard blocks at six scales, of varied contrast."""
    generator = torch.Generator().manual_seed(0)
    pictures = []
    for index in range(PICTURES):
        cells = (2, 3, 5, 9, 17, 33)[index % 6]
        field = torch.rand(1, 3, cells, cells, generator=generator)
        size = (PICTURE_PX, PICTURE_PX)
        if index % 2:
            field = functional.interpolate(field, size, mode="bicubic", align_corners=False)
        else:
            field = functional.interpolate(field, size, mode="nearest")
        contrast = 0.4 + 1.4 * torch.rand(1, 1, 1, 1, generator=generator)
        brightness = torch.rand(1, 3, 1, 1, generator=generator)
        pictures.append(((field - 0.5) * contrast + brightness).clamp(0.0, 1.0))
    return torch.cat(pictures)


def _digest(file: Path) -> str:
    """Of its size and both ends: a checkpoint holds gigabytes besides its autoencoder, and fine-tuned ones differ at the
    end as well."""
    size = file.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with file.open("rb") as stream:
        digest.update(stream.read(DIGEST_BYTES))
        stream.seek(max(0, size - DIGEST_BYTES))
        digest.update(stream.read(DIGEST_BYTES))
    return digest.hexdigest()[:32]


def _cached(path: Path) -> np.ndarray[Any, np.dtype[np.float32]] | None:
    try:
        table = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    is_sound = (
        table.dtype == np.float32
        and table.ndim == 2
        and table.shape[1] == 3
        and table.shape[0] % KERNEL_PX**2 == 1
        and bool(np.isfinite(table).all())
    )
    return table if is_sound else None


def _store(path: Path, table: np.ndarray[Any, np.dtype[np.float32]]) -> None:
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as stream:
            np.save(stream, table, allow_pickle=False)
        part.replace(path)
    except OSError as error:
        logger.warning("the preview table is not kept: %s", error)
