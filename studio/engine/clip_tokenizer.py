"""CLIP's tokenizer from the merges of its byte-pair encoding alone, with no hub (Radford et al. 2021, section 2.4)."""

from __future__ import annotations

import functools
import gzip
from pathlib import Path
from typing import Any

from transformers import CLIPTokenizer

from studio.core import paths

MERGES = 49152 - 256 - 2
LENGTH = 77


def clip_tokenizer(pad_token: str = "<|endoftext|>") -> Any:
    """pad_token: "!" for OpenCLIP's encoders (Stable Diffusion 2, SDXL's second)."""
    vocabulary, merges = _tables(
        paths.resources_dir() / "model-configs" / "clip" / "bpe_simple_vocab_16e6.txt.gz"
    )
    return CLIPTokenizer(
        vocab=dict(vocabulary), merges=list(merges), model_max_length=LENGTH, pad_token=pad_token
    )


@functools.cache
def _tables(path: Path) -> tuple[dict[str, int], list[tuple[str, str]]]:
    lines = gzip.decompress(path.read_bytes()).decode("utf-8").split("\n")
    merges = [(first, second) for first, second in (line.split() for line in lines[1 : MERGES + 1])]
    # Every byte has a printable stand-in: itself where it is printable, else the next free character from 256 on.
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    letters = [chr(byte) for byte in printable] + [chr(256 + n) for n in range(len(others))]
    tokens = [*letters, *(letter + "</w>" for letter in letters), *(a + b for a, b in merges)]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    return {token: index for index, token in enumerate(tokens)}, merges
