"""How fast ink follows the hand on the canvas, beside a bare widget that does nothing else, in the same run.

A second process plays the hand through the X server (XTEST), as a mouse would, and looks at the pixels the server
shows: what is measured is event in, pixel out. Needs an X display, Xvfb will do:

    xvfb-run -a -s "-screen 0 1920x1080x24" python packaging/bench/canvas.py

Method: press, then single moves, each until the pixel under the pointer turns to ink (latency); then 400 moves along
a sine at 125 and at 250 Hz, and the share of the sent points that are inked afterwards, in the document and on the
screen (fidelity); the CPU time of the process meanwhile; then ten seconds at rest with the mask on the screen.
"""

from __future__ import annotations

import functools
import json
import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypedDict

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PySide6.QtCore import QEventLoop, QPoint, QPointF, QProcess, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from studio.core.events import Event
from studio.core.geometry import Point, Rect
from studio.document.document import Document
from studio.document.edits import AddLayer, SetActiveLayer
from studio.document.history import History
from studio.document.layer import Layer, LayerProperties
from studio.tools.settings import ToolSettings
from studio.ui.canvas.view import CanvasView
from studio.workspace.background import Background, Inline
from studio.workspace.forecasts import Forecasts
from studio.workspace.results import Results

SIDE_PX = 2048
BRUSH_PX = 40
MOVES = 400
RATES_HZ = (125, 250)
SINGLE_MOVES = 30
REST_S = 10.0
PEERS_LATENCY = "best Qt peer 13-15 ms median, 18-21 p90; a 40-line widget 2.4"
PEERS_SHARE = "Qt peers 0.36-1.00"
PEERS_CPU = "best Qt peer 2.3 s, a 40-line widget 0.25"
PEERS_REST = "Qt peers 0-75 %"


class Row(TypedDict):
    group: str
    name: str
    value: float | None
    unit: str
    bar: str
    holds: bool
    peers: str


class Subject:
    """A widget under test. canvas_to_screen: canvas pixel to a logical position in the widget.
    coverage_at: 0..255, how much ink the widget says lies at a canvas pixel."""

    def __init__(
        self,
        name: str,
        widget: QWidget,
        canvas_to_screen: Callable[[Point], QPointF],
        coverage_at: Callable[[Point], int],
    ) -> None:
        self.name = name
        self.widget = widget
        self.canvas_to_screen = canvas_to_screen
        self.coverage_at = coverage_at

    def on_display(self, canvas: Point) -> tuple[int, int]:
        """Display pixels, as the X server counts them."""
        corner = self.widget.mapToGlobal(QPoint(0, 0))
        position = self.canvas_to_screen(canvas) + QPointF(corner)
        ratio = self.widget.devicePixelRatioF()
        return round(position.x() * ratio), round(position.y() * ratio)


def rows(size: tuple[int, int] = (1600, 900)) -> list[Row]:
    """The canvas alone in a window, and the floor beside it."""
    if QGuiApplication.platformName() != "xcb":
        return [_unmeasured("mask stroke", "needs an X display (Xvfb will do)")]
    model = BenchModel()
    view = CanvasView(model)
    view.resize(*size)
    floor = FloorWidget()
    floor.resize(*size)
    found: list[Row] = []
    with Hand() as hand:
        for subject in (floor.subject(), canvas_subject(view, model)):
            subject.widget.show()
            wait_until(functools.partial(_is_settled, subject.widget))
            found += measure(subject, hand, is_floor=subject.widget is floor)
            if subject.widget is view:
                found += measure_rest(subject)
            subject.widget.hide()
    view.close_model()
    return found


def canvas_subject(view: CanvasView, model: Any, name: str = "canvas") -> Subject:
    """The canvas of a running window; `model` is what it shows. The mask brush must be the active tool."""

    def to_screen(canvas: Point) -> QPointF:
        device = view.viewport.to_device(canvas)
        ratio = view.devicePixelRatioF()
        return QPointF(device.x / ratio, device.y / ratio)

    def coverage_at(canvas: Point) -> int:
        return int(
            model.document.selection.read(Rect(math.floor(canvas.x), math.floor(canvas.y), 1, 1))[0, 0]
        )

    return Subject(name, view, to_screen, coverage_at)


