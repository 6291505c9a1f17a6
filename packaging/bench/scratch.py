"""A home that no studio has seen before, for every program that is measured."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.processes import ChildFailed, run_python


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="underpaint-bench-") as folder:
        yield Path(folder)


def home(folder: Path) -> dict[str, str]:
    """Environment of a studio whose settings, journals and caches lie below `folder`."""
    return {"UNDERPAINT_HOME": str(folder / "home")}


def run_scene(
    name: str,
    *arguments: object,
    folder: Path,
    timeout_s: float,
    environ: Mapping[str, str] | None = None,
    prefix: Sequence[str] = (),
) -> dict[str, Any]:
    """Plays `bench.scenes.NAME` in a studio of its own; what it found. Raises ChildFailed."""
    output = run_python(
        ["-m", f"bench.scenes.{name}", *map(str, arguments)],
        timeout_s=timeout_s,
        environ={**home(folder), **(environ or {})},
        prefix=prefix,
    )
    lines = output.strip().splitlines()
    if not lines:
        raise ChildFailed(f"the scene {name} said nothing")
    found: dict[str, Any] = json.loads(lines[-1])
    return found
