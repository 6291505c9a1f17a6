from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
import torch

from starter_model.commands import main
from starter_model.optimizer import orthogonalize
from starter_model.progress import (
    Budget,
    budget_until,
    learning_rate,
    load_checkpoint,
    replace_folder,
    resumed,
    save_checkpoint,
    wait_while_paused,
)


def test_the_learning_rate_warms_up_stays_and_falls() -> None:
    assert learning_rate(1.0, 0, 0.0, warmup=10) == pytest.approx(0.1)
    assert learning_rate(1.0, 500, 0.5, flat=0.5) == 1.0
    assert learning_rate(1.0, 500, 0.75, flat=0.5, floor=0.0) == pytest.approx(0.5)
    assert learning_rate(1.0, 500, 1.0, floor=0.02) == pytest.approx(0.02)


def test_a_budget_by_the_clock_counts_from_its_first_start() -> None:
    budget = Budget(start=100.0, end=200.0)
    assert resumed(budget, {"started": 40.0}).start == 40.0
    assert Budget(steps=4).fraction(1) == 0.25
    assert budget.fraction(0) == 1.0


def test_exactly_one_budget_must_be_named() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        budget_until(0, 0.0, "")
    assert budget_until(0, 0.0, "00:00").end > time.time()


def test_a_checkpoint_carries_tensors_and_facts(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    save_checkpoint(path, {"a": torch.arange(3.0)}, {"step": 7})
    tensors, facts = load_checkpoint(path)
    assert tensors["a"].tolist() == [0, 1, 2]
    assert facts == {"step": 7}


def test_a_folder_is_replaced_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "model"
    replace_folder(target, lambda folder: (folder / "a").touch())

    def fail(folder: Path) -> None:
        (folder / "b").touch()
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError):
        replace_folder(target, fail)
    assert [p.name for p in target.iterdir()] == ["a"]
    replace_folder(target, lambda folder: (folder / "c").touch())
    assert [p.name for p in target.iterdir()] == ["c"]


def test_training_sleeps_while_the_switch_is_there(tmp_path: Path) -> None:
    switch = tmp_path / "PAUSE"
    switch.touch()
    waiter = threading.Thread(target=wait_while_paused, args=(switch,))
    waiter.start()
    assert waiter.is_alive()
    switch.unlink()
    waiter.join(timeout=10)
    assert not waiter.is_alive()


@pytest.mark.parametrize("shape", [(8, 32), (32, 8), (16, 16)])
def test_orthogonalized_matrices_have_singular_values_near_one(shape: tuple[int, int]) -> None:
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    values = torch.linalg.svdvals(orthogonalize(matrix))
    assert 0.5 < float(values.min()) <= float(values.max()) < 1.4


def test_a_missing_input_is_one_sentence_and_exit_code_2(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert main(["vae", "--build", str(tmp_path), "--steps", "1"]) == 2
    assert "run the render command first" in caplog.text


def test_the_command_line_renders_and_encodes_nothing_twice(tmp_path: Path) -> None:
    words = ["render", "--build", str(tmp_path), "--count", "4", "--size", "32", "--seed", "5"]
    assert main(words) == 0
    before = (tmp_path / "renders" / "scenes-0005.npy").stat().st_mtime_ns
    assert main(words) == 0
    assert (tmp_path / "renders" / "scenes-0005.npy").stat().st_mtime_ns == before
