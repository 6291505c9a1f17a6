"""The painted mask as the artist sees it: a hatched tint and a marching edge, at the resolution of the screen."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QPainter, QRegion

from studio.core.geometry import EMPTY, Rect
from studio.core.opencv import cv2
from studio.document.surface import TiledSurface
from studio.generation.request import UInt8Array
from studio.ui.canvas.qimage import CacheImage
from studio.ui.canvas.tile_cache import CoverageCache, level_for
from studio.ui.canvas.viewport import CRISP_FROM_ZOOM, Viewport

TINT_ALPHA = 0.36
HATCH_ALPHA = 0.62
HATCH_LIGHTEN = 0.45
"""Tint and hatch differ in lightness, so that one of them shows on a picture of any colour."""

HATCH_PERIOD_PX = 9
HATCH_WIDTH_PX = 2
DASH_PX = 5
EDGE_THRESHOLD = 128
MAX_SCALE = 4

SUBPIXEL_BITS = 5
"""OpenCV's own precision in a remap."""

EDGE_BLOCK_PX = 256
"""A rectangle to repaint costs as much as 270 x 270 pixels more in a larger one (0.06 ms): finer blocks do not pay."""

UInt32Array = npt.NDArray[np.uint32]


class MaskOverlay:
    """Renewed where the mask changed, drawn as one image.

    The buffers have the widget's size in device pixels and exist only while there is a mask.
    """

    def __init__(self, color: str, selection: TiledSurface) -> None:
        self._selection = selection
        self._table = _color_table(color)
        self._cache: CoverageCache | None = None
        self._viewport: Viewport | None = None
        self._image: CacheImage | None = None
        self._coverage: UInt8Array = np.zeros((0, 0), np.uint8)
        self._dirty = EMPTY
        self._edge_pixels: npt.NDArray[np.int64] | None = None
        self._edge_phase: npt.NDArray[np.uint8] = np.zeros(0, np.uint8)
        self._edge_region: QRegion | None = None
        self._step = 0
        self._scale = 1
        self.is_tinted = True

    def set_color(self, color: str) -> None:
        self._table = _color_table(color)
        self._invalidate_all()

    def set_scale(self, scale: float) -> None:
        """Device pixels per logical pixel: lines and dashes look alike on every display."""
        scale = min(max(round(scale), 1), MAX_SCALE)
        if scale != self._scale:
            self._scale = scale
            self._invalidate_all()

    @property
    def reach_px(self) -> int:
        """How far, in device pixels, a change of the mask may change its looks: see `_edge_of`."""
        return 3 * self._scale + 3

    def set_tinted(self, is_tinted: bool) -> bool:
        """Off: only the edge is drawn, so that a result inside the mask shows in its own colours.

        Returns whether that changed something."""
        if is_tinted == self.is_tinted:
            return False
        self.is_tinted = is_tinted
        self._invalidate_all()
        return True

    def set_source(self, area: Rect, selection: TiledSurface) -> None:
        """area: canvas rectangle beyond which nothing is masked; empty: nothing at all."""
        self._selection = selection
        self._cache = None if area.is_empty else CoverageCache(area, selection.read)
        self._invalidate_all()
        if self._cache is None:
            self._image = None
            self._viewport = None

    @property
    def area(self) -> Rect:
        return EMPTY if self._cache is None else self._cache.area

    def invalidate(self, rect: Rect) -> None:
        """rect: canvas pixels."""
        if self._cache is None:
            return
        self._cache.invalidate(rect)
        if self._viewport is not None:
            self._dirty = self._dirty.united(self._viewport.covering_rect(rect, margin_px=self.reach_px))

    def draw(self, painter: QPainter, viewport: Viewport, exposed: QRect) -> None:
        """painter: in device pixels."""
        if self._cache is None:
            return
        self._renew(viewport)
        if self._image is not None:
            painter.drawImage(exposed.topLeft(), self._image.image, exposed)

    def advance(self) -> QRegion:
        """Moves the dashes by one step; returns the device pixels to repaint."""
        if self._image is None or self._cache is None:
            return QRegion()
        edge, phase = self._edges()
        if edge.size == 0:
            return QRegion()
        self._step = (self._step + 1) % (2 * DASH_PX)
        self._image.words.reshape(-1)[edge] = _dash_colors(phase, self._step)
        if self._edge_region is None:
            self._edge_region = self._region_of(edge)
        return self._edge_region

    @property
    def is_shown(self) -> bool:
        """There is a mask, and it was drawn."""
        return self._image is not None

    # Inside ---------------------------------------------------------------------------------------------------

    def _invalidate_all(self) -> None:
        self._forget_edges()
        if self._viewport is not None:
            self._dirty = self._masked_part(self._viewport)

    def _masked_part(self, viewport: Viewport) -> Rect:
        """Device pixels outside of which nothing is masked."""
        return viewport.covering_rect(self._selection.tile_bounds(), margin_px=self.reach_px)

    def _forget_edges(self) -> None:
        self._edge_pixels = None
        self._edge_region = None

    def _renew(self, viewport: Viewport) -> None:
        assert self._cache is not None
        if viewport != self._viewport:
            size = viewport.size
            if self._image is None or (self._image.width, self._image.height) != size:
                self._image = CacheImage(size.width, size.height)
                self._coverage = np.zeros((size.height, size.width), np.uint8)
            self._image.words.fill(0)
            self._coverage.fill(0)
            self._viewport = viewport
            self._dirty = self._masked_part(viewport)
        if self._dirty.is_empty:
            return
        dirty, self._dirty = self._dirty, EMPTY
        self._forget_edges()
        self._sample(dirty, viewport)
        self._color(dirty, viewport)

    def _sample(self, device: Rect, viewport: Viewport) -> None:
        """Fills the coverage of a device rectangle."""
        assert self._cache is not None
        target = self._coverage[device.slices_in(viewport.bounds)]
        area = self._cache.area
        level_index = level_for(viewport.zoom)
        needed = viewport.visible_canvas(device).expanded(2 << level_index).intersected(area)
        if needed.is_empty:
            target[:] = 0
            return
        level = self._cache.level(level_index)
        self._cache.renew(level_index, needed)
        needed = level.aligned(needed)
        source = level.plane.pixels[level.slices(needed)]
        if not source.any():
            target[:] = 0
            return
        scale = viewport.zoom * level.scale
        is_smooth = viewport.zoom < CRISP_FROM_ZOOM and scale != 1.0
        origin, start = viewport.snapped_origin, (needed.x // level.scale, needed.y // level.scale)
        columns = _positions(device.x, device.width, origin.x, scale, start[0], is_smooth=is_smooth)
        rows = _positions(device.y, device.height, origin.y, scale, start[1], is_smooth=is_smooth)
        whole = np.empty((device.height, device.width, 2), np.int16)
        whole[..., 0], whole[..., 1] = columns >> SUBPIXEL_BITS, (rows >> SUBPIXEL_BITS)[:, None]
        mask = (1 << SUBPIXEL_BITS) - 1
        parts = ((rows & mask) << SUBPIXEL_BITS)[:, None].astype(np.uint16) | (columns & mask).astype(
            np.uint16
        )
        cv2.remap(
            source,
            whole,
            parts if is_smooth else np.zeros((0, 0), np.uint16),
            interpolation=cv2.INTER_LINEAR if is_smooth else cv2.INTER_NEAREST,
            dst=target,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=0,
        )

    def _color(self, device: Rect, viewport: Viewport) -> None:
        """Tint, hatch and edge of a device rectangle, from the coverage."""
        assert self._image is not None
        around = device.expanded(self.reach_px).intersected(viewport.bounds)
        coverage = self._coverage[around.slices_in(viewport.bounds)]
        inner = device.slices_in(around)
        words = self._image.words[device.slices_in(viewport.bounds)]
        if self.is_tinted:
            origin = viewport.snapped_origin
            columns = np.arange(device.x, device.right) - int(origin.x)
            rows = np.arange(device.y, device.bottom) - int(origin.y)
            period = HATCH_PERIOD_PX * self._scale
            width = HATCH_WIDTH_PX * self._scale
            # One row of each phase is enough: the hatch repeats along its diagonal.
            stripes = ((columns[None, :] + np.arange(period)[:, None]) % period < width).astype(np.uint16)
            index = stripes[rows % period] << 8
            index |= coverage[inner]
            np.take(self._table, index, out=words, mode="clip")
        else:
            words[:] = 0
        y, x, phase = _edge_of(coverage, around, inner, self._scale)
        if y.size:
            words[y, x] = _dash_colors(phase, self._step)

    def _edges(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
        """Flat indices into the image, and the phases, of all edge pixels."""
        if self._edge_pixels is None:
            x, y, width, height = cv2.boundingRect(self._coverage)
            bounds = Rect(0, 0, self._coverage.shape[1], self._coverage.shape[0])
            box = Rect(x, y, width, height).expanded(self.reach_px).intersected(bounds)
            inner = (slice(0, box.height), slice(0, box.width))
            rows, columns, self._edge_phase = _edge_of(
                self._coverage[box.slices_in(bounds)], box, inner, self._scale
            )
            self._edge_pixels = (rows + box.y) * bounds.width + (columns + box.x)
        return self._edge_pixels, self._edge_phase

    def _region_of(self, edge: npt.NDArray[np.int64]) -> QRegion:
        width = self._coverage.shape[1]
        columns = -(-width // EDGE_BLOCK_PX)
        y, x = edge // width, edge % width
        block = y // EDGE_BLOCK_PX * columns + x // EDGE_BLOCK_PX
        order = np.argsort(block, kind="stable")
        starts = np.flatnonzero(np.diff(block[order], prepend=-1))
        y, x = y[order], x[order]
        left, right = np.minimum.reduceat(x, starts), np.maximum.reduceat(x, starts)
        top, bottom = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
        region = QRegion()
        for x0, y0, x1, y1 in zip(left.tolist(), top.tolist(), right.tolist(), bottom.tolist(), strict=True):
            region += QRect(QPoint(x0, y0), QPoint(x1, y1))
        return region


def _positions(
    first: int, count: int, origin: float, scale: float, start: int, *, is_smooth: bool
) -> npt.NDArray[np.int64]:
    """Where `count` device pixels from `first` on fall in a mip level, counted from its pixel `start`, in 32nds.

    Settled by the absolute position alone: a part that is renewed meets the rest without a shift. (An affine warp of
    the part rounds relative to its own corner, by up to a 32nd of a pixel, which moves the edge.)
    """
    position = (np.arange(first, first + count) + (0.5 - origin)) / scale
    if is_smooth:
        # OpenCV counts from pixel centres, the viewport from pixel corners.
        fixed = np.floor((position - 0.5) * (1 << SUBPIXEL_BITS) + 0.5).astype(np.int64)
    else:
        fixed = np.floor(position).astype(np.int64) << SUBPIXEL_BITS
    lowest, highest = -2 << SUBPIXEL_BITS, 32766 << SUBPIXEL_BITS
    return np.asarray(np.clip(fixed - (start << SUBPIXEL_BITS), lowest, highest), np.int64)


def _color_table(color: str) -> UInt32Array:
    """Premultiplied 0xAARRGGBB for coverage 0..255, without and (from 256) with hatch."""
    base = QColor(color)
    tint = np.array([base.red(), base.green(), base.blue()], np.float64)
    hatch = tint + (255 - tint) * HATCH_LIGHTEN
    parts = []
    for rgb, strength in ((tint, TINT_ALPHA), (hatch, HATCH_ALPHA)):
        alpha = np.arange(256) / 255 * strength
        red, green, blue = (np.rint(alpha * value).astype(np.uint32) for value in rgb)
        parts.append(np.rint(alpha * 255).astype(np.uint32) << 24 | red << 16 | green << 8 | blue)
    return np.concatenate(parts).astype(np.uint32)


def _edge_of(
    coverage: UInt8Array, where: Rect, part: tuple[slice, slice], scale: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    """(rows, columns, phases) of the outermost `scale` pixels of what is at least half covered.

    coverage: of the device rectangle `where`. part: rows and columns of it to answer for, and to count in. Depends
    on pixels up to 2 * scale + 1 away.
    """
    _, inside = cv2.threshold(coverage, EDGE_THRESHOLD - 1, 255, cv2.THRESH_BINARY)
    # Outside the window the mask goes on: no edge along the border of the window.
    kernel = np.ones((2 * scale + 1, 2 * scale + 1), np.uint8)
    eroded = cv2.erode(inside, kernel, borderType=cv2.BORDER_REPLICATE)
    rows, columns = np.nonzero(cv2.subtract(inside, eroded)[part])
    if rows.size == 0:
        return rows, columns, np.zeros(0, np.uint8)
    x = columns + (where.x + part[1].start)
    y = rows + (where.y + part[0].start)
    # Dashes that followed x + y alone would melt into one line where the edge runs along x + y = constant.
    smooth = cv2.blur(inside, (4 * scale + 1, 4 * scale + 1))
    across = cv2.Sobel(smooth, cv2.CV_16S, 1, 0)[part][rows, columns]
    down = cv2.Sobel(smooth, cv2.CV_16S, 0, 1)[part][rows, columns]
    falls = (across > 0) == (down > 0)
    phase = np.where(falls, x - y, x + y) // scale % (2 * DASH_PX)
    return rows, columns, phase.astype(np.uint8)


def _dash_colors(phase: npt.NDArray[np.uint8], step: int) -> UInt32Array:
    is_light = (phase + step) % (2 * DASH_PX) < DASH_PX
    return np.where(is_light, np.uint32(0xFFFFFFFF), np.uint32(0xFF000000))
