#!/usr/bin/env python3
"""Command line of the starter model's workshop."""

from __future__ import annotations

import sys
from pathlib import Path

PACKAGING = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PACKAGING), str(PACKAGING.parent)]
sys.path = [p for p in sys.path if Path(p or ".").resolve() != Path(__file__).resolve().parent]

from starter_model.commands import main  # noqa: E402  the import root is set just above

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
