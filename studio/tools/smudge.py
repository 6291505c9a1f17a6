"""A finger in wet paint: each dab carries what it touched a little further."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from studio.brushes.brush import Brush
from studio.brushes.dab import Dab, UInt8Array
from studio.brushes.ink import Laying, TileKey
from studio.brushes.symmetry import NO_SYMMETRY, Symmetry
from studio.core.geometry import Rect
from studio.document.changes import Target
from studio.document.pixels import TILE_PX
from studio.document.surface import TiledSurface, tile_rect
from studio.tools.paint import BRUSH, PaintTool
from studio.tools.painting import Blend, mixed
from studio.tools.tool import PointerEvent, ToolContext

Floats = npt.NDArray[np.float32]

SMUDGE = replace(BRUSH, id="smudge", label="Smudge", step_label="Smudge")
DENSEST = 0.04
"""Of the diameter: closer dabs would carry no differently."""


class SmudgeInk:
    """What the surface looks like under the finger, in floats: eighty roundings in a row would leave stripes.

    reach_px: no dab is wider than this on either side of its centre.
    """

    def __init__(self, surface: TiledSurface, reach_px: int, clip: Rect, opacity: float) -> None:
        self._before = TiledSurface.from_tiles(surface.channels, surface.snapshot())
        self._reach_px = reach_px
        self._clip = clip
        self._opacity = opacity
        self._tiles: dict[TileKey, Floats] = {}
        self._changed: dict[TileKey, Rect] = {}
        self._carried: Floats | None = None

    def lay(self, dab: Dab, clip: Rect, strength: float, share: float) -> None:
        """strength, and the brush's opacity: how much of what the finger carries it keeps from dab to dab."""
        height, width = dab.coverage.shape
        reach = self._reach_px
        center_x, center_y = dab.x + width // 2, dab.y + height // 2
        patch = Rect(center_x - reach, center_y - reach, 2 * reach, 2 * reach)
        here = self._read(patch)
        if self._carried is None:
            self._carried = here
            return
        carried = here + (self._carried - here) * np.float32(strength * self._opacity)
        self._carried = carried
        box = Rect(dab.x, dab.y, width, height).intersected(patch).intersected(clip)
        if box.is_empty:
            return
        weight = dab.coverage[box.slices_in(Rect(dab.x, dab.y, width, height))].astype(np.float32)
        weight /= np.float32(255)
        inner = box.slices_in(patch)
        if here.ndim == 3:
            weight = weight[..., None]
        self._write(box, here[inner] + (carried[inner] - here[inner]) * weight)

    def take_changed(self) -> dict[TileKey, Rect]:
        changed, self._changed = self._changed, {}
        return changed

    def covered(self, key: TileKey, part: Rect) -> UInt8Array:
        return np.full((part.height, part.width), 255, np.uint8)

    def pixels(self, rect: Rect) -> UInt8Array:
        """Of one tile."""
        key = (rect.x // TILE_PX, rect.y // TILE_PX)
        return np.rint(self._tile(key)[rect.slices_in(tile_rect(key))]).astype(np.uint8)

    def _read(self, rect: Rect) -> Floats:
        """Beyond the canvas the last pixels go on: a finger at its edge must not pull in nothing."""
        inside = rect.intersected(self._clip)
        shape = (rect.height, rect.width) if self._before.channels == 1 else (rect.height, rect.width, 4)
        if inside.is_empty:
            return np.zeros(shape, np.float32)
        pixels = np.empty((inside.height, inside.width, *shape[2:]), np.float32)
        for key in inside.tiles(TILE_PX):
            box = tile_rect(key)
            part = box.intersected(inside)
            pixels[part.slices_in(inside)] = self._tile(key)[part.slices_in(box)]
        if inside == rect:
            return pixels
        margins = (
            (inside.y - rect.y, rect.bottom - inside.bottom),
            (inside.x - rect.x, rect.right - inside.right),
        )
        return np.pad(pixels, (*margins, (0, 0))[: pixels.ndim], mode="edge")

    def _write(self, rect: Rect, pixels: Floats) -> None:
        for key in rect.tiles(TILE_PX):
            box = tile_rect(key)
            part = box.intersected(rect)
            self._tile(key)[part.slices_in(box)] = pixels[part.slices_in(rect)]
            self._changed[key] = part.united(self._changed.get(key, part))

    def _tile(self, key: TileKey) -> Floats:
        tile = self._tiles.get(key)
        if tile is None:
            tile = self._tiles[key] = self._before.read(tile_rect(key)).astype(np.float32)
        return tile


class SmudgeTool(PaintTool):
    """Opacity is how far the finger carries."""

    def __init__(self, context: ToolContext) -> None:
        super().__init__(SMUDGE, context)
        self._ink: SmudgeInk | None = None

    @property
    def _symmetry(self) -> Symmetry:
        return NO_SYMMETRY

    def _ink_for(self, brush: Brush, target: Target) -> Laying | None:
        reach = math.ceil(brush.size_px / 2 * math.sqrt(2)) + 2
        self._ink = SmudgeInk(self.context.document.surface(target), reach, self._clip(), brush.opacity)
        return self._ink

    def _stroke_brush(self, brush: Brush) -> Brush:
        """How often the pen reports must not carry the paint further."""
        return brush.with_(spacing=max(brush.spacing, DENSEST), flow=1.0)

    def _blend_for(self, brush: Brush, target: Target, *, erases: bool) -> Blend:
        ink = self._ink
        assert ink is not None
        return lambda rect, before, coverage: mixed(before, ink.pixels(rect), coverage)

    def _needs_pixels(self, *, erases: bool) -> bool:
        return False

    def _may_erase(self, event: PointerEvent) -> bool:
        return False
