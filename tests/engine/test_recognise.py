"""A zoo of weight files, told apart by the names and shapes of their tensors: right, or honestly unknown.

Networks of real size on torch's meta device, which costs no memory; other trainers' names by the same conversion that
the single-file tests load.
"""

from __future__ import annotations

import functools
import random
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import diffusers
import pytest
import torch
import transformers

from studio.engine.recognise import Recognised, recognise
from tests.engine.ldm import _unet as ldm_names
from tests.engine.ldm import _vae as ldm_vae_names

Shapes = Mapping[str, tuple[int, ...]]
SD_BLOCKS: dict[str, Any] = {
    "block_out_channels": (320, 640, 1280, 1280),
    "down_block_types": (*["CrossAttnDownBlock2D"] * 3, "DownBlock2D"),
    "up_block_types": ("UpBlock2D", *["CrossAttnUpBlock2D"] * 3),
}
XL_BLOCKS: dict[str, Any] = {
    "block_out_channels": (320, 640, 1280),
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    "transformer_layers_per_block": (1, 2, 10),
    "use_linear_projection": True,
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256,
    "projection_class_embeddings_input_dim": 2816,
}


def on_meta(make: Callable[[], Any]) -> Any:
    with torch.device("meta"):
        return make()


def shapes_of(state: Mapping[str, Any]) -> Shapes:
    return {name: tuple(tensor.shape) for name, tensor in state.items()}


@functools.cache
def unet(context: int, channels: int = 4) -> Any:
    blocks = XL_BLOCKS if context == 2048 else SD_BLOCKS
    heads = (5, 10, 20) if context == 2048 else 8
    return on_meta(
        lambda: diffusers.UNet2DConditionModel(
            in_channels=channels, cross_attention_dim=context, attention_head_dim=heads, **blocks
        )
    )


@functools.cache
def vae(channels: int = 4) -> Any:
    return on_meta(
        lambda: diffusers.AutoencoderKL(
            block_out_channels=(128, 256, 512, 512),
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=2,
            latent_channels=channels,
        )
    )


def checkpoint(context: int, channels: int = 4) -> Shapes:
    text = (
        "conditioner.embedders.0.transformer." if context == 2048 else "cond_stage_model.transformer."
    ) + "text_model.embeddings.token_embedding.weight"
    return {
        **shapes_of(ldm_names(unet(context, channels))),
        **shapes_of(ldm_vae_names(vae())),
        text: (49408, 768),
    }


def refiner() -> Shapes:
    return {
        "model.diffusion_model.input_blocks.0.0.weight": (384, 4, 3, 3),
        "model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight": (768, 1280),
        "first_stage_model.decoder.conv_in.weight": (512, 4, 3, 3),
        "conditioner.embedders.0.model.ln_final.weight": (1280,),
    }


def without_prefix(shapes: Shapes) -> Shapes:
    return {name.removeprefix("model.diffusion_model."): shape for name, shape in shapes.items()}


def transformer(name: str, **config: Any) -> Shapes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of the library's parts about each other
        return shapes_of(on_meta(lambda: getattr(diffusers, name)(**config)).state_dict())


def flux_ldm(inputs: int = 64, *, has_guidance: bool = True, prefix: str = "") -> Shapes:
    names: dict[str, tuple[int, ...]] = {
        "img_in.weight": (3072, inputs),
        "double_blocks.0.img_attn.qkv.weight": (9216, 3072),
        "double_blocks.0.img_mod.lin.weight": (18432, 3072),
        "single_blocks.0.linear1.weight": (21504, 3072),
    }
    if has_guidance:
        names["guidance_in.in_layer.weight"] = (3072, 256)
    return {prefix + name: shape for name, shape in names.items()}


def kohya(context: int, *, has_text: bool = True, second: bool = False) -> Shapes:
    block = "input_blocks_4_1" if second else "down_blocks_1_attentions_0"
    names: dict[str, tuple[int, ...]] = {
        f"lora_unet_{block}_transformer_blocks_0_attn1_to_q.lora_down.weight": (16, 640),
        f"lora_unet_{block}_transformer_blocks_0_attn2_to_k.lora_down.weight": (16, context),
        f"lora_unet_{block}_transformer_blocks_0_attn2_to_k.alpha": (),
    }
    if has_text:
        names["lora_te_text_model_encoder_layers_0_mlp_fc1.lora_down.weight"] = (16, 768)
    if second:
        names["lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_down.weight"] = (16, 1280)
    return names


def peft(context: int, *, prefix: str = "unet.") -> Shapes:
    block = f"{prefix}down_blocks.1.attentions.0.transformer_blocks.0"
    return {
        f"{block}.attn1.to_q.lora_A.weight": (4, 640),
        f"{block}.attn2.to_k.lora_A.weight": (4, context),
        f"{block}.attn2.to_k.lora_B.weight": (640, 4),
    }


