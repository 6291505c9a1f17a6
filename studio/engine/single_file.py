"""The networks of a checkpoint in one file, by diffusers' own conversion and our description: no network, no guessing."""

from __future__ import annotations

from typing import Any

import torch
from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline

from studio.engine.clip_tokenizer import clip_tokenizer
from studio.engine.detect import ModelFolder

OPEN_CLIP_WIDTHS = (1024, 1280)
"""Of text encoders that were trained with OpenCLIP, which pads with the token 0."""


def load(folder: ModelFolder, dtype: torch.dtype) -> tuple[dict[str, Any], dict[str, Any]]:
    """Networks and tokenizers by the pipeline's names for them; the autoencoder in float32, the others in `dtype`.

    Raises OSError, ValueError, KeyError or RuntimeError when the weights do not fit the description.
    """
    assert folder.description is not None
    is_xl = folder.info.family == "sdxl"
    tokenizers = {
        name.replace("text_encoder", "tokenizer"): clip_tokenizer(
            "!" if config["hidden_size"] in OPEN_CLIP_WIDTHS else "<|endoftext|>"
        )
        for name, config in folder.configs.items()
        if name.startswith("text_encoder")
    }
    keywords: dict[str, Any] = {"add_watermarker": False} if is_xl else {"safety_checker": None}
    try:
        loaded = (StableDiffusionXLPipeline if is_xl else StableDiffusionPipeline).from_single_file(
            str(folder.path),
            config=str(folder.description),
            local_files_only=True,
            dtype=dtype,
            **tokenizers,
            **keywords,
        )
    except NotImplementedError as error:
        # What torch says when a network whose weights are not all there is cast.
        raise ValueError(f"weights are missing: {error}") from error
    names = ["unet", "vae", "text_encoder", *(["text_encoder_2"] if is_xl else [])]
    parts = {name: getattr(loaded, name).eval().requires_grad_(False) for name in names}
    missing = [name for name, module in parts.items() if any(p.is_meta for p in module.parameters())]
    if missing:
        raise ValueError(f"weights are missing of {', '.join(missing)}")
    parts["vae"] = parts["vae"].float()
    return parts, tokenizers
