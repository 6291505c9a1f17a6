"""Trains the U-Net and, at a lower rate, the text encoder with it.

Two processes of one thread each beat one process of two threads on a loaded machine: spinning barriers fall from
28 samples per core-second to 5 there. Gradients are averaged over gloo. Everything random is drawn from
(seed, step, rank), so a resumed run by steps equals an uninterrupted one.
"""

from __future__ import annotations

import logging
import random
import time
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.distributed as dist
from diffusers import UNet2DConditionModel
from transformers import CLIPTextModel, CLIPTokenizer

from starter_model.attention import mixed_precision
from starter_model.dataset import HELD_OUT
from starter_model.diffusion import LossLog, Objective
from starter_model.latents import Latents, load_latents
from starter_model.networks import Sizes, make_unet
from starter_model.progress import Budget, learning_rate, replace_folder, resumed, wait_while_paused
from starter_model.text import load_text_encoder
from starter_model.tokenizer import encode
from starter_model.training import Group, Training
from studio.generation.scenes.captions import write_caption

log = logging.getLogger("starter_model")
_EMPTY_SHARE = 0.1


@dataclass(frozen=True, kw_only=True)
class Source:
    """Latents of one resolution: their file, the batch per process, and their share of the steps."""

    path: Path
    batch: int
    share: float


@dataclass(frozen=True, kw_only=True)
class UnetRun:
    """start_from: a model whose U-Net is trained on, with its text encoder unless `text_encoder` exists.

    text_rate: the text encoder's share of the learning rate. places: how often captions tell where things are.
    """

    sources: tuple[Source, ...]
    tokenizer: Path
    text_encoder: Path
    output: Path
    sizes: Sizes
    budget: Budget
    start_from: Path | None = None
    rate: float = 1.5e-3
    flat: float = 0.5
    average_decay: float = 0.997
    text_rate: float = 0.3
    places: float = 0.5
    seed: int = 0
    device: str = "cpu"
    precision: str = "bf16"
    muon: bool = True
    rank: int = 0
    ranks: int = 1
    save_minutes: float = 4.0
    log_steps: int = 50
    pause: Path | None = None


