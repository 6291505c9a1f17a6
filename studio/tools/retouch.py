"""Tools that bring no colour of their own: blur what is there, copy from elsewhere, heal with it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from studio.brushes.brush import Brush
from studio.brushes.symmetry import NO_SYMMETRY, Symmetry
from studio.core.errors import DocumentError
from studio.core.geometry import Point, Rect
from studio.core.opencv import cv2
from studio.document.changes import Target
from studio.document.composite import flatten
from studio.document.copying import copy_document
from studio.document.pixels import TILE_PX, UInt8Array, over_pixels
from studio.document.surface import TiledSurface, TileKey, tile_rect
from studio.generation.fill import spread
from studio.tools.paint import BRUSH, PaintTool
from studio.tools.painting import Blend, Painting, faded, mixed
from studio.tools.tool import Circle, Cursor, Overlay, PointerEvent, ToolContext

BLUR = replace(BRUSH, id="blur", label="Blur", step_label="Blur")
CLONE = replace(BRUSH, id="clone", label="Clone", step_label="Clone")
HEAL = replace(BRUSH, id="heal", label="Heal", step_label="Heal")

HEAL_RING_PX = 12
HEAL_SIDE_PX = 160
"""The difference between two places is smooth: a larger one is solved in fewer pixels, so that no heal takes long."""

TONE_SLACK = 12.0

Read = Callable[[Rect], UInt8Array]


class BlurTool(PaintTool):
    """Softens what is under the brush; going over it again in another stroke softens it more."""

    def __init__(self, context: ToolContext) -> None:
        super().__init__(BLUR, context)

    def _blend_for(self, brush: Brush, target: Target, *, erases: bool) -> Blend:
        surface = self.context.document.surface(target)
        before = TiledSurface.from_tiles(surface.channels, surface.snapshot())
        sigma = self.context.settings.number(self.id, "radius") / 2
        reach = math.ceil(3 * sigma)
        clip = self._clip()
        tiles: dict[TileKey, UInt8Array] = {}

        def blurred(key: TileKey) -> UInt8Array:
            box = tile_rect(key)
            # Beyond the canvas there is nothing, which must not leak in as a pale rim.
            around = box.expanded(reach).intersected(clip)
            soft = cv2.GaussianBlur(before.read(around), (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
            tile = np.zeros((TILE_PX, TILE_PX, *soft.shape[2:]), np.uint8)
            inner = box.intersected(around)
            tile[inner.slices_in(box)] = soft[inner.slices_in(around)]
            return tile

        def blend(rect: Rect, pixels: UInt8Array, coverage: UInt8Array) -> UInt8Array:
            key = (rect.x // TILE_PX, rect.y // TILE_PX)
            if key not in tiles:
                tiles[key] = blurred(key)
            return mixed(pixels, tiles[key][rect.slices_in(tile_rect(key))], faded(coverage, brush.opacity))

        return blend


class CloneTool(PaintTool):
    """Alt+click (or Ctrl+click) says where to copy from. Aligned, the distance stays from stroke to stroke; otherwise
    every stroke begins at the source again."""

    def __init__(self, context: ToolContext, kind: str = "clone") -> None:
        super().__init__(HEAL if kind == "heal" else CLONE, context)
        self._source: Point | None = None
        self._offset: tuple[int, int] | None = None
        self._is_choosing = False

    def press(self, event: PointerEvent) -> None:
        if event.alt != event.ctrl:
            self._pointer = event.position
            if self._painting is None and math.isfinite(event.position.x) and math.isfinite(event.position.y):
                self._is_choosing = True
                self._source, self._offset = event.position, None
            return
        super().press(event)

    def move(self, events: Sequence[PointerEvent]) -> None:
        if self._is_choosing and events:
            self._pointer = self._source = events[-1].position
            return
        super().move(events)

    def release(self, event: PointerEvent) -> None:
        if self._is_choosing:
            self._is_choosing = False
            return
        super().release(event)

    def cancel(self) -> None:
        self._is_choosing = False
        super().cancel()

    def overlay(self) -> Overlay:
        overlay = super().overlay()
        source = self._source_now()
        if source is None:
            return overlay
        circles = (*overlay.circles, Circle(source, self._brush().size_px / 2)) if overlay.circles else ()
        return replace(overlay, circles=circles, handles=(source,))

    def cursor(self) -> Cursor:
        return "cross" if self._refusal() is None else "forbidden"

    @property
    def _symmetry(self) -> Symmetry:
        return NO_SYMMETRY

    def _source_now(self) -> Point | None:
        """Where the brush copies from while it is where it is."""
        if self._source is None or self._pointer is None or self._is_choosing:
            return self._source
        if self._offset is None or (self._painting is None and not self._is_aligned):
            return self._source
        return Point(self._pointer.x + self._offset[0], self._pointer.y + self._offset[1])

    @property
    def _is_aligned(self) -> bool:
        return self.context.settings.flag(self.id, "aligned")

    def _refusal(self) -> DocumentError | None:
        return super()._refusal() or self._no_source()

    def _no_source(self) -> DocumentError | None:
        if self._source is not None:
            return None
        return DocumentError(
            "There is nothing to copy from yet.", remedy="Alt+click or Ctrl+click where to copy from."
        )

    def _begun(self, event: PointerEvent) -> Painting:
        missing, source = self._no_source(), self._source
        if missing is not None:
            raise missing
        if source is not None and (self._offset is None or not self._is_aligned):
            self._offset = (round(source.x - event.position.x), round(source.y - event.position.y))
        return super()._begun(event)

    def _blend_for(self, brush: Brush, target: Target, *, erases: bool) -> Blend:
        read, (dx, dy) = self._reader(target), self._offset or (0, 0)

        def blend(rect: Rect, pixels: UInt8Array, coverage: UInt8Array) -> UInt8Array:
            source = read(rect.translated(dx, dy))
            coverage = faded(coverage, brush.opacity)
            return (
                over_pixels(pixels, source, coverage) if pixels.ndim == 3 else mixed(pixels, source, coverage)
            )

        return blend

    def _reader(self, target: Target) -> Read:
        """The picture as it is now, whatever the stroke does to it."""
        document = self.context.document
        if target.kind == "pixels" and self.context.settings.choice(self.id, "sample") == "picture":
            copy = copy_document(document)
            return lambda rect: flatten(copy, rect)
        surface = document.surface(target)
        return TiledSurface.from_tiles(surface.channels, surface.snapshot()).read

    def _needs_pixels(self, *, erases: bool) -> bool:
        return False

    def _may_erase(self, event: PointerEvent) -> bool:
        return False


class HealTool(CloneTool):
    """Copies the grain of another place and keeps the tones of this one. While the pen is down it shows the copy; when
    it is lifted, what the copy is off along the rim is carried inward as a smooth membrane (the guidance-free case of
    Perez et al., "Poisson Image Editing", SIGGRAPH 2003)."""

    def __init__(self, context: ToolContext) -> None:
        super().__init__(context, "heal")
        self._read_source: Read = lambda rect: np.zeros((rect.height, rect.width, 4), np.uint8)

    def _reader(self, target: Target) -> Read:
        self._read_source = super()._reader(target)
        return self._read_source

    def _finished(self, painting: Painting) -> None:
        touched = painting.touched_rect()
        if touched.is_empty or painting.target.kind != "pixels":
            return
        around = touched.expanded(HEAL_RING_PX).intersected(self._clip())
        before = painting.read_before(around)
        coverage = painting.read_coverage(around)
        dx, dy = self._offset or (0, 0)
        source = self._read_source(around.translated(dx, dy))
        # Only what is opaque in both places has a tone to be matched.
        known = (coverage == 0) & (before[..., 3] == 255) & (source[..., 3] == 255)
        if not known.any():
            return
        off = before[..., :3].astype(np.float32) - source[..., :3]
        known &= _is_usual(off.mean(axis=-1), known)
        share = min(1.0, HEAL_SIDE_PX / max(known.shape))
        size = (max(1, round(known.shape[1] * share)), max(1, round(known.shape[0] * share)))
        weight = np.asarray(
            cv2.resize(known.astype(np.float32), size, interpolation=cv2.INTER_AREA), np.float32
        )
        small = (
            cv2.resize(off * known[..., None], size, interpolation=cv2.INTER_AREA)
            / np.maximum(weight, 1e-4)[..., None]
        )
        tone = spread(np.asarray(small, np.float32), weight)
        full = cv2.resize(tone, (known.shape[1], known.shape[0]), interpolation=cv2.INTER_LINEAR)
        matched = source.copy()
        bent = np.clip(source[..., :3] + np.rint(full), 0, source[..., 3:])
        matched[..., :3] = bent.astype(np.uint8)
        opacity = self._brush().opacity

        def blend(rect: Rect, pixels: UInt8Array, covered: UInt8Array) -> UInt8Array:
            return over_pixels(pixels, matched[rect.slices_in(around)], faded(covered, opacity))

        painting.redraw(blend)


def _is_usual(off: npt.NDArray[np.float32], known: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Where a difference of tone is like the others: a blemish beside the stroke, in either place, must not be carried
    into it. Further than four times the median deviation from the median is not."""
    middle = np.median(off[known])
    away = np.abs(off - middle)
    return np.asarray(away <= 4.0 * np.median(away[known]) + TONE_SLACK)
