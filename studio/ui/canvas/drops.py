"""Pictures from outside: dropped or pasted, as files or as pixels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QImage
from PySide6.QtWidgets import QWidget

from studio.generation.request import UInt8Array
from studio.ui.canvas.qimage import from_image

PNG_TYPE = "image/png"
"""Some programs offer nothing else, and not every platform counts it as an image."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Dropped:
    """files: local paths, whatever they hold. image: straight RGBA (h, w, 4); only where there are no files."""

    files: tuple[Path, ...] = ()
    image: UInt8Array | None = None

    @property
    def is_empty(self) -> bool:
        return not self.files and self.image is None


def can_read(mime: QMimeData) -> bool:
    """Cheap: without decoding anything."""
    return bool(_local_files(mime)) or mime.hasImage() or mime.hasFormat(PNG_TYPE)


def read_mime(mime: QMimeData) -> Dropped:
    files = _local_files(mime)
    if files:
        return Dropped(files=files)
    data: object = None
    if mime.hasImage():
        data = mime.imageData()
    elif mime.hasFormat(PNG_TYPE):
        data = QImage.fromData(mime.data(PNG_TYPE))
    return Dropped(image=from_image(data) if isinstance(data, QImage) else None)


def _local_files(mime: QMimeData) -> tuple[Path, ...]:
    if not mime.hasUrls():
        return ()
    return tuple(Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile() and url.toLocalFile())


class DropTarget(QWidget):
    """files_dropped: tuple of Path. image_dropped: straight RGBA uint8 (h, w, 4)."""

    files_dropped = Signal(object)
    image_dropped = Signal(object)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if can_read(event.mimeData()):
            event.acceptProposedAction()
            self._show_drop_target(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_drop_target(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._show_drop_target(False)
        if self._announce(read_mime(event.mimeData())):
            event.acceptProposedAction()

    def _show_drop_target(self, is_target: bool) -> None:
        """Something that could be dropped is over the widget, or no longer."""

    def _announce(self, dropped: Dropped) -> bool:
        if dropped.files:
            self.files_dropped.emit(dropped.files)
        elif dropped.image is not None:
            self.image_dropped.emit(dropped.image)
        return not dropped.is_empty
