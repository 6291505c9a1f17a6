"""Fills a shard of renders, and goes on where it was cut off."""

from __future__ import annotations

import json
import logging
import random
import time
from pathlib import Path

import numpy as np

from starter_model.dataset import batches
from starter_model.progress import wait_while_paused
from studio.engine.scenes.render import render
from studio.generation.scenes.spec import sample_spec
from studio.generation.scenes.wider import sample_wider

log = logging.getLogger("starter_model")


def render_shard(
    folder: Path,
    seed: int,
    count: int,
    size: int,
    device: str,
    pause: Path | None,
    batch: int = 2,
    is_wider: bool = False,
) -> None:
    """Renders `count` scenes of `size` pixels into the shard named after `seed`; goes on where it was cut off.

    is_wider: of the second vocabulary, in the renderer's second edition. The classifier knows the first alone.

    Two pictures at a time stay in the processor's cache: half as fast again per core at 256 px as sixteen.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"scenes-{seed:04d}.npy"
    lines_path = path.with_suffix(".jsonl")
    sample = sample_wider if is_wider else sample_spec
    specs = [sample(random.Random(f"{seed}/{i}")) for i in range(count)]
    done = 0
    if path.exists() and lines_path.exists():
        done = len(lines_path.read_text(encoding="utf-8").splitlines()) // batch * batch
        pixels = np.lib.format.open_memmap(path, mode="r+")
        if pixels.shape != (count, 3, size, size):
            raise ValueError(f"{path} holds {pixels.shape}; render other counts or sizes under another seed.")
        kept = [json.dumps(spec.to_dict()) + "\n" for spec in specs[:done]]
        lines_path.write_text("".join(kept), encoding="utf-8")
    else:
        pixels = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=(count, 3, size, size))
    started, before = time.time(), done
    with lines_path.open("a", encoding="utf-8") as lines:
        for rows in batches(count, batch):
            if rows.start < done:
                continue
            wait_while_paused(pause)
            part = specs[rows.start : rows.stop]
            images = render(
                part, size, device=device, seed=seed * 100_003 + rows.start, edition=2 if is_wider else 1
            )
            pixels[rows.start : rows.stop] = (images * 255).round().byte().cpu().numpy()
            lines.writelines(json.dumps(spec.to_dict()) + "\n" for spec in part)
            if rows.start % 500 < batch:
                lines.flush()
                rate = (rows.stop - before) / (time.time() - started)
                log.info("%s: %d of %d, %.1f per second", path.name, rows.stop, count, rate)
