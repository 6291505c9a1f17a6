"""Whether export and screen are what the formulas say."""

from __future__ import annotations

import json
from collections.abc import Mapping

from bench.processes import run_python
from bench.row import Measure, Reading, Target

EXPORT = Target(
    name="composite against the formulas, every blend mode, random layers: export", unit="/255", bar=1
)
SCREEN = Target(
    name="composite against the formulas, every blend mode, random layers: canvas", unit="/255", bar=1
)


def exactness() -> Mapping[str, Reading]:
    found = json.loads(run_python(["-m", "bench.scenes.exactness"], timeout_s=120))
    beside = (
        f"{found['modes']} modes, {found['pictures']} pictures of four layers; furthest off: {found['mode'] or 'none'}"
        + (f"; without a formula here: {', '.join(found['without'])}" if found["without"] else "")
    )
    return {
        EXPORT.name: Reading(value=found["export"], peers=beside),
        SCREEN.name: Reading(value=found["screen"], peers=beside),
    }


MEASURES = (Measure(targets=(EXPORT, SCREEN), run=exactness),)
