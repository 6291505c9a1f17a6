"""JPEG; a file that ends early is decoded up to there."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
from PIL import Image, JpegImagePlugin

from studio.core.geometry import Size
from studio.generation.request import UInt8Array
from studio.project.formats import exif
from studio.project.formats.format import EncodeOptions, Format, Opened
from studio.project.formats.profiles import srgb_profile

MAX_TEXT_BYTES = 1_000_000
_END_OF_IMAGE = b"\xff\xd9"
# Above this quality colour is kept at full resolution, as the artist who asks for it expects.
_FULL_COLOR_QUALITY = 90


def _open(data: bytes) -> Opened:
    image = JpegImagePlugin.JpegImageFile(io.BytesIO(data))
    found = exif.of_image(image)
    profile = image.info.get("icc_profile")
    return Opened(
        image=image,
        size=Size(*image.size),
        texts=exif.texts_of(found, max_bytes=MAX_TEXT_BYTES),
        icc_profile=profile if isinstance(profile, bytes) else None,
        orientation=exif.orientation_of(found),
        # With an end the library fills what is missing with grey instead of giving nothing of a progressive file.
        retry=lambda: JpegImagePlugin.JpegImageFile(io.BytesIO(data + _END_OF_IMAGE)),
    )


def _encode(pixels: UInt8Array, options: EncodeOptions, texts: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(_on_white(pixels)).save(
        buffer,
        "JPEG",
        quality=options.quality,
        subsampling=0 if options.quality >= _FULL_COLOR_QUALITY else 2,
        optimize=False,
        icc_profile=srgb_profile(),
        exif=exif.build(texts),
    )
    return buffer.getvalue()


def _on_white(pixels: UInt8Array) -> UInt8Array:
    alpha = pixels[..., 3:].astype(np.uint16)
    return ((pixels[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)


FORMAT = Format(
    identifier="jpeg",
    label="JPEG",
    extensions=(".jpg", ".jpeg", ".jpe"),
    matches=lambda head: head.startswith(b"\xff\xd8\xff"),
    open=_open,
    encode=_encode,
    max_side=65_500,
    has_alpha=False,
    has_quality=True,
)
