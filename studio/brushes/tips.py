"""Shapes of tips and grains of paper: small grey pictures of our own, and the dabs made from them."""

from __future__ import annotations

import functools
import math
import re

import numpy as np

from studio.brushes.brush import BRUSHES, Brush
from studio.brushes.dab import (
    CACHE_BYTES,
    Dab,
    DabMaker,
    Kept,
    UInt8Array,
    place_of,
    rounded_radius,
    rounded_turn,
)
from studio.core import paths
from studio.core.opencv import cv2

ROUND = "round"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}\Z")
DENSE = 0.12
"""Of the radius: how far apart dabs of a picture lie where nothing else is said."""


class TipDabs:
    """A grey picture, scaled, turned and moved; kept by shape and sub-pixel position."""

    def __init__(self, picture: UInt8Array, *, cache_bytes: int = CACHE_BYTES) -> None:
        self._levels = _halvings(picture)
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
        radius = rounded_radius(radius_px)
        place = place_of(x, y, radius)
        shape = (round(roundness, 2), rounded_turn(turn_deg, radius), is_flipped)
        key = (radius, place.phase_x, place.phase_y, *shape)
        kept = self._kept.get(key)
        if kept is None:
            kept = self._made(radius, place.phase_x, place.phase_y, *shape)
            self._kept.keep(key, kept)
        return Dab(place.left + kept[0], place.top + kept[1], kept[2])

    def spacing_px(self, radius_px: float, hardness: float, roundness: float = 1.0) -> float:
        return max(0.5, DENSE * radius_px * roundness)

    def snapped(self, x: float, y: float, radius_px: float) -> tuple[float, float]:
        return place_of(x, y, rounded_radius(radius_px)).center

    def _made(
        self,
        radius: float,
        phase_x: float,
        phase_y: float,
        roundness: float,
        turn_deg: float,
        is_flipped: bool,
    ) -> tuple[int, int, UInt8Array]:
        short = max(radius * roundness, 0.5)
        # The smallest level that still has every pixel the dab can show, so that nothing is skipped.
        level = next(
            (at for at in reversed(self._levels) if min(at.shape) >= 2 * min(radius, short)), self._levels[0]
        )
        height, width = level.shape
        reach = math.ceil(radius * math.sqrt(2)) + 1
        side = 2 * reach + 1
        cosine, sine = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
        flip = -1.0 if is_flipped else 1.0
        # From the dab's pixels to the picture's: undo the move, the turn and the scale.
        across = np.array((cosine, sine)) * (width / (2 * radius)) * flip
        down = np.array((-sine, cosine)) * (height / (2 * short))
        center = np.array((phase_x + reach - 0.5, phase_y + reach - 0.5))
        matrix = np.array(
            (
                (*across, (width - 1) / 2 - across @ center),
                (*down, (height - 1) / 2 - down @ center),
            )
        )
        made = cv2.warpAffine(
            level, matrix, (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderValue=0
        )
        rows, columns = np.flatnonzero(made.any(axis=1)), np.flatnonzero(made.any(axis=0))
        if rows.size == 0:
            return math.floor(phase_x), math.floor(phase_y), np.zeros((1, 1), np.uint8)
        coverage = np.ascontiguousarray(made[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], np.uint8)
        coverage.flags.writeable = False
        return int(columns[0]) - reach, int(rows[0]) - reach, coverage


def _halvings(picture: UInt8Array) -> list[UInt8Array]:
    """The picture and its halves down to some pixels, each with an empty border, so that a turned edge stays soft."""
    levels = [picture]
    while min(levels[-1].shape) >= 8:
        height, width = levels[-1].shape
        half = cv2.resize(levels[-1], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        levels.append(np.asarray(half, np.uint8))
    return levels


def make_dabs(brush: Brush) -> DabMaker:
    """With a cache of its own; a tip that is not there is a round one."""
    if brush.is_pixel:
        return BRUSHES["pixel"]()
    picture = None if brush.tip == ROUND else tip_picture(brush.tip)
    return BRUSHES[ROUND]() if picture is None else TipDabs(picture)


@functools.cache
def tip_names() -> tuple[str, ...]:
    return (ROUND, *_names("tips"))


@functools.cache
def texture_names() -> tuple[str, ...]:
    return _names("textures")


def tip_picture(name: str) -> UInt8Array | None:
    """Square, 255 where it covers; None where there is none of this name."""
    return _picture("tips", name)


@functools.lru_cache(maxsize=16)
def texture_picture(name: str, scale: float, tile_px: int) -> UInt8Array | None:
    """255 where the paper is highest. Its sides are multiples of `tile_px`, and it goes on beyond each of them."""
    picture = _picture("textures", name)
    if picture is None:
        return None
    side = max(1, round(picture.shape[0] * scale / tile_px)) * tile_px
    if side != picture.shape[0]:
        method = cv2.INTER_AREA if side < picture.shape[0] else cv2.INTER_CUBIC
        # Three by three, so that the middle one meets itself.
        wide = cv2.resize(np.tile(picture, (3, 3)), (3 * side, 3 * side), interpolation=method)
        picture = np.ascontiguousarray(wide[side : 2 * side, side : 2 * side], np.uint8)
    picture.flags.writeable = False
    return picture


@functools.lru_cache(maxsize=32)
def _picture(kind: str, name: str) -> UInt8Array | None:
    """Only of our own: names come from files of strangers and are looked up, never joined to a path unseen."""
    if not _NAME.match(name) or name not in _names(kind):
        return None
    data = np.frombuffer((paths.resources_dir() / "brushes" / kind / f"{name}.png").read_bytes(), np.uint8)
    picture = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
    picture.flags.writeable = False
    return picture


@functools.cache
def _names(kind: str) -> tuple[str, ...]:
    folder = paths.resources_dir() / "brushes" / kind
    return tuple(sorted(path.stem for path in folder.glob("*.png")))
