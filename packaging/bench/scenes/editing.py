"""What the starter model paints into masks and around pictures, through the studio's own engine, without a window.

    python -m bench.scenes.editing speed RUNS
    python -m bench.scenes.editing inpaint TRIALS
    python -m bench.scenes.editing outpaint TRIALS

Prints one JSON object. Scenes, masks and seeds are fixed.
"""

from __future__ import annotations

import dataclasses
import json
import random
import sys
from typing import Any

import numpy as np
import torch

from bench.headless import HeadlessStudio, headless_studio
from starter_model.classifier import read
from starter_model.ruler import load_ruler
from studio.core.geometry import Rect, Size
from studio.engine.scenes.render import render
from studio.generation.request import UInt8Array
from studio.generation.scenes.captions import write_caption
from studio.generation.scenes.spec import SceneSpec, sample_spec

SIZE = 256
MARGIN = 64
STEPS, GUIDANCE = 20, 4.0
MIDDLES = {"left": 0.26, "center": 0.5, "right": 0.74}
HALF_WIDTH = 0.2
PROMPT = "a red house in a meadow with mountains in the background on a sunny day"


def speed(studio: HeadlessStudio, runs: int) -> dict[str, Any]:
    """A warm engine: the first picture loads the model and does not count."""
    seconds = []
    for seed in range(runs + 1):
        studio.workspace.new(Size(SIZE, SIZE))
        seconds.append(studio.generate(prompt=PROMPT, seed=seed, steps=STEPS, guidance_scale=GUIDANCE))
    return {"elapsed_s": seconds[1:], "peak_mb": studio.engine_peak_mb()}


def inpaint(studio: HeadlessStudio, trials: int) -> dict[str, Any]:
    """Real renders without their object; a box where it would stand, and the caption that names it."""
    ruler, rng = load_ruler(), random.Random("inpaint")
    found = in_place = changed = 0
    for trial in range(trials):
        spec = _with_object(rng)
        before = _drawn(dataclasses.replace(spec, object="none"), trial)
        mask = _box(spec)
        studio.show(before)
        studio.mask(mask)
        prompt = write_caption(spec, rng, drop=0.0, places=0.0).text
        studio.generate(prompt=prompt, seed=trial, steps=STEPS, guidance_scale=GUIDANCE)
        after = studio.seen()
        changed += int((before != after).any(-1)[mask == 0].sum())
        reading = read(ruler.network, torch.from_numpy(after).permute(2, 0, 1)[None].float() / 127.5 - 1)
        is_there = reading.shows(0, "object", spec.object)
        found += is_there
        in_place += is_there and reading.shows(0, "position", spec.position)
    real = [k for k, question in enumerate(ruler.questions) if {"object", "position"} <= set(question.asked)]
    seen = sum(
        all(ruler.real.shows(k, name, ruler.questions[k].asked[name]) for name in ("object", "position"))
        for k in real
    )
    return {"found": found, "in_place": in_place, "changed": changed, "ceiling": seen / max(1, len(real))}


def outpaint(studio: HeadlessStudio, trials: int) -> dict[str, Any]:
    """Real renders continued on all four sides; colour steps across their border beside those inside."""
    rng = random.Random("outpaint")
    ratios = []
    for trial in range(trials):
        spec = dataclasses.replace(sample_spec(rng), style="plain")
        studio.show(_drawn(spec, trial))
        canvas = studio.workspace.document.canvas
        wide = canvas.expanded(MARGIN)
        studio.workspace.set_frame(wide)
        prompt = write_caption(spec, rng, drop=0.0).text
        studio.generate(prompt=prompt, seed=trial, steps=STEPS, guidance_scale=GUIDANCE)
        ratios.append(border_ratio(studio.seen(wide), canvas.translated(-wide.x, -wide.y)))
    return {"ratios": ratios}


def border_ratio(picture: UInt8Array, inner: Rect) -> float:
    """Mean colour difference between neighbours across the border of `inner` over that between neighbours inside."""
    lab = _lab(picture)
    across = np.linalg.norm(np.diff(lab, axis=1), axis=-1)
    down = np.linalg.norm(np.diff(lab, axis=0), axis=-1)
    rows, columns = slice(inner.y, inner.bottom), slice(inner.x, inner.right)
    border = np.concatenate(
        [
            across[rows, inner.x - 1],
            across[rows, inner.right - 1],
            down[inner.y - 1, columns],
            down[inner.bottom - 1, columns],
        ]
    )
    inside = np.concatenate(
        [
            across[rows, inner.x : inner.right - 1].ravel(),
            down[inner.y : inner.bottom - 1, columns].ravel(),
        ]
    )
    return float(border.mean() / inside.mean())


def _lab(picture: UInt8Array) -> np.ndarray[Any, np.dtype[np.float64]]:
    """sRGB to CIE L*a*b* under D65, in which a distance is Delta E 1976."""
    rgb = picture / 255.0
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    matrix = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    xyz = linear @ matrix.T / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack(
        [116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1
    )


def _with_object(rng: random.Random) -> SceneSpec:
    while True:
        spec = sample_spec(rng)
        if spec.object != "none":
            return spec


def _drawn(spec: SceneSpec, seed: int) -> UInt8Array:
    image = render([spec], SIZE, seed=seed)[0]
    return np.ascontiguousarray((image * 255).round().byte().permute(1, 2, 0).numpy())


def _box(spec: SceneSpec) -> UInt8Array:
    """Where the renderer puts the object: balloons high, everything else from above the horizon to the near ground."""
    top, bottom = (0.04, 0.6) if spec.object == "balloon" else (0.25, 0.95)
    middle = MIDDLES[spec.position]
    mask = np.zeros((SIZE, SIZE), np.uint8)
    columns = slice(round((middle - HALF_WIDTH) * SIZE), round((middle + HALF_WIDTH) * SIZE))
    mask[round(top * SIZE) : round(bottom * SIZE), columns] = 255
    return mask


def main() -> None:
    torch.set_num_threads(1)
    kinds = {"speed": speed, "inpaint": inpaint, "outpaint": outpaint}
    with headless_studio() as studio:
        found = kinds[sys.argv[1]](studio, int(sys.argv[2]))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
