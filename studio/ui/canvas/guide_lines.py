"""Guides and grid over the picture."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QLineF
from PySide6.QtGui import QColor, QPainter, QPen

from studio.core.geometry import Point
from studio.document.document import Document
from studio.document.guide import Guide
from studio.ui.canvas.viewport import Viewport

GRID_STEPS_PX = (8, 16, 64, 256, 1024)
GRID_LEAST_SCREEN_PX = 14
GUIDE_COLOR = QColor(60, 200, 255, 210)
GRID_COLOR = QColor(128, 128, 128, 110)


class GuideLines:
    """preview: a guide that is being dragged out of a ruler."""

    def __init__(self) -> None:
        self.shows_guides = True
        self.shows_grid = False
        self.preview: Guide | None = None

    def draw(self, painter: QPainter, document: Document, viewport: Viewport, scale: float) -> None:
        """painter: in device pixels. scale: device pixels per logical pixel."""
        canvas = document.canvas
        if self.shows_grid:
            step = next(
                (step for step in GRID_STEPS_PX if step * viewport.zoom >= GRID_LEAST_SCREEN_PX * scale), 4096
            )
            seen = viewport.visible_canvas().intersected(canvas)
            upright = range(-(-seen.x // step) * step, seen.right + 1, step)
            level = range(-(-seen.y // step) * step, seen.bottom + 1, step)
            guides = (*(Guide(True, x) for x in upright), *(Guide(False, y) for y in level))
            self._draw(painter, guides, document, viewport, QPen(GRID_COLOR, 1))
        if self.shows_guides or self.preview is not None:
            shown = document.guides if self.shows_guides else ()
            dragged = () if self.preview is None else (self.preview,)
            pen = QPen(GUIDE_COLOR, max(1.0, scale))
            self._draw(painter, (*shown, *dragged), document, viewport, pen)

    def _draw(
        self, painter: QPainter, guides: Iterable[Guide], document: Document, viewport: Viewport, pen: QPen
    ) -> None:
        canvas = document.canvas
        painter.setPen(pen)
        lines: list[QLineF] = []
        for is_upright, place in guides:
            if is_upright:
                ends = (Point(place, canvas.y), Point(place, canvas.bottom))
            else:
                ends = (Point(canvas.x, place), Point(canvas.right, place))
            start, end = (viewport.to_device(point) for point in ends)
            lines.append(
                QLineF(round(start.x) + 0.5, round(start.y) + 0.5, round(end.x) + 0.5, round(end.y) + 0.5)
            )
        if lines:
            painter.drawLines(lines)
