"""Renders through the autoencoder: fp16 latents of unit variance, one safetensors file per resolution."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL

from starter_model.attention import mixed_precision
from starter_model.dataset import as_floats, batches, open_shards
from starter_model.progress import load_checkpoint, save_checkpoint, wait_while_paused
from studio.generation.scenes.spec import SceneSpec

log = logging.getLogger("starter_model")


@dataclass(frozen=True, kw_only=True)
class Latents:
    """`values` (N, 4, S/8, S/8) fp16, scaled as the U-Net sees them, and the scene of each."""

    values: torch.Tensor
    specs: list[SceneSpec]


@torch.no_grad()
def encode_renders(
    vae_folder: Path,
    renders: Path,
    target: Path,
    size: int,
    device: str,
    precision: str,
    pause: Path | None,
) -> int:
    """Encodes every render at `size` pixels (area-averaged from its own size) into `target`; how many."""
    vae = AutoencoderKL.from_pretrained(vae_folder, local_files_only=True).float().eval().to(device)
    vae = vae.to(memory_format=torch.channels_last)
    values: list[torch.Tensor] = []
    specs: list[SceneSpec] = []
    for shard in open_shards(renders):
        for rows in batches(len(shard), 8):
            wait_while_paused(pause)
            images = as_floats(shard.pixels[rows.start : rows.stop]).to(device)
            if images.shape[-1] != size:
                images = F.interpolate(images, size=(size, size), mode="area")
            with mixed_precision(device, enabled=precision == "bf16"):
                mode = vae.encode(images).latent_dist.mode() * vae.config.scaling_factor
            values.append(mode.half().cpu())
            if rows.start % 2000 < 8:
                log.info("encoded %d of %d at %d px", rows.stop, len(shard), size)
        specs += shard.specs
    save_checkpoint(target, {"latents": torch.cat(values)}, {"size": size})
    lines = "".join(json.dumps(spec.to_dict()) + "\n" for spec in specs)
    target.with_suffix(".jsonl").write_text(lines, encoding="utf-8")
    return len(specs)


def load_latents(path: Path) -> Latents:
    """Raises OSError if there is no such file."""
    tensors, _ = load_checkpoint(path)
    lines = path.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()
    return Latents(values=tensors["latents"], specs=[SceneSpec(**json.loads(line)) for line in lines])
