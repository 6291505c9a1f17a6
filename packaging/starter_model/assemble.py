"""Writes the diffusers folder: fp16 safetensors, the tokenizer's files, studio.json, the model card's place."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderKL, AutoencoderTiny, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextModel, CLIPTokenizer

from starter_model.networks import make_scheduler
from starter_model.progress import replace_folder
from starter_model.studio_card import studio_card

_SHARD = "15MB"
# What a person wrote beside the weights outlives the next assembly.
_KEPT = ("README.md",)


PREVIEW_FOLDER = "preview_decoder"
"""Not in model_index.json: plain diffusers pipelines pass it by."""


def assemble(
    *, vae: Path, tokenizer: Path, unet: Path, tiny: Path | None, target: Path, native_size: int = 256
) -> int:
    """Puts the parts (`unet` holds unet/ and text_encoder/) into `target` in one rename; its size in bytes."""
    half = {"dtype": torch.float16, "local_files_only": True}
    pipeline = StableDiffusionPipeline(
        vae=AutoencoderKL.from_pretrained(vae, **half),
        text_encoder=CLIPTextModel.from_pretrained(unet / "text_encoder", **half),
        tokenizer=CLIPTokenizer.from_pretrained(tokenizer, local_files_only=True),
        unet=UNet2DConditionModel.from_pretrained(unet / "unet", **half),
        scheduler=make_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    kept = {name: (target / name).read_bytes() for name in _KEPT if (target / name).exists()}

    def write(folder: Path) -> None:
        pipeline.save_pretrained(folder, max_shard_size=_SHARD)
        if tiny is not None:
            AutoencoderTiny.from_pretrained(tiny, local_files_only=True).half().save_pretrained(
                folder / PREVIEW_FOLDER
            )
        for config in folder.rglob("*.json"):
            _forget_origin(config)
        for name in ("vocab.json", "merges.txt"):
            shutil.copyfile(tokenizer / name, folder / "tokenizer" / name)
        card = json.dumps(studio_card(native_size), indent=2)
        (folder / "studio.json").write_text(card + "\n", encoding="utf-8")
        for name, content in kept.items():
            (folder / name).write_bytes(content)
        for path in folder.rglob("*.safetensors"):
            # safetensors writes files that only their owner can read.
            path.chmod(0o644)

    replace_folder(target, write)
    return sum(path.stat().st_size for path in target.rglob("*") if path.is_file())


def _forget_origin(path: Path) -> None:
    """Training folders must not leave their names in the shipped configuration."""
    content = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(content, dict) and content.pop("_name_or_path", None) is not None:
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
