"""One touch of a brush tip: how much of each pixel it covers."""

from __future__ import annotations

import functools
import math
from collections import OrderedDict
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from studio.core.opencv import cv2

UInt8Array = npt.NDArray[np.uint8]

CACHE_BYTES = 48 << 20
SOFTEST_EDGE_PX = 1.5
"""A smooth step this wide has the slope of a box filter at its middle: the narrowest edge without stairs."""

MIN_SHORT_PX = 0.5


class Dab(NamedTuple):
    """coverage: (h, w), 255 = covered, read-only; its upper left pixel is canvas pixel (x, y)."""

    x: int
    y: int
    coverage: UInt8Array


class DabMaker(Protocol):
    def dab(
        self,
        x: float,
        y: float,
        radius_px: float,
        hardness: float,
        roundness: float = 1.0,
        turn_deg: float = 0.0,
        is_flipped: bool = False,
    ) -> Dab:
        """A touch centred on (x, y), canvas pixels. roundness: the short radius by the long one, which is turned
        clockwise from the right. is_flipped: seen in a mirror that swaps left and right, before it is turned."""
        ...

    def spacing_px(self, radius_px: float, hardness: float, roundness: float = 1.0) -> float:
        """How far apart dabs of a smooth line may lie."""
        ...

    def snapped(self, x: float, y: float, radius_px: float) -> tuple[float, float]:
        """The centre a dab would really have: its mirror image is exact only from there."""
        ...


class Kept:
    """Dabs by whatever tells them apart; the one not used for longest goes first."""

    def __init__(self, cache_bytes: int) -> None:
        self._cache_bytes = cache_bytes
        self._bytes = 0
        self._made: OrderedDict[object, tuple[int, int, UInt8Array]] = OrderedDict()

    @property
    def byte_size(self) -> int:
        return self._bytes

    def __len__(self) -> int:
        return len(self._made)

    def get(self, key: object) -> tuple[int, int, UInt8Array] | None:
        found = self._made.get(key)
        if found is not None:
            self._made.move_to_end(key)
        return found

    def keep(self, key: object, made: tuple[int, int, UInt8Array]) -> None:
        self._made[key] = made
        self._bytes += made[2].nbytes
        while self._bytes > self._cache_bytes and len(self._made) > 1:
            _, (_, _, coverage) = self._made.popitem(last=False)
            self._bytes -= coverage.nbytes


class Place(NamedTuple):
    """A centre on the grid of sub-pixel positions: whole pixels, and what is left over as a fraction."""

    left: int
    top: int
    phase_x: float
    phase_y: float

    @property
    def center(self) -> tuple[float, float]:
        return self.left + self.phase_x, self.top + self.phase_y


def place_of(x: float, y: float, radius: float) -> Place:
    """A quarter of a pixel cannot be told from the truth; the larger the tip, the softer a jump by its share."""
    phases = 4 if radius <= 128 else 2 if radius <= 512 else 1
    left, across = divmod(round(x * phases), phases)
    top, down = divmod(round(y * phases), phases)
    return Place(left, top, across / phases, down / phases)


def rounded_turn(turn_deg: float, radius: float) -> float:
    """To within half a pixel at the rim, or 7.5 degrees; no finer than a degree."""
    step = min(max(60.0 / radius, 1.0), 7.5)
    return round(turn_deg / step) * step % 360.0


