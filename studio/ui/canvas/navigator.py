"""Moving about: which part of the canvas the view shows, and the steps by which that changes."""

from __future__ import annotations

import math
from dataclasses import replace

from studio.core.events import Event
from studio.core.geometry import Point, Rect, Size
from studio.ui.canvas.pose import STRAIGHT, Pose
from studio.ui.canvas.viewport import FIT_MAX_ZOOM, Viewport, next_stop

FIT_MARGIN_PX = 36
SNAP_DEG = 1.0
SIGHT_MARGIN_PX = 48


class Navigator:
    """Lengths, positions and ways are the widget's, in device pixels; the viewport's are the sheet's (see `Pose`). Until the
    artist moves the view it keeps the whole canvas fitted.

    changed: the viewport or the pose is another one.
    """

    def __init__(self) -> None:
        self.changed: Event[Viewport] = Event()
        self._viewport = Viewport(size=Size(1, 1))
        self._pose = STRAIGHT
        self._content = Rect(0, 0, 1, 1)
        self._canvas = Rect(0, 0, 1, 1)
        self._scale = 1.0
        self._is_fitting = True

    @property
    def viewport(self) -> Viewport:
        return self._viewport

    @property
    def pose(self) -> Pose:
        return self._pose

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
        self._pose = replace(self._pose, widget=size)
        size = self._pose.sheet
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
        self._set(self._fitted(self._canvas))
        self._is_fitting = True

    def show(self, rect: Rect) -> None:
        """All of a canvas rectangle."""
        self._move(self._fitted(rect))

    def zoom_to(self, zoom: float, anchor: Point | None = None) -> None:
        """anchor: the pixel whose canvas point stays; the middle of the view by default."""
        self._move(
            self._viewport.zoomed(zoom, self._middle if anchor is None else self._pose.to_sheet(anchor))
        )

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
            self._move(self._viewport.panned(*self._pose.turned_back(dx, dy)))

    # Turning --------------------------------------------------------------------------------------------------

    def turn_by(self, degrees: float) -> None:
        """Clockwise, about the middle of the view; straight and level are not missed by a little."""
        wanted = (self._pose.degrees + degrees) % 360
        nearest = round(wanted / 90) * 90
        self._take(replace(self._pose, degrees=nearest % 360 if abs(wanted - nearest) < SNAP_DEG else wanted))

    def mirror(self, is_mirrored: bool) -> None:
        """What is in the middle of the view stays there, and what points up goes on pointing up."""
        if is_mirrored != self._pose.is_mirrored:
            self._take(replace(self._pose, is_mirrored=is_mirrored, degrees=-self._pose.degrees % 360))

    def straighten(self) -> None:
        self._take(Pose(widget=self._pose.widget))

    def to_canvas(self, widget: Point) -> Point:
        return self._viewport.to_canvas(self._pose.to_sheet(widget))

    def to_widget(self, canvas: Point) -> Point:
        return self._pose.to_widget(self._viewport.to_device(canvas))

    def _take(self, pose: Pose) -> None:
        if pose == self._pose:
            return
        self._pose = pose
        self._viewport = self._viewport.resized(pose.sheet)
        if self._is_fitting:
            self._viewport = self._fitted(self._canvas)
        self.changed.emit(self._viewport)

    def _fitted(self, rect: Rect) -> Viewport:
        margin = round(FIT_MARGIN_PX * self._scale)
        if self._pose.degrees == 0 or rect.is_empty:
            return self._viewport.fitted(rect, margin)
        radians = math.radians(self._pose.degrees)
        cosine, sine = abs(math.cos(radians)), abs(math.sin(radians))
        width, height = self._pose.widget
        zoom = min(
            max(1, width - 2 * margin) / (rect.width * cosine + rect.height * sine),
            max(1, height - 2 * margin) / (rect.width * sine + rect.height * cosine),
        )
        return self._viewport.centered(rect.center, min(zoom, FIT_MAX_ZOOM))

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
