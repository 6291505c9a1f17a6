"""Painting on 8192² with twenty layers in the real window: ink, moving about, undo; with fewer layers, on less canvas,
and while a job runs.

    python -m bench.scenes.painting
"""

from __future__ import annotations

import functools
import math
import sys
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest

from bench.big_picture import open_big_picture
from bench.floors.bare_canvas import BareCanvas
from bench.ink import Inked, stroke
from bench.latency import gaps_ms
from bench.stage import Stage, play
from bench.stats import median, quantile
from studio.core.geometry import Point, Rect
from studio.generation.events import Finished

SIDE_PX, SMALL_PX = 8192, 1024
LAYERS, FEW_LAYERS = 20, 3
CANVAS_PX = (1600, 900)
STEP_PX = 128.0
"""Canvas pixels between two moves: 16,000 a second at 125 Hz, a fast hand."""

MOVES = 240
FRAMES = 90
UNDOS = 5


def scene(stage: Stage) -> dict[str, Any]:
    stage.probe.stop()
    stage.wait_until_engine_is_ready()
    stage.choose("brush")
    _room_for_canvas(stage)
    found: dict[str, Any] = {}
    stage.probe.start()
    open_big_picture(stage.workspace, SIDE_PX, LAYERS)
    filled = time.monotonic()
    _settle(stage)
    stage.probe.stop()
    found["opened_gap_ms"] = max(gaps_ms([at for at in stage.probe.fired_s if at >= filled]) or [0.0])
    stage.workspace.tool_settings.set(size_px=256, hardness=0.0, opacity=0.8)
    _look(stage, 0.5)
    path = _wave(Point(SIDE_PX / 2, SIDE_PX / 2), 2900, 1500)
    idle = stroke(stage, path)
    found["idle"] = _figures(idle)
    found["undo_ms"] = _undo_times(stage)
    found["frames"] = _frames(stage)
    _look(stage, 0.125)
    stage.workspace.tool_settings.size_px = 1024
    found["large"] = _figures(stroke(stage, _wave(Point(SIDE_PX / 2, SIDE_PX / 2), 7000, 6000)))
    stage.workspace.tool_settings.size_px = 256
    found["cost"] = _costs(stage)
    found["floor"] = _floor(stage)
    open_big_picture(stage.workspace, SIDE_PX, LAYERS)
    _look(stage, 0.5)
    found["idle_again"] = _figures(stroke(stage, path))
    stage.key("Ctrl+Z")
    _settle(stage)
    found["busy"] = _while_generating(stage, path)
    return found


def _room_for_canvas(stage: Stage) -> None:
    """The canvas alone has CANVAS_PX; Tab hides the panels."""
    stage.session.bench.focus_canvas()
    stage.key("Tab")
    width, height = CANVAS_PX
    stage.window.resize(
        width + stage.window.width() - stage.canvas.width(),
        height + stage.window.height() - stage.canvas.height(),
    )
    stage.wait_until(
        lambda: (stage.canvas.width(), stage.canvas.height()) == CANVAS_PX, "the canvas's size", 10
    )


def _settle(stage: Stage) -> None:
    """Everything visible is shown; whether every pixel of a whole large canvas is exact takes longer than one would wait."""
    stage.wait(0.2)
    stage.wait_until(lambda: stage.canvas.is_current, "a canvas without gaps", 60)
    stage.wait(0.2)


def _look(stage: Stage, zoom: float) -> None:
    """At the middle of the picture."""
    stage.canvas.fit_canvas()
    stage.canvas.set_zoom(zoom)
    _settle(stage)
    # An artist looks before the first stroke.
    stage.wait(1.5)


def _wave(middle: Point, width: float, height: float, moves: int = MOVES) -> list[Point]:
    """A curve that fills a rectangle, its points STEP_PX apart."""
    points = [middle]
    angle = 0.0
    while len(points) <= moves:
        angle += 0.002
        at = Point(middle.x + width / 2 * math.sin(3 * angle), middle.y + height / 2 * math.sin(5.13 * angle))
        if at.distance_to(points[-1]) >= STEP_PX:
            points.append(at)
    return points


def _figures(inked: Inked) -> dict[str, float]:
    return {
        "p50": quantile(inked.latencies_ms, 0.5),
        "p99": quantile(inked.latencies_ms, 0.99),
        "cpu_ms": inked.cpu_ms,
        "unpainted": inked.unpainted,
    }


def _costs(stage: Stage) -> dict[str, float]:
    """CPU per move of the same stroke, all inside 1024² canvas pixels; on each picture twice, the lesser counts."""
    found: dict[str, float] = {}
    for name, side, layers in (
        ("20 layers", SIDE_PX, LAYERS),
        ("1024", SMALL_PX, LAYERS),
        ("3 layers", SIDE_PX, FEW_LAYERS),
    ):
        if (side, layers) != (SIDE_PX, LAYERS):
            open_big_picture(stage.workspace, side, layers)
        _look(stage, 0.5)
        path = _wave(Point(side / 2, side / 2), 760, 760)
        stroke(stage, path[:40])
        found[name] = min(stroke(stage, path).cpu_ms for _ in range(3))
    return found


