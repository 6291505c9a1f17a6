"""The ruler: what may be asked, how it is counted, and that an evaluation survives a kill."""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from starter_model import evaluate
from starter_model.assemble import assemble
from starter_model.classifier import IGNORED, NAMES, Reading, hidden_in, labels_of, load_classifier, read
from starter_model.classify import ClassifierRun, train_classifier
from starter_model.evaluate import EvaluationRun, kernel_distance
from starter_model.networks import Sizes, make_text_encoder, make_unet, make_vae
from starter_model.progress import Budget
from starter_model.ruler import Question, Ruler, freeze, load_ruler, question_of, set_prototype
from studio.engine.scenes.render import render
from studio.generation.scenes.spec import ATTRIBUTES, sample_spec


@pytest.fixture(scope="module")
def ruler(tmp_path_factory: pytest.TempPathFactory, renders: Path) -> tuple[Ruler, Path]:
    folder = tmp_path_factory.mktemp("ruler")
    classifier = folder / "new.safetensors"
    train_classifier(ClassifierRun(renders=renders, output=classifier, budget=Budget(steps=2), batch=4))
    return freeze(classifier, folder, 12, None), folder


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, tokenizer_folder: Path, tiny: Sizes) -> Path:
    """Untrained, but whole."""
    folder = tmp_path_factory.mktemp("model")
    torch.manual_seed(0)
    make_vae(tiny).save_pretrained(folder / "vae")
    make_unet(tiny, tiny.text_width).save_pretrained(folder / "parts" / "unet")
    vocabulary = len((tokenizer_folder / "vocab.json").read_text().split(","))
    make_text_encoder(tiny, vocabulary + 50).save_pretrained(folder / "parts" / "text_encoder")
    assemble(
        vae=folder / "vae",
        tokenizer=tokenizer_folder,
        unet=folder / "parts",
        tiny=None,
        target=folder / "whole",
    )
    return folder / "whole"


@given(st.integers(0, 10_000))
def test_nothing_is_asked_that_the_picture_cannot_show(seed: int) -> None:
    rng = random.Random(seed)
    spec = sample_spec(rng)
    question = question_of(spec, rng)
    assert not set(question.asked) & hidden_in(spec)
    for name, value in question.asked.items():
        assert getattr(spec, name) == value
    labels = dict(zip(NAMES, labels_of(spec), strict=True))
    assert {name for name, label in labels.items() if label == IGNORED} == hidden_in(spec)


def test_the_frozen_ruler_is_read_back(ruler: tuple[Ruler, Path]) -> None:
    made, folder = ruler
    read = load_ruler(folder)
    assert read.digest == made.digest
    assert read.questions == made.questions
    assert torch.equal(read.real.classes, made.real.classes)
    assert len(read.real) == len(read.others) == 12
    set_prototype(folder, 1.25)
    again = load_ruler(folder)
    assert again.prototype_distance == 1.25
    assert again.digest == made.digest
    assert torch.equal(again.others.classes, made.others.classes)


def test_right_answers_are_counted_where_they_are_asked() -> None:
    questions = [
        Question(prompt="", asked={"time": "night"}),
        Question(prompt="", asked={"time": "day", "object": "boat"}),
        Question(prompt="", asked={}),
    ]
    classes = torch.zeros(3, len(ATTRIBUTES), dtype=torch.int64)
    classes[0, NAMES.index("time")] = ATTRIBUTES["time"].index("night")
    reading = Reading(classes=classes, features=torch.zeros(3, 160))
    assert evaluate.share_right(reading, questions, "time") == 0.5
    assert evaluate.share_right(reading, questions, "object") == 0.0
    assert evaluate.share_right(reading, questions, "style") == 0.0


def test_an_evaluation_goes_on_where_it_was_cut_off(
    ruler: tuple[Ruler, Path], model: Path, tmp_path: Path
) -> None:
    made, folder = ruler
    run = EvaluationRun(
        model=model, ruler=folder, work=tmp_path / "work", count=12, size=64, steps=2, ranks=2, rank=1
    )
    evaluate.sample(run, made.questions)
    assert [path.name for path in run.work.iterdir()] == ["0008-0012.safetensors"]
    with pytest.raises(OSError, match="0000-0008"):
        evaluate.count(run, made)
    written = (run.work / "0008-0012.safetensors").stat().st_mtime_ns
    whole = dataclasses.replace(run, rank=0, ranks=1)
    evaluate.sample(whole, made.questions)
    assert (run.work / "0008-0012.safetensors").stat().st_mtime_ns == written
    result = evaluate.count(whole, made)
    assert result.count == 12
    assert result.shares["time"].asked > 0
    assert "mean of eight" in evaluate.report(result, 1.0)
    evaluate.write(result, tmp_path / "figures.json")
    assert evaluate.load(tmp_path / "figures.json") == result


def test_an_evaluation_knows_its_weights(model: Path, tmp_path: Path) -> None:
    before = evaluate.weights_digest(model)
    config = model / "scheduler" / "scheduler_config.json"
    config.write_text(config.read_text().replace("0.026", "0.012"))
    assert evaluate.weights_digest(model) != before


def test_what_is_no_evaluation_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    path.write_text('{"weights": "x"}')
    with pytest.raises(ValueError, match="no evaluation"):
        evaluate.load(path)


def test_a_classifier_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "classifier.safetensors"
    save_file({"x": torch.zeros(1)}, path, metadata={"facts": '{"version": 0}'})
    with pytest.raises(ValueError, match="version"):
        load_classifier(path, "cpu")


def test_the_kernel_distance_tells_distributions_apart() -> None:
    generator = torch.Generator().manual_seed(0)
    a, b, c = (torch.randn(200, 16, generator=generator) + shift for shift in (0.0, 0.0, 0.5))
    assert abs(kernel_distance(a, b)) < 0.1 * kernel_distance(a, c)


def test_the_ruler_in_place_reads_fresh_renders() -> None:
    """A ruler that no longer fits the renderer, or was not frozen whole, shows here."""
    ruler = load_ruler()
    assert len(ruler.questions) == 512
    rng = random.Random("fresh")
    specs = [sample_spec(rng) for _ in range(24)]
    images = torch.cat([render([spec], 256, seed=n) for n, spec in enumerate(specs)])
    reading = read(ruler.network, images * 2 - 1)
    for name in ("time", "ground", "object"):
        right = sum(reading.shows(row, name, getattr(spec, name)) for row, spec in enumerate(specs))
        assert right >= 20, name
