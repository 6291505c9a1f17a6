"""What lies around and over the picture without belonging to it: frame, edges, brush outline, hints."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QRegion,
    QTransform,
)

from studio.core.geometry import Point, Rect
from studio.tools.tool import Outline, Overlay, Swatch
from studio.ui.canvas.colors import CanvasColors
from studio.ui.canvas.floating import FloatingImage, picture_bounds
from studio.ui.canvas.regions import qrect, rect_of, rects_of
from studio.ui.canvas.viewport import Viewport

CHECKER_PX = 8
DIM_ALPHA = 76
DARK_ALPHA = 130
HANDLE_PX = 9
SWATCH_PX = 34
SWATCH_WIDTH_PX = 11
CHIP_HEIGHT_PX = 20
CHIP_GAP_PX = 5
CONTEXT_DASH_PX = 5
OUTPAINT_PERIOD_PX = 12
MIN_BRUSH_OUTLINE_PX = 2.0
MAX_KEPT_CIRCLE_PX = 300
MAX_KEPT_TEXTS = 200


class Patterns:
    """Repeating fills, made once per display scale. scale: device pixels per logical pixel."""

    def __init__(self, colors: CanvasColors, scale: float) -> None:
        self.checker = QBrush(_checker_tile(colors, scale))
        self.outpaint = QBrush(_stripe_tile(colors, scale))


class Decorations:
    """Draws in device pixels; lengths named _PX above are logical and scaled.

    scale: device pixels per logical pixel.
    """

    def __init__(self, colors: CanvasColors, scale: float, font: QFont) -> None:
        self.colors = colors
        self.scale = scale
        self.patterns = Patterns(colors, scale)
        self._floating = FloatingImage()
        self._kept_circle: tuple[float, QImage] | None = None
        self._font = QFont(font)
        self._font.setPixelSize(max(8, round(11 * scale)))
        self._metrics = QFontMetricsF(self._font)
        self._chip_widths: dict[str, float] = {}
        self._hint_font = QFont(font)
        self._hint_font.setPixelSize(max(10, round(15 * scale)))
        self._small_font = QFont(font)
        self._small_font.setPixelSize(max(9, round(12 * scale)))

    # Around the picture ---------------------------------------------------------------------------------------

    def draw_surround(self, painter: QPainter, exposed: QRect, canvas: QRect) -> None:
        if canvas.contains(exposed):
            return
        if painter.transform().isRotating():
            # Turned rectangles that touch leave a pixel out here and there.
            painter.fillRect(exposed, QColor(self.colors.surround))
            return
        for rect in rects_of(QRegion(exposed) - QRegion(canvas)):
            painter.fillRect(rect, QColor(self.colors.surround))

    def draw_checker(self, painter: QPainter, exposed: QRect, canvas: QRect) -> None:
        """Anchored to the canvas, the same size at every zoom."""
        painter.setBrushOrigin(canvas.topLeft())
        painter.fillRect(canvas & exposed, self.patterns.checker)

    def draw_outpaint(self, painter: QPainter, exposed: QRect, frame: QRect, canvas: QRect) -> None:
        """What the frame holds beyond the canvas: there is nothing yet, and there will be."""
        if canvas.contains(frame):
            return
        painter.setBrushOrigin(canvas.topLeft())
        for rect in rects_of((QRegion(frame) - QRegion(canvas)) & QRegion(exposed)):
            painter.fillRect(rect, self.patterns.outpaint)

    def draw_canvas_edge(self, painter: QPainter, canvas: QRect) -> None:
        painter.setPen(QPen(QColor(self.colors.canvas_edge), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(canvas.adjusted(-1, -1, 0, 0))

    def draw_pixel_grid(self, painter: QPainter, exposed: QRect, viewport: Viewport) -> None:
        """Between the pixels of the picture, in `exposed`: thin, and seen on light and dark."""
        shown = viewport.visible_canvas(rect_of(exposed))
        lines: list[QLineF] = []
        for x in range(shown.x, shown.right + 1):
            at = math.floor(viewport.to_device(Point(x, 0)).x) + 0.5
            lines.append(QLineF(at, exposed.top(), at, exposed.bottom() + 1))
        for y in range(shown.y, shown.bottom + 1):
            at = math.floor(viewport.to_device(Point(0, y)).y) + 0.5
            lines.append(QLineF(exposed.left(), at, exposed.right() + 1, at))
        painter.save()
        painter.setClipRect(exposed, Qt.ClipOperation.IntersectClip)
        painter.setPen(QPen(QColor(128, 128, 128, 110), max(1, round(self.scale))))
        painter.drawLines(lines)
        painter.restore()

    # The frame ------------------------------------------------------------------------------------------------

    def draw_dimming(self, painter: QPainter, exposed: QRect, frame: QRect, canvas: QRect) -> None:
        if frame.contains(canvas):
            return
        for rect in rects_of((QRegion(canvas) - QRegion(frame)) & QRegion(exposed)):
            painter.fillRect(rect, QColor(0, 0, 0, DIM_ALPHA))

    def draw_frame(self, painter: QPainter, frame: QRect) -> None:
        width = max(1, round(self.scale))
        self._outline(painter, frame.adjusted(-width, -width, width, width), QColor(0, 0, 0, 150), width)
        self._outline(painter, frame, QColor(self.colors.line), width)

    def draw_frame_notes(
        self, painter: QPainter, exposed: QRect, frame: Rect, canvas: Rect, viewport: Viewport
    ) -> None:
        """The size over the upper left corner; how far it reaches past each side of the canvas."""
        box = viewport.snapped_rect(frame)
        height, gap = CHIP_HEIGHT_PX * self.scale, CHIP_GAP_PX * self.scale
        # The size stays in sight as long as the frame does.
        x = min(max(box.x, gap), max(box.right - height, box.x))
        y = min(max(box.y - gap - height, gap), max(box.bottom - gap - height, box.y))
        self._chip(painter, exposed, QPointF(x, y), f"{frame.width} × {frame.height}")
        for text, where in _outpaint_notes(frame, canvas):
            middle = viewport.to_device(where)
            corner = QPointF(middle.x - self._chip_width(text) / 2, middle.y - height / 2)
            self._chip(painter, exposed, corner, text)

    def draw_context(self, painter: QPainter, exposed: QRect, box: Rect, note: str) -> None:
        """What the model sees around the mask: a dashed line, its note under the lower left corner."""
        width = max(1.0, self.scale)
        outline = QRectF(box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(0, 0, 0, 150), width))
        painter.drawRect(outline)
        pen = QPen(QColor(self.colors.accent), width)
        pen.setDashPattern([CONTEXT_DASH_PX, CONTEXT_DASH_PX])
        painter.setPen(pen)
        painter.drawRect(outline)
        gap = CHIP_GAP_PX * self.scale
        lowest = painter.viewport().height() - CHIP_HEIGHT_PX * self.scale - gap
        self._chip(painter, exposed, QPointF(max(box.x, gap), min(box.bottom + gap, lowest)), note)

    def draw_progress(self, painter: QPainter, exposed: QRect, box: Rect, text: str, share: float) -> None:
        """A thin bar along the lower edge of where the job works, its step beneath."""
        height = 3 * self.scale
        bar = QRectF(box.x, box.bottom + 2 * self.scale, box.width, height)
        painter.fillRect(bar, QColor(0, 0, 0, 150))
        painter.fillRect(QRectF(bar.x(), bar.y(), bar.width() * share, height), QColor(self.colors.accent))
        self._chip(painter, exposed, QPointF(box.x, bar.bottom() + CHIP_GAP_PX * self.scale), text)

    def note_margin_px(self) -> int:
        """How far frame notes and progress may reach past a frame, device pixels."""
        return math.ceil((CHIP_HEIGHT_PX + 2 * CHIP_GAP_PX + 8) * self.scale)

    # Tools ----------------------------------------------------------------------------------------------------

    def draw_tool(self, painter: QPainter, overlay: Overlay, viewport: Viewport) -> None:
        if overlay.picture is not None:
            self._floating.draw(painter, overlay.picture, viewport)
        if overlay.lit is not None:
            self._darken(painter, overlay.lit, viewport)
        for circle in overlay.circles:
            center = viewport.to_device(circle.center)
            radius = circle.radius_px * viewport.zoom
            if radius >= MIN_BRUSH_OUTLINE_PX * self.scale:
                self._circle(painter, center, radius)
        width = max(1, round(self.scale))
        for rect in overlay.rects:
            self._outline(painter, qrect(viewport.snapped_rect(rect)), QColor(self.colors.accent), width)
        for outline in overlay.outlines:
            self._polyline(painter, outline, viewport)
        if overlay.guides:
            self._draw_guides(painter, overlay.guides, viewport)
        for point in overlay.handles:
            self._handle(painter, viewport.to_device(point))
        if overlay.swatch is not None:
            self._swatch(painter, overlay.swatch, viewport)

    def tool_bounds(self, overlay: Overlay, viewport: Viewport) -> tuple[Rect, ...]:
        """Device pixels that `draw_tool` may touch, but for the guides: a mirrored circle must not repaint what lies
        between it and the pointer."""
        margin = math.ceil(3 * self.scale)
        bounds: list[Rect] = []
        if overlay.picture is not None:
            bounds.append(picture_bounds(overlay.picture, viewport))
        if overlay.lit is not None:
            return (viewport.bounds,)
        for circle in overlay.circles:
            center = viewport.to_device(circle.center)
            bounds.append(Rect.around(center, circle.radius_px * viewport.zoom + margin))
        for rect in overlay.rects:
            bounds.append(viewport.snapped_rect(rect).expanded(margin))
        for outline in overlay.outlines:
            bounds.append(_outline_bounds(outline, viewport).expanded(margin))
        for point in overlay.handles:
            bounds.append(Rect.around(viewport.to_device(point), HANDLE_PX * self.scale))
        if overlay.swatch is not None:
            center = viewport.to_device(overlay.swatch.center)
            bounds.append(Rect.around(center, (SWATCH_PX + SWATCH_WIDTH_PX) * self.scale))
        return tuple(bounds)

    def _swatch(self, painter: QPainter, swatch: Swatch, viewport: Viewport) -> None:
        center = viewport.to_device(swatch.center)
        radius, width = SWATCH_PX * self.scale, SWATCH_WIDTH_PX * self.scale
        box = QRectF(center.x - radius, center.y - radius, 2 * radius, 2 * radius)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        edge = QPen(QColor(0, 0, 0, 170), width + 3 * self.scale)
        painter.setPen(edge)
        painter.drawEllipse(box)
        for color, begin in ((swatch.now, 0), (swatch.before, 180)):
            pen = QPen(QColor(*color), width)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawArc(box, begin * 16, 180 * 16)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _darken(self, painter: QPainter, lit: Rect, viewport: Viewport) -> None:
        path = QPainterPath()
        path.addRect(QRectF(qrect(viewport.bounds)))
        corners = ((lit.x, lit.y), (lit.right, lit.y), (lit.right, lit.bottom), (lit.x, lit.bottom))
        device = [viewport.to_device(Point(x, y)) for x, y in corners]
        path.addPolygon(QPolygonF([QPointF(round(x), round(y)) for x, y in device]))
        painter.fillPath(path, QColor(0, 0, 0, DARK_ALPHA))

    # Words ----------------------------------------------------------------------------------------------------

    def draw_hint(self, painter: QPainter, exposed: QRect, area: QRect, lines: Sequence[str]) -> None:
        """First line large, the others small, centred; nothing where it would not fit."""
        fonts = [self._hint_font] + [self._small_font] * (len(lines) - 1)
        metrics = [QFontMetricsF(font) for font in fonts]
        width = max(m.horizontalAdvance(line) for m, line in zip(metrics, lines, strict=True))
        height = sum(m.height() * 1.35 for m in metrics)
        middle = QRectF(area).center()
        box = QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height)
        if not QRectF(area).contains(box) or not box.intersects(QRectF(exposed)):
            return
        painter.save()
        _set_upright(painter, middle)
        painter.setPen(QColor(self.colors.hint))
        y = box.y()
        for font, metric, line in zip(fonts, metrics, lines, strict=True):
            painter.setFont(font)
            line_box = QRectF(box.x(), y, width, metric.height())
            painter.drawText(line_box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, line)
            y += metric.height() * 1.35
        painter.restore()

    def draw_drop_target(self, painter: QPainter, bounds: QRect, text: str) -> None:
        painter.fillRect(bounds, QColor(0, 0, 0, 90))
        width = round(3 * self.scale)
        inset = round(8 * self.scale)
        self._outline(
            painter, bounds.adjusted(inset, inset, -inset, -inset), QColor(self.colors.accent), width
        )
        chip_width = self._chip_width(text)
        center = bounds.center()
        self._chip(painter, bounds, QPointF(center.x() - chip_width / 2, center.y()), text)

    def draw_focus(self, painter: QPainter, bounds: QRect) -> None:
        width = max(2, round(2 * self.scale))
        self._outline(painter, bounds, QColor(self.colors.accent), width)

    # Pieces ---------------------------------------------------------------------------------------------------

    def _outline(self, painter: QPainter, rect: QRect, color: QColor, width: int) -> None:
        """Inside the rectangle's edge, without antialiasing, whatever the width."""
        left, top, right, bottom = rect.left(), rect.top(), rect.right() + 1, rect.bottom() + 1
        if right - left <= 2 * width or bottom - top <= 2 * width:
            painter.fillRect(rect, color)
            return
        painter.fillRect(left, top, right - left, width, color)
        painter.fillRect(left, bottom - width, right - left, width, color)
        painter.fillRect(left, top + width, width, bottom - top - 2 * width, color)
        painter.fillRect(right - width, top + width, width, bottom - top - 2 * width, color)

    def _circle(self, painter: QPainter, center: Point, radius: float) -> None:
        """A light line with a dark one on both sides."""
        if radius > MAX_KEPT_CIRCLE_PX:
            self._stroke_circle(painter, QPointF(center.x, center.y), radius)
            return
        # Under the pen the same circle is drawn hundreds of times a second: 0.01 ms as an image, 0.28 ms as a path.
        if self._kept_circle is None or self._kept_circle[0] != radius:
            half = math.ceil(radius + 2 * self.scale) + 1
            image = QImage(2 * half, 2 * half, QImage.Format.Format_ARGB32_Premultiplied)
            image.fill(Qt.GlobalColor.transparent)
            own = QPainter(image)
            self._stroke_circle(own, QPointF(half, half), radius)
            own.end()
            self._kept_circle = (radius, image)
        image = self._kept_circle[1]
        half = image.width() // 2
        painter.drawImage(round(center.x) - half, round(center.y) - half, image)

    def _stroke_circle(self, painter: QPainter, center: QPointF, radius: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(QColor(0, 0, 0, 170), 2.4 * max(1.0, self.scale)))
        painter.drawEllipse(center, radius, radius)
        painter.setPen(QPen(QColor(255, 255, 255, 235), max(1.0, self.scale)))
        painter.drawEllipse(center, radius, radius)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _polyline(self, painter: QPainter, outline: Outline, viewport: Viewport) -> None:
        """A light line with a dark one on both sides."""
        device = [viewport.to_device(Point(x, y)) for x, y in outline.points]
        ends = [*device[1:], device[0]] if outline.is_closed else device[1:]
        # Piece by piece: a lasso of 3000 points takes 5 ms, as one polyline 37.
        lines = [_crisp_line(a, b) for a, b in zip(device, ends, strict=False)]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for color, width_px in ((QColor(0, 0, 0, 170), 2.4), (QColor(255, 255, 255, 235), 1.0)):
            pen = QPen(color, width_px * max(1.0, self.scale))
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawLines(lines)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _draw_guides(self, painter: QPainter, guides: Sequence[Outline], viewport: Viewport) -> None:
        """Thin and broken: they are no part of the picture."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for color, offset in ((QColor(0, 0, 0, 150), 0.0), (QColor(self.colors.accent), 5.0)):
            pen = QPen(color, max(1.0, self.scale))
            pen.setDashPattern([5.0, 5.0])
            pen.setDashOffset(offset)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            for guide in guides:
                device = [viewport.to_device(Point(x, y)) for x, y in guide.points]
                for start, end in itertools.pairwise(device):
                    painter.drawLine(_crisp_line(start, end))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _handle(self, painter: QPainter, center: Point) -> None:
        size = round(HANDLE_PX * self.scale)
        corner = QPoint(round(center.x - size / 2), round(center.y - size / 2))
        painter.fillRect(QRect(corner, corner + QPoint(size, size)), QColor(0, 0, 0, 200))
        inset = max(1, round(self.scale))
        inner = QRect(corner, corner + QPoint(size, size)).adjusted(inset, inset, -inset, -inset)
        painter.fillRect(inner, QColor(self.colors.line))

    def _chip_width(self, text: str) -> float:
        if text not in self._chip_widths:
            if len(self._chip_widths) > MAX_KEPT_TEXTS:
                self._chip_widths.clear()
            self._chip_widths[text] = self._metrics.horizontalAdvance(text) + 14 * self.scale
        return self._chip_widths[text]

    def _chip(self, painter: QPainter, exposed: QRect, corner: QPointF, text: str) -> None:
        box = QRectF(
            round(corner.x()), round(corner.y()), self._chip_width(text), CHIP_HEIGHT_PX * self.scale
        )
        if not box.intersects(QRectF(exposed)):
            return
        painter.save()
        _set_upright(painter, box.center())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        background = QColor(self.colors.chip)
        background.setAlpha(215)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(background)
        painter.drawRoundedRect(box, 4 * self.scale, 4 * self.scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QColor(self.colors.chip_text))
        painter.setFont(self._font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()


def _set_upright(painter: QPainter, center: QPointF) -> None:
    """Words are read straight on a view that is turned or mirrored; they stay where they are."""
    now = painter.transform()
    if now.m12() == 0 and now.m21() == 0 and now.m11() > 0 and now.m22() > 0:
        return
    scale = math.sqrt(abs(now.determinant()))
    linear = QTransform(now.m11(), now.m12(), now.m21(), now.m22(), 0, 0)
    painter.translate(center)
    painter.setTransform(QTransform.fromScale(scale, scale) * linear.inverted()[0], True)
    painter.translate(-center)


def _outpaint_notes(frame: Rect, canvas: Rect) -> list[tuple[str, Point]]:
    """(text, canvas point of its middle) for each side on which the frame leaves the canvas."""
    inner = frame.intersected(canvas)
    if inner.is_empty:
        return []
    middle = inner.center
    sides = (
        (canvas.x - frame.x, "left", Point((frame.x + canvas.x) / 2, middle.y)),
        (frame.right - canvas.right, "right", Point((frame.right + canvas.right) / 2, middle.y)),
        (canvas.y - frame.y, "top", Point(middle.x, (frame.y + canvas.y) / 2)),
        (frame.bottom - canvas.bottom, "bottom", Point(middle.x, (frame.bottom + canvas.bottom) / 2)),
    )
    return [(f"+{extent} px {side}", where) for extent, side, where in sides if extent > 0]


def _crisp_line(start: Point, end: Point) -> QLineF:
    """An upright or level line on the middle of its pixels: between two rows it would be grey on both."""
    x1, y1, x2, y2 = *start, *end
    if x1 == x2:
        x1 = x2 = math.floor(x1) + 0.5
    elif y1 == y2:
        y1 = y2 = math.floor(y1) + 0.5
    return QLineF(x1, y1, x2, y2)


def _outline_bounds(outline: Outline, viewport: Viewport) -> Rect:
    """Device pixels around all points."""
    if not outline.points:
        return Rect(0, 0, 0, 0)
    corners = (
        Point(min(x for x, _ in outline.points), min(y for _, y in outline.points)),
        Point(max(x for x, _ in outline.points), max(y for _, y in outline.points)),
    )
    near, far = (viewport.to_device(corner) for corner in corners)
    return Rect.from_edges(
        math.floor(near.x), math.floor(near.y), math.ceil(far.x), math.ceil(far.y)
    ).expanded(1)


def _checker_tile(colors: CanvasColors, scale: float) -> QImage:
    cell = max(1, round(CHECKER_PX * scale))
    tile = QImage(2 * cell, 2 * cell, QImage.Format.Format_RGB32)
    tile.fill(QColor(colors.checker_light))
    painter = QPainter(tile)
    painter.fillRect(cell, 0, cell, cell, QColor(colors.checker_dark))
    painter.fillRect(0, cell, cell, cell, QColor(colors.checker_dark))
    painter.end()
    return tile


def _stripe_tile(colors: CanvasColors, scale: float) -> QImage:
    period = max(4, round(OUTPAINT_PERIOD_PX * scale))
    width = max(1, round(scale * 1.5))
    tile = QImage(period, period, QImage.Format.Format_RGB32)
    tile.fill(QColor(colors.outpaint))
    line = QColor(colors.outpaint_line)
    for y in range(period):
        for x in range(period):
            if (x + y) % period < width:
                tile.setPixelColor(x, y, line)
    return tile
