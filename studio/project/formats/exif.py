"""EXIF, as far as a picture needs it: which way is up, and the text generators leave in UserComment."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from PIL import Image

ORIENTATION = 0x0112
SOFTWARE = 0x0131
_EXIF_IFD = 0x8769
_USER_COMMENT = 0x9286
_MAKER_NOTE = 0x927C
_MAKER_NOTE_MARK = b"underpaint\0"

# JPEG keeps EXIF in one segment of 64 KiB.
MAX_EXIF_BYTES = 65_000


def orientation_of(exif: Image.Exif) -> int:
    """1..8 as in EXIF 2.3, 4.6.4 A; 1 where there is none or it is broken."""
    # The EXIF of a stranger's file breaks in as many ways as there are exceptions; none of them is worth a refusal.
    with contextlib.suppress(Exception):
        value = exif.get(ORIENTATION, 1)
        if isinstance(value, int) and 1 <= value <= 8:
            return value
    return 1


def parse(data: bytes) -> Image.Exif:
    """An EXIF block; an empty one when it is broken."""
    exif = Image.Exif()
    with contextlib.suppress(Exception):
        exif.load(data)
        return exif
    return Image.Exif()


def of_image(image: Image.Image) -> Image.Exif:
    """Not for PNG, whose reader decodes the whole picture to look for EXIF behind it."""
    with contextlib.suppress(Exception):
        return image.getexif()
    return Image.Exif()


def texts_of(exif: Image.Exif, *, max_bytes: int) -> dict[str, str]:
    """`parameters` from UserComment, `underpaint` from our MakerNote."""
    texts: dict[str, str] = {}
    with contextlib.suppress(Exception):
        values = exif.get_ifd(_EXIF_IFD)
        comment = values.get(_USER_COMMENT)
        if isinstance(comment, bytes):
            texts["parameters"] = _decode_comment(comment[:max_bytes])
        elif isinstance(comment, str):
            texts["parameters"] = comment[:max_bytes]
        note = values.get(_MAKER_NOTE)
        if isinstance(note, bytes) and note.startswith(_MAKER_NOTE_MARK):
            texts["underpaint"] = note[len(_MAKER_NOTE_MARK) :][:max_bytes].decode("utf-8", "replace")
    return {keyword: text for keyword, text in texts.items() if text}


def build(texts: Mapping[str, str]) -> bytes:
    """An EXIF block with the texts in it, empty when there are none; what does not fit is left out, ours first."""
    for kept in (("parameters", "underpaint"), ("parameters",)):
        exif = Image.Exif()
        details = exif.get_ifd(_EXIF_IFD)
        if "parameters" in texts:
            # Big-endian without a mark, as the web UIs write and expect it.
            details[_USER_COMMENT] = b"UNICODE\0" + texts["parameters"].encode("utf-16-be", "replace")
        if "underpaint" in texts and "underpaint" in kept:
            details[_MAKER_NOTE] = _MAKER_NOTE_MARK + texts["underpaint"].encode("utf-8", "replace")
        if not details:
            return b""
        data = exif.tobytes()
        if len(data) <= MAX_EXIF_BYTES:
            return data
    return b""


def _decode_comment(comment: bytes) -> str:
    """EXIF 2.3, 4.6.5 D: eight bytes name the character code."""
    code, text = comment[:8], comment[8:]
    if code == b"UNICODE\0":
        if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return text.decode("utf-16", "replace")
        # The standard does not say which byte comes first; the zero bytes of Latin text do.
        is_little = text[1::2].count(0) > text[0::2].count(0)
        return text.decode("utf-16-le" if is_little else "utf-16-be", "replace")
    if code in (b"ASCII\0\0\0", b"\0" * 8):
        return text.rstrip(b"\0").decode("utf-8", "replace")
    return comment.rstrip(b"\0").decode("utf-8", "replace")
