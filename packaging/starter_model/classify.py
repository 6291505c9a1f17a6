"""A small network that reads the attributes back from a picture: the ruler for the model, with no foreign weights.

Distances between two models hold only for the same classifier, so its file is frozen and carries a version.
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
from torch import nn

from starter_model.attention import mixed_precision
from starter_model.dataset import HELD_OUT, Shard, as_floats, batches, open_shards
from starter_model.progress import (
    Budget,
    learning_rate,
    load_checkpoint,
    resumed,
    save_checkpoint,
    wait_while_paused,
)
from starter_model.training import Group, Training
from studio.generation.scenes.spec import ATTRIBUTES, SceneSpec

log = logging.getLogger("starter_model")
VERSION = 1
INPUT_SIZE = 128
_IGNORED = -100
_NAMES = list(ATTRIBUTES)
_MIRRORED = torch.tensor([2, 1, 0])


class _Block(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.down = nn.Conv2d(inputs, outputs, 3, 2, 1)
        self.down_norm = nn.GroupNorm(8, outputs)
        self.conv = nn.Conv2d(outputs, outputs, 3, 1, 1)
        self.norm = nn.GroupNorm(8, outputs)
        self.skip = nn.Conv2d(inputs, outputs, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.norm(self.conv(F.relu(self.down_norm(self.down(x)), inplace=True)))
        return F.relu(h + self.skip(F.avg_pool2d(x, 2)), inplace=True)


class Classifier(nn.Module):
    """Takes (B, 3, 128, 128) in -1..1 with two coordinate channels added inside."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(5, 24, 4, 2, 1)
        self.blocks = nn.Sequential(_Block(24, 48), _Block(48, 96), _Block(96, 128), _Block(128, 160))
        self.features = nn.Linear(320, 160)
        self.heads = nn.ModuleList([nn.Linear(160, len(values)) for values in ATTRIBUTES.values()])

    def forward(self, images: torch.Tensor) -> tuple[list[torch.Tensor], torch.Tensor]:
        """(logits of each attribute, features (B, 160))."""
        if images.shape[-2:] != (INPUT_SIZE, INPUT_SIZE):
            images = F.interpolate(images, size=(INPUT_SIZE, INPUT_SIZE), mode="area")
        line = torch.linspace(-1, 1, INPUT_SIZE, device=images.device)
        shape = (images.shape[0], 1, INPUT_SIZE, INPUT_SIZE)
        across, down = line.view(1, 1, 1, -1).expand(shape), line.view(1, 1, -1, 1).expand(shape)
        h = self.blocks(F.relu(self.stem(torch.cat([images, across, down], 1))))
        features = F.relu(self.features(torch.cat([h.mean((2, 3)), h.amax((2, 3))], 1)))
        return [head(features) for head in self.heads], features


@dataclass(frozen=True, kw_only=True)
class ClassifierRun:
    renders: Path
    output: Path
    budget: Budget
    batch: int = 48
    rate: float = 2e-3
    seed: int = 0
    device: str = "cpu"
    precision: str = "bf16"
    save_minutes: float = 3.0
    pause: Path | None = None


def labels_of(spec: SceneSpec) -> list[int]:
    """Class of each attribute; -100 where the picture cannot show it."""
    hidden = {
        "color": spec.object in ("none", "campfire") or spec.style == "pencil",
        "position": spec.object == "none",
        "celestial_position": spec.celestial == "none",
        "flower_color": spec.ground != "flowers" or spec.style == "pencil",
    }
    return [_IGNORED if hidden.get(name) else spec.index_of(name) for name in _NAMES]


def _small_images(shard: Shard) -> torch.Tensor:
    parts = []
    for rows in batches(len(shard), 256):
        pixels = torch.from_numpy(np.array(shard.pixels[rows.start : rows.stop])).float()
        parts.append(F.interpolate(pixels, size=(INPUT_SIZE, INPUT_SIZE), mode="area").round().byte())
    return torch.cat(parts)


