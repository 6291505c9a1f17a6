"""A tiny autoencoder for previews: the large one's latents to a picture of a quarter of its side, in 1.4 milliseconds.

diffusers' AutoencoderTiny with two levels: 32x32 latents become 64x64 pixels, twice as sharp a side as latents
projected to colours. A picture of full size would cost as much as most of a denoising step of this model.
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
from diffusers import AutoencoderTiny

from starter_model.dataset import HELD_OUT, Shard, batches, open_shards
from starter_model.latents import load_latents
from starter_model.progress import Budget, learning_rate, replace_folder, resumed, wait_while_paused
from starter_model.training import Group, Training

log = logging.getLogger("starter_model")
_WIDTH = 16
_NOISE = 0.1


@dataclass(frozen=True, kw_only=True)
class TinyRun:
    """latents: the file made of `renders`, in the same order."""

    renders: Path
    latents: Path
    output: Path
    budget: Budget
    batch: int = 32
    rate: float = 2e-3
    seed: int = 0
    save_minutes: float = 2.0
    pause: Path | None = None


def make_tiny() -> AutoencoderTiny:
    return AutoencoderTiny(
        encoder_block_out_channels=(_WIDTH, _WIDTH),
        decoder_block_out_channels=(_WIDTH, _WIDTH),
        num_encoder_blocks=(1, 1),
        num_decoder_blocks=(2, 0),
        latent_channels=4,
        upsampling_scaling_factor=2,
    )


def _small_pixels(shard: Shard, side: int) -> torch.Tensor:
    parts = []
    for rows in batches(len(shard), 256):
        pixels = torch.from_numpy(np.array(shard.pixels[rows.start : rows.stop])).float()
        parts.append(F.interpolate(pixels, size=(side, side), mode="area").round().byte())
    return torch.cat(parts)


class TinyTrainer:
    """Both halves at once: latents to pixels, and pixels to latents."""

    def __init__(self, run: TinyRun) -> None:
        torch.manual_seed(run.seed)
        self.run = run
        self.latents = load_latents(run.latents).values
        side = 2 * self.latents.shape[-1]
        self.pixels = torch.cat([_small_pixels(shard, side) for shard in open_shards(run.renders)])
        if len(self.pixels) != len(self.latents):
            raise ValueError(f"{run.latents} was not made of the renders in {run.renders}.")
        self.kept = min(HELD_OUT, len(self.latents) // 4)
        self.network = make_tiny().to(memory_format=torch.channels_last).train()
        self.training = Training([Group(parameters=list(self.network.parameters()))], run.rate, 0.995, 1e-4)
        self.checkpoint = run.output.with_name(run.output.name + ".checkpoint.safetensors")
        self.budget = run.budget
        if self.checkpoint.exists():
            self.budget = resumed(run.budget, self.training.restore(self.checkpoint))

    def _batch(self, rows: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
        pixels = self.pixels[rows].float() / 127.5 - 1
        latents = self.latents[rows].float()
        return latents.contiguous(memory_format=torch.channels_last), pixels

    def take_step(self) -> float:
        """L1 + 2 L2 of the picture and of its gradients; L2 of the latents."""
        run, step = self.run, self.training.step
        rng = random.Random(f"tiny/{run.seed}/{step}")
        torch.manual_seed(rng.randrange(2**62))
        rows = [rng.randrange(self.kept, len(self.latents)) for _ in range(run.batch)]
        latents, pixels = self._batch(rows)
        if rng.random() < 0.5:
            latents, pixels = latents.flip(3), pixels.flip(3)
        # Estimates on the way to a picture are not yet clean.
        noise = torch.randn_like(latents) * _NOISE * rng.random()
        error = self.network.decode(latents + noise).sample - pixels
        loss = error.abs().mean() + 2 * error.square().mean()
        loss = loss + 0.5 * (torch.diff(error, dim=3).abs().mean() + torch.diff(error, dim=2).abs().mean())
        loss = loss + F.mse_loss(self.network.encode(pixels).latents, latents)
        loss.backward()
        self.training.update(learning_rate(run.rate, step, self.budget.fraction(step), flat=0.3))
        return float(loss.detach())

    @torch.no_grad()
    def peak_signal_to_noise(self) -> float:
        """Mean over held-out renders, in dB, at the decoder's own size."""
        values = []
        for rows in batches(min(200, self.kept), 20):
            latents, pixels = self._batch(list(rows))
            result = self.network.decode(latents).sample.clamp(-1, 1)
            values.append(-10 * ((result - pixels) / 2).square().mean((1, 2, 3)).log10())
        return float(torch.cat(values).mean())

    def train(self) -> float:
        """Writes the network to `run.output`; its held-out signal to noise."""
        saved = time.time()
        while self.budget.fraction(self.training.step) < 1:
            wait_while_paused(self.run.pause)
            loss = self.take_step()
            if time.time() - saved > self.run.save_minutes * 60:
                self.training.save(self.checkpoint, {"started": self.budget.start})
                quality = self.training.average.through(self.peak_signal_to_noise)
                log.info("tiny step %d, loss %.4f, %.2f dB", self.training.step, loss, quality)
                saved = time.time()
        self.training.average.swap()
        replace_folder(self.run.output, self.network.half().save_pretrained)
        self.network.float()
        self.checkpoint.unlink(missing_ok=True)
        return self.peak_signal_to_noise()


def train_tiny(run: TinyRun) -> float:
    """Raises OSError without renders or latents, ValueError if they do not belong together."""
    return TinyTrainer(run).train()
