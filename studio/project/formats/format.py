"""What a picture format is to the studio: one line of the table FORMATS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from PIL import Image

from studio.core.geometry import Size
from studio.generation.request import UInt8Array

# Deflate makes at most 1032 bytes of one; the other methods of these formats make fewer.
DEFLATE_INFLATION = 1100
DAMAGED = "The file is damaged; what could be read of it is shown."
FIRST_PICTURE = "Only the first picture of the animation was opened."


@dataclass(frozen=True, kw_only=True, eq=False)
class Opened:
    """A picture whose header has been read and whose pixels have not.

    size: as the header tells it. texts: keyword -> text, what other programs left in it, capped.
    bits_per_channel, bits_per_pixel: as stored. notices: one sentence each, what is already known to be lost.
    retry: opens the picture in a more forgiving way, for when its pixels turn out to be broken.
    """

    image: Image.Image
    size: Size
    texts: Mapping[str, str] = field(default_factory=dict)
    icc_profile: bytes | None = None
    orientation: int = 1
    bits_per_channel: int = 8
    bits_per_pixel: int = 1
    notices: tuple[str, ...] = ()
    retry: Callable[[], Image.Image] | None = None


@dataclass(frozen=True, kw_only=True)
class EncodeOptions:
    """quality: 1..100, for JPEG and lossy WebP. is_lossless: for WebP. has_metadata: recipe and prompt go along."""

    quality: int = 92
    is_lossless: bool = False
    has_metadata: bool = True


Encoder = Callable[[UInt8Array, EncodeOptions, Mapping[str, str]], bytes]
"""(straight RGBA (h, w, 4), options, texts to embed) -> the file."""


@dataclass(frozen=True, kw_only=True)
class Format:
    """extensions: lower case with the dot, the usual one first. matches: tells the format by its first 64 bytes.

    open: reads the header; allocates nothing in proportion to the size the header claims, may raise anything.
    encode: None for a format that is only read. max_side: pixels a side the format can hold.
    max_inflation: bytes of pixels that one byte of a file can stand for; a header that claims more lies.
    """

    identifier: str
    label: str
    extensions: tuple[str, ...]
    matches: Callable[[bytes], bool]
    open: Callable[[bytes], Opened]
    encode: Encoder | None = None
    max_side: int = 65_535
    max_inflation: int = DEFLATE_INFLATION
    has_alpha: bool = True
    has_quality: bool = False