def _augmented(
    images: torch.Tensor, labels: torch.Tensor, rng: random.Random
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mirrors, blurs and adds noise, so that an autoencoder's softness is nothing new to the classifier."""
    if rng.random() < 0.5:
        images, labels = images.flip(3), labels.clone()
        for name in ("position", "celestial_position"):
            column = labels[:, _NAMES.index(name)]
            labels[:, _NAMES.index(name)] = torch.where(column >= 0, _MIRRORED[column.clamp(min=0)], column)
    if rng.random() < 0.5:
        images = F.interpolate(F.avg_pool2d(images, 2), size=INPUT_SIZE, mode="bilinear")
    return images + torch.randn_like(images) * 0.06 * rng.random(), labels


def train_classifier(run: ClassifierRun) -> dict[str, float]:
    """Writes the classifier; its accuracy per attribute on held-out renders. Goes on from its checkpoint."""
    torch.manual_seed(run.seed)
    shards = open_shards(run.renders)
    images = torch.cat([_small_images(shard) for shard in shards])
    labels = torch.tensor([labels_of(spec) for shard in shards for spec in shard.specs])
    kept = min(HELD_OUT, len(shards[0]) // 4)
    network = Classifier().to(run.device)
    training = Training([Group(parameters=list(network.parameters()))], run.rate, 0.998, 0.02)
    checkpoint = run.output.with_suffix(".checkpoint.safetensors")
    budget = run.budget
    if checkpoint.exists():
        budget = resumed(run.budget, training.restore(checkpoint))
    started, saved, first = time.time(), time.time(), training.step
    while (fraction := budget.fraction(training.step)) < 1:
        wait_while_paused(run.pause)
        rng = random.Random(f"classify/{run.seed}/{training.step}")
        torch.manual_seed(rng.randrange(2**62))
        rows = [rng.randrange(kept, len(images)) for _ in range(run.batch)]
        batch, wanted = _augmented(images[rows].float() / 127.5 - 1, labels[rows], rng)
        wanted = wanted.to(run.device)
        with mixed_precision(run.device, enabled=run.precision == "bf16"):
            logits, _ = network(batch.to(run.device).contiguous(memory_format=torch.channels_last))
        terms = [
            F.cross_entropy(logit.float(), wanted[:, k], ignore_index=_IGNORED)
            for k, logit in enumerate(logits)
            if bool((wanted[:, k] >= 0).any())
        ]
        loss = torch.stack(terms).sum()
        loss.backward()
        training.update(learning_rate(run.rate, training.step, fraction, warmup=50, flat=0.3))
        if time.time() - saved > run.save_minutes * 60:
            training.save(checkpoint, {"started": budget.start})
            rate = (training.step - first) * run.batch / (time.time() - started)
            log.info(
                "classifier step %d, %.0f images/s, loss %.3f", training.step, rate, loss.item() / len(terms)
            )
            saved = time.time()
    training.average.swap()
    save_checkpoint(run.output, network.state_dict(), {"version": VERSION, "steps": training.step})
    checkpoint.unlink(missing_ok=True)
    return held_out_accuracy(network.eval(), images[:kept], labels[:kept])


@torch.no_grad()
def held_out_accuracy(network: Classifier, images: torch.Tensor, labels: torch.Tensor) -> dict[str, float]:
    """Accuracy per attribute where the picture shows it; `images` uint8."""
    device = next(network.parameters()).device
    hits: list[list[torch.Tensor]] = [[] for _ in _NAMES]
    for rows in batches(len(images), 100):
        logits, _ = network(as_floats(images[rows.start : rows.stop].numpy()).to(device))
        wanted = labels[rows.start : rows.stop]
        for k, logit in enumerate(logits):
            shown = wanted[:, k] >= 0
            hits[k].append((logit.argmax(1).cpu() == wanted[:, k])[shown].float())
    joined = {name: torch.cat(parts) for name, parts in zip(_NAMES, hits, strict=True)}
    return {name: float(values.mean()) for name, values in joined.items() if len(values)}


def load_classifier(path: Path, device: str) -> Classifier:
    """Raises OSError if there is no file, ValueError if it is of another version."""
    tensors, facts = load_checkpoint(path)
    if facts.get("version") != VERSION:
        raise ValueError(
            f"{path} is classifier version {facts.get('version')}; this code measures with {VERSION}."
        )
    network = Classifier()
    network.load_state_dict(tensors)
    return network.to(device).eval()
