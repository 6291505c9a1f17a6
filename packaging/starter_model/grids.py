"""Sample grids for the documentation: fixed prompts, fixed seeds, nothing picked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from starter_model.evaluate import load_pipeline
from starter_model.studio_card import EXAMPLES

_GUIDANCE_PROMPTS = (EXAMPLES[0], EXAMPLES[1], EXAMPLES[2], EXAMPLES[8])
_GAP = 4


def as_image(images: torch.Tensor, columns: int) -> Image.Image:
    """A grid of (N, 3, H, W) in 0..1, row by row."""
    count, _, height, width = images.shape
    rows = -(-count // columns)
    sheet = np.full((rows * (height + _GAP) - _GAP, columns * (width + _GAP) - _GAP, 3), 255, np.uint8)
    for k, image in enumerate(images):
        y, x = (k // columns) * (height + _GAP), (k % columns) * (width + _GAP)
        pixels = (image.clamp(0, 1) * 255).round().byte().permute(1, 2, 0)
        sheet[y : y + height, x : x + width] = pixels.numpy()
    return Image.fromarray(sheet)


def write_grids(model: Path, target: Path, size: int, device: str) -> None:
    """examples.jpg (prompts of the model card down, seeds 1 to 4 across) and guidance.jpg (1, 3, 5, 7 down)."""
    pipeline = load_pipeline(model, device)
    target.mkdir(parents=True, exist_ok=True)

    def draw(prompt: str, seed: int, guidance: float) -> torch.Tensor:
        images: torch.Tensor = pipeline(
            prompt,
            height=size,
            width=size,
            num_inference_steps=20,
            guidance_scale=guidance,
            generator=torch.Generator().manual_seed(seed),
            output_type="pt",
        ).images
        return images.cpu().float()

    samples = [draw(prompt, seed, 4.0) for prompt in EXAMPLES for seed in range(1, 5)]
    as_image(torch.cat(samples), 8).save(target / "examples.jpg", quality=90)
    scales = [draw(prompt, 7, guidance) for guidance in (1.0, 3.0, 5.0, 7.0) for prompt in _GUIDANCE_PROMPTS]
    as_image(torch.cat(scales), len(_GUIDANCE_PROMPTS)).save(target / "guidance.jpg", quality=90)
