"""diffusers' own inpainting pipeline on a model folder, with its own crop and its own way of putting the result back.

    python -m bench.floors.bare_inpaint MODEL_FOLDER ORDERS.npz RESULTS.npz

Reads images (n, h, w, 3), masks (n, h, w) and side lengths from ORDERS; writes `results` (n, h, w, 3). Started with the
engine's own environment.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import torch
from diffusers import DPMSolverMultistepScheduler, StableDiffusionInpaintPipeline
from PIL import Image

CROP_PADDING_PX = 32
"""What diffusers' documentation shows for `padding_mask_crop`."""


def load(folder: str) -> Any:
    pipeline = StableDiffusionInpaintPipeline.from_pretrained(
        folder, local_files_only=True, dtype=torch.float32
    )
    pipeline.set_progress_bar_config(disable=True)
    pipeline.scheduler = DPMSolverMultistepScheduler.from_config(
        pipeline.scheduler.config, algorithm_type="dpmsolver++", solver_order=2
    )
    return pipeline


def main() -> None:
    pipeline = load(sys.argv[1])
    orders = np.load(sys.argv[2])
    results = []
    for index, (image, mask, side) in enumerate(
        zip(orders["images"], orders["masks"], orders["sides"], strict=True)
    ):
        made = pipeline(
            prompt=str(orders["prompt"]),
            image=Image.fromarray(image),
            mask_image=Image.fromarray(mask),
            padding_mask_crop=CROP_PADDING_PX,
            strength=1.0,
            num_inference_steps=int(orders["steps"]),
            guidance_scale=float(orders["guidance_scale"]),
            generator=torch.Generator("cpu").manual_seed(index),
            width=int(side),
            height=int(side),
        ).images[0]
        results.append(np.asarray(made.convert("RGB").resize(image.shape[1::-1]), np.uint8))
    np.savez(sys.argv[3], results=np.stack(results))


if __name__ == "__main__":
    main()
