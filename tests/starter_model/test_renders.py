from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from starter_model.dataset import Shard
from starter_model.renders import render_shard
from studio.generation.scenes.spec import ATTRIBUTES
from studio.generation.scenes.wider import sample_wider


def test_a_shard_cut_off_is_completed_with_the_same_pictures(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    for folder in (whole, cut):
        render_shard(folder, seed=7, count=6, size=32, device="cpu", pause=None)
    path = cut / "scenes-0007.npy"
    lines = path.with_suffix(".jsonl").read_text().splitlines()
    path.with_suffix(".jsonl").write_text("\n".join(lines[:3]) + "\n")
    pixels = np.lib.format.open_memmap(path, mode="r+")
    pixels[2:] = 0
    pixels.flush()
    render_shard(cut, seed=7, count=6, size=32, device="cpu", pause=None)
    again, expected = Shard(path), Shard(whole / "scenes-0007.npy")
    assert np.array_equal(again.pixels, expected.pixels)
    assert again.specs == expected.specs


def test_a_shard_of_the_wider_vocabulary_is_read_back(tmp_path: Path) -> None:
    render_shard(tmp_path, seed=5, count=12, size=32, device="cpu", pause=None, is_wider=True)
    specs = Shard(tmp_path / "scenes-0005.npy").specs
    assert specs == [sample_wider(random.Random(f"5/{i}")) for i in range(12)]
    assert any(spec.object not in ATTRIBUTES["object"] for spec in specs)


def test_another_size_under_the_same_seed_is_refused(renders: Path) -> None:
    with pytest.raises(ValueError, match="another seed"):
        render_shard(renders, seed=3, count=16, size=32, device="cpu", pause=None)
