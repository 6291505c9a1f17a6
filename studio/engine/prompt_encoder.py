"""Prompts to CLIP embeddings: weights, chunks beyond 77 tokens, BREAK; without any of these the same bits as diffusers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from studio.core.errors import EngineError
from studio.generation.prompt import Segment, parse

MAX_CHUNKS = 32


@dataclass(frozen=True, kw_only=True)
class _Chunk:
    """Token ids and weights between the two special tokens, not yet padded."""

    ids: list[int]
    weights: list[float]


@dataclass(frozen=True, kw_only=True)
class Encoder:
    """A tokenizer and the CLIP text model that goes with it. is_penultimate: the states before the last layer are
    what the denoiser was trained on, and the model also sums a prompt up."""

    tokenizer: Any
    model: Any
    is_penultimate: bool = False


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """states: (1, 77 k, width). pooled: (1, projection), of the first chunk; empty without a projection."""

    states: torch.Tensor
    pooled: torch.Tensor


def encode_pair(encoder: Encoder, prompt: str, negative_prompt: str) -> tuple[Encoded, Encoded]:
    """Both of one length, the shorter one padded with empty chunks: the model needs them so.

    Raises EngineError for a prompt beyond MAX_CHUNKS chunks.
    """
    chunked = [_chunks(encoder.tokenizer, text) for text in (prompt, negative_prompt)]
    count = max(len(chunks) for chunks in chunked)
    positive, negative = (_encode(encoder, chunks, count) for chunks in chunked)
    return positive, negative


def _chunks(tokenizer: Any, prompt: str) -> list[_Chunk]:
    room = tokenizer.model_max_length - 2
    chunks: list[_Chunk] = []
    for segment in parse(prompt):
        ids, weights = _tokens(tokenizer, segment)
        starts = range(0, max(len(ids), 1), room)
        if len(chunks) + len(starts) > MAX_CHUNKS:
            raise EngineError(
                f"The prompt is too long: the engine reads {MAX_CHUNKS * room} tokens at most.",
                remedy="Shorten the prompt.",
            )
        chunks += [_Chunk(ids=ids[i : i + room], weights=weights[i : i + room]) for i in starts]
    return chunks


def _tokens(tokenizer: Any, segment: Segment) -> tuple[list[int], list[float]]:
    ids: list[int] = []
    weights: list[float] = []
    for part in segment:
        part_ids = tokenizer(part.text, add_special_tokens=False, verbose=False).input_ids
        ids += part_ids
        weights += [part.weight] * len(part_ids)
    return ids, weights


def _encode(encoder: Encoder, chunks: Sequence[_Chunk], count: int) -> Encoded:
    tokenizer, model = encoder.tokenizer, encoder.model
    room = tokenizer.model_max_length - 2
    ids = torch.full((count, room + 2), tokenizer.pad_token_id)
    weights = torch.ones((count, room + 2))
    ids[:, 0] = tokenizer.bos_token_id
    ids[:, 1] = tokenizer.eos_token_id
    for row, chunk in enumerate(chunks):
        end = 1 + len(chunk.ids)
        ids[row, 1:end] = torch.tensor(chunk.ids, dtype=ids.dtype)
        ids[row, end] = tokenizer.eos_token_id
        weights[row, 1:end] = torch.tensor(chunk.weights)
    output = model(ids.to(model.device), attention_mask=None, output_hidden_states=encoder.is_penultimate)
    states: torch.Tensor = output.hidden_states[-2] if encoder.is_penultimate else output[0]
    if (weights != 1).any():
        states = _weighted(states, weights.to(states))
    summary = getattr(output, "text_embeds", None)
    pooled = states.new_zeros((1, 0)) if summary is None else summary[:1]
    return Encoded(states=states.reshape(1, -1, states.shape[-1]), pooled=pooled)


def _weighted(encoded: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Scales every token's embedding and restores each chunk's root mean square, so that emphasis does not change
    contrast. (Others restore the mean, which amounts to the same for OpenAI's encoder and divides by nothing for an
    encoder whose mean is zero.)"""
    scaled = encoded * weights[..., None]
    before, after = (z.float().square().mean((1, 2), keepdim=True).sqrt() for z in (encoded, scaled))
    # Two special tokens always keep their weight: `after` is never zero.
    return scaled * (before / after).to(scaled.dtype)
