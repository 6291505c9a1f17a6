"""What a weight file is, told by the names and shapes of its tensors alone: a positive match, or an honest "unknown".

The library's own guess falls back to Stable Diffusion 1 for whatever it does not know; a wrong guess loads for minutes
and then fails. Every row of the tables below names a tensor that only its kind of file has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Shapes = Mapping[str, tuple[int, ...]]
LDM = "model.diffusion_model."
"""What original checkpoints put before the names of their denoiser."""


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """kind: "checkpoint" (denoiser with text encoder and autoencoder), "denoiser", "vae", "text_encoder", "lora",
    "embedding", "controlnet", "t2i_adapter", "ip_adapter", "upscaler" or "unknown".
    family: "sd1", "sd2", "sdxl", "sdxl_refiner", "sd3", "flux1", "flux2", "qwen_image", "z_image", "chroma", "lumina2",
    "auraflow", "sana" or "" where the file does not tell. variant: "inpaint" and the like, or "".
    layout: "ldm" for the names of original checkpoints, "diffusers", "kohya", "peft" or "".
    """

    kind: str
    family: str = ""
    variant: str = ""
    layout: str = ""


UNKNOWN = Recognised(kind="unknown")
_DOWN = (
    ".lora_down.weight",
    ".lora_A.weight",
    ".lora.down.weight",
    "_lora.down.weight",
    ".hada_w1_a",
    ".lokr_w1",
)
SD_BY_CONTEXT = {768: "sd1", 1024: "sd2", 2048: "sdxl", 1280: "sdxl_refiner"}


def recognise(shapes: Shapes) -> Recognised:
    """shapes: of every tensor by name, as `weights.tensor_shapes` reads them."""
    for look in (
        _lora,
        _embedding,
        _adapter,
        _controlnet,
        _unet,
        _transformer,
        _vae,
        _text_encoder,
        _upscaler,
    ):
        found = look(shapes)
        if found is not None:
            return found
    return UNKNOWN


# Adapters -----------------------------------------------------------------------------------------------------------


def _lora(shapes: Shapes) -> Recognised | None:
    downs = {name: shape for name, shape in shapes.items() if name.endswith(_DOWN)}
    if not downs:
        return None
    is_kohya = any(name.startswith("lora_") for name in downs)
    return Recognised(kind="lora", family=_lora_family(downs), layout="kohya" if is_kohya else "peft")


def _lora_family(downs: Shapes) -> str:
    """A down projection's last number is the width of what it reads: the text's for the keys of cross-attention."""
    for name, shape in downs.items():
        if "single_transformer_blocks" in name or "double_blocks" in name or "single_blocks" in name:
            return "flux1"
        if "joint_transformer_blocks" in name or "joint_blocks" in name:
            return "sd3"
        if "attn2_to_k" in name or "attn2.to_k" in name or "attn2.processor.to_k" in name:
            family = SD_BY_CONTEXT.get(shape[-1] if len(shape) == 2 else shape[1] if len(shape) == 4 else 0)
            if family:
                return family
        if name.startswith(("lora_te2_", "text_encoder_2.")):
            return "sdxl"
    if any("transformer_blocks" in name and "img_mlp" in name for name in downs):
        return "qwen_image"
    if any("noise_refiner" in name or "context_refiner" in name for name in downs):
        return "z_image"
    widths = {shape[-1] for name, shape in downs.items() if "self_attn" in name and len(shape) == 2}
    only_text = all(name.startswith(("lora_te_", "text_encoder.")) for name in downs)
    return SD_BY_CONTEXT.get(min(widths, default=0), "") if only_text else ""


def _embedding(shapes: Shapes) -> Recognised | None:
    if {"clip_l", "clip_g"} <= shapes.keys() and len(shapes) == 2:
        return Recognised(kind="embedding", family="sdxl")
    vectors = shapes.get("emb_params") if len(shapes) == 1 else None
    if vectors is None or len(vectors) not in (1, 2):
        return None
    return Recognised(kind="embedding", family={768: "sd1", 1024: "sd2"}.get(vectors[-1], ""))


def _adapter(shapes: Shapes) -> Recognised | None:
    if any(name.startswith("ip_adapter.") for name in shapes):
        keys = next((s for n, s in shapes.items() if n.endswith("to_k_ip.weight")), (0, 0))
        return Recognised(kind="ip_adapter", family=SD_BY_CONTEXT.get(keys[-1], ""))
    if any(name.removeprefix("adapter.").startswith("body.0.resnets.0.block1") for name in shapes):
        return Recognised(kind="t2i_adapter")
    return None


def _controlnet(shapes: Shapes) -> Recognised | None:
    if "control_model.input_hint_block.0.weight" in shapes or "input_hint_block.0.weight" in shapes:
        prefix = "control_model." if "control_model.input_hint_block.0.weight" in shapes else ""
        return Recognised(kind="controlnet", family=_ldm_family(shapes, prefix), layout="ldm")
    if "controlnet_cond_embedding.conv_in.weight" in shapes:
        return Recognised(kind="controlnet", family=_diffusers_family(shapes), layout="diffusers")
    if "controlnet_x_embedder.weight" in shapes and "transformer_blocks.0.attn.to_q.weight" in shapes:
        return Recognised(kind="controlnet", family="flux1", layout="diffusers")
    return None


# Denoisers ----------------------------------------------------------------------------------------------------------


def _unet(shapes: Shapes) -> Recognised | None:
    for prefix in (LDM, ""):
        first = shapes.get(f"{prefix}input_blocks.0.0.weight")
        if first is None or len(first) != 4:
            continue
        family = _ldm_family(shapes, prefix)
        if not family:
            return None
        is_whole = (
            prefix == LDM and _has_text(shapes) and "first_stage_model.decoder.conv_in.weight" in shapes
        )
        return Recognised(
            kind="checkpoint" if is_whole else "denoiser",
            family=family,
            variant=_input_variant(first[1]),
            layout="ldm",
        )
    first = shapes.get("conv_in.weight")
    if (
        first is not None
        and "down_blocks.0.resnets.0.conv1.weight" in shapes
        and "time_embedding.linear_1.weight" in shapes
    ):
        family = _diffusers_family(shapes)
        if family:
            return Recognised(
                kind="denoiser", family=family, variant=_input_variant(first[1]), layout="diffusers"
            )
    return None


def _ldm_family(shapes: Shapes, prefix: str) -> str:
    """By the width of the text that cross-attention reads, in the first block that has one."""
    for block in ("1.1", "4.1"):
        keys = shapes.get(f"{prefix}input_blocks.{block}.transformer_blocks.0.attn2.to_k.weight")
        if keys is not None:
            return SD_BY_CONTEXT.get(keys[1], "")
    return ""


def _diffusers_family(shapes: Shapes) -> str:
    for block in ("down_blocks.0", "down_blocks.1"):
        keys = shapes.get(f"{block}.attentions.0.transformer_blocks.0.attn2.to_k.weight")
        if keys is not None:
            return SD_BY_CONTEXT.get(keys[1], "")
    return ""


def _input_variant(channels: int) -> str:
    return {4: "", 9: "inpaint", 8: "edit", 5: "depth"}.get(channels, "unusual")


def _has_text(shapes: Shapes) -> bool:
    return any(name.startswith(("cond_stage_model.", "conditioner.embedders.0.")) for name in shapes)


def _transformer(shapes: Shapes) -> Recognised | None:
    """Most are published with or without the old prefix; some bring text encoders and autoencoder along."""
    bare = {name.removeprefix(LDM).removeprefix("transformer."): shape for name, shape in shapes.items()}
    for is_kind, family in _TRANSFORMERS:
        if is_kind(bare):
            is_whole = any(n.startswith("text_encoders.") for n in shapes) and any(
                n.startswith(("vae.", "first_stage_model.")) for n in shapes
            )
            return Recognised(
                kind="checkpoint" if is_whole else "denoiser",
                family=family,
                variant=_transformer_variant(bare, family),
                layout="diffusers" if any(n.startswith("transformer_blocks.") for n in bare) else "ldm",
            )
    return None


def _has(*names: str) -> Callable[[Shapes], bool]:
    return lambda shapes: all(name in shapes for name in names)


_TRANSFORMERS: tuple[tuple[Callable[[Shapes], bool], str], ...] = (
    (_has("joint_blocks.0.x_block.attn.qkv.weight", "x_embedder.proj.weight"), "sd3"),
    (_has("transformer_blocks.0.attn.add_q_proj.weight", "pos_embed.proj.weight"), "sd3"),
    (_has("distilled_guidance_layer.in_proj.weight", "double_blocks.0.img_attn.qkv.weight"), "chroma"),
    (_has("distilled_guidance_layer.in_proj.weight", "transformer_blocks.0.attn.to_q.weight"), "chroma"),
    (_has("double_stream_modulation_img.lin.weight", "double_blocks.0.img_attn.qkv.weight"), "flux2"),
    (_has("double_stream_modulation_img.linear.weight", "single_transformer_blocks.0.attn.to_out.weight"), "flux2"),
    (_has("double_blocks.0.img_attn.qkv.weight", "double_blocks.0.img_mod.lin.weight", "img_in.weight"), "flux1"),
    (_has("single_transformer_blocks.0.attn.to_q.weight", "x_embedder.weight", "context_embedder.weight"), "flux1"),
    (_has("transformer_blocks.0.img_mod.1.weight", "txt_norm.weight", "img_in.weight"), "qwen_image"),
    (_has("noise_refiner.0.attention.qkv.weight", "cap_embedder.1.weight", "x_pad_token"), "z_image"),
    (_has("noise_refiner.0.attention.to_q.weight", "cap_embedder.1.weight", "x_pad_token"), "z_image"),
    (_has("noise_refiner.0.attention.qkv.weight", "cap_embedder.1.weight", "norm_final.weight"), "lumina2"),
    (_has("noise_refiner.0.attn.to_q.weight", "time_caption_embed.caption_embedder.0.weight"), "lumina2"),
    (_has("double_layers.0.attn.w1q.weight", "single_layers.0.attn.w1q.weight"), "auraflow"),
    (_has("joint_transformer_blocks.0.attn.add_q_proj.weight", "time_step_proj.linear_1.weight"), "auraflow"),
    (_has("caption_projection.linear_1.weight", "caption_norm.weight", "patch_embed.proj.weight"), "sana"),
)  # fmt: skip
"""In this order: a later row's tensors also occur in the files of an earlier one."""


