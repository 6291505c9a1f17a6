"""Trains the autoencoder on crops, or its decoder alone once latents have been made with it.

One step in five decodes area-averaged latents against the area-averaged crop, and one in seven mirrored latents
against the mirrored crop (Kouzelis et al. 2025, "EQ-VAE"): the U-Net may then mirror latents at no cost, and
learns from 128 px what it needs at 256 px.
"""

from __future__ import annotations

import logging
import random
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from numpy.typing import NDArray

from starter_model.attention import mixed_precision
from starter_model.dataset import as_floats, batches, held_out, open_shards, training_pixels
from starter_model.networks import Sizes, make_vae
from starter_model.progress import Budget, learning_rate, replace_folder, resumed, wait_while_paused
from starter_model.training import Group, Training
from starter_model.vae_init import warm_start
from starter_model.whitening import whiten

log = logging.getLogger("starter_model")
_KL_WEIGHT = 1e-4


@dataclass(frozen=True, kw_only=True)
class VaeRun:
    renders: Path
    output: Path
    sizes: Sizes
    budget: Budget
    batch: int = 16
    crop: int = 64
    rate: float = 8e-4
    decoder_only: bool = False
    start_from: Path | None = None
    latent_noise: float = 0.06
    precision: str = "bf16"
    seed: int = 0
    device: str = "cpu"
    save_minutes: float = 3.0
    pause: Path | None = None


class VaeTrainer:
    """Starts from `run.start_from`, from `run.output` when its decoder alone is trained, or from the warm start.

    Weights that were trained before keep their latent frame: whitening again would move it under a trained U-Net.
    """

    def __init__(self, run: VaeRun) -> None:
        torch.manual_seed(run.seed)
        self.run = run
        shards = open_shards(run.renders)
        self.pixels = training_pixels(shards)
        self.test, _ = held_out(shards, 32)
        self.keeps_frame = run.decoder_only or run.start_from is not None
        if self.keeps_frame:
            folder = run.start_from or run.output
            vae: AutoencoderKL = AutoencoderKL.from_pretrained(folder, local_files_only=True).float()
        else:
            vae = make_vae(run.sizes)
            size = self.pixels[0].shape[2]
            middle = slice(size // 4, size - size // 4)
            warm_start(vae, as_floats(self.pixels[0][:48, :, middle, middle]))
        if run.decoder_only:
            vae.encoder.requires_grad_(False)
            vae.quant_conv.requires_grad_(False)
        self.vae = vae.to(run.device).to(memory_format=torch.channels_last).train()
        parameters = [p for p in self.vae.parameters() if p.requires_grad]
        self.training = Training([Group(parameters=parameters)], run.rate, 0.995, 1e-4)
        self.checkpoint = run.output.with_name(run.output.name + ".checkpoint.safetensors")
        self.budget = run.budget
        if self.checkpoint.exists():
            self.budget = resumed(run.budget, self.training.restore(self.checkpoint))

    def _crops(self, rng: random.Random) -> torch.Tensor:
        size = self.run.crop
        crops: list[NDArray[np.uint8]] = []
        for _ in range(self.run.batch):
            part = rng.choices(self.pixels, [len(p) for p in self.pixels])[0]
            image = part[rng.randrange(len(part))]
            y, x = rng.randint(0, image.shape[1] - size), rng.randint(0, image.shape[2] - size)
            crop = image[:, y : y + size, x : x + size]
            crops.append(crop[:, :, ::-1] if rng.random() < 0.5 else crop)
        return as_floats(np.stack(crops)).to(self.run.device)

    def take_step(self) -> float:
        """The loss: L1 + 2 L2 + half the L1 of the gradients + L1 of 4x4 means + a little divergence."""
        run, step = self.run, self.training.step
        rng = random.Random(f"vae/{run.seed}/{step}")
        torch.manual_seed(rng.randrange(2**62))
        target = self._crops(rng)
        with mixed_precision(run.device, enabled=run.precision == "bf16"):
            posterior = self.vae.encode(target).latent_dist
            latents = posterior.sample()
            latents = latents + run.latent_noise * torch.randn_like(latents)
            form = rng.random()
            if form < 0.2 and not run.decoder_only:
                latents, target = F.avg_pool2d(latents, 2), F.avg_pool2d(target, 2)
            elif form < 0.35:
                latents, target = latents.flip(3), target.flip(3)
            error = self.vae.decode(latents).sample.float() - target
        loss = error.abs().mean() + 2 * error.square().mean() + F.avg_pool2d(error, 4).abs().mean()
        loss = loss + 0.5 * (torch.diff(error, dim=3).abs().mean() + torch.diff(error, dim=2).abs().mean())
        if not run.decoder_only:
            loss = loss + _KL_WEIGHT * posterior.kl().float().mean() / latents[0].numel()
        loss.backward()
        self.training.update(learning_rate(run.rate, step, self.budget.fraction(step), flat=0.4))
        return float(loss.detach())

    @torch.no_grad()
    def peak_signal_to_noise(self) -> float:
        """Mean over the held-out renders, in dB, of the weights now in place."""
        values = []
        for rows in batches(len(self.test), 2):
            images = as_floats(self.test[rows.start : rows.stop]).to(self.run.device)
            result = self.vae.decode(self.vae.encode(images).latent_dist.mode()).sample.clamp(-1, 1)
            values.append(-10 * ((result - images) / 2).square().mean((1, 2, 3)).log10())
        return float(torch.cat(values).mean())

    def _save(self) -> None:
        self.training.save(self.checkpoint, {"started": self.budget.start})
        self.training.average.through(lambda: replace_folder(self.run.output, self.vae.save_pretrained))

    def train(self) -> float:
        """Held-out signal to noise (dB) of the averaged weights, which are written to the output folder."""
        started, saved, first = time.time(), time.time(), self.training.step
        while self.budget.fraction(self.training.step) < 1:
            wait_while_paused(self.run.pause)
            loss = self.take_step()
            if time.time() - saved > self.run.save_minutes * 60:
                self._save()
                quality = self.training.average.through(self.peak_signal_to_noise)
                rate = (self.training.step - first) * self.run.batch / (time.time() - started)
                log.info(
                    "vae step %d, %.1f crops/s, loss %.4f, %.2f dB", self.training.step, rate, loss, quality
                )
                saved = time.time()
        self.training.average.swap()
        if not self.keeps_frame:
            whiten(self.vae, as_floats(self.pixels[0][:64]).to(self.run.device))
        replace_folder(self.run.output, self.vae.save_pretrained)
        self.checkpoint.unlink(missing_ok=True)
        return self.peak_signal_to_noise()


def train_vae(run: VaeRun) -> float:
    """Raises OSError without renders, or without the autoencoder that is to be trained on."""
    return VaeTrainer(run).train()
