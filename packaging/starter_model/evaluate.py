"""How well a model folder follows fresh prompts, read back by the classifier.

Beside each figure stand its floor (the same pictures against shuffled prompts) and its ceiling (real renders).
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import DPMSolverMultistepScheduler, StableDiffusionPipeline

from starter_model.classify import Classifier, load_classifier
from starter_model.dataset import as_floats, batches, held_out, open_shards
from starter_model.progress import wait_while_paused
from studio.generation.scenes.captions import Caption, write_caption
from studio.generation.scenes.spec import ATTRIBUTES, sample_spec

_BATCH = 8
_MEAN_OF = ("time", "ground", "background", "tree", "object", "color", "position", "style")
_NEGATIVES = ("", "night, dark", "day, blue sky")


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """The classifier's answers: one (N,) tensor of classes per attribute, and features (N, 160)."""

    classes: list[torch.Tensor]
    features: torch.Tensor


def load_pipeline(model: Path, device: str) -> StableDiffusionPipeline:
    """In single precision, with DPM++ 2M. Raises OSError if the folder holds no model."""
    pipeline = StableDiffusionPipeline.from_pretrained(model, dtype=torch.float32, local_files_only=True)
    pipeline.scheduler = DPMSolverMultistepScheduler.from_config(pipeline.scheduler.config)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(device)


@torch.no_grad()
def _read(network: Classifier, images: torch.Tensor) -> _Reading:
    device = next(network.parameters()).device
    answers = [network(images[rows.start : rows.stop].to(device)) for rows in batches(len(images), 64)]
    classes = [
        torch.cat([logits[k].argmax(1).cpu() for logits, _ in answers]) for k in range(len(ATTRIBUTES))
    ]
    return _Reading(classes=classes, features=torch.cat([features.cpu() for _, features in answers]))


def _accuracy(reading: _Reading, captions: list[Caption]) -> dict[str, float]:
    """Over the attributes that each caption names."""
    result = {}
    for k, (name, values) in enumerate(ATTRIBUTES.items()):
        rows = [i for i, caption in enumerate(captions) if name in caption.named]
        if rows:
            hits = [int(reading.classes[k][i]) == values.index(captions[i].named[name]) for i in rows]
            result[name] = sum(hits) / len(hits)
    return result


def kernel_distance(a: torch.Tensor, b: torch.Tensor) -> float:
    """Unbiased squared MMD with the cubic kernel of KID (Binkowski et al. 2018); scaled by `b`'s deviation."""
    deviation = b.std(0) + 1e-3
    a, b = a / deviation, b / deviation
    n, m, width = len(a), len(b), a.shape[1]
    aa, bb, ab = ((p @ q.T / width + 1) ** 3 for p, q in ((a, a), (b, b), (a, b)))
    within_a = (aa.sum() - aa.diag().sum()) / (n * (n - 1))
    within_b = (bb.sum() - bb.diag().sum()) / (m * (m - 1))
    return float(within_a + within_b - 2 * ab.mean())


def _generate(
    pipeline: StableDiffusionPipeline, prompts: list[str], negative: str, seed: int, **options: float
) -> torch.Tensor:
    """(N, 3, H, W) in 0..1; picture k starts from the noise of seed + k, whatever the batch."""
    generators = [torch.Generator().manual_seed(seed + k) for k in range(len(prompts))]
    images: torch.Tensor = pipeline(
        prompts, negative_prompt=[negative] * len(prompts), generator=generators, output_type="pt", **options
    ).images
    return images.cpu().float()


def evaluate(
    *,
    model: Path,
    classifier: Path,
    renders: Path,
    prompts: int,
    size: int,
    steps: int,
    guidance: float,
    device: str,
    pause: Path | None,
) -> str:
    """A table of the measured figures. Raises OSError or ValueError if a part is missing."""
    network = load_classifier(classifier, device)
    pipeline = load_pipeline(model, device)
    rng = random.Random(4242)
    captions = [write_caption(sample_spec(rng), rng, drop=0.0) for _ in range(prompts)]
    options = {"height": size, "width": size, "num_inference_steps": steps, "guidance_scale": guidance}
    started, parts = time.time(), []
    for rows in batches(prompts, _BATCH):
        wait_while_paused(pause)
        texts = [caption.text for caption in captions[rows.start : rows.stop]]
        parts.append(_generate(pipeline, texts, "", rows.start, **options))
    seconds = (time.time() - started) / prompts
    generated = _read(network, torch.cat(parts) * 2 - 1)
    pixels, specs = held_out(open_shards(renders), 400)
    real = _read(network, torch.cat([as_floats(pixels[r.start : r.stop]) for r in batches(len(pixels), 50)]))
    rng = random.Random(1)
    real_captions = [write_caption(spec, rng, drop=0.0) for spec in specs]
    shuffled = random.Random(0).sample(captions, len(captions))
    columns = [_accuracy(generated, captions), _accuracy(generated, shuffled), _accuracy(real, real_captions)]
    half = len(real.features) // 2
    lines = [
        f"{model}: {prompts} prompts, {size} px, {steps} steps, guidance {guidance:g}, {seconds:.2f} s per picture",
        f"{'attribute':20s} generated  shuffled      real",
    ]
    for name in columns[0]:
        lines.append(
            f"{name:20s} " + " ".join(f"{column.get(name, float('nan')):9.3f}" for column in columns)
        )
    names = [name for name in _MEAN_OF if all(name in column for column in columns)]
    means = [sum(column[name] for name in names) / max(1, len(names)) for column in columns]
    lines.append(f"{'mean of eight':20s} " + " ".join(f"{mean:9.3f}" for mean in means))
    to_real = kernel_distance(generated.features, real.features)
    floor = kernel_distance(real.features[:half], real.features[half:])
    lines.append(
        f"kernel distance to real renders {to_real:.4f} (between two halves of the renders {floor:.4f})"
    )
    for negative in _NEGATIVES:
        images = _generate(pipeline, ["a lake with mountains"] * 8, negative, 0, **options)
        lines.append(f"mean luminance with negative prompt {negative!r}: {float(images.mean()):.3f}")
    return "\n".join(lines)
