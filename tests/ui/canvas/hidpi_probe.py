"""Run with QT_SCALE_FACTOR: checks the canvas on a display with several device pixels per logical pixel.

QT_QPA_PLATFORM=offscreen QT_SCALE_FACTOR=1.5 python tests/ui/canvas/hidpi_probe.py 1.5
"""

from __future__ import annotations

import sys

import cv2  # noqa: F401 - as in the window, which has it before the first picture
import numpy as np
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtWidgets import QApplication

from studio.core.geometry import Point, Rect
from studio.document.composite import flatten
from studio.ui.canvas.view import CanvasView
from tests.ui.canvas.helpers import (
    PaintModel,
    drag,
    picture_layer,
    screen,
    send,
    shown_now,
    tablet_event,
    widget_position,
)

CANVAS = Rect(0, 0, 300, 200)


def main(ratio: float) -> None:
    app = QApplication([])
    model = PaintModel(CANVAS, picture_layer(CANVAS, 1))
    model.tool_settings.size_px = 30
    view = CanvasView(model)
    view.resize(500, 400)
    view.show()
    assert view.devicePixelRatioF() == ratio, view.devicePixelRatioF()
    assert view.viewport.size == (round(500 * ratio), round(400 * ratio))

    # 100 % is one canvas pixel on one device pixel.
    view.zoom_to_actual()
    shown = screen(view)
    assert shown.shape[:2] == (round(400 * ratio), round(500 * ratio)), shown.shape
    box = view.viewport.snapped_rect(CANVAS)
    picture = flatten(model.document, CANVAS)[..., :3]
    assert np.array_equal(shown[box.y : box.bottom, box.x : box.right], picture)

    # Input lands where it points, fractions of a logical pixel included.
    seen: list[Point] = []
    view.pointer_moved.connect(seen.append)
    send(view, tablet_event(QEvent.Type.TabletMove, QPointF(200.25, 150.5), 0.0))
    back = widget_position(view, seen[-1])
    assert abs(back.x() - 200.25) < 1e-6, back
    assert abs(back.y() - 150.5) < 1e-6, back

    # What was painted in parts is what painting everything shows.
    for zoom in (1.0, 0.6, 2.0):
        view.set_zoom(zoom)
        screen(view)
        drag(view, [(60, 60), (140, 120), (220, 70)])
        send(view, QEvent(QEvent.Type.Leave))
        parts, whole = shown_now(view).astype(int), screen(view).astype(int)
        assert parts.shape == whole.shape
        assert np.abs(parts - whole).max() <= 1, (zoom, np.argwhere(np.abs(parts - whole).max(2) > 1)[:5])
        model.history.undo()
    view.hide()
    view.close_model()
    app.quit()


if __name__ == "__main__":
    main(float(sys.argv[1]))