def controlnet(context: int) -> Shapes:
    net = on_meta(
        lambda: diffusers.ControlNetModel(
            cross_attention_dim=context,
            block_out_channels=SD_BLOCKS["block_out_channels"],
            down_block_types=SD_BLOCKS["down_block_types"],
        )
    )
    return shapes_of(net.state_dict())


def noise(seed: int) -> Shapes:
    rng = random.Random(seed)
    return {
        f"layer{n}.{rng.choice('abc')}.weight": (rng.randrange(1, 99), 3) for n in range(rng.randrange(1, 40))
    }


def denoiser(context: int, layout: str) -> Shapes:
    if layout == "diffusers":
        return shapes_of(unet(context).state_dict())
    named = shapes_of(ldm_names(unet(context)))
    return named if layout == "ldm" else without_prefix(named)


def family_of(kind: str, family: str, variant: str = "", layout: str = "") -> Recognised:
    return Recognised(kind=kind, family=family, variant=variant, layout=layout)


def text_model() -> Shapes:
    config = transformers.CLIPTextConfig(num_hidden_layers=1)
    state = on_meta(lambda: transformers.CLIPTextModel(config)).state_dict()
    # As files have them, whatever the library calls them at present.
    return {f"text_model.{name.removeprefix('text_model.')}": tuple(t.shape) for name, t in state.items()}


SD = (("sd1", 768), ("sd2", 1024), ("sdxl", 2048))
FLUX: dict[str, Any] = {"num_layers": 1, "num_single_layers": 1}
Case = tuple[Callable[[], Shapes], Recognised]
ZOO: dict[str, Case] = {}
for name, context in SD:
    for channels, variant in ((4, ""), (9, "inpaint"), (8, "edit"), (5, "depth"), (7, "unusual")):
        ZOO[f"{name} checkpoint of {channels} channels"] = (
            functools.partial(checkpoint, context, channels),
            family_of("checkpoint", name, variant, "ldm"),
        )
    for layout in ("diffusers", "ldm", "bare"):
        ZOO[f"{name} denoiser alone, {layout}"] = (
            functools.partial(denoiser, context, layout),
            family_of("denoiser", name, "", "diffusers" if layout == "diffusers" else "ldm"),
        )
    ZOO[f"{name} LoRA, kohya"] = functools.partial(kohya, context), family_of("lora", name, "", "kohya")
    ZOO[f"{name} LoRA, denoiser only"] = (
        functools.partial(kohya, context, has_text=False),
        family_of("lora", name, "", "kohya"),
    )
    ZOO[f"{name} LoRA, PEFT"] = functools.partial(peft, context), family_of("lora", name, "", "peft")
    ZOO[f"{name} ControlNet"] = (
        functools.partial(controlnet, context),
        family_of("controlnet", name, "", "diffusers"),
    )
    ZOO[f"{name} IP-Adapter"] = (
        lambda context=context: {
            "image_proj.proj.weight": (3072, 1024),
            "ip_adapter.1.to_k_ip.weight": (320, context),
        },
        family_of("ip_adapter", name),
    )
