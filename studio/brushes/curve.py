"""A curve from what the pen does to what the brush becomes: through points, smooth, and never past them."""

from __future__ import annotations

import bisect
import functools
import itertools
import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

MAX_POINTS = 16
STEPS = 256


class CurvePoint(NamedTuple):
    """Both 0..1."""

    x: float
    y: float


class _CurveFields(NamedTuple):
    points: tuple[CurvePoint, ...]


class Curve(_CurveFields):
    """Through its points, flat beyond the first and the last. Its points rise in x; `curve_through` sees to that."""

    __slots__ = ()

    def at(self, x: float) -> float:
        """By a table: a dab asks several of them."""
        return table(self)[round(min(max(x, 0.0), 1.0) * STEPS)]


def curve_through(points: Iterable[Sequence[float]]) -> Curve:
    """Sorted, cut to 0..1 and to MAX_POINTS; of two at one place the last counts. Raises ValueError for no point, or
    for one that is no pair of numbers."""
    found: dict[float, float] = {}
    for point in list(points)[:MAX_POINTS]:
        x, y = point
        if not (math.isfinite(x) and math.isfinite(y)):
            raise ValueError("a point of a curve is no number")
        found[round(min(max(float(x), 0.0), 1.0), 4)] = round(min(max(float(y), 0.0), 1.0), 4)
    if not found:
        raise ValueError("a curve needs a point")
    return Curve(tuple(CurvePoint(x, found[x]) for x in sorted(found)))


STRAIGHT = curve_through(((0.0, 0.0), (1.0, 1.0)))


def between(low: float, high: float) -> Curve:
    """A straight line from `low` to `high`."""
    return curve_through(((0.0, low), (1.0, high)))


@functools.lru_cache(maxsize=256)
def table(curve: Curve) -> tuple[float, ...]:
    """The curve at 0, 1 / STEPS, … 1."""
    points = curve.points
    if len(points) == 1:
        return (points[0].y,) * (STEPS + 1)
    slopes = _slopes(points)
    xs = [point.x for point in points]
    return tuple(_value(points, slopes, xs, step / STEPS) for step in range(STEPS + 1))


def _slopes(points: tuple[CurvePoint, ...]) -> list[float]:
    """Monotone piecewise cubic interpolation: Fritsch and Butland 1984, equation 5, one-sided at the ends. Between two
    points the curve stays between their heights."""
    steps = [after.x - before.x for before, after in itertools.pairwise(points)]
    chords = [
        (after.y - before.y) / step for before, after, step in zip(points, points[1:], steps, strict=False)
    ]
    slopes = [chords[0]]
    for index in range(1, len(chords)):
        before, after = chords[index - 1], chords[index]
        if before * after <= 0:
            slopes.append(0.0)
            continue
        first = 2 * steps[index] + steps[index - 1]
        second = steps[index] + 2 * steps[index - 1]
        slopes.append((first + second) / (first / before + second / after))
    slopes.append(chords[-1])
    return slopes


def _value(points: tuple[CurvePoint, ...], slopes: list[float], xs: list[float], x: float) -> float:
    if x <= xs[0]:
        return points[0].y
    if x >= xs[-1]:
        return points[-1].y
    right = bisect.bisect_right(xs, x)
    left = right - 1
    width = xs[right] - xs[left]
    t = (x - xs[left]) / width
    # Cubic Hermite basis.
    value = (
        (1 + 2 * t) * (1 - t) ** 2 * points[left].y
        + t * (1 - t) ** 2 * width * slopes[left]
        + t * t * (3 - 2 * t) * points[right].y
        + t * t * (t - 1) * width * slopes[right]
    )
    return min(max(value, 0.0), 1.0)
