"""What the starter model's folder does in plain diffusers: its autoencoder on fresh renders, its answer to negatives.

    python -m bench.scenes.starter RENDERS PICTURES

Prints one JSON object. Scenes and seeds are fixed and belong to no training run.
"""

from __future__ import annotations

import json
import random
import sys

import torch
from diffusers import AutoencoderKL

from starter_model.dataset import batches
from starter_model.evaluate import generate, load_pipeline
from starter_model.ruler import FOLDER
from studio.engine.scenes.render import render
from studio.generation.scenes.spec import sample_spec

MODEL = FOLDER.parents[2] / "resources" / "starter-model"
SIZE = 256
NEGATIVE_PROMPT_OF = "a lake with mountains"
NEGATIVES = ("", "night, dark", "day, blue sky")


@torch.no_grad()
def signal_to_noise(vae: AutoencoderKL, renders: int) -> list[float]:
    """In dB, of each render after encoding and decoding."""
    rng = random.Random("held out")
    specs = [sample_spec(rng) for _ in range(renders)]
    found: list[float] = []
    for rows in batches(renders, 2):
        images = render(specs[rows.start : rows.stop], SIZE, seed=900_000_001 + rows.start)
        # What a file would hold: eight bits a channel.
        images = (images * 255).round() / 255
        latents = vae.encode(images * 2 - 1).latent_dist.mode()
        error = (vae.decode(latents).sample.clamp(-1, 1) + 1) / 2 - images
        found += (-10 * error.square().mean((1, 2, 3)).log10()).tolist()
    return found


def main() -> None:
    renders, pictures = (int(word) for word in sys.argv[1:3])
    pipeline = load_pipeline(MODEL, "cpu")
    options = {"height": SIZE, "width": SIZE, "num_inference_steps": 20, "guidance_scale": 4.0}
    luminance = {
        negative: float(generate(pipeline, [NEGATIVE_PROMPT_OF] * pictures, negative, 0, **options).mean())
        for negative in NEGATIVES
    }
    print(json.dumps({"psnr_db": signal_to_noise(pipeline.vae, renders), "luminance": luminance}))


if __name__ == "__main__":
    main()