ZOO |= {
    "refiner": (refiner, family_of("checkpoint", "sdxl_refiner", "", "ldm")),
    "SDXL LoRA with its second encoder": (
        lambda: kohya(2048, second=True),
        family_of("lora", "sdxl", "", "kohya"),
    ),
    "LoRA of attention processors": (
        lambda: {
            "down_blocks.0.attentions.0.transformer_blocks.0.attn2.processor.to_k_lora.down.weight": (4, 768)
        },
        family_of("lora", "sd1", "", "peft"),
    ),
    "FLUX LoRA, kohya": (
        lambda: {"lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight": (16, 3072)},
        family_of("lora", "flux1", "", "kohya"),
    ),
    "FLUX LoRA, PEFT": (
        lambda: {"transformer.single_transformer_blocks.0.attn.to_q.lora_A.weight": (16, 3072)},
        family_of("lora", "flux1", "", "peft"),
    ),
    "FLUX dev, original": (flux_ldm, family_of("denoiser", "flux1", "dev", "ldm")),
    "FLUX schnell, original": (
        lambda: flux_ldm(has_guidance=False),
        family_of("denoiser", "flux1", "schnell", "ldm"),
    ),
    "FLUX fill, original": (lambda: flux_ldm(384), family_of("denoiser", "flux1", "fill", "ldm")),
    "FLUX depth, original": (lambda: flux_ldm(128), family_of("denoiser", "flux1", "control", "ldm")),
    "FLUX with the old prefix": (
        lambda: flux_ldm(prefix="model.diffusion_model."),
        family_of("denoiser", "flux1", "dev", "ldm"),
    ),
    "FLUX with everything": (
        lambda: {
            **flux_ldm(prefix="model.diffusion_model."),
            "text_encoders.t5xxl.transformer.shared.weight": (32128, 4096),
            "vae.decoder.conv_in.weight": (512, 16, 3, 3),
        },
        family_of("checkpoint", "flux1", "dev", "ldm"),
    ),
    "FLUX dev, diffusers": (
        lambda: transformer("FluxTransformer2DModel", guidance_embeds=True, **FLUX),
        family_of("denoiser", "flux1", "dev", "diffusers"),
    ),
    "FLUX schnell, diffusers": (
        lambda: transformer("FluxTransformer2DModel", **FLUX),
        family_of("denoiser", "flux1", "schnell", "diffusers"),
    ),
    "FLUX.2": (
        lambda: transformer("Flux2Transformer2DModel", **FLUX),
        family_of("denoiser", "flux2", "", "diffusers"),
    ),
    "SD 3": (
        lambda: transformer("SD3Transformer2DModel", num_layers=2),
        family_of("denoiser", "sd3", "", "diffusers"),
    ),
    "SD 3, original": (
        lambda: {
            "model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight": (4608, 1536),
            "model.diffusion_model.x_embedder.proj.weight": (1536, 16, 2, 2),
        },
        family_of("denoiser", "sd3", "", "ldm"),
    ),
    "Qwen-Image": (
        lambda: transformer("QwenImageTransformer2DModel", num_layers=1),
        family_of("denoiser", "qwen_image", "", "diffusers"),
    ),
    "Z-Image": (
        lambda: transformer("ZImageTransformer2DModel", n_layers=1, n_refiner_layers=1),
        family_of("denoiser", "z_image", "", "ldm"),
    ),
    "Chroma": (
        lambda: transformer("ChromaTransformer2DModel", **FLUX),
        family_of("denoiser", "chroma", "", "diffusers"),
    ),
    "Lumina 2": (
        lambda: transformer("Lumina2Transformer2DModel", num_layers=1, num_refiner_layers=1),
        family_of("denoiser", "lumina2", "", "ldm"),
    ),
    "AuraFlow": (
        lambda: transformer("AuraFlowTransformer2DModel", num_mmdit_layers=1, num_single_dit_layers=1),
        family_of("denoiser", "auraflow", "", "ldm"),
    ),
    "Sana": (
        lambda: transformer("SanaTransformer2DModel", num_layers=1),
        family_of("denoiser", "sana", "", "diffusers"),
    ),
    "autoencoder": (lambda: shapes_of(vae().state_dict()), family_of("vae", "", "", "diffusers")),
    "autoencoder, original": (lambda: shapes_of(ldm_vae_names(vae())), family_of("vae", "", "", "ldm")),
    "FLUX autoencoder": (lambda: shapes_of(vae(16).state_dict()), family_of("vae", "flux1", "", "diffusers")),
    "text encoder": (text_model, family_of("text_encoder", "")),
    "T5": (
        lambda: {"encoder.block.0.layer.0.SelfAttention.k.weight": (4096, 4096)},
        family_of("text_encoder", ""),
    ),
    "SD 1 embedding": (lambda: {"emb_params": (5, 768)}, family_of("embedding", "sd1")),
    "SD 2 embedding": (lambda: {"emb_params": (1024,)}, family_of("embedding", "sd2")),
    "SDXL embedding": (
        lambda: {"clip_l": (2, 768), "clip_g": (2, 1280)},
        family_of("embedding", "sdxl"),
    ),
    "ControlNet, original": (
        lambda: {
            "control_model.input_hint_block.0.weight": (16, 3, 3, 3),
            "control_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight": (320, 768),
        },
        family_of("controlnet", "sd1", "", "ldm"),
    ),
    "T2I-Adapter": (
        lambda: {"adapter.body.0.resnets.0.block1.weight": (320, 320, 3, 3)},
        family_of("t2i_adapter", ""),
    ),
    "upscaler": (
        lambda: {"model.0.weight": (64, 3, 3, 3), "model.1.sub.0.RDB1.conv1.0.weight": (32, 64, 3, 3)},
        family_of("upscaler", ""),
    ),
    "nothing": (dict, family_of("unknown", "")),
    "a text encoder's LoRA, by its width": (
        lambda: {"lora_te_text_model_encoder_layers_0_self_attn_k_proj.lora_down.weight": (8, 1024)},
        family_of("lora", "sd2", "", "kohya"),
    ),
    "half a U-Net": (
        lambda: {"model.diffusion_model.input_blocks.0.0.weight": (320, 4, 3, 3)},
        family_of("unknown", ""),
    ),
}
ZOO |= {f"random {seed}": (functools.partial(noise, seed), family_of("unknown", "")) for seed in range(6)}


def test_the_zoo_is_large() -> None:
    assert len(ZOO) >= 60


@pytest.mark.parametrize("name", ZOO)
def test_it_is_told_apart(name: str) -> None:
    make, expected = ZOO[name]
    assert recognise(make()) == expected


@pytest.mark.parametrize("name", ["sd1 checkpoint of 4 channels", "FLUX dev, original", "SDXL embedding"])
def test_the_order_of_names_is_no_matter(name: str) -> None:
    make, expected = ZOO[name]
    entries = list(make().items())
    random.Random(1).shuffle(entries)
    assert recognise(dict(entries)) == expected
