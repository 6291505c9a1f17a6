"""The three networks and the noise schedule, all of them plain diffusers and transformers classes.

The schedule keeps scaled_linear but raises beta_end from Stable Diffusion's 0.012 to 0.026: the square root of
the terminal alpha-bar falls to 0.005, so that brightness does not leak into pure noise (Lin et al. 2024,
"Common Diffusion Noise Schedules and Sample Steps are Flawed") and every sampler works without a special flag.
"""

from __future__ import annotations

from dataclasses import dataclass

from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

TOKENS = 77
LATENT_CHANNELS = 4
VAE_FACTOR = 8


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Widths of one edition of the starter model."""

    vae_channels: tuple[int, ...] = (16, 32, 64, 96)
    text_width: int = 128
    text_layers: int = 3
    text_heads: int = 4
    unet_channels: tuple[int, ...] = (48, 96, 160)
    unet_attention: tuple[bool, ...] = (False, True, True)
    unet_head_width: int = 16


EDITIONS: dict[str, Sizes] = {
    "cpu": Sizes(),
    "gpu": Sizes(
        vae_channels=(32, 64, 128, 128),
        text_width=192,
        text_layers=4,
        text_heads=6,
        unet_channels=(96, 192, 256),
        unet_head_width=32,
    ),
    "tiny": Sizes(
        vae_channels=(8, 16),
        text_width=32,
        text_layers=1,
        text_heads=2,
        unet_channels=(16, 32),
        unet_attention=(False, True),
    ),
}


def make_vae(sizes: Sizes) -> AutoencoderKL:
    """An untrained autoencoder. One normalisation group: at 8-16 channels several groups erase the colour."""
    levels = len(sizes.vae_channels)
    return AutoencoderKL(
        block_out_channels=sizes.vae_channels,
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        latent_channels=LATENT_CHANNELS,
        layers_per_block=1,
        norm_num_groups=1,
        sample_size=256,
        mid_block_add_attention=False,
    )


def make_text_encoder(sizes: Sizes, vocabulary_size: int) -> CLIPTextModel:
    """An untrained CLIP text encoder; the last two ids are the start and the end token."""
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=vocabulary_size,
            hidden_size=sizes.text_width,
            intermediate_size=sizes.text_width * 4,
            num_hidden_layers=sizes.text_layers,
            num_attention_heads=sizes.text_heads,
            max_position_embeddings=TOKENS,
            hidden_act="quick_gelu",
            projection_dim=sizes.text_width,
            bos_token_id=vocabulary_size - 2,
            eos_token_id=vocabulary_size - 1,
            pad_token_id=vocabulary_size - 1,
        )
    )


def make_unet(sizes: Sizes, text_width: int) -> UNet2DConditionModel:
    """An untrained U-Net. The pooled text joins the time embedding, so that every residual block hears it."""
    attention = sizes.unet_attention
    return UNet2DConditionModel(
        sample_size=32,
        in_channels=LATENT_CHANNELS,
        out_channels=LATENT_CHANNELS,
        block_out_channels=sizes.unet_channels,
        down_block_types=tuple("CrossAttnDownBlock2D" if a else "DownBlock2D" for a in attention),
        up_block_types=tuple("CrossAttnUpBlock2D" if a else "UpBlock2D" for a in reversed(attention)),
        layers_per_block=1,
        cross_attention_dim=text_width,
        attention_head_dim=tuple(max(1, c // sizes.unet_head_width) for c in sizes.unet_channels),
        norm_num_groups=4,
        use_linear_projection=True,
        addition_embed_type="text",
        addition_embed_type_num_heads=4,
    )


def make_scheduler() -> DDIMScheduler:
    """Velocity prediction; 1000 steps of noise."""
    return DDIMScheduler(
        num_train_timesteps=1000,
        beta_start=0.00085,
        beta_end=0.026,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
        timestep_spacing="trailing",
    )
