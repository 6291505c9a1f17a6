"""Fifty masks: nothing outside changes, and the border does not show, beside paste-back and the bare pipeline."""

from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np

from bench.inpainting.shapes import masks
from bench.processes import run_python
from bench.row import Measure, Reading, Target
from bench.scratch import run_scene, scratch
from bench.stats import median, quantile
from studio.core.paths import resources_dir
from studio.generation.seam import seam_score
from studio.jobs.engine_process import engine_environment

OUTSIDE = Target(name="pixels outside the composite mask changed, 50 masks", unit="px", bar=0)
MEDIAN = Target(name="seam ΔE2000 ÷ the picture's own variation, median of 50", unit="×", bar=1.0)
WORST = Target(name="seam ΔE2000 ÷ the picture's own variation, 95 % of 50", unit="×", bar=2.5)
PASTED = Target(name="the same at 95 % ÷ plain paste-back of the same model pictures", unit="×", bar=1.0)
BARE = Target(name="the same at 95 % ÷ diffusers' inpainting pipeline alone", unit="×", bar=1.0)


def measure() -> Mapping[str, Reading]:
    with scratch() as folder:
        found = run_scene("inpaint_suite", folder, folder=folder, timeout_s=900)
        run_python(
            [
                "-m",
                "bench.floors.bare_inpaint",
                str(resources_dir() / "starter-model"),
                str(folder / "orders.npz"),
                str(folder / "results.npz"),
            ],
            timeout_s=900,
            environ=engine_environment(os.environ),
        )
        orders, results = np.load(folder / "orders.npz"), np.load(folder / "results.npz")["results"]
        bare = [
            seam_score(result, image, np.where(mask > 0, np.uint8(255), np.uint8(0)), np.full_like(mask, 255))
            or 0.0
            for result, image, mask in zip(results, orders["images"], orders["masks"], strict=True)
        ]
        bare_outside = sum(
            int(((result != image).any(-1) & (mask == 0)).sum())
            for result, image, mask in zip(results, orders["images"], orders["masks"], strict=True)
        )
    ours, pasted = found["ours"], found["pasted"]
    both = (
        f"paste-back {median(pasted):.2f} / {quantile(pasted, 0.95):.2f}, diffusers alone {median(bare):.2f} / "
        f"{quantile(bare, 0.95):.2f} (median / 95 %)"
    )
    worst = masks()[int(np.argmax(ours))][0]
    return {
        OUTSIDE.name: Reading(
            value=found["outside_changed"],
            peers=f"{found['inside']} px inside; diffusers alone changes {bare_outside} px outside",
        ),
        MEDIAN.name: Reading(value=median(ours), peers=both),
        WORST.name: Reading(value=quantile(ours, 0.95), peers=f"worst {max(ours):.2f}, {worst}"),
        PASTED.name: Reading(
            value=quantile(ours, 0.95) / quantile(pasted, 0.95),
            peers=f"at the median {median(ours) / median(pasted):.2f}",
        ),
        BARE.name: Reading(
            value=quantile(ours, 0.95) / quantile(bare, 0.95),
            peers=f"at the median {median(ours) / median(bare):.2f}",
        ),
    }


MEASURES = (Measure(targets=(OUTSIDE, MEDIAN, WORST, PASTED, BARE), run=measure),)
