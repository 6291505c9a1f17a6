"""What the starter model's folder paints: its autoencoder, negative prompts, masks, borders, speed and memory."""

from __future__ import annotations

from collections.abc import Mapping

from bench.row import Measure, Reading, Target
from bench.scratch import run_scene, scratch
from bench.stats import median, quantile

RENDERS, NEGATIVE_PICTURES = 64, 8
INPAINT_TRIALS, OUTPAINT_TRIALS, RUNS = 200, 12, 5
SCENE_TIMEOUT_S = 900.0

FIDELITY = Target(
    name="autoencoder on renders it never saw, signal to noise", unit="dB", bar=28.0, is_minimum=True
)
BRIGHTER = Target(
    name="luminance gained by the negative prompt “night, dark”", unit="", bar=0.1, is_minimum=True
)
DARKER = Target(
    name="luminance lost by the negative prompt “day, blue sky”", unit="", bar=0.1, is_minimum=True
)
FOUND = Target(
    name="inpainting: the named object stands in the mask (reported; 0.7 on a GPU)",
    unit="",
    bar=0.0,
    is_minimum=True,
)
OUTSIDE = Target(name="inpainting: pixels changed outside the masks", unit="px", bar=0)
BORDER = Target(name="outpainting 256 → 384: colour step across the border ÷ inside (ΔE)", unit="×", bar=1.5)
SPEED = Target(name="20 steps with guidance at 256², warm engine", unit="s", bar=2.0)
MEMORY = Target(name="most memory the engine process held meanwhile", unit="MB", bar=1500.0)


def in_diffusers() -> Mapping[str, Reading]:
    with scratch() as folder:
        found = run_scene("starter", RENDERS, NEGATIVE_PICTURES, folder=folder, timeout_s=SCENE_TIMEOUT_S)
    decibels: list[float] = found["psnr_db"]
    plain, without_night, without_day = found["luminance"].values()
    beside = f"%.3f without it; mean of {NEGATIVE_PICTURES} pictures of “a lake with mountains”" % plain
    return {
        FIDELITY.name: Reading(
            value=sum(decibels) / len(decibels),
            peers=f"{RENDERS} renders of fresh seeds, {quantile(decibels, 0.05):.1f} to "
            f"{quantile(decibels, 0.95):.1f} dB; bar after training on a GPU: ≥ 30",
        ),
        BRIGHTER.name: Reading(value=without_night - plain, peers=f"{without_night:.3f}, {beside}"),
        DARKER.name: Reading(value=plain - without_day, peers=f"{without_day:.3f}, {beside}"),
    }


def inpainting() -> Mapping[str, Reading]:
    with scratch() as folder:
        found = run_scene("editing", "inpaint", INPAINT_TRIALS, folder=folder, timeout_s=SCENE_TIMEOUT_S)
    return {
        FOUND.name: Reading(
            value=found["in_place"] / INPAINT_TRIALS,
            peers=f"{INPAINT_TRIALS} trials; the object anywhere {found['found'] / INPAINT_TRIALS:.3f}; in real "
            f"renders the classifier reads object and place right {found['ceiling']:.3f}",
        ),
        OUTSIDE.name: Reading(value=found["changed"], peers=f"in all {INPAINT_TRIALS} trials together"),
    }


def outpainting() -> Mapping[str, Reading]:
    with scratch() as folder:
        found = run_scene("editing", "outpaint", OUTPAINT_TRIALS, folder=folder, timeout_s=SCENE_TIMEOUT_S)
    ratios: list[float] = found["ratios"]
    return {
        BORDER.name: Reading(
            value=sum(ratios) / len(ratios),
            peers=f"mean of {len(ratios)}, {min(ratios):.2f} to {max(ratios):.2f}; bar after training on a GPU: ≤ 1.3",
        )
    }


def speed() -> Mapping[str, Reading]:
    with scratch() as folder:
        found = run_scene("editing", "speed", RUNS, folder=folder, timeout_s=SCENE_TIMEOUT_S)
    seconds: list[float] = found["elapsed_s"]
    return {
        SPEED.name: Reading(
            value=median(seconds),
            peers=f"through the studio's engine, previews on; median of {RUNS}, {min(seconds):.2f} to "
            f"{max(seconds):.2f} s",
        ),
        MEMORY.name: Reading(value=found["peak_mb"], peers="highest resident size of the process"),
    }


MEASURES = (
    Measure(targets=(FIDELITY, BRIGHTER, DARKER), run=in_diffusers),
    Measure(targets=(SPEED, MEMORY), run=speed),
    Measure(targets=(BORDER,), run=outpainting),
    Measure(targets=(FOUND, OUTSIDE), run=inpainting),
)
