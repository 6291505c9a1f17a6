"""diffusers' own pipeline on a model folder, as its documentation shows it, in a process of its own.

    python -m bench.floors.bare_pipeline MODEL_FOLDER

Reads one JSON object per line {"prompt", "steps", "guidance_scale", "seed", "width", "height"}, runs it and answers
{"elapsed_s"}; the first line of its output is {"ready": true}. Started with the engine's own environment.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import torch
from diffusers import DPMSolverMultistepScheduler, StableDiffusionPipeline


def load(folder: str) -> Any:
    pipeline = StableDiffusionPipeline.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    # What artists call DPM++ 2M, with the model's own spacing: the studio's default sampler.
    pipeline.scheduler = DPMSolverMultistepScheduler.from_config(
        pipeline.scheduler.config, algorithm_type="dpmsolver++", solver_order=2
    )
    return pipeline


def main() -> None:
    pipeline = load(sys.argv[1])
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        began = time.perf_counter()
        pipeline(
            prompt=order["prompt"],
            negative_prompt="",
            num_inference_steps=order["steps"],
            guidance_scale=order["guidance_scale"],
            generator=torch.Generator("cpu").manual_seed(order["seed"]),
            width=order["width"],
            height=order["height"],
        )
        print(json.dumps({"elapsed_s": time.perf_counter() - began}), flush=True)


if __name__ == "__main__":
    main()
