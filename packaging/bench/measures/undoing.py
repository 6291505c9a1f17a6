"""What undo keeps in memory, and that it brings back every bit."""

from __future__ import annotations

import json
from collections.abc import Mapping

from bench.processes import run_python
from bench.row import Measure, Reading, Target

MEMORY = Target(
    name="memory of 1000 strokes on 8192² ÷ bytes of the tiles they changed, after a rest", unit="×", bar=1.2
)
KEPT = Target(name="of 1000 strokes on 8192²: can be taken back", unit="", bar=1000, is_minimum=True)
DIFFERENCES = Target(name="10,000 random operations undone: differences from the beginning", unit="", bar=0)


def memory() -> Mapping[str, Reading]:
    found = json.loads(run_python(["-m", "bench.scenes.undoing", "strokes"], timeout_s=240))
    assert found["is_blank"], "undoing all strokes left paint behind"
    return {
        MEMORY.name: Reading(
            value=found["rested_mib"] / found["changed_mib"],
            peers=f"changed {found['changed_mib']:,.0f} MiB; memory before the rest {found['raw_mib']:,.0f} MiB, after "
            f"{found['rested_mib']:,.0f} MiB, on disk {found['disk_bytes'] / 2**20:,.0f} MiB; "
            f"slowest undo {found['slowest_undo_ms']:.0f} ms",
        ),
        KEPT.name: Reading(value=found["kept_steps"], peers="then all were, and the canvas was blank"),
    }


def operations() -> Mapping[str, Reading]:
    found = json.loads(run_python(["-m", "bench.scenes.undoing", "operations"], timeout_s=240))
    return {
        DIFFERENCES.name: Reading(
            value=found["differences"],
            peers=f"{found['undone']} steps taken back, {found['seconds']:.0f} s in all; canvas, layers, masks and every "
            "byte compared",
        )
    }


MEASURES = (Measure(targets=(MEMORY, KEPT), run=memory), Measure(targets=(DIFFERENCES,), run=operations))
