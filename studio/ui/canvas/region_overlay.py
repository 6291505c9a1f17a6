"""The regions of a picture on the canvas: where each one lies, in its colour, and what it is to show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from studio.core.geometry import EMPTY, Point, Rect
from studio.core.opencv import cv2
from studio.document.document import Document
from studio.document.saved_mask import SavedMask
from studio.document.surface import TiledSurface
from studio.ui.canvas.viewport import Viewport
from studio.ui.region_colors import region_color

MAX_LABEL_CHARS = 40
LABEL_PX = 18
OUTLINE_LEVEL = 128
TRACED_PX = 1024
"""A larger region is traced from fewer pixels: nobody sees the difference from so far away."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Traced:
    """outlines: closed lines in canvas pixels."""

    mask: SavedMask
    color: str
    bounds: Rect
    outlines: tuple[tuple[Point, ...], ...]


class RegionOverlay:
    """`follow` takes over what the document has now; a region is traced once."""

    def __init__(self) -> None:
        self.is_hidden = False
        self._regions: list[_Traced] = []

    @property
    def touched_rect(self) -> Rect:
        """Canvas pixels in which any of it may lie; EMPTY for nothing."""
        touched = EMPTY
        for region in self._regions:
            touched = touched.united(region.bounds)
        return touched

    def follow(self, document: Document) -> None:
        known = {region.mask.tiles and id(region.mask.tiles): region for region in self._regions}
        regions = []
        for index, mask in enumerate(document.saved_masks):
            if not mask.is_region:
                continue
            before = known.get(id(mask.tiles))
            outlines = _trace(mask) if before is None else (before.bounds, before.outlines)
            regions.append(
                _Traced(mask=mask, color=region_color(index), bounds=outlines[0], outlines=outlines[1])
            )
        self._regions = regions

    def draw(self, painter: QPainter, exposed: QRect, viewport: Viewport, scale: float) -> None:
        """painter: in device pixels. scale: device pixels per logical one."""
        if self.is_hidden:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for region in self._regions:
            box = viewport.covering_rect(region.bounds)
            margin = round((LABEL_PX + 4) * scale)
            if not QRect(*box).adjusted(-margin, -margin, margin, margin).intersects(exposed):
                continue
            for line in region.outlines:
                points = QPolygonF([QPointF(p.x, p.y) for p in (viewport.to_device(point) for point in line)])
                # Dark beneath, so that it can be told from a picture of its own colour.
                for color, width in ((QColor(0, 0, 0, 120), 3.0), (QColor(region.color), 1.5)):
                    painter.setPen(QPen(color, width * scale))
                    painter.drawPolygon(points)
            self._draw_label(painter, box, region, scale)
        painter.restore()

    def _draw_label(self, painter: QPainter, box: Rect, region: _Traced, scale: float) -> None:
        text = " ".join(region.mask.prompt.split())
        if len(text) > MAX_LABEL_CHARS:
            text = text[: MAX_LABEL_CHARS - 1] + "…"
        font = QFont(painter.font())
        font.setPixelSize(round(11 * scale))
        painter.setFont(font)
        width = QFontMetricsF(font).horizontalAdvance(text) + 12 * scale
        chip = QRectF(box.x, box.y - LABEL_PX * scale, width, LABEL_PX * scale)
        if chip.y() < 0:
            chip.moveTop(box.y)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(region.color))
        painter.drawRoundedRect(chip, 3 * scale, 3 * scale)
        # Black on all of these colours but the darkest blue and red has the better contrast.
        color = QColor(region.color)
        painter.setPen(QColor("black" if color.lightnessF() > 0.25 else "white"))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def _trace(mask: SavedMask) -> tuple[Rect, tuple[tuple[Point, ...], ...]]:
    surface = TiledSurface.from_tiles(1, dict(mask.tiles))
    bounds = surface.bounds()
    if bounds.is_empty:
        return EMPTY, ()
    pixels = surface.read(bounds)
    factor = max(1, -(-max(pixels.shape) // TRACED_PX))
    small = cv2.copyMakeBorder(
        (np.ascontiguousarray(pixels[::factor, ::factor]) >= OUTLINE_LEVEL).astype(np.uint8),
        1,
        1,
        1,
        1,
        cv2.BORDER_CONSTANT,
    )
    found, _ = cv2.findContours(small, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_TC89_L1)
    lines = []
    for contour in found:
        # Corners of pixels, not their middles: half a pixel out, and the border back in.
        points = (contour[:, 0, :].astype(np.float32) - 0.5) * factor
        lines.append(tuple(Point(bounds.x + float(x), bounds.y + float(y)) for x, y in points))
    return bounds, tuple(lines)
