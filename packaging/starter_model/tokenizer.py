"""A byte-level BPE tokenizer in CLIP's layout (Radford et al. 2021), trained on our captions.

512 byte units, the merges, then the two special tokens: any UTF-8 prompt tokenises, known words stay short.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import CLIPTokenizer

from starter_model.networks import TOKENS
from starter_model.progress import replace_folder
from studio.generation.scenes.captions import write_caption
from studio.generation.scenes.spec import sample_spec

_START, _END = "<|startoftext|>", "<|endoftext|>"
_SPLIT = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
# Everyday prompt words that the renderer does not know; they still get short token sequences.
_EVERYDAY = (
    "a an the of in on at with and or without no not very highly detailed masterpiece best quality ugly blurry low bad",
    "worst people person man woman girl boy face portrait cat dog horse car city street room table style art artist",
    "digital photo realistic 4k 8k cinematic lighting dramatic soft light colorful vibrant dark bright misty foggy rainy",
)


def train_tokenizer(target: Path, captions: int = 60_000, seed: int = 1) -> int:
    """Writes the tokenizer folder `target` (with vocab.json and merges.txt); the number of tokens."""
    rng = random.Random(seed)
    texts = [write_caption(sample_spec(rng), rng).text for _ in range(captions)]
    everyday = [word for line in _EVERYDAY for word in line.split()]
    texts += [" ".join(rng.sample(everyday, 6)) for _ in range(captions // 20)]
    tokenizer = Tokenizer(models.BPE(unk_token=_END, end_of_word_suffix="</w>", continuing_subword_prefix=""))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_SPLIT), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=1500,
        initial_alphabet=alphabet,
        end_of_word_suffix="</w>",
        special_tokens=[],
        min_frequency=2,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    pairs = [merge if isinstance(merge, str) else " ".join(merge) for merge in merges]
    words = [*alphabet, *(a + "</w>" for a in alphabet), *(p.replace(" ", "") for p in pairs), _START, _END]
    vocabulary = {word: i for i, word in enumerate(dict.fromkeys(words))}
    replace_folder(target, lambda folder: _write(folder, vocabulary, pairs))
    return len(vocabulary)


def _write(folder: Path, vocabulary: dict[str, int], pairs: list[str]) -> None:
    special = {"bos_token": _START, "eos_token": _END, "unk_token": _END, "pad_token": _END}
    config = {
        "tokenizer_class": "CLIPTokenizer",
        "model_max_length": TOKENS,
        "do_lower_case": True,
        **special,
    }
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(pairs) + "\n", encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
    (folder / "special_tokens_map.json").write_text(json.dumps(special, indent=2), encoding="utf-8")
    # transformers 5 saves only tokenizer.json; other readers of the layout want the two files above.
    CLIPTokenizer.from_pretrained(folder).save_pretrained(folder)


def encode(tokenizer: CLIPTokenizer, prompts: list[str]) -> list[list[int]]:
    """Token ids of each prompt, padded or cut to 77."""
    ids: list[list[int]] = tokenizer(
        prompts, padding="max_length", truncation=True, max_length=TOKENS
    ).input_ids
    return ids
