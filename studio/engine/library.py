"""Finds the models on this machine: the one that ships, the artist's folder, and UNDERPAINT_MODELS."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

from studio.core import paths
from studio.core.errors import EngineError
from studio.engine.detect import ModelFolder, read_folder
from studio.engine.detect_file import SUFFIX, read_checkpoint
from studio.engine.headers import Headers
from studio.generation.catalog import ModelInfo

logger = logging.getLogger(__name__)

STARTER = "starter"
MODELS_VARIABLE = "UNDERPAINT_MODELS"
WEIGHT_SUFFIXES = frozenset({SUFFIX, ".ckpt"})
MAX_DEPTH = 6
MAX_MODELS = 20_000


def starter_folder() -> Path:
    return paths.resources_dir() / "starter-model"


def find_models() -> tuple[ModelInfo, ...]:
    """Every model, the starter model first; one that cannot be used says why in `problem`. LoRAs, autoencoders and other
    parts that lie among them are left out."""
    headers = Headers.load()
    found = [_described(STARTER, starter_folder())]
    for path in _candidates():
        info = _described(str(path), path) if path.is_dir() else _described_file(path, headers)
        if info is not None:
            found.append(info)
    headers.save()
    return tuple(found)


def open_model(identifier: str) -> ModelFolder:
    """Raises EngineError when there is no such model or it cannot be used."""
    path = starter_folder() if identifier == STARTER else Path(identifier)
    return (
        read_checkpoint(path, identifier) if path.suffix.lower() == SUFFIX else read_folder(path, identifier)
    )


def find_weight_file(name: str) -> Path | None:
    """The safetensors file of this name, without folder and ending, in the artist's folders; the first of several."""
    wanted = name.replace("\\", "/").rpartition("/")[2].casefold()
    found = (path for path in _candidates() if path.suffix.lower() == SUFFIX and path.is_file())
    return next((path for path in found if path.stem.casefold() == wanted), None)


def _candidates() -> Iterator[Path]:
    seen: set[Path] = set()
    for text in filter(None, os.environ.get(MODELS_VARIABLE, "").split(os.pathsep)):
        yield from _below(Path(text), seen)
    yield from _below(paths.data_dir() / "models", seen, is_required=False)


def _below(top: Path, seen: set[Path], *, is_required: bool = True) -> Iterator[Path]:
    """`top` itself when it is a model, otherwise the model folders and weight files in it, at any reasonable depth."""
    top = top.expanduser().absolute()
    if top in seen:
        return
    count = 0
    waiting = [(top, 0)]
    while waiting:
        path, depth = waiting.pop()
        if path in seen or count >= MAX_MODELS:
            continue
        seen.add(path)
        if path.is_file() or (path / "model_index.json").is_file():
            count += 1
            yield path
            continue
        try:
            inside = sorted(os.scandir(path), key=lambda entry: entry.name.casefold(), reverse=True)
        except OSError:
            continue
        for entry in inside:
            is_weight = Path(entry.name).suffix.lower() in WEIGHT_SUFFIXES
            if (entry.is_dir() and depth < MAX_DEPTH) or (entry.is_file() and is_weight):
                waiting.append((path / entry.name, depth + 1))
    if not count and is_required:
        # Asked for by name: that there is nothing is worth a line with a reason.
        yield top


def _described(identifier: str, path: Path) -> ModelInfo:
    try:
        return read_folder(path, identifier).info
    except EngineError as error:
        return _refused(identifier, path, error)


def _described_file(path: Path, headers: Headers) -> ModelInfo | None:
    identifier = str(path)
    if not path.exists():
        return _described(identifier, path)
    try:
        return read_checkpoint(path, identifier).info if headers.is_model(path) else None
    except EngineError as error:
        return _refused(identifier, path, error)


def _refused(identifier: str, path: Path, error: EngineError) -> ModelInfo:
    logger.warning("%s: %s %s", path, error, error.details)
    return ModelInfo(identifier=identifier, name=path.name, family="", path=str(path), problem=error.message)
