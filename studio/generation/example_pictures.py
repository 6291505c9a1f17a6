"""Where the pictures lie that the shipped model made of its example prompts."""

from __future__ import annotations

import json
from pathlib import Path

from studio.generation.catalog import ModelInfo
from studio.generation.vocabulary import STARTER

FOLDER = "starter-examples"
INDEX = "index.json"


def example_pictures(resources: Path, model: ModelInfo) -> dict[str, Path]:
    """Prompt -> picture, in the order of the model's examples; only what is there."""
    if model.identifier != STARTER:
        return {}
    folder = resources / FOLDER
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))["pictures"]
        found = {
            prompt: folder / Path(str(index[prompt])).name for prompt in model.examples if prompt in index
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {prompt: path for prompt, path in found.items() if path.is_file()}
