"""Cut, copy and paste through the window's actions and the real clipboard."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.core.geometry import Rect
from studio.document.pixels import premultiply
from studio.ui.canvas.qimage import from_image
from studio.ui.clipboard import PLACE_TYPE
from studio.ui.session import Session
from tests.document.pictures import noise, state_of

MASKED = Rect(100, 120, 60, 40)


@pytest.fixture
def painted(session: Session) -> Session:
    workspace = session.workspace
    workspace.layers.add_image("Noise", noise(1, 300, 200), (50, 60), label="Import")
    workspace.set_mask(MASKED, np.full((MASKED.height, MASKED.width), 255, np.uint8), label="Mask")
    QGuiApplication.clipboard().clear()
    return session


def active_pixels(session: Session, rect: Rect) -> np.ndarray:
    layer = session.workspace.document.active_layer
    assert layer is not None
    return layer.surface.read(rect)


def wait_for_copy(qtbot: QtBot) -> None:
    def is_there() -> bool:
        mime = QGuiApplication.clipboard().mimeData()
        return mime is not None and mime.hasFormat(PLACE_TYPE)

    qtbot.waitUntil(is_there)


def test_what_is_copied_keeps_every_pixel_and_its_place(qtbot: QtBot, painted: Session) -> None:
    before = active_pixels(painted, MASKED)
    painted.actions["copy"].trigger()
    wait_for_copy(qtbot)
    straight = from_image(QGuiApplication.clipboard().image())
    assert straight is not None
    assert (premultiply(straight) == before).all()
    count = len(painted.workspace.document.layers)
    painted.actions["paste_in_place"].trigger()
    assert len(painted.workspace.document.layers) == count + 1
    assert (active_pixels(painted, MASKED) == before).all()
    assert painted.workspace.history.undo_label == "Paste in place"


def test_cut_takes_it_away_in_one_step(qtbot: QtBot, painted: Session) -> None:
    before, kept = active_pixels(painted, MASKED), state_of(painted.workspace.document)
    painted.actions["cut"].trigger()
    assert not active_pixels(painted, MASKED).any()
    wait_for_copy(qtbot)
    painted.workspace.undo()
    assert state_of(painted.workspace.document) == kept
    painted.actions["paste_in_place"].trigger()
    assert (active_pixels(painted, MASKED) == before).all()


def test_without_a_mask_the_whole_layer_is_meant(qtbot: QtBot, painted: Session) -> None:
    painted.workspace.clear_mask()
    whole = Rect(50, 60, 200, 300)
    before = active_pixels(painted, whole)
    painted.actions["cut"].trigger()
    assert not active_pixels(painted, whole).any()
    painted.actions["paste_in_place"].trigger()  # waits for the copy
    qtbot.waitUntil(lambda: active_pixels(painted, whole).any())
    assert (active_pixels(painted, whole) == before).all()


def test_a_paste_lands_in_the_middle_of_what_is_seen(qtbot: QtBot, painted: Session) -> None:
    painted.workspace.clear_mask()
    painted.canvas.set_zoom(8.0)
    image = QImage(20, 10, QImage.Format.Format_RGBA8888)
    image.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(image)
    painted.actions["paste"].trigger()
    layer = painted.workspace.document.active_layer
    assert layer is not None
    seen = painted.canvas.viewport.visible_canvas().intersected(painted.workspace.document.canvas)
    assert layer.surface.bounds().center.distance_to(seen.center) <= 1


def test_a_png_from_another_program_keeps_its_alpha(qtbot: QtBot, painted: Session) -> None:
    from PySide6.QtCore import QBuffer, QIODevice

    image = QImage(4, 4, QImage.Format.Format_RGBA8888)
    image.fill(Qt.GlobalColor.transparent)
    image.setPixelColor(1, 1, Qt.GlobalColor.blue)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    mime = QMimeData()
    mime.setData("image/png", data)
    QGuiApplication.clipboard().setMimeData(mime)
    painted.actions["paste_in_place"].trigger()
    layer = painted.workspace.document.active_layer
    assert layer is not None
    assert layer.properties.name == "Pasted picture"
    assert layer.surface.bounds().size == (1, 1)


@pytest.mark.parametrize("place", [b"", b"1", b"a b", b"1 2 3", b"99999999999 1", b"\xff\xfe"])
def test_a_place_from_a_stranger_is_no_place(painted: Session, place: bytes) -> None:
    image = QImage(6, 6, QImage.Format.Format_RGBA8888)
    image.fill(Qt.GlobalColor.green)
    mime = QMimeData()
    mime.setImageData(image)
    mime.setData(PLACE_TYPE, QByteArray(place))
    QGuiApplication.clipboard().setMimeData(mime)
    painted.actions["paste_in_place"].trigger()
    layer = painted.workspace.document.active_layer
    assert layer is not None
    assert painted.workspace.document.canvas.contains_rect(layer.surface.bounds())


def test_nothing_there_is_told(qtbot: QtBot, painted: Session) -> None:
    told: list[str] = []
    painted.workspace.notices.subscribe(lambda notice: told.append(notice.message))
    painted.workspace.add_layer()
    painted.actions["copy"].trigger()
    qtbot.waitUntil(lambda: bool(told))
    assert "nothing to copy" in told[0]


def test_a_line_along_the_mask_is_asked_for_and_drawn(qtbot: QtBot, painted: Session) -> None:
    from PySide6.QtCore import QTimer

    from studio.ui.dialogs.stroke_mask import StrokeMaskDialog

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, StrokeMaskDialog)
        dialog.width_px.setValue(6)
        dialog.place.chosen.emit("outside")
        dialog.accept()

    before, kept = active_pixels(painted, MASKED), state_of(painted.workspace.document)
    QTimer.singleShot(0, answer)
    painted.actions["mask_stroke"].trigger()
    color = painted.workspace.tool_settings.color
    assert tuple(active_pixels(painted, Rect(130, 116, 1, 1))[0, 0]) == (*color, 255)
    assert (active_pixels(painted, MASKED) == before).all()
    painted.workspace.undo()
    assert state_of(painted.workspace.document) == kept


def test_the_brush_is_led_along_the_mask(qtbot: QtBot, painted: Session) -> None:
    from PySide6.QtCore import QTimer

    from studio.ui.dialogs.stroke_mask import StrokeMaskDialog

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, StrokeMaskDialog)
        dialog.pen.chosen.emit("brush")
        assert not dialog.width_px.isEnabled()
        dialog.accept()

    workspace = painted.workspace
    workspace.layers.add()
    kept, steps = state_of(workspace.document), workspace.history.position
    QTimer.singleShot(0, answer)
    painted.actions["mask_stroke"].trigger()
    qtbot.waitUntil(lambda: workspace.history.position == steps + 1)
    layer = workspace.document.active_layer
    assert layer is not None
    alpha = layer.surface.read(MASKED.expanded(60))[..., 3]
    size = workspace.tool_settings.brush_of("brush").size_px
    assert alpha[60 + MASKED.height // 2, 60] > 0, "on the edge"
    assert alpha[60 + MASKED.height // 2, 60 - int(size) - 3] == 0
    assert workspace.history.undo_label == "Stroke mask with brush"
    workspace.undo()
    assert state_of(workspace.document) == kept
