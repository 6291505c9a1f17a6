"""A mask means what was painted: grey is how much."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np

from bench.row import Measure, Reading, Target
from bench.scratch import run_scene, scratch

NOTHING = Target(name="grey mask: mean change at level 0", unit="ΔE", bar=0.0)
MONOTONE = Target(name="grey mask: steps of 16 levels at which the mean change falls", unit="", bar=0)
SHIFT = Target(name="colour shift of an empty-prompt refine at strength 0.3, mean", unit="ΔE", bar=1.0)


def measure() -> Mapping[str, Reading]:
    with scratch() as folder:
        found = run_scene("mask_levels", folder=folder, timeout_s=900)
    means = [float(np.mean(row)) for row in found["changes"]]
    falls = sum(after < before for before, after in itertools.pairwise(means))
    shifts = found["shifts"]
    local, whole, detail = (
        float(np.mean([shift[key] for shift in shifts])) for key in ("local", "whole", "detail")
    )
    return {
        NOTHING.name: Reading(value=means[0], peers="outside is bit-identical"),
        MONOTONE.name: Reading(
            value=falls, peers="ΔE by level: " + " ".join(f"{mean:.1f}" for mean in means)
        ),
        SHIFT.name: Reading(
            value=local,
            peers=f"of every spot of 12 px; of the whole place {whole:.2f}; of single pixels (the detail) {detail:.1f}",
        ),
    }


MEASURES = (Measure(targets=(NOTHING, MONOTONE, SHIFT), run=measure),)
