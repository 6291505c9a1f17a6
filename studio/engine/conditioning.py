"""What a U-Net is told besides noise: prompts, and for SDXL sizes, as keywords of the diffusers pipeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from studio.engine import prompt_encoder
from studio.engine.prompt_encoder import Encoder
from studio.generation.request import Recipe

Conditioning = Callable[[Recipe], dict[str, Any]]


def for_sd(pipeline: Any) -> Conditioning:
    """One CLIP encoder, its last layer."""
    encoder = Encoder(tokenizer=pipeline.tokenizer, model=pipeline.text_encoder)

    def condition(recipe: Recipe) -> dict[str, Any]:
        positive, negative = prompt_encoder.encode_pair(encoder, recipe.prompt, recipe.negative_prompt)
        return {"prompt_embeds": positive.states, "negative_prompt_embeds": negative.states}

    return condition


def for_sdxl(pipeline: Any) -> Conditioning:
    """Two CLIP encoders, the last layer but one of both, side by side; the second's summary of the first 75 tokens;
    the size of the picture, uncropped (Podell et al. 2023, "SDXL", section 2.2).

    An empty negative prompt is all zeros where the model's own pipeline would make it so.
    """
    encoders = (
        Encoder(tokenizer=pipeline.tokenizer, model=pipeline.text_encoder, is_penultimate=True),
        Encoder(tokenizer=pipeline.tokenizer_2, model=pipeline.text_encoder_2, is_penultimate=True),
    )
    has_zeros_for_nothing = bool(pipeline.config.force_zeros_for_empty_prompt)

    def condition(recipe: Recipe) -> dict[str, Any]:
        first, second = (
            prompt_encoder.encode_pair(encoder, recipe.prompt, recipe.negative_prompt) for encoder in encoders
        )
        positive = torch.cat([first[0].states, second[0].states], dim=-1)
        negative = torch.cat([first[1].states, second[1].states], dim=-1)
        pooled, negative_pooled = second[0].pooled, second[1].pooled
        if has_zeros_for_nothing and not recipe.negative_prompt.strip():
            negative, negative_pooled = torch.zeros_like(negative), torch.zeros_like(negative_pooled)
        size = (recipe.height, recipe.width)
        return {
            "prompt_embeds": positive,
            "negative_prompt_embeds": negative,
            "pooled_prompt_embeds": pooled,
            "negative_pooled_prompt_embeds": negative_pooled,
            "original_size": size,
            "crops_coords_top_left": (0, 0),
            "target_size": size,
        }

    return condition
