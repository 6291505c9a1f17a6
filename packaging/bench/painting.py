"""Group "painting": what the hand feels on a large picture, what undo costs, whether the pixels are right."""

from __future__ import annotations

from bench.measures import exactness, hand, undoing
from bench.row import Measure

MEASURES: tuple[Measure, ...] = (*hand.MEASURES, *undoing.MEASURES, *exactness.MEASURES)
