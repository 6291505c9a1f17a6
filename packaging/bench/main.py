"""Group "main": open the studio, paint a mask, watch it denoise in place, keep the result."""

from __future__ import annotations

from bench.measures import generating, nothing_else, safety, smoothness, startup, strokes
from bench.row import Measure

MEASURES: tuple[Measure, ...] = (
    *startup.MEASURES,
    *generating.MEASURES,
    *smoothness.MEASURES,
    *strokes.MEASURES,
    *nothing_else.MEASURES,
    *safety.MEASURES,
)
