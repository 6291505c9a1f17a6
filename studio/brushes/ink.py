"""What a stroke has covered so far, tile by tile: one byte a pixel or, where dabs build up, two."""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol, cast

import numpy as np
import numpy.typing as npt

from studio.brushes.dab import Dab, UInt8Array
from studio.core.geometry import Rect
from studio.core.opencv import cv2

TileKey = tuple[int, int]
UInt16Array = npt.NDArray[np.uint16]

KEPT_BYTES = 32 << 20
REFERENCE_SPACING = 0.25
"""Of the diameter. Flow is what a dab adds when dabs lie this far apart; where they lie closer each adds less, so that
the line is as dark whatever the spacing."""

BLOCK_TILES = 4
"""Tiles on a side of what is kept in one piece: a dab of 256 px would be cut into four at nearly every place."""

WIDE = 257
"""Between a byte and two of them: 255 * 257 = 65535. In bytes a dab of little flow would add nothing at all."""


def dab_share(flow: float, spacing_px: float, diameter_px: float) -> float:
    """How much of the way to its own coverage one dab takes a pixel."""
    if flow >= 1.0:
        return 1.0
    overlap = min(spacing_px / max(REFERENCE_SPACING * diameter_px, 1.0), 1.0)
    return float(1.0 - (1.0 - flow) ** overlap)


class Laying(Protocol):
    """What a stroke lays its dabs on."""

    def lay(self, dab: Dab, clip: Rect, strength: float, share: float) -> None: ...

    def take_changed(self) -> dict[TileKey, Rect]: ...

    def covered(self, key: TileKey, part: Rect) -> UInt8Array: ...


