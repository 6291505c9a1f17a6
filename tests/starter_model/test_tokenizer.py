from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from transformers import CLIPTokenizer

from starter_model.tokenizer import encode
from studio.generation.scenes.captions import write_caption
from studio.generation.scenes.spec import sample_spec


@pytest.fixture(scope="module")
def tokenizer(tokenizer_folder: Path) -> CLIPTokenizer:
    return CLIPTokenizer.from_pretrained(tokenizer_folder, local_files_only=True)


def test_captions_survive_the_round_trip(tokenizer: CLIPTokenizer) -> None:
    rng = random.Random(9)
    for _ in range(50):
        text = write_caption(sample_spec(rng), rng).text
        ids = encode(tokenizer, [text])[0]
        back = tokenizer.decode(ids, skip_special_tokens=True)
        assert back.replace(" ", "") == text.replace(" ", "").lower()


@pytest.mark.parametrize(
    "prompt", ["", "Ein Häuschen am See", "(8k:1.2), [cat|dog]", "日本の城 🏯", "x" * 500]
)
def test_any_prompt_fills_exactly_77_tokens(tokenizer: CLIPTokenizer, prompt: str) -> None:
    ids = encode(tokenizer, [prompt])[0]
    assert len(ids) == 77
    assert ids[0] == tokenizer.bos_token_id
    assert tokenizer.eos_token_id in ids
    assert max(ids) < len(tokenizer)


def test_the_folder_also_holds_the_classic_files(tokenizer: CLIPTokenizer, tokenizer_folder: Path) -> None:
    vocabulary = json.loads((tokenizer_folder / "vocab.json").read_text(encoding="utf-8"))
    assert vocabulary == tokenizer.get_vocab()
    assert (tokenizer_folder / "merges.txt").read_text(encoding="utf-8").startswith("#version")
