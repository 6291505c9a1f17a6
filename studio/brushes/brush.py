"""What a stroke is drawn with, and the table of tips."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from studio.brushes.dab import DabMaker, RoundDabs

MIN_RADIUS_PX = 0.5


@dataclass(frozen=True, kw_only=True)
class Brush:
    """size_px: diameter at full pressure. hardness: 0 (falls off from the centre) .. 1 (a clean edge).
    size_by_pressure, opacity_by_pressure: the share 0..1 that is missing where there is no pressure."""

    size_px: float
    hardness: float = 0.5
    size_by_pressure: float = 0.0
    opacity_by_pressure: float = 0.0

    def radius_px(self, pressure: float) -> float:
        return max(MIN_RADIUS_PX, self.size_px / 2 * (1.0 - self.size_by_pressure * (1.0 - pressure)))

    def strength(self, pressure: float) -> float:
        """The highest coverage of a dab, 0..1."""
        return 1.0 - self.opacity_by_pressure * (1.0 - pressure)


BRUSHES: Mapping[str, Callable[[], DabMaker]] = {"round": RoundDabs}
"""Makers of dabs; each call gives one with a cache of its own."""
