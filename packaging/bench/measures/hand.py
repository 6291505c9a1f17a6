"""The hand on a picture of 8192² and twenty layers, and a small brush that must not lose a point."""

from __future__ import annotations

import json
from collections.abc import Mapping

from bench.processes import run_python
from bench.row import Measure, Reading, Target
from bench.scratch import run_scene, scratch
from bench.stats import median, quantile

STROKE = "256 px soft stroke, 16,000 px/s, 8192², 20 layers"
MEDIAN = Target(name=f"{STROKE}: input to repainted, median", unit="ms", bar=4.0)
P99 = Target(name=f"{STROKE}: input to repainted, p99", unit="ms", bar=16.0)
LARGE = Target(name="1024 px brush at 1:8 on it: input to repainted, p99", unit="ms", bar=16.0)
CANVAS_COST = Target(name="CPU of the stroke, 8192² ÷ 1024²", unit="×", bar=1.15)
LAYER_COST = Target(name="CPU of the stroke, 20 layers ÷ 3", unit="×", bar=1.25)
BUSY = Target(name="the stroke while a job runs: p99 ÷ that of the idle one", unit="×", bar=1.5)
LOST = Target(name="the stroke while a job runs: moves lost", unit="", bar=0)
PAN = Target(name="frame at 1600 × 900 on it while the view is dragged, p95", unit="ms", bar=16.0)
ZOOM = Target(name="frame at 1600 × 900 on it while the wheel zooms, p95", unit="ms", bar=16.0)
UNDO = Target(name="undo or redo of a stroke on it, key to repainted, median", unit="ms", bar=30.0)
DABS = Target(name="dabs per second, 256 px soft ÷ a bare QPainter stamp", unit="×", bar=1.0, is_minimum=True)
INKED = {
    rate: Target(
        name=f"40 px stroke on 2048², 400 moves: inked at {rate} Hz", unit="share", bar=1.0, is_minimum=True
    )
    for rate in (125, 250)
}
CPU = Target(name="40 px stroke on 2048², 400 moves: CPU", unit="s", bar=0.6)


def painting() -> Mapping[str, Reading]:
    with scratch() as folder:
        found = run_scene("painting", folder=folder, timeout_s=420)
    idle, again, busy, cost = found["idle"], found["idle_again"], found["busy"], found["cost"]
    floor = f"a bare widget that stamps and repaints one image: {found['floor']['p50']:.1f} / {found['floor']['p99']:.1f} ms"
    beside = (
        f"median / p99 {idle['p50']:.1f} / {idle['p99']:.1f} ms, CPU {idle['cpu_ms']:.1f} ms a move; {floor}"
    )
    each = ", ".join(f"{name} {value:.2f} ms" for name, value in cost.items())
    frames = {
        name: f"median {median(times):.1f} ms, worst {max(times):.0f}"
        for name, times in found["frames"].items()
    }
    return {
        MEDIAN.name: Reading(value=idle["p50"], peers=beside),
        P99.name: Reading(
            value=idle["p99"], peers=f"{beside}; longest gap on opening {found['opened_gap_ms']:.0f} ms"
        ),
        LARGE.name: Reading(
            value=found["large"]["p99"],
            peers=f"median {found['large']['p50']:.1f} ms, CPU {found['large']['cpu_ms']:.1f} ms a move",
        ),
        CANVAS_COST.name: Reading(value=cost["20 layers"] / cost["1024"], peers=each),
        LAYER_COST.name: Reading(value=cost["20 layers"] / cost["3 layers"], peers=each),
        BUSY.name: Reading(
            value=busy["p99"] / again["p99"],
            peers=f"{busy['p99']:.1f} ms, idle before it {again['p99']:.1f} ms",
        ),
        LOST.name: Reading(value=busy["lost"], peers=f"{busy['unpainted']:.0f} moves led to no paint"),
        PAN.name: Reading(value=quantile(found["frames"]["pan"], 0.95), peers=frames["pan"]),
        ZOOM.name: Reading(value=quantile(found["frames"]["zoom"], 0.95), peers=frames["zoom"]),
        UNDO.name: Reading(value=median(found["undo_ms"]), peers=f"worst {max(found['undo_ms']):.0f} ms"),
    }


def small_brush() -> Mapping[str, Reading]:
    with scratch() as folder:
        found = run_scene("small_brush", folder=folder, timeout_s=120)
    ours, floor = found["ours"], found["floor"]
    readings = {
        target.name: Reading(
            value=ours[f"points inked at {rate} Hz"],
            peers=f"a bare dirty-rectangle widget {floor[f'points inked at {rate} Hz']:.3g}; Qt peers 0.36–1.00",
        )
        for rate, target in INKED.items()
    }
    readings[CPU.name] = Reading(
        value=ours["CPU for 400 moves"],
        peers=f"a bare dirty-rectangle widget {floor['CPU for 400 moves']:.2f} s; best Qt peer 2.3 s",
    )
    return readings


def dabs() -> Mapping[str, Reading]:
    found = json.loads(run_python(["-m", "bench.floors.dabs"], timeout_s=60))
    ours, floor = found["dabs_per_s"], found["stamps_per_s"]
    return {DABS.name: Reading(value=ours / floor, peers=f"{ours:,.0f} dabs/s against {floor:,.0f} stamps/s")}


MEASURES = (
    Measure(targets=(MEDIAN, P99, LARGE, CANVAS_COST, LAYER_COST, BUSY, LOST, PAN, ZOOM, UNDO), run=painting),
    Measure(targets=(*INKED.values(), CPU), run=small_brush),
    Measure(targets=(DABS,), run=dabs),
)
