"""Pictures in and out: the one decoder for everything that was not painted here, and the one encoder."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from PIL import Image, ImageFile

from studio.core.errors import ProjectError
from studio.core.geometry import Size
from studio.generation.request import UInt8Array
from studio.project import atomic
from studio.project.formats import FORMATS
from studio.project.formats.format import DAMAGED, FIRST_PICTURE, EncodeOptions, Format, Opened
from studio.project.formats.pixels import to_rgba

MAX_SIDE = 16_384
MAX_PIXELS = MAX_SIDE**2
MAX_FILE_BYTES = 2_000_000_000
_HEAD_BYTES = 64
_READABLE = "PNG, JPEG, WebP, TIFF, GIF and BMP pictures can be opened."

# What people drop by mistake: told by content, named, and never handed to a program that would run it.
_STRANGERS: tuple[tuple[bytes, str], ...] = (
    (b"%!PS", "a PostScript file"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript file"),
    (b"%PDF", "a PDF document"),
    (b"8BPS", "a Photoshop file"),
    (b"gimp xcf", "a GIMP file"),
    (b"PK\x03\x04", "an archive (a project is opened, not imported)"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\0\0\1\0", "an icon file"),
    (b"v/1\x01", "an OpenEXR file"),
    (b"#?RADIANCE", "a Radiance HDR file"),
    (b"version https://git-lfs", "a Git LFS pointer, not the picture itself"),
    (b"<svg", "an SVG drawing"),
    (b"<?xml", "an XML file"),
    (b"<!doctype", "a web page"),
    (b"<html", "a web page"),
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, eq=False)
class DecodedImage:
    """pixels: uint8 (h, w, 4) straight sRGB RGBA, upright. format: key of FORMATS.

    texts: keyword -> plain text found in the file, data from a stranger. notices: a sentence for each loss.
    """

    pixels: UInt8Array
    format: str
    texts: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    @property
    def size(self) -> Size:
        return Size(self.pixels.shape[1], self.pixels.shape[0])


def read(path: Path, *, max_side: int = MAX_SIDE, max_pixels: int = MAX_PIXELS) -> DecodedImage:
    """`decode` for a file on disk. Raises ProjectError."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        reason = "is not there" if isinstance(error, FileNotFoundError) else "cannot be read"
        raise ProjectError(
            f"“{path.name}” {reason}.", remedy="Check the file and its folder.", details=str(error)
        ) from error
    if len(data) > MAX_FILE_BYTES:
        raise ProjectError(f"“{path.name}” is larger than {atomic.readable_size(MAX_FILE_BYTES)}.")
    return decode(data, name=f"“{path.name}”", max_side=max_side, max_pixels=max_pixels)


def decode(
    data: bytes, *, name: str = "The picture", max_side: int = MAX_SIDE, max_pixels: int = MAX_PIXELS
) -> DecodedImage:
    """The format is told by content, never by name; the size is checked before a pixel is decoded.

    A picture that is cut or damaged gives what could be decoded, with a notice. Raises ProjectError, which begins
    with `name`.
    """
    if not data:
        raise ProjectError(f"{name} is empty (0 bytes).")
    format = _recognise(data, name)
    # A stranger's file breaks parsers in every way there is; each of them means the same to the artist.
    try:
        opened = format.open(data)
    except MemoryError as error:
        raise _out_of_memory(name) from error
    except Exception as error:
        raise _unreadable(name, format, error) from error
    _check_size(opened.size, name, max_side, max_pixels)
    if opened.size != opened.image.size:
        raise _unreadable(name, format, ValueError("two sizes in one file"))
    if opened.size.area * opened.bits_per_pixel > 8 * format.max_inflation * len(data):
        raise _unreadable(name, format, ValueError("far more pixels than the file can hold"))
    opened = _loaded(opened, name, format)
    try:
        pixels, conversions = to_rgba(opened)
    except MemoryError as error:
        raise _out_of_memory(name) from error
    except Exception as error:
        raise _unreadable(name, format, error) from error
    return DecodedImage(
        pixels=pixels,
        format=format.identifier,
        texts=opened.texts,
        notices=tuple(dict.fromkeys([*opened.notices, *conversions])),
    )


