"""Latents of zero mean and unit variance, by changing two 1x1 convolutions of a trained autoencoder."""

from __future__ import annotations

import torch
from diffusers import AutoencoderKL


@torch.no_grad()
def whiten(vae: AutoencoderKL, images: torch.Tensor) -> None:
    """Folds each latent channel's mean and deviation over `images` (B, 3, H, W; -1..1) into the (post-)quant convs.

    The decoder's answer to an encoded image does not change; `scaling_factor` becomes 1.
    """
    latents = vae.encode(images).latent_dist.mode()
    mean, deviation = latents.mean((0, 2, 3)), latents.std((0, 2, 3))
    channels = len(mean)
    before, after = vae.quant_conv, vae.post_quant_conv
    before.weight[:channels] /= deviation[:, None, None, None]
    before.bias[:channels] = (before.bias[:channels] - mean) / deviation
    before.bias[channels:] -= 2 * deviation.log()
    after.bias += after.weight[:, :, 0, 0] @ mean
    after.weight *= deviation[None, :, None, None]
    vae.register_to_config(scaling_factor=1.0)
