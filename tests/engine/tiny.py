"""Real diffusers components of a few thousand random weights, saved as ordinary model folders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers

WORDS = ("a", "photo", "of", "the", "cat", "dog", "red", "blue", "ball", "forest", "house", "sky")
# What Stable Diffusion 1.x was trained with, and a v-prediction model's.
SD_NOISE: dict[str, Any] = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "num_train_timesteps": 1000,
    "steps_offset": 1,
    "clip_sample": False,
    "set_alpha_to_one": False,
}
V_NOISE = {**SD_NOISE, "beta_end": 0.026, "prediction_type": "v_prediction", "timestep_spacing": "trailing"}


def write_model(path: Path, noise: dict[str, Any] = SD_NOISE, **settings: Any) -> Path:
    """A Stable Diffusion folder with eight-pixel latents; `settings` becomes its studio.json."""
    tokenizer = make_tokenizer()
    pipeline = diffusers.StableDiffusionPipeline(
        vae=make_vae(),
        text_encoder=make_text_encoder(tokenizer),
        tokenizer=tokenizer,
        unet=make_unet(),
        scheduler=diffusers.DDIMScheduler(**noise),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(path)
    (path / "studio.json").write_text(
        json.dumps(
            {"name": "Tiny", "native_size": 64, "min_size": 32, "max_size": 256, "steps": 4, **settings}
        )
    )
    return path


def write_xl_model(path: Path, noise: dict[str, Any] = SD_NOISE) -> Path:
    """An SDXL folder: two text encoders, sizes told to the denoiser."""
    tokenizer = make_tokenizer()
    pipeline = diffusers.StableDiffusionXLPipeline(
        vae=make_vae(),
        text_encoder=make_text_encoder(tokenizer),
        text_encoder_2=make_text_encoder(tokenizer, has_projection=True),
        tokenizer=tokenizer,
        tokenizer_2=make_tokenizer(),
        unet=make_xl_unet(),
        scheduler=diffusers.DDIMScheduler(**noise),
        force_zeros_for_empty_prompt=True,
    )
    pipeline.save_pretrained(path)
    return path


def make_tokenizer() -> Any:
    """CLIP's byte-level layout with a dozen whole words."""
    letters = [chr(byte) for byte in (*range(33, 127), *range(161, 173), *range(174, 256))]
    letters += [chr(256 + n) for n in range(256 - len(letters))]
    vocabulary = letters + [letter + "</w>" for letter in letters]
    merges: list[tuple[str, str]] = []
    for word in WORDS:
        parts = [*word[:-1], word[-1] + "</w>"]
        while len(parts) > 1:
            merges.append((parts[0], parts[1]))
            parts = [parts[0] + parts[1], *parts[2:]]
    vocabulary += [first + second for first, second in merges]
    vocabulary = [*dict.fromkeys(vocabulary), "<|startoftext|>", "<|endoftext|>"]
    return transformers.CLIPTokenizer(
        vocab={token: index for index, token in enumerate(vocabulary)},
        merges=list(dict.fromkeys(merges)),
        model_max_length=77,
    )


def make_text_encoder(tokenizer: Any, *, has_projection: bool = False) -> Any:
    torch.manual_seed(int(has_projection))
    config = transformers.CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        projection_dim=24,
    )
    kind = transformers.CLIPTextModelWithProjection if has_projection else transformers.CLIPTextModel
    return kind(config).eval()


def make_vae() -> Any:
    torch.manual_seed(0)
    return diffusers.AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(8, 8, 16, 16),
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=4,
        sample_size=64,
    ).eval()


def make_unet() -> Any:
    torch.manual_seed(0)
    return diffusers.UNet2DConditionModel(
        sample_size=8,
        layers_per_block=1,
        block_out_channels=(16, 32),
        norm_num_groups=8,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=32,
        attention_head_dim=8,
    ).eval()


def make_xl_unet() -> Any:
    torch.manual_seed(0)
    return diffusers.UNet2DConditionModel(
        sample_size=8,
        layers_per_block=1,
        block_out_channels=(16, 32),
        norm_num_groups=8,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=64,
        attention_head_dim=(2, 4),
        transformer_layers_per_block=(1, 2),
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=6 * 8 + 24,
    ).eval()
