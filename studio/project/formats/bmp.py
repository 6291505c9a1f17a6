"""Windows bitmaps; read only."""

from __future__ import annotations

import io

from PIL import BmpImagePlugin

from studio.core.geometry import Size
from studio.project.formats.format import Format, Opened


def _open(data: bytes) -> Opened:
    image = BmpImagePlugin.BmpImageFile(io.BytesIO(data))
    return Opened(image=image, size=Size(*image.size))


FORMAT = Format(
    identifier="bmp",
    label="BMP",
    extensions=(".bmp", ".dib"),
    matches=lambda head: head.startswith(b"BM"),
    open=_open,
)
