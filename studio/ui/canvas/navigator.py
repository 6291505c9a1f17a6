"""Moving about: which part of the canvas the view shows, and the steps by which that changes."""

from __future__ import annotations

from dataclasses import replace

from studio.core.events import Event
from studio.core.geometry import Point, Rect, Size
from studio.ui.canvas.viewport import Viewport, next_stop

FIT_MARGIN_PX = 36
SIGHT_MARGIN_PX = 48


class Navigator:
    """Lengths in device pixels. Until the artist moves the view it keeps the whole canvas fitted.

    changed: the viewport is another one.
    """

    def __init__(self) -> None:
        self.changed: Event[Viewport] = Event()
        self._viewport = Viewport(size=Size(1, 1))
        self._content = Rect(0, 0, 1, 1)
        self._canvas = Rect(0, 0, 1, 1)
        self._scale = 1.0
        self._is_fitting = True

    @property
    def viewport(self) -> Viewport:
        return self._viewport

    @property
    def is_fitting(self) -> bool:
        return self._is_fitting

    def set_canvas(self, canvas: Rect, content: Rect) -> None:
        """canvas: what `fit` shows. content: what must never be lost from sight."""
        moved = canvas != self._canvas
        self._canvas, self._content = canvas, content
        if self._is_fitting and moved:
            self.fit()

    def set_size(self, size: Size, scale: float) -> None:
        """scale: device pixels per logical pixel; on another display things keep their size."""
        viewport = self._viewport
        if scale != self._scale:
            ratio, self._scale = scale / self._scale, scale
            middle = viewport.to_canvas(Point(viewport.size.width / 2, viewport.size.height / 2))
            viewport = replace(viewport, size=size).centered(middle, viewport.zoom * ratio)
        if self._is_fitting:
            self._viewport = replace(viewport, size=size)
            self.fit()
        else:
            self._set(viewport.resized(size))

    def fit(self) -> None:
        self._set(self._viewport.fitted(self._canvas, round(FIT_MARGIN_PX * self._scale)))
        self._is_fitting = True

    def show(self, rect: Rect) -> None:
        """All of a canvas rectangle."""
        self._move(self._viewport.fitted(rect, round(FIT_MARGIN_PX * self._scale)))

    def zoom_to(self, zoom: float, anchor: Point | None = None) -> None:
        """anchor: the device pixel whose canvas point stays; the middle of the view by default."""
        self._move(self._viewport.zoomed(zoom, self._middle if anchor is None else anchor))

    def zoom_by(self, factor: float, anchor: Point) -> None:
        """Stops at 100 % on the way through."""
        before = self._viewport.zoom
        zoom = before * factor
        if (before - 1.0) * (zoom - 1.0) < 0:
            zoom = 1.0
        self.zoom_to(zoom, anchor)

    def step(self, direction: int, anchor: Point | None = None) -> None:
        self.zoom_to(next_stop(self._viewport.zoom, direction), anchor)

    def pan(self, dx: float, dy: float) -> None:
        if dx or dy:
            self._move(self._viewport.panned(dx, dy))

    @property
    def _middle(self) -> Point:
        return Point(self._viewport.size.width / 2, self._viewport.size.height / 2)

    def _move(self, viewport: Viewport) -> None:
        self._is_fitting = False
        self._set(viewport.kept_in_sight(self._content, round(SIGHT_MARGIN_PX * self._scale)))

    def _set(self, viewport: Viewport) -> None:
        if viewport != self._viewport:
            self._viewport = viewport
            self.changed.emit(viewport)
