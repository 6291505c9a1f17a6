"""TIFF, the first page; read only. The library turns it upright by itself."""

from __future__ import annotations

import io

from PIL import TiffImagePlugin

from studio.core.geometry import Size
from studio.project.formats.format import Format, Opened

_BITS_PER_SAMPLE = 258
_ICC_PROFILE = 34675


def _open(data: bytes) -> Opened:
    image = TiffImagePlugin.TiffImageFile(io.BytesIO(data))
    bits = image.tag_v2.get(_BITS_PER_SAMPLE, 8)
    profile = image.tag_v2.get(_ICC_PROFILE)
    return Opened(
        image=image,
        size=Size(*image.size),
        icc_profile=profile if isinstance(profile, bytes) else None,
        bits_per_channel=max(bits) if isinstance(bits, tuple) else int(bits),
    )


FORMAT = Format(
    identifier="tiff",
    label="TIFF",
    extensions=(".tif", ".tiff"),
    matches=lambda head: head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    open=_open,
)
