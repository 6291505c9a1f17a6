"""The shipped model, its tokenizer and its classifier were trained on these scenes and captions: they may not move."""

from __future__ import annotations

import hashlib
import json
import random

from studio.generation.scenes.captions import write_caption
from studio.generation.scenes.spec import ATTRIBUTES, sample_spec

SAMPLES = 500


def digest(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()[:16]


def test_the_attributes_and_the_order_of_their_values_stand() -> None:
    assert len(ATTRIBUTES) == 14
    assert digest([json.dumps([name, *values]) for name, values in ATTRIBUTES.items()]) == "4bf58ae656fb43b2"


def test_the_same_seeds_sample_the_same_scenes() -> None:
    lines = [json.dumps(sample_spec(random.Random(f"pin/{k}")).to_dict()) for k in range(SAMPLES)]
    assert digest(lines) == "7594f2dc21fa2819"


def test_the_same_seeds_write_the_same_captions() -> None:
    lines = []
    for k in range(SAMPLES):
        rng = random.Random(f"pin/{k}")
        caption = write_caption(sample_spec(rng), rng)
        lines.append(json.dumps([caption.text, caption.named]))
    assert digest(lines) == "4e15467f1b268052"