class Ink:
    """Square tiles of `tile_px`, tile (0, 0) at the canvas origin.

    Without `builds_up` coverage is the maximum over the dabs: a stroke of 50 % opacity is 50 % where it crosses
    itself, and a dab costs one pass over one byte a pixel. With it, each dab takes a pixel its share of the way to
    the dab's own coverage and never back, which at a full share is the maximum again: soft edges stay soft.
    """

    def __init__(self, tile_px: int, *, builds_up: bool, texture: UInt8Array | None, depth: float) -> None:
        self._tile_px = tile_px
        self._builds_up = builds_up
        self._texture = texture
        self._depth = depth
        self._blocks: dict[tuple[int, int], UInt8Array | UInt16Array] = {}
        self._touched: set[TileKey] = set()
        self._changed: dict[TileKey, list[int]] = {}
        self._wide: OrderedDict[int, tuple[UInt8Array, UInt16Array]] = OrderedDict()
        self._wide_bytes = 0

    @property
    def tiles(self) -> list[TileKey]:
        """Those that were touched."""
        return sorted(self._touched)

    def covered(self, key: TileKey, part: Rect) -> UInt8Array:
        """(part.height, part.width), 255 = covered: `part` of a tile that was touched. Not for writing."""
        side = self._tile_px * BLOCK_TILES
        bx, by = key[0] // BLOCK_TILES, key[1] // BLOCK_TILES
        rows, columns = part.slices_in(Rect(bx * side, by * side, side, side))
        shown = cast("UInt8Array", self._blocks[bx, by][rows, columns])
        if self._builds_up:
            shown = cast("UInt8Array", cv2.convertScaleAbs(shown, alpha=1 / WIDE))
        return shown if self._texture is None else self._grained(shown, part)

    def lay(self, dab: Dab, clip: Rect, strength: float, share: float) -> None:
        """Inks what of a dab lies inside `clip`. strength: the most it covers; share: see `dab_share`."""
        # Plain numbers: a dab of 256 px lies in four tiles, and rectangles would cost more than its pixels.
        left, top, coverage = dab
        height, width = coverage.shape
        first_x, last_x = max(left, clip.x), min(left + width, clip.x + clip.width)
        first_y, last_y = max(top, clip.y), min(top + height, clip.y + clip.height)
        if first_x >= last_x or first_y >= last_y:
            return
        source: UInt8Array | UInt16Array = coverage
        if self._builds_up:
            source = self._widened(coverage)
            if strength < 1.0:
                source = cast("UInt16Array", cv2.addWeighted(source, strength, source, 0.0, 0.0))
        elif strength < 1.0:
            source = cast("UInt8Array", cv2.convertScaleAbs(coverage, alpha=strength))
        side = self._tile_px * BLOCK_TILES
        for by in range(first_y // side, (last_y - 1) // side + 1):
            y = by * side
            y0, y1 = max(first_y, y), min(last_y, y + side)
            for bx in range(first_x // side, (last_x - 1) // side + 1):
                x = bx * side
                x0, x1 = max(first_x, x), min(last_x, x + side)
                block = self._blocks.get((bx, by))
                if block is None:
                    block = self._blocks[bx, by] = np.zeros((side, side), source.dtype)
                inked = block[y0 - y : y1 - y, x0 - x : x1 - x]
                laid = source[y0 - top : y1 - top, x0 - left : x1 - left]
                if self._builds_up:
                    # What is missing; where more is covered already the difference saturates at nothing.
                    missing = cv2.subtract(laid, inked)
                    cv2.addWeighted(inked, 1.0, missing, share, 0.0, dst=inked)
                else:
                    cv2.max(inked, laid, dst=inked)
        self._note(first_x, first_y, last_x, last_y)

    def _note(self, first_x: int, first_y: int, last_x: int, last_y: int) -> None:
        side, changed = self._tile_px, self._changed
        for ty in range(first_y // side, (last_y - 1) // side + 1):
            y = ty * side
            for tx in range(first_x // side, (last_x - 1) // side + 1):
                x = tx * side
                x0 = first_x if first_x > x else x
                y0 = first_y if first_y > y else y
                x1 = last_x if last_x < x + side else x + side
                y1 = last_y if last_y < y + side else y + side
                edges = changed.get((tx, ty))
                if edges is None:
                    changed[tx, ty] = [x0, y0, x1, y1]
                    continue
                if x0 < edges[0]:
                    edges[0] = x0
                if y0 < edges[1]:
                    edges[1] = y0
                if x1 > edges[2]:
                    edges[2] = x1
                if y1 > edges[3]:
                    edges[3] = y1

    def take_changed(self) -> dict[TileKey, Rect]:
        """What was inked since the last call: for each tile a rectangle, canvas pixels."""
        changed = {key: Rect.from_edges(*edges) for key, edges in self._changed.items()}
        self._touched.update(changed)
        self._changed.clear()
        return changed

    def _grained(self, shown: UInt8Array, part: Rect) -> UInt8Array:
        texture = self._texture
        assert texture is not None
        side = texture.shape[0]
        top, left = part.y % side, part.x % side
        grain = texture[top : top + part.height, left : left + part.width]
        # The pen reaches the low places of the paper only where it covers more than they are deep; the scale keeps
        # what covers in full at the high places.
        valleys = cv2.convertScaleAbs(grain, alpha=-self._depth, beta=255.0 * self._depth)
        return cast(
            "UInt8Array", cv2.convertScaleAbs(cv2.subtract(shown, valleys), alpha=1.0 + self._depth / 2)
        )

    def _widened(self, coverage: UInt8Array) -> UInt16Array:
        """A dab in two bytes a pixel, kept: the same one comes again and again."""
        kept = self._wide.get(id(coverage))
        if kept is not None:
            self._wide.move_to_end(id(coverage))
            return kept[1]
        wide = coverage.astype(np.uint16)
        wide *= WIDE
        # The dab is kept with it: its number must not go to another one.
        self._wide[id(coverage)] = (coverage, wide)
        self._wide_bytes += wide.nbytes
        while self._wide_bytes > KEPT_BYTES and len(self._wide) > 1:
            _, (_, old) = self._wide.popitem(last=False)
            self._wide_bytes -= old.nbytes
        return wide
