"""One hand, several lines: mirrored, or turned around a centre."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

SymmetryKind = Literal["none", "vertical", "horizontal", "both", "radial"]
"""vertical: the axis stands upright, left is mirrored to the right."""

MIN_TURNS, MAX_TURNS = 2, 24


class Copy(NamedTuple):
    """Where a dab comes to lie. Seen in a mirror first where is_flipped, then turned clockwise."""

    x: float
    y: float
    turn_deg: float
    is_flipped: bool


@dataclass(frozen=True, kw_only=True)
class Symmetry:
    """x, y: the centre, canvas pixels; on half pixels, so that a mirrored dab meets the pixels exactly. turns: of
    radial symmetry."""

    kind: SymmetryKind = "none"
    x: float = 0.0
    y: float = 0.0
    turns: int = 6

    def with_center(self, x: float, y: float) -> Symmetry:
        return Symmetry(kind=self.kind, x=round(2 * x) / 2, y=round(2 * y) / 2, turns=self.turns)

    def copies(self, x: float, y: float, turn_deg: float) -> tuple[Copy, ...]:
        """The dab itself first."""
        here = Copy(x, y, turn_deg, False)
        match self.kind:
            case "none":
                return (here,)
            case "vertical":
                return here, self._left_right(here)
            case "horizontal":
                return here, self._up_down(here)
            case "both":
                other = self._left_right(here)
                return here, other, self._up_down(here), self._up_down(other)
            case "radial":
                return here, *(self._turned(here, 360.0 * step / self.turns) for step in range(1, self.turns))

    def _left_right(self, dab: Copy) -> Copy:
        return Copy(2 * self.x - dab.x, dab.y, -dab.turn_deg % 360.0, not dab.is_flipped)

    def _up_down(self, dab: Copy) -> Copy:
        # A mirror that swaps up and down is one that swaps left and right, and half a turn.
        return Copy(dab.x, 2 * self.y - dab.y, (180.0 - dab.turn_deg) % 360.0, not dab.is_flipped)

    def _turned(self, dab: Copy, angle_deg: float) -> Copy:
        cosine, sine = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
        dx, dy = dab.x - self.x, dab.y - self.y
        return Copy(
            self.x + dx * cosine - dy * sine,
            self.y + dx * sine + dy * cosine,
            (dab.turn_deg + angle_deg) % 360.0,
            dab.is_flipped,
        )


NO_SYMMETRY = Symmetry()
