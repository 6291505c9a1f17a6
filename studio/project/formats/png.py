"""PNG: read after it has been reduced to the chunks that make the picture, so that no text can spoil it."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping

import numpy as np
from PIL import PngImagePlugin

from studio.core.geometry import Size
from studio.generation.request import UInt8Array
from studio.project import png
from studio.project.formats import exif
from studio.project.formats.format import DAMAGED, FIRST_PICTURE, EncodeOptions, Format, Opened

MAX_TEXT_BYTES = 1_000_000
MAX_TEXTS = 100
MAX_PROFILE_BYTES = 16_000_000
_PICTURE = (b"IHDR", b"PLTE", b"tRNS", b"IDAT")
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
# Of the colour types of a header.
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_SRGB = png.chunk(b"sRGB", b"\0")


def _open(data: bytes) -> Opened:
    parts: list[bytes] = [png.SIGNATURE]
    texts: dict[str, str] = {}
    notices: list[str] = []
    profile: bytes | None = None
    bits = 8
    orientation = 1
    bits_per_pixel = 1
    size = Size(0, 0)
    is_sound, has_end = True, False
    for chunk in png.read_chunks(data):
        if chunk.kind in _PICTURE:
            is_sound = is_sound and chunk.is_whole
            parts.append(png.chunk(chunk.kind, chunk.data))
        if chunk.kind == b"IHDR" and len(chunk.data) == 13:
            width, height, bits, kind = struct.unpack(">IIBB", chunk.data[:10])
            size = Size(width, height)
            bits_per_pixel = bits * _CHANNELS.get(kind, 1)
        elif chunk.kind in _TEXTS and len(texts) < MAX_TEXTS:
            found = png.read_text(chunk, max_bytes=MAX_TEXT_BYTES)
            if found is not None:
                texts.setdefault(*found)
        elif chunk.kind == b"iCCP":
            profile = png.inflate(chunk.data.partition(b"\0")[2][1:], MAX_PROFILE_BYTES) or None
        elif chunk.kind == b"eXIf":
            orientation = exif.orientation_of(exif.parse(chunk.data))
        elif chunk.kind == b"acTL":
            notices.append(FIRST_PICTURE)
        has_end = has_end or chunk.kind == b"IEND"
    if not is_sound or not has_end:
        notices.append(DAMAGED)
    parts.append(png.chunk(b"IEND", b""))
    image = PngImagePlugin.PngImageFile(io.BytesIO(b"".join(parts)))
    return Opened(
        image=image,
        size=size,
        texts=texts,
        icc_profile=profile,
        orientation=orientation,
        bits_per_channel=bits,
        bits_per_pixel=bits_per_pixel,
        notices=tuple(notices),
    )


def _encode(pixels: UInt8Array, _options: EncodeOptions, texts: Mapping[str, str]) -> bytes:
    opaque = bool((pixels[..., 3] == 255).all())
    data = png.encode(np.ascontiguousarray(pixels[..., :3]) if opaque else pixels)
    return png.insert_chunks(data, [_SRGB, *(png.text_chunk(key, text) for key, text in texts.items())])


FORMAT = Format(
    identifier="png",
    label="PNG",
    extensions=(".png",),
    matches=lambda head: head.startswith(png.SIGNATURE),
    open=_open,
    encode=_encode,
    max_side=65_535,
)