def encode(
    pixels: UInt8Array,
    format_id: str,
    *,
    options: EncodeOptions | None = None,
    texts: Mapping[str, str] | None = None,
) -> bytes:
    """A file of a straight sRGB RGBA (h, w, 4) picture; JPEG shows white where it is transparent.

    texts: keyword -> text to embed (see `metadata.texts_of`), left out when `options.has_metadata` is off.
    Raises ProjectError for a size the format cannot hold.
    """
    format = FORMATS[format_id]
    assert format.encode is not None, "a format that is only read"
    height, width = pixels.shape[:2]
    if max(width, height) > format.max_side:
        raise ProjectError(
            f"{format.label} pictures can be at most {format.max_side} pixels a side.",
            remedy="Choose PNG, or make the picture smaller.",
        )
    options = options or EncodeOptions()
    embedded = dict(texts or {}) if options.has_metadata else {}
    try:
        return format.encode(pixels, options, embedded)
    except (OSError, ValueError) as error:
        raise ProjectError(
            f"The picture could not be written as {format.label}.", remedy="Choose PNG.", details=str(error)
        ) from error


def write(
    path: Path,
    pixels: UInt8Array,
    *,
    format_id: str = "",
    options: EncodeOptions | None = None,
    texts: Mapping[str, str] | None = None,
) -> None:
    """`encode` to a file through the one save path; without `format_id` the name says the format.

    Raises ProjectError; a file that was there is then untouched.
    """
    identifier = format_id or format_for(path).identifier
    atomic.write_bytes(path, encode(pixels, identifier, options=options, texts=texts))


def format_for(path: Path) -> Format:
    """The writable format a file name asks for. Raises ProjectError naming those there are."""
    suffix = path.suffix.lower()
    for format in FORMATS.values():
        if format.encode is not None and suffix in format.extensions:
            return format
    known = ", ".join(f.extensions[0] for f in FORMATS.values() if f.encode is not None)
    raise ProjectError(f"“{path.name}” does not say which format to write.", remedy=f"Use one of {known}.")


def _recognise(data: bytes, name: str) -> Format:
    head = data[:_HEAD_BYTES]
    for format in FORMATS.values():
        if format.matches(head):
            return format
    lowered = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for mark, words in _STRANGERS:
        if head.startswith(mark) or lowered.startswith(mark.lower()):
            raise ProjectError(f"{name} is {words}.", remedy=_READABLE)
    if head[4:8] == b"ftyp":
        raise ProjectError(f"{name} is an HEIC, AVIF or video file.", remedy=_READABLE)
    raise ProjectError(f"{name} is no picture of a known format.", remedy=_READABLE)


def _check_size(size: Size, name: str, max_side: int, max_pixels: int) -> None:
    if size.width < 1 or size.height < 1:
        raise ProjectError(f"{name} has no pixels.")
    if size.area > max_pixels:
        megapixels, limit = round(size.area / 1e6), round(max_pixels / 1e6)
        raise ProjectError(f"{name} has {megapixels} megapixels, more than the limit of {limit}.")
    if size.long_side > max_side:
        raise ProjectError(
            f"{name} is {size.width} × {size.height} pixels; the limit is {max_side} pixels a side."
        )


def _loaded(opened: Opened, name: str, format: Format) -> Opened:
    """With its pixels decoded, all of them or those before a fault."""
    image = opened.image
    try:
        image.load()
    except MemoryError as error:
        raise _out_of_memory(name) from error
    except Exception as error:
        _log.info("%s decoded in part: %s", name, error)
        partial = _rest(opened)
        if partial is None:
            raise _unreadable(name, format, error) from error
        return replace(opened, image=partial, notices=(*opened.notices, DAMAGED))
    notices = (FIRST_PICTURE,) if _is_animated(image) else ()
    return replace(opened, notices=(*opened.notices, *notices))


def _rest(opened: Opened) -> Image.Image | None:
    """What can be had of a broken picture."""
    if opened.retry is not None:
        with contextlib.suppress(Exception):
            image = opened.retry()
            if image.size == opened.size:
                image.load()
                return image
    image = opened.image
    if not isinstance(image, ImageFile.ImageFile) or getattr(image, "_im", None) is None:
        return None
    with contextlib.suppress(Exception):
        # Pillow keeps what it decoded before the fault; without tiles left to load it hands that out.
        image.tile = []
        return image if image.getbbox() is not None else None
    return None


def _is_animated(image: Image.Image) -> bool:
    try:
        return bool(getattr(image, "is_animated", False))
    except Exception:  # noqa: BLE001 - a broken second frame is none of our business
        return False


def _unreadable(name: str, format: Format, error: Exception) -> ProjectError:
    return ProjectError(
        f"{name} is damaged: it begins like a {format.label} picture but cannot be decoded.",
        remedy="Try another copy of the file.",
        details=f"{type(error).__name__}: {error}",
    )


def _out_of_memory(name: str) -> ProjectError:
    return ProjectError(
        f"{name} needs more memory than there is.", remedy="Close other pictures or programs."
    )
