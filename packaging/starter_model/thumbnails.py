"""Small pictures of the example prompts, made by the shipped weights, for the window to show."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import torch
from PIL import Image

from starter_model.evaluate import load_pipeline
from starter_model.studio_card import EXAMPLES

SEED = 1
SIDE_PX = 208  # twice what the window shows, for screens of twice the density
PARTS = ("text_encoder", "unet", "vae")


def weights_digest(model: Path) -> str:
    """Names the weights that made the pictures."""
    digest = hashlib.sha256()
    for part in PARTS:
        for path in sorted((model / part).glob("*.safetensors")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def write_thumbnails(model: Path, target: Path, size: int, device: str) -> int:
    """One JPEG per example, the same seed for all, nothing picked, and index.json; their bytes."""
    pipeline = load_pipeline(model, device)
    target.mkdir(parents=True, exist_ok=True)
    names: dict[str, str] = {}
    for number, prompt in enumerate(EXAMPLES):
        image: torch.Tensor = pipeline(
            prompt,
            height=size,
            width=size,
            num_inference_steps=20,
            guidance_scale=4.0,
            generator=torch.Generator().manual_seed(SEED),
            output_type="pt",
        ).images[0]
        pixels = (image.cpu().float().clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy()
        names[prompt] = f"{number:02d}.jpg"
        small = Image.fromarray(pixels).resize((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)
        small.save(target / names[prompt], quality=86, optimize=True)
    for stale in set(target.glob("*.jpg")) - {target / name for name in names.values()}:
        stale.unlink()
    index = {"weights": weights_digest(model), "seed": SEED, "pictures": names}
    (target / "index.json").write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")
    return sum(path.stat().st_size for path in target.iterdir())
