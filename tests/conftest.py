"""What every test may rely on."""

from __future__ import annotations

import os
import sys

import pytest
from hypothesis import settings

# A busy machine must not turn a slow example into a failure: nothing here is timed.
settings.register_profile("studio", deadline=None)
settings.load_profile("studio")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--full", action="store_true", help="random operations by the ten thousand instead of hundreds"
    )


_status: list[int] = []


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    _status.append(int(exitstatus))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Ends the process with pytest's own answer as soon as everything is reported.

    WORKAROUND: after some thousand windows in one process PySide6 6.11 now and then crashes while the interpreter takes
    its objects down, long after the last test. To be removed when a run of `tests/ui` ends by itself a dozen times.
    """
    if _status and "PySide6.QtWidgets" in sys.modules and not hasattr(config, "workerinput"):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(_status[-1])
