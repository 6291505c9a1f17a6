"""One line across the whole canvas."""

from __future__ import annotations

from typing import NamedTuple

MAX_GUIDES = 1000


class Guide(NamedTuple):
    """place: canvas pixels, x of an upright one, y of a level one; it lies between two pixels."""

    is_upright: bool
    place: int
