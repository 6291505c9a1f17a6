"""Ink under the hand in the real window, and what the window costs at rest."""

from __future__ import annotations

from collections.abc import Mapping

from bench.fixtures import layered_workspace, save_project
from bench.row import Measure, Reading, Target
from bench.scratch import run_scene, scratch

PEERS = "best Qt peer 13–15 ms, 0.90–1.00"
STATES = {"idle": "idle", "busy": "while a job runs"}
FIGURES = {
    "input to pixel, median": ("ms", 8.0, False),
    "input to pixel, p90": ("ms", 16.0, False),
    "points inked at 125 Hz": ("share", 1.0, True),
    "points inked at 250 Hz": ("share", 1.0, True),
}
REST = Target(name="at rest with a selection on screen, share of one core", unit="%", bar=1.0)


def _target(figure: str, state: str) -> Target:
    unit, bar, is_minimum = FIGURES[figure]
    return Target(
        name=f"mask stroke on 2048², 40 px, 5 layers, {STATES[state]}: {figure}",
        unit=unit,
        bar=bar,
        is_minimum=is_minimum,
    )


def strokes() -> Mapping[str, Reading]:
    with scratch() as folder:
        project = folder / "five.ora"
        save_project(layered_workspace(), project)
        found = run_scene("strokes", project, folder=folder, timeout_s=300)
    assert found["was_busy_to_the_end"], "the jobs ended before the measurement did"
    readings = {
        _target(figure, state).name: Reading(
            value=found[state][figure],
            peers=_beside(found, figure, state),
        )
        for state in STATES
        for figure in FIGURES
    }
    readings[REST.name] = Reading(
        value=found["rest"],
        peers=f"in the first ten seconds after a stroke, while the edge still marches, {found['first_rest']:.1f} %; "
        f"the engine's process {found['engine_rest']:.1f} %; Qt peers 0–75 %",
    )
    return readings


def _beside(found: Mapping[str, Mapping[str, float]], figure: str, state: str) -> str:
    floor = found["floor"][figure]
    busy = f"; {found['previews_per_s']:.1f} previews/s meanwhile" if state == "busy" else ""
    return f"a bare dirty-rectangle widget, idle: {floor:.3g}; {PEERS}{busy}"


MEASURES = (
    Measure(targets=(*(_target(figure, state) for state in STATES for figure in FIGURES), REST), run=strokes),
)
