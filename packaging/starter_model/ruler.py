"""The frozen ruler: prompts, what their pictures must show, the classifier, and how it reads real renders.

Nothing in it changes when the renderer, the captions or the training change, so figures taken with one version
compare from run to run. `ruler/` holds classifier.safetensors, questions.jsonl and renders.safetensors.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from starter_model.classifier import (
    NAMES,
    VERSION,
    Classifier,
    Reading,
    hidden_in,
    joined,
    load_classifier,
    read,
)
from starter_model.dataset import batches
from starter_model.progress import load_checkpoint, save_checkpoint, wait_while_paused
from studio.engine.scenes.render import render
from studio.generation.scenes.captions import write_caption
from studio.generation.scenes.spec import SceneSpec, sample_spec

FOLDER = Path(__file__).resolve().parent / "ruler"
_SEED = 4242
_SIZE = 256
_BATCH = 2


@dataclass(frozen=True, kw_only=True)
class Question:
    """A prompt and what its picture must show: the attributes that the prompt names and a render can show."""

    prompt: str
    asked: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Ruler:
    """`real` reads a render of each question's scene, `others` as many renders of other scenes.

    prototype_distance: kernel distance of the recipe's prototype to `others`, 0 while it was not measured.
    """

    network: Classifier
    questions: Sequence[Question]
    real: Reading
    others: Reading
    prototype_distance: float
    digest: str

    @property
    def name(self) -> str:
        return f"version {VERSION}, {self.digest[:12]}"

    @property
    def prompts_digest(self) -> str:
        """Of what a model is asked to paint, whatever is read from it afterwards."""
        prompts = "\n".join(question.prompt for question in self.questions)
        return hashlib.sha256(prompts.encode()).hexdigest()


def question_of(spec: SceneSpec, rng: random.Random) -> Question:
    """Its caption leaves nothing out by chance."""
    caption = write_caption(spec, rng, drop=0.0)
    hidden = hidden_in(spec)
    return Question(
        prompt=caption.text, asked={name: v for name, v in caption.named.items() if name not in hidden}
    )


def freeze(classifier: Path, folder: Path, count: int, pause: Path | None) -> Ruler:
    """Writes the ruler: `count` questions, and the classifier's reading of twice as many fresh renders."""
    network = load_classifier(classifier, "cpu")
    rng = random.Random(_SEED)
    specs = [sample_spec(rng) for _ in range(2 * count)]
    questions = [question_of(spec, rng) for spec in specs[:count]]
    parts = []
    for rows in batches(2 * count, _BATCH):
        wait_while_paused(pause)
        images = render(specs[rows.start : rows.stop], _SIZE, seed=_SEED * 100_003 + rows.start)
        parts.append(read(network, images * 2 - 1))
    reading = joined(parts)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "classifier.safetensors").write_bytes(classifier.read_bytes())
    lines = [json.dumps({"prompt": q.prompt, "asked": q.asked}) + "\n" for q in questions]
    (folder / "questions.jsonl").write_text("".join(lines), encoding="utf-8")
    _write_renders(folder, reading, 0.0)
    return load_ruler(folder)


def set_prototype(folder: Path, distance: float) -> None:
    """Keeps the prototype's distance beside the readings it was measured with."""
    ruler = load_ruler(folder)
    _write_renders(folder, joined([ruler.real, ruler.others]), distance)


def _write_renders(folder: Path, reading: Reading, prototype_distance: float) -> None:
    tensors = {"classes": reading.classes.to(torch.uint8), "features": reading.features.half()}
    save_checkpoint(folder / "renders.safetensors", tensors, {"prototype_distance": prototype_distance})


def load_ruler(folder: Path = FOLDER) -> Ruler:
    """Raises OSError if a part is missing, ValueError if the classifier is of another version."""
    lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [Question(**json.loads(line)) for line in lines]
    tensors, facts = load_checkpoint(folder / "renders.safetensors")
    classes, features = tensors["classes"].long(), tensors["features"].float()
    if classes.shape != (2 * len(questions), len(NAMES)):
        raise ValueError(f"{folder} holds {len(questions)} questions and {len(classes)} readings.")
    digest = hashlib.sha256()
    for name in ("classifier.safetensors", "questions.jsonl"):
        digest.update((folder / name).read_bytes())
    half = len(questions)
    return Ruler(
        network=load_classifier(folder / "classifier.safetensors", "cpu"),
        questions=questions,
        real=Reading(classes=classes[:half], features=features[:half]),
        others=Reading(classes=classes[half:], features=features[half:]),
        prototype_distance=float(facts["prototype_distance"]),
        digest=digest.hexdigest(),
    )
