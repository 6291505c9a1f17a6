"""Warm start of the text encoder: it learns to tell which attributes a caption names, from text alone.

Mean accuracy passes 0.99 after some 400 steps, which once hid that the two places ("on the left" of the house or of
the sun?) were not read at all; so they weigh more and are logged apart. The U-Net then trains it on.
"""

from __future__ import annotations

import logging
import random
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn
from transformers import CLIPTextModel, CLIPTokenizer

from starter_model.attention import mixed_precision
from starter_model.networks import Sizes, make_text_encoder
from starter_model.progress import Budget, learning_rate, replace_folder, wait_while_paused
from starter_model.tokenizer import encode
from starter_model.training import Group, Training
from studio.generation.scenes.captions import write_caption
from studio.generation.scenes.spec import ATTRIBUTES, sample_spec

log = logging.getLogger("starter_model")
# Captions have at most 45 tokens: behind them every position has seen the whole prompt.
_CAPTION_TOKENS = 46
_READ_TOKENS = 56
_PLACES = ("position", "celestial_position")
_PLACE_WEIGHT = 3.0
# How dearly a trained encoder's states are held in place while it learns more, so that a U-Net still knows them.
_HOLD = 4.0


@dataclass(frozen=True, kw_only=True)
class TextRun:
    tokenizer: Path
    output: Path
    sizes: Sizes
    budget: Budget
    batch: int = 48
    rate: float = 1e-3
    seed: int = 0
    device: str = "cpu"
    precision: str = "bf16"
    save_every: int = 100
    pause: Path | None = None
    start_from: Path | None = None


class AttributeReader(nn.Module):
    """A linear head per attribute on the text state; class 0 means that the caption does not name it."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = nn.ModuleList([nn.Linear(width, len(values) + 1) for values in ATTRIBUTES.values()])

    def forward(self, state: torch.Tensor) -> list[torch.Tensor]:
        return [head(state) for head in self.heads]


def _labelled_captions(rng: random.Random, count: int) -> tuple[list[str], torch.Tensor]:
    texts, labels = [], []
    for _ in range(count):
        caption = write_caption(sample_spec(rng), rng, drop=0.2, places=0.8)
        empty = rng.random() < 0.05
        texts.append("" if empty else caption.text)
        named = {} if empty else caption.named
        labels.append([1 + v.index(named[k]) if k in named else 0 for k, v in ATTRIBUTES.items()])
    return texts, torch.tensor(labels)


class TextTrainer:
    """A fresh encoder, or that of `run.start_from` trained on with its states held near where they were."""

    def __init__(self, run: TextRun) -> None:
        torch.manual_seed(run.seed)
        self.run = run
        self.tokenizer: CLIPTokenizer = CLIPTokenizer.from_pretrained(run.tokenizer, local_files_only=True)
        self.before: CLIPTextModel | None = None
        if run.start_from is None:
            self.encoder = make_text_encoder(run.sizes, len(self.tokenizer)).to(run.device)
        else:
            self.encoder = load_text_encoder(run.start_from, run.device)
            self.before = load_text_encoder(run.start_from, run.device).eval()
        self.encoder.train()
        self.reader = AttributeReader(self.encoder.config.hidden_size).to(run.device)
        parameters = [*self.encoder.parameters(), *self.reader.parameters()]
        self.training = Training([Group(parameters=parameters)], run.rate, 0.99, 1e-2)
        self.checkpoint = run.output.with_name(run.output.name + ".checkpoint.safetensors")
        if self.checkpoint.exists():
            self.training.restore(self.checkpoint)

    def take_step(self) -> dict[str, float]:
        """Share of the batch whose class was read right, per attribute."""
        run, step = self.run, self.training.step
        rng = random.Random(f"text/{run.seed}/{step}")
        texts, labels = _labelled_captions(rng, run.batch)
        labels = labels.to(run.device)
        ids = torch.tensor(encode(self.tokenizer, texts), device=run.device)[:, :_READ_TOKENS]
        with mixed_precision(run.device, enabled=run.precision == "bf16"):
            states = self.encoder(input_ids=ids).last_hidden_state.float()
        logits = self.reader(states[:, rng.randrange(_CAPTION_TOKENS, _READ_TOKENS)])
        losses = [
            F.cross_entropy(logit, labels[:, k]) * (_PLACE_WEIGHT if name in _PLACES else 1.0)
            for k, (name, logit) in enumerate(zip(ATTRIBUTES, logits, strict=True))
        ]
        loss = torch.stack(losses).sum()
        if self.before is not None:
            with torch.no_grad(), mixed_precision(run.device, enabled=run.precision == "bf16"):
                held = self.before(input_ids=ids).last_hidden_state
            loss = loss + _HOLD * F.mse_loss(states, held)
        loss.backward()
        self.training.update(learning_rate(run.rate, step, run.budget.fraction(step), warmup=50, flat=0.3))
        hits = [(logit.argmax(1) == labels[:, k]).float().mean() for k, logit in enumerate(logits)]
        return {name: float(hit) for name, hit in zip(ATTRIBUTES, hits, strict=True)}

    def train(self) -> dict[str, float]:
        """Mean accuracy per attribute over the last steps between two reports (or fewer)."""
        recent: list[dict[str, float]] = []
        while self.run.budget.fraction(self.training.step) < 1:
            wait_while_paused(self.run.pause)
            recent = [*recent[1 - self.run.save_every :], self.take_step()]
            if self.training.step % self.run.save_every == 0:
                accuracy = _means(recent)
                places = ", ".join(f"{name} {accuracy[name]:.3f}" for name in _PLACES)
                mean = sum(accuracy.values()) / len(accuracy)
                log.info("text step %d: accuracy %.4f; %s", self.training.step, mean, places)
                self.training.save(self.checkpoint, {})
        self.training.average.swap()
        replace_folder(self.run.output, self.encoder.save_pretrained)
        self.checkpoint.unlink(missing_ok=True)
        return _means(recent)


def _means(readings: list[dict[str, float]]) -> dict[str, float]:
    return {name: sum(r[name] for r in readings) / max(1, len(readings)) for name in ATTRIBUTES}


def train_text(run: TextRun) -> dict[str, float]:
    """Writes the text encoder to `run.output`; its accuracy (0..1) per attribute on the last captions."""
    return TextTrainer(run).train()


def load_text_encoder(folder: Path, device: str) -> CLIPTextModel:
    encoder: CLIPTextModel = CLIPTextModel.from_pretrained(folder, local_files_only=True)
    return encoder.float().to(device)
