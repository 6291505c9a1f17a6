"""Where the canvas lies on the screen: pure arithmetic between canvas pixels and the widget's device pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from studio.core.geometry import EMPTY, Point, Rect, Size

MIN_ZOOM = 0.03
MAX_ZOOM = 32.0
ZOOM_STOPS = (
    *(0.03, 0.05, 0.0625, 0.083, 0.125, 0.167, 0.25, 1 / 3, 0.5, 2 / 3, 1.0),
    *(1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0),
)
FIT_MAX_ZOOM = 4.0
ORIGIN = Point(0.0, 0.0)
NEARLY_FULL_SIZE = 0.9
"""A fit this close gives up some of its margin to show the picture pixel for pixel."""

CRISP_FROM_ZOOM = 2.0
"""From here on pixels are meant to be seen as pixels; below they are smoothed."""


@dataclass(frozen=True, kw_only=True)
class Viewport:
    """zoom: device pixels per canvas pixel, MIN_ZOOM..MAX_ZOOM: 1 shows pixels one to one on any display.

    size: of the widget, device pixels. origin: where canvas (0, 0) lies, device pixels, exact; drawing and input
    both use `snapped_origin`, whole pixels, so that an unscaled picture is a plain copy.
    """

    size: Size
    zoom: float = 1.0
    origin: Point = ORIGIN

    @property
    def snapped_origin(self) -> Point:
        return Point(float(round(self.origin.x)), float(round(self.origin.y)))

    @property
    def bounds(self) -> Rect:
        return Rect(0, 0, self.size.width, self.size.height)

    def to_canvas(self, device: Point) -> Point:
        origin = self.snapped_origin
        return Point((device.x - origin.x) / self.zoom, (device.y - origin.y) / self.zoom)

    def to_device(self, canvas: Point) -> Point:
        origin = self.snapped_origin
        return Point(origin.x + canvas.x * self.zoom, origin.y + canvas.y * self.zoom)

    def device_edges(self, rect: Rect) -> tuple[float, float, float, float]:
        """left, top, right, bottom of a canvas rectangle."""
        origin = self.snapped_origin
        return (
            origin.x + rect.x * self.zoom,
            origin.y + rect.y * self.zoom,
            origin.x + rect.right * self.zoom,
            origin.y + rect.bottom * self.zoom,
        )

    def snapped_rect(self, rect: Rect) -> Rect:
        """Device pixels, edges rounded: neighbours in the canvas stay neighbours on the screen."""
        left, top, right, bottom = self.device_edges(rect)
        return Rect.from_edges(round(left), round(top), round(right), round(bottom))

    def covering_rect(self, rect: Rect, margin_px: int = 1) -> Rect:
        """Every device pixel a canvas rectangle may touch, smoothing included, inside the widget."""
        if rect.is_empty:
            return EMPTY
        left, top, right, bottom = self.device_edges(rect)
        # Smooth scaling reads half a source pixel to each side.
        margin = margin_px + math.ceil(self.zoom / 2 if self.zoom < 2 else 0)
        covering = Rect.from_edges(
            math.floor(left) - margin,
            math.floor(top) - margin,
            math.ceil(right) + margin,
            math.ceil(bottom) + margin,
        )
        return covering.intersected(self.bounds)

    def visible_canvas(self, device: Rect | None = None) -> Rect:
        """The canvas pixels a device rectangle (default: the widget) may show, one pixel of margin included."""
        area = self.bounds if device is None else device
        top_left = self.to_canvas(Point(area.x, area.y))
        bottom_right = self.to_canvas(Point(area.right, area.bottom))
        return Rect.from_edges(
            math.floor(top_left.x) - 1,
            math.floor(top_left.y) - 1,
            math.ceil(bottom_right.x) + 1,
            math.ceil(bottom_right.y) + 1,
        )

    def zoomed(self, zoom: float, anchor: Point) -> Viewport:
        """The canvas point under `anchor` (device pixels) stays there."""
        zoom = min(max(zoom, MIN_ZOOM), MAX_ZOOM)
        ratio = zoom / self.zoom
        return replace(
            self,
            zoom=zoom,
            origin=Point(
                anchor.x - (anchor.x - self.origin.x) * ratio, anchor.y - (anchor.y - self.origin.y) * ratio
            ),
        )

    def panned(self, dx: float, dy: float) -> Viewport:
        return replace(self, origin=Point(self.origin.x + dx, self.origin.y + dy))

    def resized(self, size: Size) -> Viewport:
        """What was in the middle stays in the middle."""
        dx = (size.width - self.size.width) / 2
        dy = (size.height - self.size.height) / 2
        return replace(self, size=size, origin=Point(self.origin.x + dx, self.origin.y + dy))

    def fitted(self, rect: Rect, margin_px: int) -> Viewport:
        """All of a canvas rectangle, centred; enlarged by round numbers only, at most FIT_MAX_ZOOM."""
        if rect.is_empty:
            return self
        zoom = min(
            max(1, self.size.width - 2 * margin_px) / rect.width,
            max(1, self.size.height - 2 * margin_px) / rect.height,
        )
        has_room = rect.width + margin_px // 2 <= self.size.width and (
            rect.height + margin_px // 2 <= self.size.height
        )
        if NEARLY_FULL_SIZE <= zoom < 1 and has_room:
            zoom = 1.0
        if zoom > 1:
            # Round enlargements look even; below 2 the eye cannot count pixels, and quarters fill the view better.
            zoom = math.floor(zoom * 4) / 4 if zoom < 2 else float(math.floor(zoom))
        return self.centered(rect.center, min(zoom, FIT_MAX_ZOOM))

    def centered(self, canvas: Point, zoom: float) -> Viewport:
        zoom = min(max(zoom, MIN_ZOOM), MAX_ZOOM)
        origin = Point(self.size.width / 2 - canvas.x * zoom, self.size.height / 2 - canvas.y * zoom)
        return replace(self, zoom=zoom, origin=origin)

    def kept_in_sight(self, rect: Rect, margin_px: int) -> Viewport:
        """Moved back until at least `margin_px` of a canvas rectangle lie inside the widget."""
        left, top, right, bottom = self.device_edges(rect)
        margin_x = min(margin_px, self.size.width // 2)
        margin_y = min(margin_px, self.size.height // 2)
        dx = max(0.0, margin_x - right) + min(0.0, self.size.width - margin_x - left)
        dy = max(0.0, margin_y - bottom) + min(0.0, self.size.height - margin_y - top)
        return self.panned(dx, dy) if dx or dy else self


def next_stop(zoom: float, direction: int) -> float:
    """The next round zoom above (direction > 0) or below."""
    if direction > 0:
        return next((stop for stop in ZOOM_STOPS if stop > zoom * 1.01), MAX_ZOOM)
    return next((stop for stop in reversed(ZOOM_STOPS) if stop < zoom * 0.99), MIN_ZOOM)
