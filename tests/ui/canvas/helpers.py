"""A small real model and real input events for the canvas."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from studio.core.events import Event
from studio.core.geometry import Point, Rect
from studio.document.document import Document
from studio.document.edits import AddLayer, SetActiveLayer
from studio.document.history import History
from studio.document.layer import Layer, LayerProperties
from studio.document.pixels import UInt8Array, premultiply
from studio.generation.request import Recipe
from studio.tools.settings import ToolSettings
from studio.ui.canvas.view import CanvasView
from studio.workspace.background import Background, Inline
from studio.workspace.forecasts import Forecasts
from studio.workspace.results import Results

RECIPE = Recipe(model="starter")


class PaintModel:
    """What a Workspace is to the canvas, without queue or files."""

    def __init__(self, canvas: Rect, *layers: Layer) -> None:
        self.background: Background = Inline()
        self.results = Results()
        self.forecasts = Forecasts()
        self.tool_settings = ToolSettings()
        self.document_replaced: Event[Document] = Event()
        self.frame_changed: Event[Rect] = Event()
        self._adopt(canvas, layers)

    def _adopt(self, canvas: Rect, layers: Sequence[Layer]) -> None:
        self.document = Document(canvas)
        self.history = History(self.document)
        self._frame = canvas
        for index, layer in enumerate(layers or (blank_layer(),)):
            AddLayer(layer, index).apply(self.document)
            SetActiveLayer(layer.id).apply(self.document)

    def replace(self, canvas: Rect, *layers: Layer) -> None:
        self._adopt(canvas, layers)
        self.document_replaced.emit(self.document)
        self.frame_changed.emit(self._frame)

    @property
    def frame(self) -> Rect:
        return self._frame

    def set_frame(self, rect: Rect) -> None:
        self._frame = rect
        self.frame_changed.emit(rect)

    @property
    def is_untouched(self) -> bool:
        return not self.history.can_undo and all(
            layer.surface.tile_bounds().is_empty for layer in self.document.layers
        )


def blank_layer() -> Layer:
    return Layer(properties=LayerProperties(name="Layer 1"))


def picture_layer(rect: Rect, seed: int = 0, *, is_opaque: bool = True) -> Layer:
    random = np.random.default_rng(seed)
    straight = random.integers(0, 256, (rect.height, rect.width, 4), dtype=np.uint8)
    if is_opaque:
        straight[..., 3] = 255
    layer = blank_layer()
    layer.surface.write(rect, premultiply(straight))
    return layer


def flat_layer(rect: Rect, color: tuple[int, int, int]) -> Layer:
    layer = blank_layer()
    layer.surface.write(rect, np.full((rect.height, rect.width, 4), (*color, 255), np.uint8))
    return layer


def screen(view: CanvasView) -> UInt8Array:
    """What the widget shows once it has come to rest, (h, w, 3) device pixels."""
    view.repaint()
    for _ in range(300):
        if view.is_settled:
            break
        QTest.qWait(10)
    return pixels_of(view.grab().toImage())


def pixels_of(image: QImage) -> UInt8Array:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def widget_position(view: CanvasView, canvas: Point | tuple[float, float]) -> QPointF:
    return view.to_widget(Point(*canvas))


def at(view: CanvasView, canvas: Point | tuple[float, float]) -> QPoint:
    """The whole widget pixel that holds a canvas point."""
    position = widget_position(view, canvas)
    return QPoint(int(position.x()), int(position.y()))


def drag(
    view: CanvasView,
    path: Sequence[tuple[float, float]],
    button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    *,
    release: bool = True,
) -> None:
    """Through the platform's window system interface, as a mouse."""
    QTest.mousePress(view, button, modifiers, at(view, path[0]))
    for point in path[1:]:
        QTest.mouseMove(view, at(view, point))
    if release:
        QTest.mouseRelease(view, button, modifiers, at(view, path[-1]))
    QCoreApplication.processEvents()


def mouse_event(
    kind: QEvent.Type, position: QPointF, button: Qt.MouseButton, buttons: Qt.MouseButton
) -> QMouseEvent:
    return QMouseEvent(kind, position, position, button, buttons, Qt.KeyboardModifier.NoModifier)


def tablet_event(
    kind: QEvent.Type,
    position: QPointF,
    pressure: float,
    *,
    is_eraser: bool = False,
    button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    tilt: tuple[float, float] = (0.0, 0.0),
) -> QTabletEvent:
    device = QPointingDevice(
        "pen",
        1,
        QInputDevice.DeviceType.Stylus,
        QPointingDevice.PointerType.Eraser if is_eraser else QPointingDevice.PointerType.Pen,
        QInputDevice.Capability.Position | QInputDevice.Capability.Pressure,
        1,
        2,
    )
    _DEVICES.append(device)  # the event does not own it
    is_move = kind == QEvent.Type.TabletMove
    none = Qt.MouseButton.NoButton
    return QTabletEvent(
        kind,
        device,
        position,
        position,
        pressure,
        *tilt,
        0.0,
        0.0,
        0.0,
        Qt.KeyboardModifier.NoModifier,
        none if is_move else button,
        none if kind == QEvent.Type.TabletRelease else button,
    )


_DEVICES: list[QPointingDevice] = []


def send(widget: QWidget, event: QEvent) -> None:
    QCoreApplication.sendEvent(widget, event)
    QCoreApplication.processEvents()


def document_bytes(document: Document) -> dict[str, bytes]:
    """Everything a picture consists of."""
    found = {
        f"{layer.id}{key}": layer.surface.read(Rect(key[0] * 256, key[1] * 256, 256, 256)).tobytes()
        for layer in document.layers
        for key in sorted(layer.surface.keys())
    }
    found["selection"] = document.selection.read(document.canvas).tobytes()
    return found


def straight_pixels(seed: int, height: int, width: int) -> UInt8Array:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    return pixels


def shown_now(view: CanvasView) -> UInt8Array:
    """What is on the screen, painted in parts as it came, without painting anything anew; (h, w, 3)."""
    for _ in range(300):
        QTest.qWait(10)
        if view.is_settled:
            break
    kept = view.backingStore().paintDevice()
    assert isinstance(kept, QImage)
    return pixels_of(kept)
