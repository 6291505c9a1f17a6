"""What generation shows over (or, for outpainting, under) the picture; never written into the document."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QRegion

from studio.core.geometry import EMPTY, Rect, Size
from studio.core.opencv import cv2
from studio.generation.request import UInt8Array
from studio.ui.canvas.qimage import CacheImage
from studio.ui.canvas.viewport import CRISP_FROM_ZOOM, Viewport
from studio.workspace.results import Candidate, LivePreview, Results

ESTIMATE_GROWTH = 8
"""An estimate without a mask is enlarged so many times at most; the screen may stretch it further, it is soft anyway."""

CUT_PX = 64
"""A stroke under the live canvas shows through in squares of this size."""


class ResultOverlay:
    """Shows what `follow` took over last; composed when it is painted, so that what came and went between two paints
    costs nothing.

    live: the running job's last word, with or without an estimate.
    """

    def __init__(self, results: Results) -> None:
        self._results = results
        self._current: Candidate | None = None
        self.live: LivePreview | None = None
        self._look: LivePreview | None = None
        self._live_canvas: LivePreview | None = None
        self._cut: set[tuple[int, int]] = set()
        self.is_hidden = False
        self._shown: Candidate | LivePreview | None = None
        self._composed: CacheImage | None = None
        self._work_size = Size(0, 0)
        self._mask_source: UInt8Array | None = None
        self._mask_scaled: UInt8Array | None = None

    def follow(self) -> None:
        """Takes over what there is now."""
        self.live, self._current = self._results.live, self._results.current
        self._look = self._results.look
        if self._results.live_canvas is not self._live_canvas:
            self._live_canvas = self._results.live_canvas
            self._cut.clear()

    @property
    def shown(self) -> Candidate | LivePreview | None:
        """What there is to draw now: an earlier step that is looked at, the running job's estimate, a candidate."""
        if self.is_hidden:
            return None
        if self._look is not None and self._look.image is not None:
            return self._look
        if self.live is not None and self.live.image is not None:
            return self.live
        return self._current or self._live_canvas

    def cut_out(self, rect: Rect) -> Rect:
        """The picture has changed in `rect`: what the live canvas made of it must not hide the new stroke. Returns what
        is to be painted for it, EMPTY for nothing."""
        picture = self._live_canvas
        if picture is None or self.shown is not picture:
            return EMPTY
        part = rect.intersected(picture.rect)
        cells = set(part.tiles(CUT_PX)) - self._cut
        self._cut |= cells
        damaged = EMPTY
        for column, row in cells:
            damaged = damaged.united(Rect(column * CUT_PX, row * CUT_PX, CUT_PX, CUT_PX))
        return damaged

    @property
    def key(self) -> str | None:
        """What is shown when it is not hidden: the same for all estimates of one job."""
        if self.live is not None and self.live.image is not None:
            return self.live.job_id
        return None if self._current is None else self._current.id

    @property
    def touched_rect(self) -> Rect:
        """The canvas rectangle in which anything of it, the progress included, may lie; EMPTY for nothing."""
        rect = EMPTY if self._current is None else self._current.rect
        if self._look is not None:
            rect = rect.united(self._look.visible_rect)
        if self._live_canvas is not None:
            rect = rect.united(self._live_canvas.visible_rect)
        return rect if self.live is None else rect.united(self.live.visible_rect)

    @property
    def rect(self) -> Rect | None:
        """The canvas rectangle that changes when the overlay does."""
        shown = self.shown
        if shown is None:
            return None
        return shown.rect.intersected(shown.visible_rect) if isinstance(shown, LivePreview) else shown.rect

    @property
    def lies_below(self) -> bool:
        shown = self.shown
        return isinstance(shown, Candidate) and shown.goes_below

    def draw(self, painter: QPainter, viewport: Viewport) -> None:
        """painter: in device pixels, clipped to what needs painting."""
        shown = self.shown
        if shown is None:
            return
        composed = self._compose(shown, viewport.zoom)
        painter.save()
        if isinstance(shown, LivePreview):
            part = viewport.snapped_rect(shown.visible_rect)
            painter.setClipRect(QRectF(*part), Qt.ClipOperation.IntersectClip)
            if shown is self._live_canvas and self._cut:
                painter.setClipRegion(self._uncut(viewport, part), Qt.ClipOperation.IntersectClip)
        # An estimate has no pixels worth telling apart, a finished candidate has.
        is_smooth = isinstance(shown, LivePreview) or viewport.zoom < CRISP_FROM_ZOOM
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth)
        left, top, right, bottom = viewport.device_edges(shown.rect)
        painter.drawImage(
            QRectF(left, top, right - left, bottom - top),
            composed.image,
            QRectF(0, 0, composed.width, composed.height),
        )
        painter.restore()

    # Inside ---------------------------------------------------------------------------------------------------

    def _uncut(self, viewport: Viewport, part: Rect) -> QRegion:
        region = QRegion(*part)
        for column, row in self._cut:
            cell = Rect(column * CUT_PX, row * CUT_PX, CUT_PX, CUT_PX)
            region -= QRegion(*viewport.snapped_rect(cell))
        return region

    def _compose(self, shown: Candidate | LivePreview, zoom: float) -> CacheImage:
        """Colour and mask as one image, no larger than the screen shows it."""
        size = _work_size(shown, zoom)
        if self._composed is not None and shown is self._shown and size == self._work_size:
            return self._composed
        rgb = shown.image if isinstance(shown, LivePreview) else shown.rgb
        assert rgb is not None
        alpha = self._alpha(shown.mask, size)
        composed = self._composed
        if composed is None or (composed.width, composed.height) != size:
            composed = CacheImage(size.width, size.height)
        scaled = _resized(rgb, size)
        if alpha is None:
            composed.pixels[:] = cv2.cvtColor(scaled, cv2.COLOR_RGB2BGRA)
        else:
            solid = cv2.cvtColor(scaled, cv2.COLOR_RGB2BGRA)
            cv2.multiply(solid, cv2.merge((alpha, alpha, alpha, alpha)), dst=composed.pixels, scale=1 / 255)
        self._composed, self._shown, self._work_size = composed, shown, size
        return composed

    def _alpha(self, mask: UInt8Array | None, size: Size) -> UInt8Array | None:
        """The mask at work size; the previews of one job share theirs, so it is scaled once."""
        if mask is None:
            return None
        if (
            mask is not self._mask_source
            or self._mask_scaled is None
            or self._mask_scaled.shape[::-1] != size
        ):
            self._mask_source, self._mask_scaled = mask, _resized(mask, size)
        return self._mask_scaled


def _work_size(shown: Candidate | LivePreview, zoom: float) -> Size:
    """Powers of two below the full size, so that zooming by hand does not compose anew at every notch."""
    share = 2.0 ** math.ceil(math.log2(min(1.0, zoom)))
    width, height = shown.rect.width * share, shown.rect.height * share
    if isinstance(shown, LivePreview) and shown.image is not None and shown.mask is None:
        rows, columns = shown.image.shape[:2]
        width, height = min(width, columns * ESTIMATE_GROWTH), min(height, rows * ESTIMATE_GROWTH)
    return Size(max(1, round(width)), max(1, round(height)))


def _resized(pixels: UInt8Array, size: Size) -> UInt8Array:
    height, width = pixels.shape[:2]
    if (width, height) == size:
        return pixels
    is_growing = size.width > width
    interpolation = cv2.INTER_CUBIC if is_growing else cv2.INTER_AREA
    return np.asarray(cv2.resize(pixels, tuple(size), interpolation=interpolation), np.uint8)
