"""`python3 packaging/start.py tour`: drives the real window and writes docs/tour/.

Exit code 0 when every step held, 1 with the reason when one did not.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bench.display import display
from bench.processes import ChildFailed, run_python
from bench.scratch import home, scratch

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "tour"
TIMEOUT_S = 900


def main() -> int:
    try:
        with scratch() as folder, display() as where:
            print(f"touring on {where}", flush=True)
            photo = folder / "lake.png"
            run_python(["-m", "touring.photo", str(photo)], timeout_s=120)
            run_python(
                ["-m", "touring.scene", str(photo), str(FOLDER)], timeout_s=TIMEOUT_S, environ=home(folder)
            )
    except ChildFailed as error:
        print(f"The tour did not hold: {error}", file=sys.stderr)
        return 1
    print(f"written to {FOLDER.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