class UnetTrainer:
    """One process of a run."""

    def __init__(self, run: UnetRun) -> None:
        torch.manual_seed(run.seed)
        self.run = run
        self.sources = [load_latents(source.path) for source in run.sources]
        self.tokenizer: CLIPTokenizer = CLIPTokenizer.from_pretrained(run.tokenizer, local_files_only=True)
        text_folder, unet = run.text_encoder, make_unet(run.sizes, run.sizes.text_width)
        if run.start_from is not None:
            unet = load_unet(run.start_from / "unet")
            if not text_folder.exists():
                text_folder = run.start_from / "text_encoder"
        self.text: CLIPTextModel = load_text_encoder(text_folder, run.device).train()
        self.unet = unet.to(run.device).train()
        self.unet = self.unet.to(memory_format=torch.channels_last)
        self.training = Training(self._groups(), run.rate, run.average_decay, 0.01)
        self.objective = Objective(run.device)
        self.checkpoint = run.output.with_name(run.output.name + ".checkpoint.safetensors")
        self.budget = run.budget
        if self.checkpoint.exists():
            self.budget = resumed(run.budget, self.training.restore(self.checkpoint))

    def _groups(self) -> list[Group]:
        """Muon for the U-Net's inner matrices; AdamW for vectors, its ends, and the text encoder."""
        inner: list[torch.nn.Parameter] = []
        outer: list[torch.nn.Parameter] = []
        for name, parameter in self.unet.named_parameters():
            is_inner = parameter.ndim >= 2 and not name.startswith(("conv_in", "conv_out"))
            (inner if is_inner and self.run.muon else outer).append(parameter)
        return [
            Group(parameters=inner, matrices=True),
            Group(parameters=outer),
            Group(parameters=list(self.text.parameters()), factor=self.run.text_rate),
        ]

    def batch(self, step: int) -> tuple[torch.Tensor, torch.Tensor, torch.Generator]:
        """Latents (B, 4, h, w), token ids (B, 77) and the step's generator; half of the pictures mirrored."""
        run = self.run
        shared = random.Random(f"unet/{run.seed}/{step}")
        index = shared.choices(range(len(run.sources)), [s.share for s in run.sources])[0]
        rng = random.Random(f"unet/{run.seed}/{step}/{run.rank}")
        source, latents = run.sources[index], self.sources[index]
        rows = [
            rng.randrange(min(HELD_OUT, len(latents.specs) // 4), len(latents.specs))
            for _ in range(source.batch)
        ]
        clean = latents.values[rows].float()
        captions = []
        for k, row in enumerate(rows):
            spec = latents.specs[row]
            if rng.random() < 0.5:
                spec, clean[k] = spec.mirrored(), clean[k].flip(2)
            text = write_caption(spec, rng, places=run.places).text
            captions.append("" if rng.random() < _EMPTY_SHARE else text)
        ids = torch.tensor(encode(self.tokenizer, captions), device=run.device)
        return clean.to(run.device), ids, torch.Generator().manual_seed(rng.randrange(2**62))

    def predict(self, noisy: torch.Tensor, timesteps: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
        noisy = noisy.contiguous(memory_format=torch.channels_last)
        with mixed_precision(self.run.device, enabled=self.run.precision == "bf16"):
            states = self.text(input_ids=ids).last_hidden_state
            output: torch.Tensor = self.unet(noisy, timesteps, states).sample
        return output.float()

    def take_step(self, losses: LossLog) -> int:
        """One optimizer step over all processes; the number of samples in it."""
        run, step = self.run, self.training.step
        clean, ids, generator = self.batch(step)
        timesteps = self.objective.timesteps(len(clean), generator).to(run.device)
        noise = torch.randn(clean.shape, generator=generator).to(run.device)
        noised = self.objective.noised(clean, timesteps, noise)
        predicted = self.predict(noised.noisy, timesteps, ids)
        errors = (predicted - noised.velocity).square().mean((1, 2, 3))
        (errors * noised.weights).mean().backward()
        self._share_gradients()
        fraction = self._shared_fraction()
        self.training.update(learning_rate(run.rate, step, fraction, flat=run.flat))
        losses.add(errors, timesteps)
        return len(clean) * run.ranks

    def _share_gradients(self) -> None:
        parameters = self.training.parameters
        for parameter in parameters:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        if self.run.ranks == 1:
            return
        gradients = [p.grad for p in parameters if p.grad is not None]
        flat = torch.cat([g.flatten() for g in gradients])
        dist.all_reduce(flat)
        flat /= self.run.ranks
        for gradient, part in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
            gradient.copy_(part.view(gradient.shape))

    def _shared_fraction(self) -> float:
        """Progress as the first process sees it, so that all stop at the same step."""
        fraction = self.budget.fraction(self.training.step)
        if self.run.ranks == 1:
            return fraction
        value = torch.tensor([fraction], dtype=torch.float64)
        dist.broadcast(value, 0)
        return float(value)

    @torch.no_grad()
    def held_out_error(self, count: int = 96) -> float:
        """Velocity error of the averaged weights on pictures never trained on, with fixed noise."""
        latents: Latents = self.sources[-1]
        count = min(count, len(latents.specs) // 4)
        generator = torch.Generator().manual_seed(7)
        rng = random.Random(7)
        captions = [write_caption(spec, rng).text for spec in latents.specs[:count]]
        ids = torch.tensor(encode(self.tokenizer, captions), device=self.run.device)
        timesteps = torch.linspace(20, 980, count).long().to(self.run.device)
        noise = torch.randn(latents.values[:count].shape, generator=generator).to(self.run.device)
        noised = self.objective.noised(latents.values[:count].float().to(self.run.device), timesteps, noise)
        errors = [
            (
                self.predict(noised.noisy[k : k + 16], timesteps[k : k + 16], ids[k : k + 16])
                - noised.velocity[k : k + 16]
            )
            .square()
            .mean()
            for k in range(0, count, 16)
        ]
        return float(torch.stack(errors).mean())

    def export(self) -> None:
        """Writes the averaged networks to the output folder."""

        def write(folder: Path) -> None:
            self.unet.save_pretrained(folder / "unet")
            self.text.save_pretrained(folder / "text_encoder")

        self.training.average.through(lambda: replace_folder(self.run.output, write))

    def train(self) -> float:
        """Runs to the end of the budget; the held-out error of the averaged weights."""
        run = self.run
        losses, samples, started, saved = LossLog(), 0, time.time(), time.time()
        while self._shared_fraction() < 1:
            wait_while_paused(run.pause)
            samples += self.take_step(losses)
            if run.rank:
                continue
            if self.training.step % run.log_steps == 0:
                rate = samples / (time.time() - started)
                log.info("unet step %d, %.1f samples/s, loss %s", self.training.step, rate, losses.report())
            if time.time() - saved > run.save_minutes * 60:
                self.save()
                saved = time.time()
        if run.rank == 0:
            self.save()
        return self.training.average.through(self.held_out_error)

    def save(self) -> None:
        self.training.save(self.checkpoint, {"ranks": self.run.ranks, "started": self.budget.start})
        self.export()
        error = self.training.average.through(self.held_out_error)
        log.info("unet step %d saved, held-out error %.4f", self.training.step, error)


def train_unet(run: UnetRun, address: str = "tcp://127.0.0.1:29511") -> float:
    """Trains until the budget is spent. With `ranks` > 1 every process calls this with its own rank."""
    if run.ranks > 1:
        dist.init_process_group("gloo", init_method=address, rank=run.rank, world_size=run.ranks)
    try:
        return UnetTrainer(run).train()
    finally:
        if run.ranks > 1:
            dist.destroy_process_group()


def load_unet(folder: Path) -> UNet2DConditionModel:
    """In single precision, whatever the file holds."""
    unet: UNet2DConditionModel = UNet2DConditionModel.from_pretrained(folder, local_files_only=True)
    return unet.float()
