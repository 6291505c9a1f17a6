"""Trains the classifier on renders."""

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
from starter_model.classifier import IGNORED, INPUT_SIZE, NAMES, VERSION, Classifier, at_size, labels_of
from starter_model.dataset import Shard, as_floats, batches, open_shards
from starter_model.progress import (
    Budget,
    learning_rate,
    resumed,
    save_checkpoint,
    wait_while_paused,
)
from starter_model.training import Group, Training

log = logging.getLogger("starter_model")
_HELD_OUT = 1000
_SETTLING = 640
# Shapes and colours are learnt from half-size pictures at a third of the cost, what styles do to pixels afterwards.
_SMALL_SHARE = 0.6
_MIRRORED = torch.tensor([2, 1, 0])


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


def _augmented(
    images: torch.Tensor, labels: torch.Tensor, rng: random.Random
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mirrors, blurs and adds noise, so that an autoencoder's softness is nothing new to the classifier."""
    if rng.random() < 0.5:
        images, labels = images.flip(3), labels.clone()
        for name in ("position", "celestial_position"):
            column = labels[:, NAMES.index(name)]
            labels[:, NAMES.index(name)] = torch.where(column >= 0, _MIRRORED[column.clamp(min=0)], column)
    if rng.random() < 0.4:
        images = F.interpolate(F.avg_pool2d(images, 2), scale_factor=2, mode="bilinear")
    # One sheet of noise for every four pictures: drawing it costs as much as the network's own work.
    sheets = torch.randn(-(-len(images) // 4), *images.shape[1:]) * 0.06 * rng.random()
    return images + sheets.repeat(4, 1, 1, 1)[: len(images)], labels


class _Pictures:
    """The shards' pictures under one count, read from disk as they are wanted."""

    def __init__(self, shards: list[Shard]) -> None:
        self._parts = [shard.pixels for shard in shards]
        self._starts = np.cumsum([0, *(len(shard) for shard in shards)])

    def __len__(self) -> int:
        return int(self._starts[-1])

    def read(self, rows: list[int], side: int) -> torch.Tensor:
        """(B, 3, side, side) in -1..1."""
        shards = np.searchsorted(self._starts, rows, side="right") - 1
        pixels = [self._parts[s][row - self._starts[s]] for s, row in zip(shards, rows, strict=True)]
        return at_size(as_floats(np.stack(pixels)), side)


def train_classifier(run: ClassifierRun) -> dict[str, float]:
    """Writes the classifier; its accuracy per attribute on held-out renders. Goes on from its checkpoint."""
    torch.manual_seed(run.seed)
    shards = open_shards(run.renders)
    images = _Pictures(shards)
    labels = torch.tensor([labels_of(spec) for shard in shards for spec in shard.specs])
    kept = min(_HELD_OUT, len(shards[0]) // 4)
    network = Classifier().to(run.device)
    matrices = [p for p in network.blocks.parameters() if p.ndim == 4]
    others = [p for name, p in network.named_parameters() if not (name.startswith("blocks") and p.ndim == 4)]
    groups = [Group(parameters=matrices, matrices=True), Group(parameters=others)]
    training = Training(groups, run.rate, 0.995, 0.02)
    checkpoint = run.output.with_suffix(".checkpoint.safetensors")
    budget = run.budget
    if checkpoint.exists():
        budget = resumed(run.budget, training.restore(checkpoint))
    network.train()
    started, saved, first = time.time(), time.time(), training.step
    while (fraction := budget.fraction(training.step)) < 1:
        wait_while_paused(run.pause)
        rng = random.Random(f"classify/{run.seed}/{training.step}")
        torch.manual_seed(rng.randrange(2**62))
        rows = [rng.randrange(kept, len(images)) for _ in range(run.batch)]
        side = INPUT_SIZE // 2 if fraction < _SMALL_SHARE else INPUT_SIZE
        batch, wanted = _augmented(images.read(rows, side), labels[rows], rng)
        wanted = wanted.to(run.device)
        with mixed_precision(run.device, enabled=run.precision == "bf16"):
            logits, _ = network(batch.to(run.device).contiguous(memory_format=torch.channels_last))
        terms = [
            F.cross_entropy(logit.float(), wanted[:, k], ignore_index=IGNORED)
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
    _settle_norms(network, images, kept)
    halved = {name: v.half() if v.is_floating_point() else v for name, v in network.state_dict().items()}
    save_checkpoint(run.output, halved, {"version": VERSION, "steps": training.step})
    network.load_state_dict(halved)
    checkpoint.unlink(missing_ok=True)
    return held_out_accuracy(network.eval(), images, labels[:kept])


@torch.no_grad()
def _settle_norms(network: Classifier, images: _Pictures, kept: int) -> None:
    """The averaged weights get the batch statistics that are theirs."""
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        # None: the mean of all batches instead of the latest.
        norm.momentum = None
    network.train()
    device = next(network.parameters()).device
    count = min(_SETTLING, len(images) - kept)
    for rows in batches(count, 32):
        network(images.read([kept + row for row in rows], INPUT_SIZE).to(device))
    network.eval()


@torch.no_grad()
def held_out_accuracy(network: Classifier, images: _Pictures, labels: torch.Tensor) -> dict[str, float]:
    """Accuracy per attribute, where the picture shows it, over the first pictures: those that have labels."""
    device = next(network.parameters()).device
    hits: list[list[torch.Tensor]] = [[] for _ in NAMES]
    for rows in batches(len(labels), 50):
        logits, _ = network(images.read(list(rows), INPUT_SIZE).to(device))
        wanted = labels[rows.start : rows.stop]
        for k, logit in enumerate(logits):
            shown = wanted[:, k] >= 0
            hits[k].append((logit.argmax(1).cpu() == wanted[:, k])[shown].float())
    joined = {name: torch.cat(parts) for name, parts in zip(NAMES, hits, strict=True)}
    return {name: float(values.mean()) for name, values in joined.items() if len(values)}
