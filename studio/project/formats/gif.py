"""GIF, the first picture of an animation; read only."""

from __future__ import annotations

import io

from PIL import GifImagePlugin

from studio.core.geometry import Size
from studio.project.formats.format import Format, Opened


def _open(data: bytes) -> Opened:
    image = GifImagePlugin.GifImageFile(io.BytesIO(data))
    return Opened(image=image, size=Size(*image.size))


FORMAT = Format(
    identifier="gif",
    label="GIF",
    extensions=(".gif",),
    matches=lambda head: head[:6] in (b"GIF87a", b"GIF89a"),
    open=_open,
)
