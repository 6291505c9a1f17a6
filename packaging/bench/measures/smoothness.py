"""Whether the window answers, whatever the engine does."""

from __future__ import annotations

from collections.abc import Mapping

from bench.fixtures import layered_workspace, save_project
from bench.row import Measure, Reading, Target
from bench.scratch import run_scene, scratch

SECONDS = 60
LATENCY = Target(
    name=f"event-loop latency of the window while jobs run, {SECONDS} s, p99", unit="ms", bar=16.0
)
LONGEST = Target(
    name="longest gap: launch, engine start, model load, run, cancel, engine kill -9, save",
    unit="ms",
    bar=50.0,
)
TOLD = Target(name="engine killed: the window says so after", unit="s", bar=2.0)
NOT_COUNTED = ("opening the project",)


def latency() -> Mapping[str, Reading]:
    with scratch() as folder:
        found = run_scene("smooth", SECONDS, folder=folder, timeout_s=SECONDS + 240)
    ours, floor = found["ours"], found["floor"]
    assert found["was_busy_to_the_end"], "the jobs ended before the measurement did"
    return {
        LATENCY.name: Reading(
            value=ours["p99"],
            peers=(
                f"a bare window beside it {floor['p99']:.1f} ms; longest gap {ours['longest_gap']:.0f} ms "
                f"(bare {floor['longest_gap']:.0f}); {found['previews']} previews, {found['pictures']} pictures"
            ),
        )
    }


def gaps() -> Mapping[str, Reading]:
    with scratch() as folder:
        project = folder / "five.ora"
        save_project(layered_workspace(), project)
        found = run_scene("life", project, folder=folder, timeout_s=420)
    longest: dict[str, float] = found["longest_gap_ms"]
    counted = {phase: gap for phase, gap in longest.items() if phase not in NOT_COUNTED}
    told = ", ".join(f"{phase} {gap:.0f}" for phase, gap in longest.items())
    return {
        LONGEST.name: Reading(
            value=max(counted.values()),
            peers=f"{told}; not counted: {', '.join(NOT_COUNTED)}; importing torch in the window: 250–630 ms",
        ),
        TOLD.name: Reading(value=found["crash_told_s"], peers="the queue goes on with a new engine"),
    }


MEASURES = (
    Measure(targets=(LATENCY,), run=latency),
    Measure(targets=(LONGEST, TOLD), run=gaps),
)
