"""PNG at the level of chunks, and a writer fast enough for whole projects.

Specification: https://www.w3.org/TR/png-3/
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from studio.core.opencv import cv2
from studio.generation.request import UInt8Array

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 1_000_000

# The Up filter and run-length deflate: 0.4 times the time of level 1 on a picture (142 against 349 ms for 2048²),
# 0.5 on a paint layer, in fewer bytes; Pillow's default needs some 20 times as long for 9 % less.
_FAST = (
    cv2.IMWRITE_PNG_COMPRESSION,
    1,
    cv2.IMWRITE_PNG_STRATEGY,
    cv2.IMWRITE_PNG_STRATEGY_RLE,
    cv2.IMWRITE_PNG_FILTER,
    cv2.IMWRITE_PNG_FILTER_UP,
)
_TO_FILE_ORDER = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}


class Chunk(NamedTuple):
    """is_whole: its length and checksum are right; a cut one holds what there is."""

    kind: bytes
    data: bytes
    is_whole: bool


def encode(pixels: UInt8Array) -> bytes:
    """(h, w) grey, (h, w, 3) RGB or (h, w, 4) straight RGBA to an 8-bit PNG, every byte of it kept."""
    if pixels.ndim == 3:
        pixels = np.asarray(cv2.cvtColor(pixels, _TO_FILE_ORDER[pixels.shape[2]]), np.uint8)
    is_encoded, data = cv2.imencode(".png", np.ascontiguousarray(pixels), _FAST)
    assert is_encoded, "OpenCV writes every 8-bit array"
    return data.tobytes()


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk as it stands in a file, with length and checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))


def read_chunks(data: bytes) -> Iterator[Chunk]:
    """Every chunk up to IEND or the end of the file; at most MAX_CHUNKS."""
    position = len(SIGNATURE)
    for _ in range(MAX_CHUNKS):
        header = data[position : position + 8]
        if len(header) < 8:
            return
        length, kind = struct.unpack(">I4s", header)
        body = data[position + 8 : position + 8 + length]
        checksum = data[position + 8 + length : position + 12 + length]
        is_whole = checksum == struct.pack(">I", zlib.crc32(body, zlib.crc32(kind)))
        yield Chunk(kind, body, is_whole)
        position += 12 + length
        if kind == b"IEND":
            return


def insert_chunks(png: bytes, chunks: Iterable[bytes]) -> bytes:
    """`png` with complete chunks added behind its header."""
    end_of_header = len(SIGNATURE) + 25
    return png[:end_of_header] + b"".join(chunks) + png[end_of_header:]


def text_chunk(keyword: str, text: str) -> bytes:
    """Uncompressed, because readers refuse a whole picture for a compressed text they find too long.

    tEXt where Latin-1 holds the text, which every reader knows, iTXt (UTF-8) otherwise. keyword: 1..79 of ASCII.
    """
    text = text.replace("\0", "�")
    try:
        # tEXt knows one control character only, the line feed.
        return chunk(b"tEXt", keyword.encode("ascii") + b"\0" + text.encode("latin-1"))
    except UnicodeEncodeError:
        body = keyword.encode("ascii") + b"\0\0\0\0\0" + text.encode("utf-8", "replace")
        return chunk(b"iTXt", body)


def read_text(chunk: Chunk, *, max_bytes: int) -> tuple[str, str] | None:
    """(keyword, text) of a tEXt, zTXt or iTXt chunk; None for another or a broken one.

    The text is cut at `max_bytes`, also while it is being decompressed.
    """
    keyword, separator, rest = chunk.data.partition(b"\0")
    if not separator or not 1 <= len(keyword) <= 79:
        return None
    encoding = "latin-1"
    if chunk.kind == b"zTXt":
        rest = inflate(rest[1:], max_bytes)
    elif chunk.kind == b"iTXt":
        encoding = "utf-8"
        is_compressed, rest = rest[:1] == b"\1", rest[2:]
        for _ in ("language", "translated keyword"):
            rest = rest.partition(b"\0")[2]
        if is_compressed:
            rest = inflate(rest, max_bytes)
    elif chunk.kind != b"tEXt":
        return None
    return keyword.decode("latin-1"), rest[:max_bytes].decode(encoding, "replace")


def inflate(data: bytes, max_bytes: int) -> bytes:
    """At most `max_bytes` of a zlib stream; what came before an error when it is broken."""
    decompressor = zlib.decompressobj()
    try:
        return decompressor.decompress(data, max_bytes)
    except zlib.error:
        return b""
