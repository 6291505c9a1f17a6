"""Regions of like colour: what the magic wand finds and the fill tool fills."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from studio.core.geometry import Rect
from studio.core.opencv import cv2
from studio.document.pixels import UInt8Array
from studio.document.shapes import EMPTY_PATCH, Patch

ReadPixels = Callable[[Rect], UInt8Array]
"""(height, width, 4) premultiplied pixels of a rectangle of the canvas."""

FIRST_WINDOW_PX = 512
WINDOW_FACTOR = 4
BLOCK_PX = 512
RESTORE_FACTOR = 4
"""A corner of 30 degrees lies 3.9 radii from the centre of the disc that fits into it."""

_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """What belongs to a region.

    tolerance: 0..255, how far each premultiplied channel may lie from the seed's.
    is_contiguous: only what hangs together with the seed (across edges, not corners).
    gap_px: openings up to this wide count as closed; 0: none do. Contiguous regions only.
    grow_px: wider by so many pixels in the end. is_antialiased: steps in the outline get a soft edge.
    """

    tolerance: int = 32
    is_contiguous: bool = True
    gap_px: int = 0
    grow_px: int = 0
    is_antialiased: bool = True


def region(read: ReadPixels, canvas: Rect, seed: tuple[int, int], likeness: Likeness) -> Patch:
    """The region of the canvas pixel `seed`, clipped to the canvas; empty for a seed beyond it.

    Looks at no more of the canvas than it must: a window around the seed becomes larger until nothing runs out of
    it.
    """
    pixel = Rect(seed[0], seed[1], 1, 1)
    if not canvas.contains_rect(pixel):
        return EMPTY_PATCH
    color = read(pixel)[0, 0]
    if not likeness.is_contiguous:
        return _finished(canvas, _like(read(canvas), color, likeness.tolerance), canvas, likeness)
    radius = (likeness.gap_px + 1) // 2
    margin = RESTORE_FACTOR * radius + 2
    reach = max(FIRST_WINDOW_PX // 2, 4 * margin)
    while True:
        window = pixel.expanded(reach).intersected(canvas)
        passable = _like(read(window), color, likeness.tolerance)
        found = _connected(passable, (seed[0] - window.x, seed[1] - window.y), radius)
        # What could still change beyond the window's own edges lies within `margin` of them.
        safe = window.expanded(-margin)
        sides = (
            safe.x if window.x > canvas.x else canvas.x,
            safe.y if window.y > canvas.y else canvas.y,
            safe.right if window.right < canvas.right else canvas.right,
            safe.bottom if window.bottom < canvas.bottom else canvas.bottom,
        )
        if Rect.from_edges(*sides).contains_rect(_bounds(found, window)):
            return _finished(window, found, canvas, likeness)
        reach *= WINDOW_FACTOR


def _like(pixels: UInt8Array, color: UInt8Array, tolerance: int) -> UInt8Array:
    """(h, w): 255 where every channel is near enough."""
    center = color.astype(int)
    low = tuple(np.maximum(center - tolerance, 0).tolist())
    high = tuple(np.minimum(center + tolerance, 255).tolist())
    return _u8(cv2.inRange(pixels, low, high))


def _connected(passable: UInt8Array, seed: tuple[int, int], radius: int) -> UInt8Array:
    """(h, w): 255 for what can be reached from the seed by a disc; smaller discs where the seed leaves no room."""
    while radius > 0:
        # Beyond the array is no barrier: the picture's own edge closes no gap, and none of its corners is lost.
        distance = cv2.distanceTransform(passable, cv2.DIST_L2, cv2.DIST_MASK_5)
        room = _u8(cv2.threshold(distance, radius, 255, cv2.THRESH_BINARY)[1].astype(np.uint8))
        entry = _entry(room, passable, seed, 2 * radius)
        if entry is not None:
            return _restored(room, _flooded(room, entry), passable, radius)
        radius //= 2
    return _flooded(passable, seed)


def _entry(
    room: UInt8Array, passable: UInt8Array, seed: tuple[int, int], steps: int
) -> tuple[int, int] | None:
    """The first pixel of `room` that a walk of at most `steps` from the seed meets."""
    height, width = room.shape
    box = Rect(seed[0], seed[1], 1, 1).expanded(steps).intersected(Rect(0, 0, width, height))
    cut = box.slices_in(Rect(0, 0, width, height))
    near_room, near_passable = room[cut], passable[cut]
    reached = np.zeros_like(near_room)
    reached[seed[1] - box.y, seed[0] - box.x] = 255
    for _ in range(steps + 1):
        meeting = cv2.bitwise_and(reached, near_room)
        if meeting.any():
            row, column = np.unravel_index(int(meeting.argmax()), meeting.shape)
            return int(column) + box.x, int(row) + box.y
        reached = _u8(cv2.bitwise_and(cv2.dilate(reached, _CROSS), near_passable))
    return None


def _restored(room: UInt8Array, core: UInt8Array, passable: UInt8Array, radius: int) -> UInt8Array:
    """The core with the rim and corners the disc could not reach. Other rooms grow at the same pace, so that two
    meet in the middle of the gap between them.

    Block by block: far from every line, where most of a picture is, nothing grows.
    """
    height, width = core.shape
    whole = Rect(0, 0, width, height)
    reach = RESTORE_FACTOR * radius + 1
    found = core.copy()
    for column, row in _bounds(core, whole).expanded(reach).intersected(whole).tiles(BLOCK_PX):
        block = Rect(column * BLOCK_PX, row * BLOCK_PX, BLOCK_PX, BLOCK_PX).intersected(whole)
        around = block.expanded(reach).intersected(whole)
        cut = around.slices_in(whole)
        if (passable[cut] != core[cut]).any() and core[cut].any():
            grown = _grown_in_room(room[cut], core[cut], passable[cut], RESTORE_FACTOR * radius)
            found[block.slices_in(whole)] = grown[block.slices_in(around)]
    return found


def _grown_in_room(room: UInt8Array, core: UInt8Array, passable: UInt8Array, steps: int) -> UInt8Array:
    mine = core
    others = _u8(cv2.bitwise_and(room, cv2.bitwise_not(core)))
    for _ in range(steps):
        free = _u8(cv2.bitwise_and(passable, cv2.bitwise_not(cv2.bitwise_or(mine, others))))
        gained = _u8(cv2.bitwise_and(cv2.dilate(mine, _CROSS), free))
        lost = _u8(cv2.bitwise_and(cv2.dilate(others, _CROSS), free))
        if not (gained.any() or lost.any()):
            break
        mine = _u8(cv2.bitwise_or(mine, gained))
        others = _u8(cv2.bitwise_or(others, cv2.bitwise_and(lost, cv2.bitwise_not(gained))))
    return mine


def _flooded(passable: UInt8Array, seed: tuple[int, int]) -> UInt8Array:
    height, width = passable.shape
    walls = np.ones((height + 2, width + 2), np.uint8)
    walls[1:-1, 1:-1] = passable == 0
    flags = 4 | cv2.FLOODFILL_MASK_ONLY | (255 << 8)
    cv2.floodFill(passable, walls, seed, (0,), (255,), (255,), flags)
    inner = walls[1:-1, 1:-1]
    return _u8(cv2.inRange(inner, (255,), (255,)))


def _finished(window: Rect, found: UInt8Array, canvas: Rect, likeness: Likeness) -> Patch:
    """Grown, softened, and cut down to what it covers."""
    bounds = _bounds(found, window)
    if bounds.is_empty:
        return EMPTY_PATCH
    margin = likeness.grow_px + 2
    rect = bounds.expanded(margin)
    coverage = np.zeros((rect.height, rect.width), np.uint8)
    coverage[bounds.slices_in(rect)] = found[bounds.slices_in(window)]
    if likeness.grow_px > 0:
        coverage = _u8(cv2.dilate(coverage, disc(likeness.grow_px)))
    if likeness.is_antialiased:
        coverage = _softened(coverage)
    inside = rect.intersected(canvas)
    coverage = np.ascontiguousarray(coverage[inside.slices_in(rect)])
    tight = _bounds(coverage, inside)
    return Patch(tight, np.ascontiguousarray(coverage[tight.slices_in(inside)]))


def _softened(coverage: UInt8Array) -> UInt8Array:
    """Adds what a line through the steps would cover: nothing beside a straight edge, 1/8 beside a diagonal one,
    more in inner corners; what is covered stays so."""
    blurred = cv2.GaussianBlur(coverage, (3, 3), 0, borderType=cv2.BORDER_CONSTANT).astype(np.int16)
    return np.maximum(coverage, np.clip((blurred - 64) * 2, 0, 255).astype(np.uint8))


def disc(radius_px: int) -> UInt8Array:
    """(2 r + 1, 2 r + 1): 1 for every pixel whose centre is no farther than the radius and a quarter."""
    offsets = np.arange(-radius_px, radius_px + 1)
    squares = offsets * offsets
    return (squares[:, None] + squares[None, :] <= (radius_px + 0.25) ** 2).astype(np.uint8)


def _bounds(mask: UInt8Array, outer: Rect) -> Rect:
    x, y, width, height = cv2.boundingRect(mask)
    return Rect(x + outer.x, y + outer.y, width, height) if width else Rect(0, 0, 0, 0)


def _u8(array: Any) -> UInt8Array:
    """OpenCV's type hints allow any depth; with 8-bit input its result is 8-bit."""
    return cast("UInt8Array", array)
