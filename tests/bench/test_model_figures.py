"""What `bench --group model` makes of figures: missing, foreign and stale ones never hold."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from bench.measures import prompts
from bench.model import MEASURES
from bench.row import make_row
from bench.scenes.editing import border_ratio
from starter_model import evaluate
from starter_model.evaluate import Evaluation, Share
from starter_model.ruler import load_ruler
from studio.core.geometry import Rect

INNER = Rect(16, 16, 32, 32)


@pytest.fixture
def figures() -> Evaluation:
    share = Share(asked=100, generated=0.8, floor=0.3, ceiling=0.95)
    names = [name for _, name, _, _ in (*prompts.GAPS, *prompts.ABOVE_FLOOR)]
    return Evaluation(
        weights=evaluate.weights_digest(prompts.MODEL),
        ruler=load_ruler().digest,
        count=512,
        size=256,
        steps=20,
        guidance=4.0,
        shares=dict.fromkeys(names, share),
        distance=0.5,
        distance_of_renders=0.0,
    )


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(prompts, "RECORD", tmp_path / "shipped.json")
    return tmp_path / "shipped.json"


def test_figures_of_these_weights_become_rows(figures: Evaluation, record: Path) -> None:
    evaluate.write(figures, record)
    found = prompts.following()
    rows = {target.name: make_row("model", target, found[target.name]) for target in prompts.TARGETS}
    gap = next(row for name, row in rows.items() if name.startswith("time of day"))
    assert gap.value == pytest.approx(0.15)
    assert not gap.holds
    trees = next(row for name, row in rows.items() if name.startswith("trees"))
    assert trees.holds
    above = next(row for name, row in rows.items() if name.startswith("its place"))
    assert above.value == pytest.approx(0.5)
    assert "ceiling 0.950" in above.peers


@pytest.mark.parametrize("changed", [{"weights": "0"}, {"ruler": "0"}])
def test_figures_of_other_weights_or_another_ruler_do_not_count(
    figures: Evaluation, record: Path, changed: dict[str, str]
) -> None:
    evaluate.write(dataclasses.replace(figures, **changed), record)
    found = prompts.following()
    assert all(reading.value is None and "evaluate" in reading.peers for reading in found.values())


def test_missing_figures_say_what_to_run(record: Path) -> None:
    found = prompts.following()
    assert set(found) == {target.name for target in prompts.TARGETS}
    assert all(reading.value is None and "train.py evaluate" in reading.peers for reading in found.values())


def test_every_row_of_the_group_has_a_name_of_its_own() -> None:
    names = [target.name for measure in MEASURES for target in measure.targets]
    assert len(names) == len(set(names))


def test_a_picture_that_goes_on_has_no_border() -> None:
    across = np.linspace(0, 255, 64)[None, :, None] * np.ones((64, 1, 3))
    assert border_ratio(across.astype(np.uint8), INNER) == pytest.approx(1.0, abs=0.2)


def test_a_seam_shows_in_the_ratio() -> None:
    picture = np.random.default_rng(0).integers(100, 110, (64, 64, 3)).astype(np.uint8)
    assert border_ratio(picture, INNER) == pytest.approx(1.0, abs=0.15)
    picture[INNER.y : INNER.bottom, INNER.x : INNER.right] += 60
    assert border_ratio(picture, INNER) > 3
