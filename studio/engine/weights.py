"""Judges a safetensors file by its header before any library touches it. Format: github.com/huggingface/safetensors."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from studio.core.errors import EngineError

MAX_HEADER_BYTES = 16 * 1024 * 1024
MAX_TENSORS = 100_000
LENGTH_BYTES = 8
DTYPE_BITS = {
    "F64": 64, "F32": 32, "F16": 16, "BF16": 16, "F8_E4M3": 8, "F8_E5M2": 8,
    "I64": 64, "I32": 32, "I16": 16, "I8": 8, "U64": 64, "U32": 32, "U16": 16, "U8": 8, "BOOL": 8,
}  # fmt: skip
FOREIGN_BEGINNINGS = (
    (
        b"version https://git-lfs",
        "a Git LFS pointer, not the model itself",
        "Download the file it points to.",
    ),
    (b"<", "a web page, not a model", "Download the model again."),
    (b"PK\x03\x04", "a zip or PyTorch archive, not safetensors", "Get the model as safetensors."),
    (b"\x80", "a Python pickle, which could run programs", "Get the model as safetensors."),
    (b"GGUF", "a GGUF file, not safetensors", "Get the model as safetensors."),
)
DOWNLOAD_AGAIN = "Download the model again."


def tensor_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Names and shapes of a sound file's tensors; reads the header only.

    Raises EngineError with the cause for anything else: missing, empty, foreign, truncated, inconsistent.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            beginning = file.read(64)
            length = int.from_bytes(beginning[:LENGTH_BYTES], "little")
            _check_beginning(path, beginning, size)
            if length > MAX_HEADER_BYTES or length > size - LENGTH_BYTES:
                raise _broken(path, f"its header claims {length} bytes of {size}")
            file.seek(LENGTH_BYTES)
            header = file.read(length)
    except OSError as error:
        raise EngineError(
            f"The model file {path.name} cannot be read.",
            remedy="Check that the drive is connected and the file still there.",
            details=str(error),
        ) from error
    return _shapes(path, _entries(path, header), size - LENGTH_BYTES - length)


def _check_beginning(path: Path, beginning: bytes, size: int) -> None:
    if size <= LENGTH_BYTES:
        raise _broken(path, f"it has only {size} bytes")
    for prefix, what, remedy in FOREIGN_BEGINNINGS:
        # A plausible length that happens to begin with such a byte is followed by the header's brace.
        if beginning.startswith(prefix) and beginning[LENGTH_BYTES : LENGTH_BYTES + 1] != b"{":
            raise EngineError(f"{path.name} is {what} ({size} bytes).", remedy=remedy, details=str(path))


def _entries(path: Path, header: bytes) -> dict[str, Any]:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        entries = dict(pairs)
        if len(entries) != len(pairs):
            raise ValueError("a name occurs twice")
        return entries

    if header[:1] != b"{" or header.count(b"data_offsets") > MAX_TENSORS:
        raise _broken(path, "its header is no table of tensors")
    try:
        entries = json.loads(header, object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise _broken(path, str(error)[:200]) from error
    entries.pop("__metadata__", None)
    if not entries:
        raise _broken(path, "it holds no tensors")
    result: dict[str, Any] = entries
    return result


def _shapes(path: Path, entries: dict[str, Any], data_bytes: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    covered = 0
    for name, entry in entries.items():
        try:
            bits, shape = DTYPE_BITS[entry["dtype"]], entry["shape"]
            begin, end = entry["data_offsets"]
            is_sound = all(type(n) is int and 0 <= n < 2**48 for n in (*shape, begin, end))
        except (KeyError, TypeError, ValueError) as error:
            raise _broken(path, f"the entry of {name[:80]!r} is wrong") from error
        if not is_sound or math.prod(shape) * bits != (end - begin) * 8:
            raise _broken(path, f"the size of {name[:80]!r} does not fit its shape")
        covered = max(covered, end)
        shapes[name] = tuple(shape)
    if covered != data_bytes:
        raise _broken(path, f"{covered} bytes of weights announced, {data_bytes} there")
    return shapes


def _broken(path: Path, why: str) -> EngineError:
    return EngineError(
        f"The model file {path.name} is damaged or incomplete.",
        remedy=DOWNLOAD_AGAIN,
        details=f"{path}: {why}",
    )
