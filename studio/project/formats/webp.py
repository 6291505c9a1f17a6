"""WebP; the library decodes whole files only, so that a cut one is refused."""

from __future__ import annotations

import io
from collections.abc import Mapping

from PIL import Image, WebPImagePlugin

from studio.core.geometry import Size
from studio.generation.request import UInt8Array
from studio.project.formats import exif
from studio.project.formats.format import EncodeOptions, Format, Opened
from studio.project.formats.profiles import srgb_profile

MAX_TEXT_BYTES = 1_000_000


def _open(data: bytes) -> Opened:
    image = WebPImagePlugin.WebPImageFile(io.BytesIO(data))
    found = exif.of_image(image)
    profile = image.info.get("icc_profile")
    return Opened(
        image=image,
        size=Size(*image.size),
        texts=exif.texts_of(found, max_bytes=MAX_TEXT_BYTES),
        icc_profile=profile if isinstance(profile, bytes) else None,
        orientation=exif.orientation_of(found),
    )


def _encode(pixels: UInt8Array, options: EncodeOptions, texts: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(
        buffer,
        "WEBP",
        lossless=options.is_lossless,
        # For lossless files quality is effort.
        quality=40 if options.is_lossless else options.quality,
        method=2 if options.is_lossless else 4,
        exact=options.is_lossless,
        icc_profile=srgb_profile(),
        exif=exif.build(texts),
    )
    return buffer.getvalue()


FORMAT = Format(
    identifier="webp",
    label="WebP",
    extensions=(".webp",),
    matches=lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP",
    open=_open,
    encode=_encode,
    max_side=16_383,
    # One colour costs a lossless picture of any size some thirty bytes.
    max_inflation=4 * 16_383**2,
    has_quality=True,
)
