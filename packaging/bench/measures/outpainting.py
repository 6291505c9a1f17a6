"""A picture that goes on: nobody sees where, and nothing of it changed."""

from __future__ import annotations

from collections.abc import Mapping

from bench.row import Measure, Reading, Target
from bench.scratch import run_scene, scratch
from bench.stats import median

BORDER = Target(name="outpainting: mean ΔE across the border ÷ mean inside, the worst", unit="×", bar=1.5)
KEPT = Target(name="outpainting: original pixels changed", unit="px", bar=0)
UNDO = Target(name="outpainting: history steps of one accept", unit="", bar=1)


def measure() -> Mapping[str, Reading]:
    with scratch() as folder:
        found = run_scene("outpaint", folder=folder, timeout_s=300)
    rendered, photos = found["rendered"], found["photos"]
    return {
        BORDER.name: Reading(
            value=max(rendered),
            peers=f"median {median(rendered):.2f} of {len(rendered)}; grainy photo-like pictures, whose own steps are "
            f"larger than the model's, {median(photos):.2f}",
        ),
        KEPT.name: Reading(value=found["changed"], peers=f"{len(rendered) + len(photos)} extensions"),
        UNDO.name: Reading(value=found["steps"], peers=""),
    }


MEASURES = (Measure(targets=(BORDER, KEPT, UNDO), run=measure),)
