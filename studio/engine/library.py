"""Finds the models on this machine: the one that ships, the artist's folder, and UNDERPAINT_MODELS."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

from studio.core import paths
from studio.core.errors import EngineError
from studio.engine.detect import ModelFolder, read_folder
from studio.generation.catalog import ModelInfo

logger = logging.getLogger(__name__)

STARTER = "starter"
MODELS_VARIABLE = "UNDERPAINT_MODELS"


def starter_folder() -> Path:
    return paths.resources_dir() / "starter-model"


def find_models() -> tuple[ModelInfo, ...]:
    """Every model folder, the starter model first; one that cannot be used says why in `problem`."""
    return tuple(_describe(identifier, path) for identifier, path in _candidates())


def open_model(identifier: str) -> ModelFolder:
    """Raises EngineError when there is no such model or it cannot be used."""
    return read_folder(starter_folder() if identifier == STARTER else Path(identifier), identifier)


def _candidates() -> Iterator[tuple[str, Path]]:
    yield STARTER, starter_folder()
    seen: set[Path] = set()
    for text in filter(None, os.environ.get(MODELS_VARIABLE, "").split(os.pathsep)):
        yield from _below(Path(text), seen)
    yield from _below(paths.data_dir() / "models", seen, is_required=False)


def _below(path: Path, seen: set[Path], *, is_required: bool = True) -> Iterator[tuple[str, Path]]:
    """`path` itself when it is a model, otherwise the models directly inside it."""
    path = path.expanduser().absolute()
    if path in seen:
        return
    seen.add(path)
    if (path / "model_index.json").is_file():
        yield str(path), path
        return
    try:
        inside = sorted(p for p in path.iterdir() if (p / "model_index.json").is_file())
    except OSError:
        inside = []
    if not inside and is_required:
        yield str(path), path
    for folder in inside:
        if folder not in seen:
            seen.add(folder)
            yield str(folder), folder


def _describe(identifier: str, path: Path) -> ModelInfo:
    try:
        return read_folder(path, identifier).info
    except EngineError as error:
        logger.warning("%s: %s %s", path, error, error.details)
        return ModelInfo(
            identifier=identifier, name=path.name, family="", path=str(path), problem=error.message
        )
