"""Pictures from outside: dropped or pasted, as files or as pixels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

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
