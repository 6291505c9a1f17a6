"""Checkpoints of original layout: real diffusers networks of a Stable Diffusion's shape at a tenth of its width, their
tensors under the names that other trainers write."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from safetensors.torch import save_file

from tests.engine.tiny import SD_NOISE, make_tokenizer

State = dict[str, torch.Tensor]
_RESNET = {
    "norm1": "in_layers.0", "conv1": "in_layers.2", "norm2": "out_layers.0", "conv2": "out_layers.3",
    "time_emb_proj": "emb_layers.1", "conv_shortcut": "skip_connection",
}  # fmt: skip


def make_pipeline(*, is_xl: bool = False) -> Any:
    """The width of the text is the real one: it tells the family."""
    torch.manual_seed(0)
    tokenizer = make_tokenizer()
    cross = ("CrossAttnDownBlock2D", "CrossAttnUpBlock2D")
    keywords: dict[str, Any] = {
        "sample_size": 8, "layers_per_block": 2, "norm_num_groups": 8, "attention_head_dim": 8,
    }  # fmt: skip
    if is_xl:
        unet = diffusers.UNet2DConditionModel(
            block_out_channels=(16, 32, 32),
            down_block_types=("DownBlock2D", cross[0], cross[0]),
            up_block_types=(cross[1], cross[1], "UpBlock2D"),
            cross_attention_dim=2048,
            transformer_layers_per_block=(1, 2, 3),
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=6 * 8 + 1280,
            **keywords,
        )
    else:
        unet = diffusers.UNet2DConditionModel(
            block_out_channels=(16, 16, 32, 32),
            down_block_types=(*[cross[0]] * 3, "DownBlock2D"),
            up_block_types=("UpBlock2D", *[cross[1]] * 3),
            cross_attention_dim=768,
            **keywords,
        )
    vae = diffusers.AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(8, 8, 16, 16),
        layers_per_block=2,
        latent_channels=4,
        norm_num_groups=4,
        sample_size=64,
        scaling_factor=0.2,
    )
    parts = {
        "vae": vae.eval(),
        "unet": unet.eval(),
        "text_encoder": _text(tokenizer, 768, transformers.CLIPTextModel),
        "tokenizer": tokenizer,
        "scheduler": diffusers.DDIMScheduler(**SD_NOISE),
    }
    if is_xl:
        second = _text(tokenizer, 1280, transformers.CLIPTextModelWithProjection)
        return diffusers.StableDiffusionXLPipeline(
            **parts, text_encoder_2=second, tokenizer_2=make_tokenizer()
        )
    return diffusers.StableDiffusionPipeline(
        **parts, safety_checker=None, feature_extractor=None, requires_safety_checker=False
    )


def write_checkpoint(pipeline: Any, path: Path, extra: Mapping[str, torch.Tensor] | None = None) -> Path:
    state = _unet(pipeline.unet) | _vae(pipeline.vae) | dict(extra or {})
    if hasattr(pipeline, "text_encoder_2"):
        state |= _clip(pipeline.text_encoder, "conditioner.embedders.0.transformer.")
        state |= _open_clip(pipeline.text_encoder_2, "conditioner.embedders.1.model.")
    else:
        state |= _clip(pipeline.text_encoder, "cond_stage_model.transformer.")
    save_file({name: tensor.detach().clone().contiguous() for name, tensor in state.items()}, path)
    return path


def write_description(pipeline: Any, folder: Path) -> Path:
    """What the studio ships for the real sizes: the configurations without weights."""
    pipeline.save_pretrained(folder)
    for weights in folder.rglob("*.safetensors"):
        weights.unlink()
    return folder


def _text(tokenizer: Any, width: int, kind: Any) -> Any:
    config = transformers.CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=width // 64,
        projection_dim=width,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return kind(config).eval()


def _unet(unet: Any) -> State:
    found: State = {}
    has_attention = ["CrossAttn" in name for name in unet.config.up_block_types]
    for name, tensor in unet.state_dict().items():
        new = name
        if ".resnets." in name:
            for mine, theirs in _RESNET.items():
                new = new.replace(mine, theirs)
        new = re.sub(
            r"^down_blocks\.(\d)\.(resnets|attentions)\.(\d)",
            lambda m: f"input_blocks.{3 * int(m[1]) + int(m[3]) + 1}.{int(m[2] == 'attentions')}",
            new,
        )
        new = re.sub(
            r"^down_blocks\.(\d)\.downsamplers\.0\.conv",
            lambda m: f"input_blocks.{3 * int(m[1]) + 3}.0.op",
            new,
        )
        new = re.sub(
            r"^up_blocks\.(\d)\.(resnets|attentions)\.(\d)",
            lambda m: f"output_blocks.{3 * int(m[1]) + int(m[3])}.{int(m[2] == 'attentions')}",
            new,
        )
        new = re.sub(
            r"^up_blocks\.(\d)\.upsamplers\.0\.",
            lambda m: f"output_blocks.{3 * int(m[1]) + 2}.{1 + has_attention[int(m[1])]}.",
            new,
        )
        for mine, theirs in (
            ("mid_block.resnets.0", "middle_block.0"),
            ("mid_block.attentions.0", "middle_block.1"),
            ("mid_block.resnets.1", "middle_block.2"),
        ):
            new = new.replace(mine, theirs)
        for mine, theirs in (
            ("time_embedding.linear_1", "time_embed.0"),
            ("time_embedding.linear_2", "time_embed.2"),
            ("add_embedding.linear_1", "label_emb.0.0"),
            ("add_embedding.linear_2", "label_emb.0.2"),
            ("conv_in", "input_blocks.0.0"),
            ("conv_norm_out", "out.0"),
            ("conv_out", "out.2"),
        ):
            if new.startswith(mine):
                new = theirs + new.removeprefix(mine)
        found[f"model.diffusion_model.{new}"] = tensor
    return found


def _vae(vae: Any) -> State:
    found: State = {}
    for name, tensor in vae.state_dict().items():
        new = name.replace("conv_norm_out", "norm_out").replace("conv_shortcut", "nin_shortcut")
        new = re.sub(r"encoder\.down_blocks\.(\d)\.resnets\.(\d)", r"encoder.down.\1.block.\2", new)
        new = re.sub(r"encoder\.down_blocks\.(\d)\.downsamplers\.0", r"encoder.down.\1.downsample", new)
        new = re.sub(
            r"decoder\.up_blocks\.(\d)\.resnets\.(\d)",
            lambda m: f"decoder.up.{3 - int(m[1])}.block.{m[2]}",
            new,
        )
        new = re.sub(
            r"decoder\.up_blocks\.(\d)\.upsamplers\.0", lambda m: f"decoder.up.{3 - int(m[1])}.upsample", new
        )
        new = new.replace("mid_block.resnets.0", "mid.block_1").replace("mid_block.resnets.1", "mid.block_2")
        if "mid_block.attentions.0" in new:
            new = new.replace("mid_block.attentions.0", "mid.attn_1")
            for mine, theirs in (
                ("group_norm", "norm"),
                ("to_q", "q"),
                ("to_k", "k"),
                ("to_v", "v"),
                ("to_out.0", "proj_out"),
            ):
                new = new.replace(mine, theirs)
            if tensor.ndim == 2:
                tensor = tensor[:, :, None, None]
        found[f"first_stage_model.{new}"] = tensor
    return found


def _clip(encoder: Any, prefix: str) -> State:
    return {
        prefix + (name if name.startswith("text_model.") else f"text_model.{name}"): tensor
        for name, tensor in encoder.state_dict().items()
    }


def _open_clip(encoder: Any, prefix: str) -> State:
    """One matrix for queries, keys and values; the projection transposed."""
    state = {name.removeprefix("text_model."): tensor for name, tensor in encoder.state_dict().items()}
    found: State = {
        "token_embedding.weight": state["embeddings.token_embedding.weight"],
        "positional_embedding": state["embeddings.position_embedding.weight"],
        "ln_final.weight": state["final_layer_norm.weight"],
        "ln_final.bias": state["final_layer_norm.bias"],
        "text_projection": state["text_projection.weight"].T,
    }
    for number in range(encoder.config.num_hidden_layers):
        mine, theirs = f"encoder.layers.{number}.", f"transformer.resblocks.{number}."
        for kind in ("weight", "bias"):
            parts = [state[f"{mine}self_attn.{letter}_proj.{kind}"] for letter in "qkv"]
            found[f"{theirs}attn.in_proj_{kind}"] = torch.cat(parts)
            for old, new in (
                ("self_attn.out_proj", "attn.out_proj"),
                ("layer_norm1", "ln_1"),
                ("layer_norm2", "ln_2"),
                ("mlp.fc1", "mlp.c_fc"),
                ("mlp.fc2", "mlp.c_proj"),
            ):
                found[f"{theirs}{new}.{kind}"] = state[f"{mine}{old}.{kind}"]
    return {prefix + name: tensor for name, tensor in found.items()}