def measure(subject: Subject, hand: Hand, *, is_floor: bool = False, suffix: str = "") -> list[Row]:
    """Latency, fidelity and cost of strokes on a shown widget, as rows of the group "main"."""
    side = SIDE_PX
    singles = [Point(side * 0.15 + i * side * 0.7 / SINGLE_MOVES, side * 0.12) for i in range(SINGLE_MOVES)]
    latency = hand.single_moves([subject.on_display(p) for p in singles])
    found = [
        _row(
            subject,
            f"input to pixel, median{suffix}",
            _quantile(latency, 0.5),
            "ms",
            8.0,
            is_floor,
            PEERS_LATENCY,
        ),
        _row(
            subject,
            f"input to pixel, p90{suffix}",
            _quantile(latency, 0.9),
            "ms",
            16.0,
            is_floor,
            PEERS_LATENCY,
        ),
    ]
    for index, rate in enumerate(RATES_HZ):
        middle = side * (0.4 + 0.3 * index)
        points = [
            Point(side * (0.08 + 0.84 * i / MOVES), middle + side * 0.09 * math.sin(i / MOVES * 6 * math.pi))
            for i in range(MOVES)
        ]
        cpu = time.process_time()
        sent, changed = hand.stroke([subject.on_display(p) for p in points], rate)
        cpu = time.process_time() - cpu
        wait_until(lambda: _is_settled(subject.widget))
        # The mouse has whole display pixels: a point counts where it was really sent.
        inked = [subject.coverage_at(_canvas_of(subject, p)) >= 128 for p in sent]
        share = min(sum(inked), sum(changed)) / len(points)
        found.append(
            _row(subject, f"points inked at {rate} Hz{suffix}", share, "share", 1.0, is_floor, PEERS_SHARE)
        )
        if rate == RATES_HZ[0]:
            found.append(_row(subject, f"CPU for {MOVES} moves{suffix}", cpu, "s", 0.6, is_floor, PEERS_CPU))
    return found


def measure_rest(subject: Subject, seconds: float = REST_S) -> list[Row]:
    """Share of one core from the last event on, the marching edge included."""
    cpu = time.process_time()
    pause(seconds)
    share = (time.process_time() - cpu) / seconds * 100
    return [_row(subject, "at rest with a mask on screen", share, "% of a core", 1.0, False, PEERS_REST)]


class BenchModel:
    """Five layers, the lowest a picture, without queue or engine."""

    def __init__(self) -> None:
        self.document = Document(Rect(0, 0, SIDE_PX, SIDE_PX))
        self.history = History(self.document)
        self.background: Background = Inline()
        self.results = Results()
        self.forecasts = Forecasts()
        self.tool_settings = ToolSettings()
        self.tool_settings.active_tool_id = "mask_brush"
        self.tool_settings.size_px = BRUSH_PX
        self.document_replaced: Event[Document] = Event()
        self.frame_changed: Event[Rect] = Event()
        self.is_untouched = False
        random = np.random.default_rng(0)
        for index in range(5):
            layer = Layer(
                properties=LayerProperties(name=f"Layer {index}", opacity=1.0 if index == 0 else 0.8)
            )
            tile = random.integers(0, 256, (256, 256, 4), dtype=np.uint8)
            tile[..., 3] = 255 if index == 0 else 80
            tile[..., :3] = np.minimum(tile[..., :3], tile[..., 3:])
            count = SIDE_PX // 256
            layer.surface.put_tiles({(x, y): tile for x in range(count) for y in range(count)})
            AddLayer(layer, index).apply(self.document)
        SetActiveLayer(self.document.layers.ids[-1]).apply(self.document)

    @property
    def frame(self) -> Rect:
        return self.document.canvas

    def set_frame(self, rect: Rect) -> None:
        self.frame_changed.emit(rect)


