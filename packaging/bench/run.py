"""`python3 packaging/start.py bench [--group NAME] [--only TEXT]`: measures, prints one table, writes build/bench.json.

Exit code 0 when everything was run, whether or not it holds; 1 when a figure is missing; 2 for a wrong call.
"""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

from bench.display import display
from bench.quiet import load_text, training_paused
from bench.report import table, write_json
from bench.row import Measure, Reading, Row, make_row, not_measured

GROUPS: dict[str, str] = {
    "main": "bench.main",
    "inpaint": "bench.inpaint",
    "painting": "bench.painting",
    "model": "bench.model",
}
"""Name on the command line -> module with MEASURES, a sequence of Measure. Each group takes less than ten minutes."""

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "build" / "bench.json"
TRAINING = ROOT / "build" / "starter_model"


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _leave)
    names = [options.group] if options.group else list(GROUPS)
    began = time.monotonic()
    rows: list[Row] = []
    with training_paused(TRAINING), display() as where:
        print(f"measuring on {where}; {load_text()}", flush=True)
        for name in names:
            measures: Sequence[Measure] = importlib.import_module(GROUPS[name]).MEASURES
            rows += run_group(name, measures, options.only)
        print(f"\n{load_text()}, {time.monotonic() - began:.0f} s, on {where}")
    print(table(rows))
    write_json(rows, OUTPUT)
    print(f"written to {OUTPUT.relative_to(ROOT)}")
    return 1 if any(row.value is None for row in rows) else 0


def run_group(group: str, measures: Sequence[Measure], only: str = "") -> list[Row]:
    """Runs the measures that have a target with `only` in its name; their other targets are reported with them."""
    rows: list[Row] = []
    for measure in measures:
        if not any(only.lower() in target.name.lower() for target in measure.targets):
            continue
        began = time.monotonic()
        print(f"   {measure.targets[0].name} …", flush=True)
        found: Mapping[str, Reading] = {}
        problem = None
        try:
            found = measure.run()
        except Exception as error:  # noqa: BLE001 - one broken measure must not hide the others; its rows say it
            problem = not_measured(error)
        assert set(found) <= {target.name for target in measure.targets}, "a reading without a target"
        made = [make_row(group, target, found.get(target.name, problem)) for target in measure.targets]
        rows += made
        for row in made:
            value = "–" if row.value is None else f"{row.value:.4g} {row.unit}"
            reason = f" {row.peers}" if row.value is None else ""
            print(
                f"      {'ok  ' if row.holds else 'MISS'} {row.name}: {value} ({row.bar}){reason}", flush=True
            )
        print(f"      {time.monotonic() - began:.0f} s", flush=True)
    return rows


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="start.py bench", description=__doc__)
    parser.add_argument("--group", choices=sorted(GROUPS), help="measure this group only")
    parser.add_argument("--only", default="", metavar="TEXT", help="measure only what has TEXT in its name")
    return parser


def _leave(_signal: int, _frame: FrameType | None) -> None:
    """SIGTERM ends it as Ctrl+C does: children are ended, the training goes on."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
