"""Names nobody else has."""

from __future__ import annotations

import os


def new_id() -> str:
    """32 hexadecimal digits from the system's randomness (`uuid` would import 3 ms of modules for the same)."""
    return os.urandom(16).hex()
