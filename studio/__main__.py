"""`python -m studio`: the window, or, in a frozen build, the engine's process."""

from __future__ import annotations

import runpy
import sys

ENGINE_WORKER = "--engine-worker"


def main(arguments: list[str] | None = None) -> int:
    """The worker's branch stands first: a frozen program starts itself as its engine and must not open a window."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == [ENGINE_WORKER]:
        sys.argv[1:] = arguments[1:]
        runpy.run_module("studio.engine.worker", run_name="__main__")
        return 0
    from studio.ui import app

    return app.run(arguments)


if __name__ == "__main__":
    sys.exit(main())
