"""The example pictures of the window: one for each prompt, made by the weights in place."""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image

from starter_model.studio_card import EXAMPLES
from starter_model.thumbnails import SIDE_PX, weights_digest
from studio.core.paths import resources_dir
from studio.generation.catalog import ModelInfo
from studio.generation.example_pictures import FOLDER, INDEX, example_pictures


def test_every_example_has_its_picture_and_they_stay_small() -> None:
    model = ModelInfo(identifier="starter", name="Starter", family="sd", path="", examples=EXAMPLES)
    pictures = example_pictures(resources_dir(), model)
    assert tuple(pictures) == EXAMPLES
    for path in pictures.values():
        with Image.open(path) as image:
            assert image.size == (SIDE_PX, SIDE_PX)
    assert sum(path.stat().st_size for path in Path(resources_dir() / FOLDER).iterdir()) < 200_000


def test_they_were_made_by_the_weights_in_place() -> None:
    index = json.loads((resources_dir() / FOLDER / INDEX).read_text(encoding="utf-8"))
    again = "run packaging/starter_model/train.py thumbnails"
    assert index["weights"] == weights_digest(resources_dir() / "starter-model"), again
