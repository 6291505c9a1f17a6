"""Group "model": how well the starter model paints what it is asked for."""

from __future__ import annotations

from bench.measures import prompts, starter
from bench.row import Measure

MEASURES: tuple[Measure, ...] = (*prompts.MEASURES, *starter.MEASURES)