class RoundDabs:
    """Round and oval tips with a soft edge, kept by shape and sub-pixel position.

    A dab is 8-bit and costs some 0.06 ms to make at 40 px; a kept one is free.
    """

    def __init__(self, *, cache_bytes: int = CACHE_BYTES) -> None:
        self._kept = Kept(cache_bytes)

    def dab(
        self,
        x: float,
        y: float,
        radius_px: float,
        hardness: float,
        roundness: float = 1.0,
        turn_deg: float = 0.0,
        is_flipped: bool = False,
    ) -> Dab:
        radius, hardness = rounded_radius(radius_px), round(hardness, 2)
        place = place_of(x, y, radius)
        if roundness < 1.0:
            # An oval is the same after half a turn.
            shape = (round(roundness, 2), rounded_turn(turn_deg % 180.0, radius) % 180.0)
        else:
            shape = (1.0, 0.0)
        key = (radius, hardness, place.phase_x, place.phase_y, *shape)
        kept = self._kept.get(key)
        if kept is None:
            if shape[0] < 1.0:
                kept = oval_coverage(radius, hardness, place.phase_x, place.phase_y, *shape)
            else:
                kept = disc_coverage(radius, hardness, place.phase_x, place.phase_y)
            self._kept.keep(key, kept)
        return Dab(place.left + kept[0], place.top + kept[1], kept[2])

    def spacing_px(self, radius_px: float, hardness: float, roundness: float = 1.0) -> float:
        """Between two dabs the line is too thin by at most 4 of 255 levels at a soft edge, 0.1 px at a hard one.

        At distance d off the axis a gap of s adds s^2 / 8d to the distance from the nearest centre, and a smooth
        step of width w turns that into 1.5 / w of it; near the centre its curvature 6 / r^2 sets the limit 0.15 r.
        """
        radius_px *= roundness
        edge_px = max(radius_px * (1.0 - hardness), 4.0)
        return max(0.5, min(0.15 * radius_px, 0.29 * math.sqrt(radius_px * edge_px)))

    def snapped(self, x: float, y: float, radius_px: float) -> tuple[float, float]:
        return place_of(x, y, rounded_radius(radius_px)).center


