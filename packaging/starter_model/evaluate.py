"""How well a model folder follows the ruler's prompts: sampled in chunks that survive a kill, then counted.

Beside each figure stand its floor (the same pictures against shuffled prompts) and its ceiling (real renders).
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import DPMSolverMultistepScheduler, StableDiffusionPipeline

from starter_model.classifier import NAMES, Reading, joined, read
from starter_model.dataset import batches
from starter_model.progress import load_checkpoint, save_checkpoint, wait_while_paused
from starter_model.ruler import Question, Ruler

log = logging.getLogger("starter_model")
CHUNK = 8
MEAN_OF = ("time", "ground", "background", "tree", "object", "color", "position", "style")


@dataclass(frozen=True, kw_only=True)
class EvaluationRun:
    """work: chunks of pictures, so that it goes on where it was cut off. Every process of `ranks` takes its share."""

    model: Path
    ruler: Path
    work: Path
    count: int = 512
    size: int = 256
    steps: int = 20
    guidance: float = 4.0
    sampler: str = "dpmpp"
    rank: int = 0
    ranks: int = 1
    pause: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Share:
    """Of `asked` prompts that name an attribute: right in the pictures, against shuffled prompts, in real renders."""

    asked: int
    generated: float
    floor: float
    ceiling: float


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """weights, ruler: digests of what was measured and of what it was measured with."""

    weights: str
    ruler: str
    count: int
    size: int
    steps: int
    guidance: float
    shares: dict[str, Share]
    distance: float
    distance_of_renders: float

    def mean(self, column: str) -> float:
        """Over the eight attributes that every table of this model has given."""
        names = [name for name in MEAN_OF if name in self.shares]
        return sum(float(getattr(self.shares[name], column)) for name in names) / max(1, len(names))

    def to_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Evaluation:
        shares = {name: Share(**share) for name, share in values["shares"].items()}
        return cls(**{**values, "shares": shares})


def load_pipeline(model: Path, device: str) -> StableDiffusionPipeline:
    """In single precision, with DPM++ 2M. Raises OSError if the folder holds no model."""
    pipeline = StableDiffusionPipeline.from_pretrained(model, dtype=torch.float32, local_files_only=True)
    pipeline.scheduler = DPMSolverMultistepScheduler.from_config(pipeline.scheduler.config)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(device)


def weights_digest(model: Path) -> str:
    """Of everything in the folder that decides a picture."""
    digest = hashlib.sha256()
    for path in sorted(model.glob("*/*")):
        if path.parent.name != "preview_decoder" and path.suffix in (".safetensors", ".json", ".txt"):
            digest.update(path.relative_to(model).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def generate(
    pipeline: StableDiffusionPipeline, prompts: Sequence[str], negative: str, seed: int, **options: float
) -> torch.Tensor:
    """(N, 3, H, W) in 0..1; picture k starts from the noise of seed + k, whatever the batch."""
    generators = [torch.Generator().manual_seed(seed + k) for k in range(len(prompts))]
    images: torch.Tensor = pipeline(
        list(prompts),
        negative_prompt=[negative] * len(prompts),
        generator=generators,
        output_type="pt",
        **options,
    ).images
    return images.cpu().float()


def kernel_distance(a: torch.Tensor, b: torch.Tensor) -> float:
    """Unbiased squared MMD with the cubic kernel of KID (Binkowski et al. 2018); scaled by `b`'s deviation."""
    deviation = b.std(0) + 1e-3
    a, b = a / deviation, b / deviation
    n, m, width = len(a), len(b), a.shape[1]
    aa, bb, ab = ((p @ q.T / width + 1) ** 3 for p, q in ((a, a), (b, b), (a, b)))
    within_a = (aa.sum() - aa.diag().sum()) / (n * (n - 1))
    within_b = (bb.sum() - bb.diag().sum()) / (m * (m - 1))
    return float(within_a + within_b - 2 * ab.mean())


