"""Group "inpaint": what is painted is changed, nothing else, and nobody sees where."""

from __future__ import annotations

from bench.measures import mask_levels, outpainting, seams, steering
from bench.row import Measure

MEASURES: tuple[Measure, ...] = (
    *seams.MEASURES,
    *mask_levels.MEASURES,
    *outpainting.MEASURES,
    *steering.MEASURES,
)
