"""How soon the window is there, beside a bare one; what it weighs and what it has not loaded."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path

from bench.processes import run_python
from bench.row import Measure, Reading, Target
from bench.scratch import run_scene, scratch
from bench.stats import median, paired_ratio

ROUNDS = 11
REST_S = 3.0
FIRST_PAINT = Target(name="first paint of the window ÷ that of a bare PySide6 window", unit="×", bar=1.8)
USABLE = Target(
    name="usable window (canvas, prompt and keys answer) ÷ first paint of a bare PySide6 window",
    unit="×",
    bar=3.0,
)
FOREIGN = Target(name="torch, diffusers or transformers imported by the window's process", unit="", bar=0)
MEMORY = Target(name="memory of the window's process before a model loads (PSS)", unit="MB", bar=150.0)


def start_up() -> Mapping[str, Reading]:
    """Bare window and studio in turns, warm; the first round fills the page cache and does not count, nor does it
    that Python compiles the modules then: an installed studio has been started before."""
    bare: list[float] = []
    painted: list[float] = []
    usable: list[float] = []
    complete: list[float] = []
    with scratch() as folder:
        for turn in range(ROUNDS + 1):
            floor = _bare_s(_keeping_bytecode(folder))
            began = time.monotonic()
            found = run_scene("start", folder=folder, timeout_s=60, environ=_keeping_bytecode(folder))
            if turn:
                bare.append(floor)
                painted.append(found["painted_s"] - began)
                usable.append(found["usable_s"] - began)
                complete.append(found["complete_s"] - began)
        rest = run_scene("start", REST_S, folder=folder, timeout_s=60)
    beside = (
        f"bare {median(bare) * 1000:.0f} ms, studio %.0f ms; median of {ROUNDS} pairs, warm; Qt peers 8–22×"
    )
    foreign = rest["foreign"]
    return {
        FIRST_PAINT.name: Reading(value=paired_ratio(painted, bare), peers=beside % (median(painted) * 1000)),
        USABLE.name: Reading(
            value=paired_ratio(usable, bare),
            peers=f"{beside % (median(usable) * 1000)}; with every panel and the engine starting "
            f"{paired_ratio(complete, bare):.2f}×",
        ),
        FOREIGN.name: Reading(value=len(foreign), peers=", ".join(foreign) or "none of them in sys.modules"),
        MEMORY.name: _memory(rest["pss_mib"], rest["is_engine_ready"]),
    }


def _keeping_bytecode(folder: Path) -> Mapping[str, str]:
    """Whoever measures may have told Python to keep nothing; both windows would compile all they import each time."""
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def _bare_s(environ: Mapping[str, str]) -> float:
    began = time.monotonic()
    answer = json.loads(run_python(["-m", "bench.floors.bare_window"], timeout_s=60, environ=environ))
    return float(answer["painted_s"]) - began


def _memory(mib: float | None, is_engine_ready: bool) -> Reading:
    if mib is None:
        return Reading(value=None, peers="this system tells no proportional set size")
    state = "engine ready" if is_engine_ready else "engine still starting"
    return Reading(
        value=mib * 1.048576, peers=f"{REST_S:.0f} s after the start, {state}; Qt peers 200–340 MB"
    )


MEASURES = (Measure(targets=(FIRST_PAINT, USABLE, FOREIGN, MEMORY), run=start_up),)
