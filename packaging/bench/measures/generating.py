"""A warm model in the real window: first preview, whole job, cancel, and the same picture by every way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from bench.processes import run_python
from bench.row import Measure, Reading, Target
from bench.scenes.settings import PROMPT, SEED, STEPS
from bench.scratch import home, run_scene, scratch
from bench.stats import median, paired_ratio
from studio.generation.request import UInt8Array
from studio.project.formats import images

FIRST_PREVIEW = Target(
    name="Generate pressed to first preview on the canvas, less one step (model warm)", unit="ms", bar=50.0
)
WHOLE_JOB = Target(
    name=f"{STEPS}-step job through the application, previews on ÷ bare diffusers pipeline",
    unit="×",
    bar=1.05,
)
CANCEL = Target(name="Escape pressed to engine idle, less one step, the worst", unit="ms", bar=50.0)
SAME = Target(
    name="pixels that differ: window, command line, previews on and off, same seed", unit="px", bar=0
)


def generate() -> Mapping[str, Reading]:
    with scratch() as folder:
        picture = folder / "window.npy"
        found = run_scene("session", picture, folder=folder, timeout_s=420)
        step_ms = median(found["step_s"]) * 1000
        first_ms = [1000 * value for value in found["first_preview_s"]]
        over = [
            1000 * (first - step)
            for first, step in zip(found["first_preview_s"], found["step_s"], strict=True)
        ]
        cancels_ms = [1000 * value for value in found["cancels"]]
        readings = {
            FIRST_PREVIEW.name: Reading(
                value=median(over),
                peers=f"{median(first_ms):.0f} ms in all, a step is {step_ms:.0f} ms; median of {len(over)}",
            ),
            WHOLE_JOB.name: Reading(
                value=paired_ratio(found["total_s"], found["bare_s"]),
                peers=(
                    f"bare {median(found['bare_s']) * 1000:.0f} ms, key to picture on the screen "
                    f"{median(found['total_s']) * 1000:.0f} ms ({_parts(found)}); {found['size']}², median of "
                    f"{len(over)} pairs"
                ),
            ),
            CANCEL.name: Reading(
                value=max(cancels_ms) - step_ms,
                peers=f"{median(cancels_ms):.0f} ms median, {max(cancels_ms):.0f} ms worst of {len(cancels_ms)}, "
                f"a step is {step_ms:.0f} ms",
            ),
            SAME.name: _same(np.load(picture, allow_pickle=False), folder),
        }
        assert not found["foreign"], f"the window's process has imported {found['foreign']}"
        return readings


def _parts(found: Mapping[str, list[float]]) -> str:
    """Where the time of a job goes: until denoising, denoising, decoding and handing over, placing and painting."""
    before, after, shown = (median(found[name]) * 1000 for name in ("before_s", "after_s", "shown_s"))
    steps = median(found["total_s"]) * 1000 - before - after - shown
    return f"{before:.0f} + {steps:.0f} + {after:.0f} + {shown:.0f}"


def _same(window: UInt8Array, folder: Path) -> Reading:
    with_previews = _by_command(window.shape[1], window.shape[0], folder / "with.png", folder)
    without = _by_command(window.shape[1], window.shape[0], folder / "without.png", folder, "--no-previews")
    differing = [int((window != other).any(-1).sum()) for other in (with_previews, without)]
    return Reading(
        value=max(differing),
        peers=f"window against command line {differing[0]}, against --no-previews {differing[1]}, "
        f"of {window.shape[0] * window.shape[1]} pixels",
    )


def _by_command(width: int, height: int, file: Path, folder: Path, *more: str) -> UInt8Array:
    run_python(
        [
            *("-m", "studio.cli", "generate", "--prompt", PROMPT, "--size", f"{width}x{height}"),
            *("--steps", str(STEPS), "--seed", str(SEED), "--quiet", "-o", str(file), *more),
        ],
        timeout_s=180,
        environ=home(folder),
    )
    return images.read(file).pixels[..., :3]


MEASURES = (Measure(targets=(FIRST_PREVIEW, WHOLE_JOB, CANCEL, SAME), run=generate),)