class FloorWidget(QWidget):
    """One image, a round pen, dirty rectangles: what any canvas must be measured against."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._image = QImage(SIDE_PX, SIDE_PX, QImage.Format.Format_RGB32)
        self._image.fill(QColor(90, 90, 90))
        self._last = QPointF()

    def subject(self) -> Subject:
        return Subject(
            "floor", self, lambda p: QPointF(p.x * self._zoom, p.y * self._zoom), self._coverage_at
        )

    @property
    def _zoom(self) -> float:
        return min(self.width(), self.height()) / SIDE_PX

    def _coverage_at(self, canvas: Point) -> int:
        return 255 if self._image.pixelColor(math.floor(canvas.x), math.floor(canvas.y)).red() > 200 else 0

    def showEvent(self, event: QShowEvent) -> None:
        # A bare X server has no window manager who would give it the keyboard.
        self.activateWindow()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._last = event.position() / self._zoom

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = event.position() / self._zoom
        painter = QPainter(self._image)
        painter.setPen(QPen(QColor(230, 60, 120), BRUSH_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(self._last, position)
        painter.end()
        box = QRectF(self._last, position).normalized().adjusted(-BRUSH_PX, -BRUSH_PX, BRUSH_PX, BRUSH_PX)
        self._last = position
        zoom = self._zoom
        screen = QRectF(box.x() * zoom, box.y() * zoom, box.width() * zoom, box.height() * zoom)
        self.update(screen.toAlignedRect())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        painter.fillRect(event.rect(), QColor(30, 30, 30))
        painter.scale(self._zoom, self._zoom)
        painter.drawImage(0, 0, self._image)
        painter.end()


class Hand:
    """The process that moves the mouse; see `play`. Answers while this process's own event loop runs."""

    def __enter__(self) -> Hand:
        self._process = QProcess()
        self._process.setProcessChannelMode(QProcess.ProcessChannelMode.ForwardedErrorChannel)
        self._process.start(sys.executable, [str(Path(__file__).resolve()), "--hand"])
        if not self._process.waitForStarted():
            raise RuntimeError("the hand did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.closeWriteChannel()
        self._process.waitForFinished(3000)

    def single_moves(self, points: Sequence[tuple[int, int]]) -> list[float]:
        """Milliseconds from each move to its ink; infinite where none came within a second."""
        return [
            float(v) if v is not None else math.inf for v in self._ask({"do": "single", "points": points})
        ]

    def stroke(
        self, points: Sequence[tuple[int, int]], rate_hz: float
    ) -> tuple[list[tuple[int, int]], list[bool]]:
        """The points sent, and for each whether its pixel on the display changed."""
        answer = self._ask({"do": "stroke", "points": points, "rate": rate_hz})
        return [(x, y) for x, y in answer["sent"]], [bool(v) for v in answer["changed"]]

    def _ask(self, order: dict[str, Any]) -> Any:
        loop = QEventLoop()
        self._process.readyReadStandardOutput.connect(loop.quit)
        self._process.finished.connect(loop.quit)
        self._process.write(json.dumps(order).encode() + b"\n")
        while not self._process.canReadLine():
            loop.exec()
            if self._process.state() == QProcess.ProcessState.NotRunning and not self._process.canReadLine():
                raise RuntimeError("the hand died")
        self._process.readyReadStandardOutput.disconnect(loop.quit)
        self._process.finished.disconnect(loop.quit)
        return json.loads(bytes(self._process.readLine().data()))


def play() -> None:
    """The hand: reads orders from stdin, one JSON a line, answers on stdout."""
    from bench.x_hand import XHand

    hand = XHand()
    for line in sys.stdin:
        order = json.loads(line)
        points = [(int(x), int(y)) for x, y in order["points"]]
        if order["do"] == "single":
            answer: Any = hand.single_moves(points)
        else:
            answer = {"sent": points, "changed": hand.stroke(points, order["rate"])}
        print(json.dumps(answer), flush=True)


def wait_until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        pause(0.05)


def pause(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def _is_settled(widget: QWidget) -> bool:
    return widget.isActiveWindow() and (not isinstance(widget, CanvasView) or widget.is_settled)


def _canvas_of(subject: Subject, display: tuple[int, int]) -> Point:
    """The canvas pixel under a display pixel, by the widget's own (linear) mapping."""
    x0, y0 = _exact(subject, Point(0, 0))
    x1, y1 = _exact(subject, Point(1000, 1000))
    return Point((display[0] - x0) / (x1 - x0) * 1000, (display[1] - y0) / (y1 - y0) * 1000)


def _exact(subject: Subject, canvas: Point) -> tuple[float, float]:
    corner = subject.widget.mapToGlobal(QPoint(0, 0))
    position = (subject.canvas_to_screen(canvas) + QPointF(corner)) * subject.widget.devicePixelRatioF()
    return position.x(), position.y()


def _quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.floor(share * len(ordered)))]


def _row(
    subject: Subject, name: str, value: float, unit: str, limit: float, is_floor: bool, peers: str
) -> Row:
    is_share = unit == "share"
    return Row(
        group="main",
        name=f"{subject.name}: {name}",
        value=round(value, 3),
        unit=unit,
        bar="for comparison" if is_floor else f"{'>=' if is_share else '<='} {limit:g}",
        holds=is_floor or (value >= limit if is_share else value <= limit),
        peers=peers,
    )


def _unmeasured(name: str, why: str) -> Row:
    return Row(group="main", name=name, value=None, unit="", bar=why, holds=False, peers="")


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "xcb")
    app = QApplication([])
    for row in rows():
        print(
            f"{row['name']:44} {row['value']!s:>9} {row['unit']:12} {row['bar']:16} {row['holds']!s:6} {row['peers']}"
        )
    app.quit()


if __name__ == "__main__":
    if "--hand" in sys.argv:
        sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
        play()
    else:
        main()