def _undo_times(stage: Stage) -> list[float]:
    """From the key until everything visible is as it was, of strokes across the view."""
    middle = Point(SIDE_PX / 2, SIDE_PX / 2)
    times: list[float] = []
    for _ in range(UNDOS):
        stroke(stage, _wave(middle, 2900, 1500, moves=24))
        _settle(stage)
        for keys in ("Ctrl+Z", "Ctrl+Y", "Ctrl+Z"):
            times.append(_until_shown(stage, functools.partial(stage.key, keys)))
            _settle(stage)
    return times


def _until_shown(stage: Stage, act: Callable[[], None]) -> float:
    """Milliseconds until nothing that can be seen is out of date."""
    painted = _PaintCount(stage.canvas)
    began = time.perf_counter()
    act()
    while not (painted.count and stage.canvas.is_current):
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 1)
    took = (time.perf_counter() - began) * 1000
    stage.canvas.removeEventFilter(painted)
    return took


def _frames(stage: Stage) -> dict[str, list[float]]:
    """Each frame from the event until it is painted: dragging the view, then turning the wheel."""
    _look(stage, 0.7)
    window = stage.window.windowHandle()
    assert window is not None
    at = stage.canvas.mapTo(stage.window, QPoint(1500, 800))
    QTest.mousePress(window, Qt.MouseButton.MiddleButton, Qt.KeyboardModifier.NoModifier, at)
    pans: list[float] = []
    for index in range(FRAMES):
        at -= QPoint(15, 8) if index < FRAMES * 0.9 else QPoint(-15, -8)
        pans.append(_frame(stage, functools.partial(QTest.mouseMove, window, at)))
    QTest.mouseRelease(window, Qt.MouseButton.MiddleButton, Qt.KeyboardModifier.NoModifier, at)
    zooms = [_frame(stage, functools.partial(_wheel, stage, turn)) for turn in (*[-60] * 45, *[60] * 45)]
    _settle(stage)
    return {"pan": pans, "zoom": zooms}


def _frame(stage: Stage, act: Callable[[], None]) -> float:
    painted = _PaintCount(stage.canvas)
    began = time.perf_counter()
    act()
    while not painted.count:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 1)
    QCoreApplication.sendPostedEvents()
    took = (time.perf_counter() - began) * 1000
    stage.canvas.removeEventFilter(painted)
    # What is left of a frame at 60 Hz belongs to what follows.
    stage.wait(max(0.001, 0.016 - took / 1000))
    return took


def _wheel(stage: Stage, turn: int) -> None:
    where = QPointF(stage.canvas.rect().center())
    event = QWheelEvent(
        where,
        stage.canvas.mapToGlobal(where),
        QPoint(),
        QPoint(0, turn),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QCoreApplication.sendEvent(stage.canvas, event)


class _PaintCount(QObject):
    """Paints of a widget that are over: the filter is asked before one, so the next event of any kind counts it."""

    def __init__(self, widget: QObject) -> None:
        super().__init__(widget)
        self._seen = 0
        widget.installEventFilter(self)

    @property
    def count(self) -> int:
        return self._seen

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self._seen += event.type() == QEvent.Type.Paint
        return False


def _while_generating(stage: Stage, path: list[Point]) -> dict[str, float]:
    """The first picture has come, so that no model is loaded while the hand is measured."""
    stage.workspace.settings.set(prompt="a lake", batch_count=64, steps=60, is_seed_random=True)
    stage.workspace.set_frame(Rect(0, 0, 512, 512))
    stage.workspace.generate()
    stage.wait_until(lambda: any(isinstance(event, Finished) for _, event in stage.events), "a picture", 240)
    layer = stage.workspace.document.active_layer
    assert layer is not None
    before = [layer.surface.read(_pixel(point)).copy() for point in path]
    found = _figures(stroke(stage, path))
    assert stage.workspace.generating.is_busy, "the jobs ended before the stroke did"
    after = [layer.surface.read(_pixel(point)) for point in path]
    found["lost"] = sum(bool((old == new).all()) for old, new in zip(before, after, strict=True))
    stage.workspace.generating.cancel_all()
    stage.wait_until_idle()
    return found


def _pixel(point: Point) -> Rect:
    return Rect(math.floor(point.x), math.floor(point.y), 1, 1)


def _floor(stage: Stage) -> dict[str, Any]:
    """The same stroke on a widget that does nothing but stamp and repaint one image."""
    bare = BareCanvas(SIDE_PX, 256)
    bare.resize(*CANVAS_PX)
    bare.show()
    stage.activate(bare)
    width, height = CANVAS_PX
    found = bare.stroke(
        [Point(width / 2 + point.x / 2, height / 2 + point.y / 2) for point in _wave(Point(0, 0), 2900, 1500)]
    )
    bare.close()
    stage.activate()
    return {"p50": median(found), "p99": quantile(found, 0.99)}


if __name__ == "__main__":
    sys.exit(play(scene))
