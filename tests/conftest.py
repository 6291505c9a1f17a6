"""What every test may rely on."""

from __future__ import annotations

import pytest
from hypothesis import settings

# A busy machine must not turn a slow example into a failure: nothing here is timed.
settings.register_profile("studio", deadline=None)
settings.load_profile("studio")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--full", action="store_true", help="random operations by the ten thousand instead of hundreds"
    )