def share_right(reading: Reading, questions: Sequence[Question], attribute: str) -> float:
    """Of the questions that ask for `attribute`; 0 if none does."""
    rows = [k for k, question in enumerate(questions) if attribute in question.asked]
    hits = [reading.shows(k, attribute, questions[k].asked[attribute]) for k in rows]
    return sum(hits) / max(1, len(hits))


def sample(run: EvaluationRun, questions: Sequence[Question]) -> None:
    """This process' share of the chunks of pictures that are still missing."""
    pipeline = load_pipeline(run.model, "cpu")
    run.work.mkdir(parents=True, exist_ok=True)
    options = {
        "height": run.size,
        "width": run.size,
        "num_inference_steps": run.steps,
        "guidance_scale": run.guidance,
    }
    for index, rows in enumerate(batches(min(run.count, len(questions)), CHUNK)):
        path = _chunk(run, rows)
        if index % run.ranks != run.rank or path.exists():
            continue
        wait_while_paused(run.pause)
        started = time.time()
        prompts = [question.prompt for question in questions[rows.start : rows.stop]]
        images = generate(pipeline, prompts, "", rows.start, **options)
        save_checkpoint(path, {"pictures": (images * 255).round().byte()}, {})
        log.info("%d of %d prompts, %.1f s", rows.stop, run.count, time.time() - started)


def _chunk(run: EvaluationRun, rows: range) -> Path:
    return run.work / f"{rows.start:04d}-{rows.stop:04d}.safetensors"


def count(run: EvaluationRun, ruler: Ruler) -> Evaluation:
    """The figures of the sampled chunks. Raises OSError while one is missing."""
    asked = min(run.count, len(ruler.questions))
    parts = []
    for rows in batches(asked, CHUNK):
        tensors, _ = load_checkpoint(_chunk(run, rows))
        parts.append(read(ruler.network, tensors["pictures"].float() / 127.5 - 1))
    generated, questions = joined(parts), ruler.questions[:asked]
    shuffled = random.Random(0).sample(questions, len(questions))
    shares = {
        name: Share(
            asked=number,
            generated=share_right(generated, questions, name),
            floor=share_right(generated, shuffled, name),
            ceiling=share_right(ruler.real, ruler.questions, name),
        )
        for name in NAMES
        if (number := sum(name in question.asked for question in questions))
    }
    return Evaluation(
        weights=weights_digest(run.model),
        ruler=ruler.digest,
        count=asked,
        size=run.size,
        steps=run.steps,
        guidance=run.guidance,
        shares=shares,
        distance=kernel_distance(generated.features, ruler.others.features),
        distance_of_renders=kernel_distance(ruler.real.features, ruler.others.features),
    )


def report(result: Evaluation, prototype_distance: float = 0.0) -> str:
    """A table for people."""
    lines = [
        f"{result.count} prompts, {result.size} px, {result.steps} steps, guidance {result.guidance:g}",
        f"{'attribute':20s} generated  shuffled      real  asked",
    ]
    for name, share in result.shares.items():
        lines.append(
            f"{name:20s} {share.generated:9.3f} {share.floor:9.3f} {share.ceiling:9.3f} {share.asked:6d}"
        )
    means = " ".join(f"{result.mean(column):9.3f}" for column in ("generated", "floor", "ceiling"))
    lines.append(f"{'mean of eight':20s} {means}")
    beside = f", the prototype's {prototype_distance:.4f}" if prototype_distance else ""
    lines.append(
        f"kernel distance to real renders {result.distance:.4f} (of other renders "
        f"{result.distance_of_renders:.4f}{beside})"
    )
    return "\n".join(lines)


def write(result: Evaluation, path: Path) -> None:
    path.write_text(json.dumps(result.to_json(), indent=1) + "\n", encoding="utf-8")


def load(path: Path) -> Evaluation:
    """Raises OSError or ValueError."""
    try:
        return Evaluation.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path} is no evaluation of this program.") from error