class PixelDabs:
    """Discs of whole pixels with no soft edge, for pixel art: one of 1 px is the pixel under the pen."""

    def __init__(self, *, cache_bytes: int = CACHE_BYTES) -> None:
        self._kept = Kept(cache_bytes)

    def dab(
        self,
        x: float,
        y: float,
        radius_px: float,
        hardness: float,
        roundness: float = 1.0,
        turn_deg: float = 0.0,
        is_flipped: bool = False,
    ) -> Dab:
        side = max(1, round(2 * radius_px))
        kept = self._kept.get(side)
        if kept is None:
            # In halves of a pixel: centres are whole numbers, and the disc is as round as its pixels allow.
            offsets = np.arange(1 - side, side, 2, dtype=np.int64)
            inside = np.add.outer(offsets * offsets, offsets * offsets) <= max(side * side - side, 0)
            coverage = inside.astype(np.uint8) * np.uint8(255)
            coverage.flags.writeable = False
            kept = (-(side // 2), -(side // 2), coverage)
            self._kept.keep(side, kept)
        if side % 2:
            return Dab(math.floor(x) + kept[0], math.floor(y) + kept[1], kept[2])
        return Dab(math.floor(x + 0.5) + kept[0], math.floor(y + 0.5) + kept[1], kept[2])

    def spacing_px(self, radius_px: float, hardness: float, roundness: float = 1.0) -> float:
        return max(0.5, 0.15 * radius_px)

    def snapped(self, x: float, y: float, radius_px: float) -> tuple[float, float]:
        if max(1, round(2 * radius_px)) % 2:
            return math.floor(x) + 0.5, math.floor(y) + 0.5
        return math.floor(x + 0.5), math.floor(y + 0.5)


@functools.lru_cache(maxsize=4096)
def rounded_radius(radius_px: float) -> float:
    """To within 0.4 %, so that pressure makes a limited number of different dabs."""
    step = 2.0 ** (math.floor(math.log2(radius_px)) - 7)
    return round(radius_px / step) * step


def disc_coverage(
    radius: float, hardness: float, phase_x: float, phase_y: float
) -> tuple[int, int, UInt8Array]:
    """`round_coverage`, for a large soft disc from a smaller one: a rim of 64 px, drawn with a quarter of its pixels,
    is off by at most one level (2000 px: 3 instead of 25 ms)."""
    rim = radius * (1.0 - hardness)
    share = 4 if rim >= 64 else 2 if rim >= 32 else 1
    if share == 1 or radius < 100:
        return round_coverage(radius, hardness, phase_x, phase_y)
    left, top, small = round_coverage(radius / share, hardness, phase_x / share, phase_y / share)
    padded = cv2.copyMakeBorder(small, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    height, width = padded.shape
    coverage = np.asarray(
        cv2.resize(padded, (width * share, height * share), interpolation=cv2.INTER_LINEAR), np.uint8
    )
    coverage.flags.writeable = False
    return (left - 1) * share, (top - 1) * share, coverage


def round_coverage(
    radius: float, hardness: float, phase_x: float, phase_y: float
) -> tuple[int, int, UInt8Array]:
    """(left, top, coverage) of a disc centred on (phase_x, phase_y), fractions of a pixel.

    Coverage falls as a smooth step around the middle of the soft rim, from `hardness` times the radius to the
    radius; the rim is never narrower than SOFTEST_EDGE_PX. The box is tight.
    """
    rim = max(radius * (1.0 - hardness), SOFTEST_EDGE_PX)
    outer = radius * (1.0 + hardness) / 2 + rim / 2
    left, columns = _offsets(phase_x, outer)
    top, rows = _offsets(phase_y, outer)
    fall = np.add.outer(rows * rows, columns * columns)
    np.sqrt(fall, out=fall)
    # t = 1 inside, 0 outside; coverage = t^2 (3 - 2 t).
    np.subtract(np.float32(outer), fall, out=fall)
    np.multiply(fall, np.float32(1 / rim), out=fall)
    np.clip(fall, 0, 1, out=fall)
    square = fall * fall
    np.multiply(fall, np.float32(-2), out=fall)
    np.add(fall, np.float32(3), out=fall)
    np.multiply(fall, square, out=fall)
    # A tip of a pixel or two never reaches the inside: its centre still covers in full.
    inside = min(outer / rim, 1.0)
    np.multiply(fall, np.float32(255 / (inside * inside * (3 - 2 * inside))), out=fall)
    np.minimum(fall, 255, out=fall)
    coverage = np.rint(fall, out=fall).astype(np.uint8)
    coverage.flags.writeable = False
    return left, top, coverage


def oval_coverage(
    radius: float, hardness: float, phase_x: float, phase_y: float, roundness: float, turn_deg: float
) -> tuple[int, int, UInt8Array]:
    """(left, top, coverage) of an ellipse: `round_coverage` with the radius along each direction.

    The distance from the edge is taken along the direction of steepest fall, q / |grad q| for q = 1 on the edge;
    that is exact for a circle and near the edge of any ellipse.
    """
    long, short = radius, max(radius * roundness, MIN_SHORT_PX)
    left, columns = _offsets(phase_x, radius + SOFTEST_EDGE_PX)
    top, rows = _offsets(phase_y, radius + SOFTEST_EDGE_PX)
    cosine, sine = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    along = np.add.outer(rows * np.float32(sine), columns * np.float32(cosine)) / np.float32(long)
    across = np.add.outer(rows * np.float32(cosine), columns * np.float32(-sine)) / np.float32(short)
    q = np.sqrt(along * along + across * across)
    steepness = np.sqrt((along / np.float32(long)) ** 2 + (across / np.float32(short)) ** 2)
    reach = np.divide(q, steepness, out=np.full_like(q, short), where=steepness > 0)
    rim = np.maximum(reach * np.float32(1.0 - hardness), np.float32(SOFTEST_EDGE_PX))
    outer = reach * np.float32((1.0 + hardness) / 2) + rim / 2
    t = np.clip((outer - q * reach) / rim, 0, 1)
    coverage = np.rint(255 * t * t * (3 - 2 * t)).astype(np.uint8)
    rows_used, columns_used = np.flatnonzero(coverage.any(axis=1)), np.flatnonzero(coverage.any(axis=0))
    if rows_used.size == 0:
        coverage = np.full((1, 1), 255, np.uint8)
        return math.floor(phase_x), math.floor(phase_y), coverage
    top, left = top + int(rows_used[0]), left + int(columns_used[0])
    coverage = np.ascontiguousarray(
        coverage[rows_used[0] : rows_used[-1] + 1, columns_used[0] : columns_used[-1] + 1]
    )
    coverage.flags.writeable = False
    return left, top, coverage


def _offsets(phase: float, outer: float) -> tuple[int, npt.NDArray[np.float32]]:
    """The first pixel whose centre is nearer than `outer`, and the distances of all of them along the axis."""
    first = math.floor(phase - 0.5 - outer) + 1
    last = math.ceil(phase - 0.5 + outer) - 1
    return first, np.arange(first, last + 1, dtype=np.float32) + np.float32(0.5 - phase)
