"""One tiny model per session, and an engine that has it loaded."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

with warnings.catch_warnings():
    # What the libraries say to each other while they are imported is not ours to fix.
    warnings.simplefilter("ignore")
    import diffusers
    import torch
    import transformers

    from tests.engine.tiny import SD_NOISE, V_NOISE, write_model

from studio.core import paths
from studio.engine.engine import Engine
from studio.engine.memory import Placement
from studio.generation.catalog import DeviceInfo

diffusers.utils.logging.set_verbosity_error()
transformers.utils.logging.set_verbosity_error()
torch.set_num_threads(1)


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Caches and models of these tests, away from the artist's."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(paths.HOME_VARIABLE, str(home))
        yield home


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("models") / "tiny", SD_NOISE)


@pytest.fixture(scope="session")
def tiny_v_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("models") / "tiny-v", V_NOISE)


@pytest.fixture(scope="session")
def placement() -> Placement:
    return Placement(
        device=torch.device("cpu"),
        dtype=torch.float32,
        info=DeviceInfo(kind="cpu", name="Test processor", threads=1),
    )


@pytest.fixture(scope="session")
def engine(placement: Placement) -> Engine:
    return Engine(placement)