def _transformer_variant(bare: Shapes, family: str) -> str:
    if family != "flux1":
        return ""
    inputs = bare.get("img_in.weight") or bare.get("x_embedder.weight") or (0, 64)
    by_width = {384: "fill", 128: "control"}.get(inputs[1])
    if by_width:
        return by_width
    has_guidance = "guidance_in.in_layer.weight" in bare or any(
        name.startswith("time_text_embed.guidance_embedder") for name in bare
    )
    return "dev" if has_guidance else "schnell"


# Parts --------------------------------------------------------------------------------------------------------------


def _vae(shapes: Shapes) -> Recognised | None:
    for prefix, layout in (("first_stage_model.", "ldm"), ("", "")):
        latents = shapes.get(f"{prefix}decoder.conv_in.weight")
        if latents is None or f"{prefix}encoder.conv_in.weight" not in shapes or len(latents) != 4:
            continue
        is_diffusers = f"{prefix}decoder.up_blocks.0.resnets.0.conv1.weight" in shapes
        family = {16: "flux1", 32: "flux2"}.get(latents[1], "")
        return Recognised(
            kind="vae", family=family, layout=layout or ("diffusers" if is_diffusers else "ldm")
        )
    return None


def _text_encoder(shapes: Shapes) -> Recognised | None:
    for name in (
        "text_model.encoder.layers.0.self_attn.k_proj.weight",
        "encoder.block.0.layer.0.SelfAttention.k.weight",
        "transformer.resblocks.0.attn.in_proj_weight",
    ):
        if name in shapes:
            return Recognised(kind="text_encoder")
    return None


def _upscaler(shapes: Shapes) -> Recognised | None:
    for prefix in ("", "params_ema.", "params."):
        names = (
            "body.0.rdb1.conv1.weight",
            "model.1.sub.0.RDB1.conv1.0.weight",
            "layers.0.residual_group.blocks.0.norm1.weight",
        )
        if any(prefix + name in shapes for name in names):
            return Recognised(kind="upscaler")
    return None
