"""A workshop small enough for a test: sixteen renders of 64 pixels, a tokenizer, tiny networks."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from starter_model.networks import EDITIONS, Sizes
from starter_model.renders import render_shard
from starter_model.tokenizer import train_tokenizer


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny() -> Sizes:
    return EDITIONS["tiny"]


@pytest.fixture(scope="session")
def renders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("renders")
    render_shard(folder, seed=3, count=16, size=64, device="cpu", pause=None)
    return folder


@pytest.fixture(scope="session")
def tokenizer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tokenizer") / "tokenizer"
    train_tokenizer(folder, captions=400)
    return folder
