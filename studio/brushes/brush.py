"""What a stroke is drawn with: one frozen value, and how the pen changes it along the way."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, get_args

from studio.brushes.curve import STEPS, Curve, between, table
from studio.brushes.dab import DabMaker, PixelDabs, RoundDabs

BRUSHES: Mapping[str, Callable[[], DabMaker]] = {"round": RoundDabs, "pixel": PixelDabs}
"""Tips that need no picture; each call gives a maker with a cache of its own."""

MIN_SIZE_PX = 1.0
MAX_SIZE_PX = 2000.0
MIN_RADIUS_PX = 0.5

Input = Literal["pressure", "speed", "tilt", "direction", "tilt_direction", "random"]
"""What drives a setting, each 0..1. speed: of the hand on the screen, 1 is fast. tilt: 0 upright, 1 flat. direction: of
the line, in turns, clockwise from the right; tilt_direction: of the pen. random: anew for each dab."""

Setting = Literal["size_px", "opacity", "flow", "hardness", "roundness", "angle_deg", "scatter"]

INPUTS: tuple[Input, ...] = get_args(Input)
SETTINGS: tuple[Setting, ...] = get_args(Setting)

LIMITS: Mapping[str, tuple[float, float]] = {
    "size_px": (MIN_SIZE_PX, MAX_SIZE_PX),
    "hardness": (0.0, 1.0),
    "opacity": (0.0, 1.0),
    "flow": (0.01, 1.0),
    "spacing": (0.0, 4.0),
    "angle_deg": (0.0, 360.0),
    "roundness": (0.05, 1.0),
    "scatter": (0.0, 4.0),
    "texture_depth": (0.0, 1.0),
    "texture_scale": (0.25, 4.0),
    "smoothing": (0.0, 1.0),
}


class Dynamic(NamedTuple):
    """`setting` follows `input`: it is multiplied by the curve, only angles are turned by it (1: a whole turn)."""

    setting: Setting
    input: Input
    curve: Curve


@dataclass(frozen=True, kw_only=True)
class Brush:
    """size_px: diameter at its largest. hardness: 0 (falls off from the centre) .. 1 (a clean edge).
    opacity: the most a stroke covers. flow: what a dab adds towards that, 1: all at once.
    spacing: between dabs, in diameters; 0: as close as a smooth line needs. angle_deg: clockwise.
    roundness: the short axis by the long one. scatter: how far dabs leave the line, in diameters.
    tip: a shape of `tips`. is_pixel: whole pixels, no soft edge. sprays: it goes on while the pen rests.
    texture: a paper of `tips`, empty: smooth; texture_depth: how much of it shows; texture_scale: 1 is its own size.
    smoothing: how far the line trails behind the hand to become calm.
    """

    size_px: float = 40.0
    hardness: float = 0.6
    opacity: float = 1.0
    flow: float = 1.0
    spacing: float = 0.0
    angle_deg: float = 0.0
    roundness: float = 1.0
    scatter: float = 0.0
    tip: str = "round"
    is_pixel: bool = False
    sprays: bool = False
    texture: str = ""
    texture_depth: float = 0.5
    texture_scale: float = 1.0
    smoothing: float = 0.0
    dynamics: tuple[Dynamic, ...] = ()

    def clamped(self) -> Brush:
        """Every number within its limits."""
        cut = {name: min(max(getattr(self, name), low), high) for name, (low, high) in LIMITS.items()}
        return replace(self, **cut)

    def with_(self, **changes: Any) -> Brush:
        return replace(self, **changes).clamped()

    def dynamic(self, setting: Setting, input: Input) -> Dynamic | None:
        for entry in self.dynamics:
            if entry.setting == setting and entry.input == input:
                return entry
        return None

    def with_dynamic(self, setting: Setting, input: Input, curve: Curve | None) -> Brush:
        """One curve added or replaced; None takes it away."""
        others = tuple(entry for entry in self.dynamics if (entry.setting, entry.input) != (setting, input))
        return replace(self, dynamics=others if curve is None else (*others, Dynamic(setting, input, curve)))

    @property
    def builds_up(self) -> bool:
        """Dabs add to each other up to the opacity; else the strongest counts."""
        return self.flow < 1.0 or any(entry.setting == "flow" for entry in self.dynamics)

    @property
    def is_even(self) -> bool:
        """One dab more or less on the line cannot be seen."""
        return (
            not self.builds_up
            and self.spacing == 0
            and self.scatter == 0
            and self.tip == "round"
            and not any(entry.input == "random" for entry in self.dynamics)
        )

    @property
    def follows_direction(self) -> bool:
        return any(entry.input == "direction" for entry in self.dynamics)

    def radius_px(self, pressure: float) -> float:
        """At a pressure, whatever else the size follows."""
        factor = 1.0
        for entry in self.dynamics:
            if entry.setting == "size_px" and entry.input == "pressure":
                factor *= entry.curve.at(pressure)
        return max(MIN_RADIUS_PX, self.size_px / 2 * factor)


def pressure_dynamics(*, size: float = 0.0, opacity: float = 0.0) -> tuple[Dynamic, ...]:
    """size, opacity: the share 0..1 that is missing where there is no pressure."""
    wanted: tuple[tuple[Setting, float], ...] = (("size_px", size), ("opacity", opacity))
    return tuple(
        Dynamic(setting, "pressure", between(1.0 - share, 1.0)) for setting, share in wanted if share > 0
    )


class DabValues(NamedTuple):
    """A brush at one moment of a stroke. opacity: of a dab, by its dynamics alone. turn_deg: below 360.
    scatter_px: the furthest a dab may lie off."""

    radius_px: float
    hardness: float
    opacity: float
    flow: float
    turn_deg: float
    roundness: float
    scatter_px: float


class Follower:
    """A brush with its curves ready to be asked once a dab."""

    def __init__(self, brush: Brush) -> None:
        self._brush = brush
        self._curves = [
            (entry.setting, INPUTS.index(entry.input), table(entry.curve)) for entry in brush.dynamics
        ]

        self.steady = None if self._curves else self._followed((0.0,) * len(INPUTS))
        """What a brush that follows nothing always is."""

    def values(self, inputs: tuple[float, ...]) -> DabValues:
        """inputs: 0..1 each, in the order of INPUTS."""
        return self.steady or self._followed(inputs)

    def _followed(self, inputs: tuple[float, ...]) -> DabValues:
        brush = self._brush
        size_px, hardness, opacity, flow = brush.size_px, brush.hardness, 1.0, brush.flow
        turn, roundness, scatter = brush.angle_deg, brush.roundness, brush.scatter
        for setting, index, curve in self._curves:
            value = curve[int(inputs[index] * STEPS + 0.5)]
            match setting:
                case "size_px":
                    size_px *= value
                case "opacity":
                    opacity *= value
                case "flow":
                    flow *= value
                case "hardness":
                    hardness *= value
                case "roundness":
                    roundness *= value
                case "angle_deg":
                    turn += 360.0 * value
                case "scatter":
                    scatter *= value
        radius = max(MIN_RADIUS_PX, size_px / 2)
        turn = math.fmod(turn, 360.0)
        return DabValues(radius, hardness, opacity, flow, turn, max(roundness, 0.05), scatter * 2 * radius)
