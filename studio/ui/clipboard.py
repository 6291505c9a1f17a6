"""Cut, copy and paste: with this studio and with other programs.

A copy is taken at once and worked out on the worker; until it is there, a paste waits its turn.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from studio.core.errors import DocumentError
from studio.core.geometry import Point, Rect
from studio.document.copying import copy_document
from studio.document.paintable import paintable_layer
from studio.document.pixels import UInt8Array, unpremultiply
from studio.ui.canvas.drops import read_mime
from studio.ui.canvas.qimage import straight_to_image
from studio.ui.canvas.view import CanvasView
from studio.workspace.notice import Notice
from studio.workspace.workspace import Workspace

PLACE_TYPE = "application/x-underpaint-place"
"""Where on the canvas the picture was: "x y", in bytes."""

PASTED_NAME = "Pasted picture"


class Clipboard:
    def __init__(self, workspace: Workspace, canvas: CanvasView) -> None:
        self._workspace = workspace
        self._canvas = canvas
        self._copying = 0

    def handlers(self) -> dict[str, Callable[[], None]]:
        return {
            "cut": self.cut,
            "copy": self.copy,
            "copy_merged": self.copy_merged,
            "paste": lambda: self._after_copying(self._paste),
            "paste_in_place": lambda: self._after_copying(self._paste_in_place),
        }

    def copy(self) -> None:
        """The active layer's masked pixels, or all of them. Raises DocumentError where there is no layer."""
        from studio.document.clipping import clipped_picture  # when it is asked for

        document = self._workspace.document
        layer = document.active_layer
        if layer is None:
            raise DocumentError("There is no layer to copy from.", remedy="Choose one in the layers panel.")
        name, frozen, layer_id = layer.properties.name, copy_document(document), layer.id

        def work() -> tuple[Rect, UInt8Array]:
            rect, pixels = clipped_picture(frozen, frozen.layers.layer(layer_id))
            return rect, unpremultiply(pixels)

        def done(copied: tuple[Rect, UInt8Array]) -> None:
            self._copying -= 1
            rect, straight = copied
            if rect.is_empty:
                self._tell(f"The layer “{name}” has nothing to copy here.")
            else:
                _put(straight, rect)

        self._work(work, done)

    def cut(self) -> None:
        """The same, and they are gone. Raises DocumentError where the layer takes no paint."""
        from studio.document.clipping import cut_pixels  # when it is asked for

        document = self._workspace.document
        layer = paintable_layer(document)
        self._workspace.history.settle()
        self.copy()
        self._workspace.history.do(cut_pixels(document, layer), "Cut")

    def copy_merged(self) -> None:
        frozen = copy_document(self._workspace.document)

        def work() -> UInt8Array:
            from studio.document.composite import flatten

            return unpremultiply(flatten(frozen, frozen.canvas))

        def done(straight: UInt8Array) -> None:
            self._copying -= 1
            _put(straight, frozen.canvas)
            self._tell("The whole picture is in the clipboard.")

        self._work(work, done)

    def _work(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        def failed(error: Exception) -> None:
            self._copying -= 1
            if not isinstance(error, MemoryError):
                raise error
            self._tell("There is not enough memory to copy so much.")

        self._copying += 1
        self._workspace.background.run(work, done=done, failed=failed)

    def _after_copying(self, paste: Callable[[], None]) -> None:
        if self._copying:
            # The worker keeps the order of the wishes.
            self._workspace.background.run(lambda: None, done=lambda _: paste(), failed=lambda _: None)
        else:
            paste()

    def _paste(self) -> None:
        if not self._canvas.paste():
            self._tell("The clipboard holds no picture.")

    def take_image(self, straight: UInt8Array) -> None:
        """Pasted or dropped pixels: in the middle of what is seen of the canvas."""
        canvas = self._workspace.document.canvas
        seen = self._canvas.viewport.visible_canvas().intersected(canvas)
        center: Point = canvas.center if seen.is_empty else seen.center
        self._workspace.files.place_pixels(PASTED_NAME, straight, center=center)

    def _paste_in_place(self) -> None:
        mime = QGuiApplication.clipboard().mimeData()
        place = _read_place(bytes(mime.data(PLACE_TYPE).data())) if mime.hasFormat(PLACE_TYPE) else None
        straight = read_mime(mime).image
        if place is None or straight is None:
            self._paste()
        else:
            self._workspace.layers.add_image(PASTED_NAME, straight, place, label="Paste in place")

    def _tell(self, text: str) -> None:
        self._workspace.notices.emit(Notice(text))


def _put(straight: UInt8Array, rect: Rect) -> None:
    """Qt offers the image to other programs as PNG and what else the platform knows."""
    mime = QMimeData()
    mime.setImageData(straight_to_image(straight))
    mime.setData(PLACE_TYPE, f"{rect.x} {rect.y}".encode("ascii"))
    QGuiApplication.clipboard().setMimeData(mime)


def _read_place(data: bytes) -> tuple[int, int] | None:
    """Any program may have written it."""
    words = data[:64].decode("ascii", "replace").split()
    try:
        x, y = (int(word) for word in words)
    except ValueError:
        return None
    limit = 1 << 20
    return (x, y) if max(abs(x), abs(y)) <= limit else None
