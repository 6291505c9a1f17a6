"""What crosses between the studio and its engine process: length-prefixed JSON, no pixels, no pickle.

A frame is four bytes of length (big endian) and that many bytes of JSON: {"version", "kind", "body"}. Pixels travel in
a `JobBlock` of shared memory which the frames refer to. Decoding is total: whatever arrives, it ends in a known
message or in a GenerationError, and nothing is allocated beyond MAX_FRAME_BYTES.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from studio.core.errors import GenerationError
from studio.generation.catalog import Catalog
from studio.generation.events import Cancelled, Failed, Hello, Loading, Paused, Resumed, Started, Steered
from studio.generation.request import Fork, Recipe, check

VERSION = 4
HEADER_BYTES = 4
# Two prompts of a million characters, each at most twelve bytes of escaped JSON, and some room.
MAX_FRAME_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Submit:
    """block: name of the shared memory laid out by `BlockLayout` for this recipe and these flags."""

    job_id: str
    recipe: Recipe
    previews: bool
    block: str
    has_image: bool
    has_mask: bool
    fork: Fork | None = None
    has_regions: bool = False


@dataclass(frozen=True, kw_only=True)
class DrawScene:
    """A scene for the renderer; answered like a Submit. block: for the recipe's size, without image and mask."""

    job_id: str
    recipe: Recipe
    previews: bool
    block: str


@dataclass(frozen=True, kw_only=True)
class Cancel:
    job_id: str


@dataclass(frozen=True, kw_only=True)
class Pause:
    """Wait after the present step, or go on."""

    job_id: str
    is_paused: bool


@dataclass(frozen=True, kw_only=True)
class EndEarly:
    """Finish now with the picture implied so far."""

    job_id: str


@dataclass(frozen=True, kw_only=True)
class Steer:
    """A `Steering` whose pixels, if any, lie in a block of their own; width, height: of them, else 0."""

    job_id: str
    prompt: str
    negative_prompt: str
    guidance_scale: float
    is_paint: bool
    block: str
    width: int
    height: int
    has_image: bool
    has_mask: bool


@dataclass(frozen=True, kw_only=True)
class ReleaseSlot:
    """The studio has copied this preview; the engine may write the slot again."""

    job_id: str
    slot: int


@dataclass(frozen=True, kw_only=True)
class Heartbeat:
    """The engine process is alive; sent several times a second, whatever it does."""


@dataclass(frozen=True, kw_only=True)
class PreviewInBlock:
    """A Preview whose pixels lie in a slot of the job's block; slot -1: progress only."""

    job_id: str
    step: int
    total_steps: int
    slot: int
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class FinishedInBlock:
    """A Finished whose pixels lie in the job's block."""

    job_id: str
    elapsed_s: float


Job = Submit | DrawScene
Command = Job | Cancel | Pause | EndEarly | Steer | ReleaseSlot
OnTheWay = Loading | Started | Paused | Resumed | Steered
Report = Heartbeat | Hello | OnTheWay | PreviewInBlock | FinishedInBlock | Cancelled | Failed

COMMANDS: dict[str, type[Any]] = {
    "submit": Submit,
    "draw": DrawScene,
    "cancel": Cancel,
    "pause": Pause,
    "end": EndEarly,
    "steer": Steer,
    "release": ReleaseSlot,
}
REPORTS: dict[str, type[Any]] = {
    "heartbeat": Heartbeat,
    "hello": Hello,
    "loading": Loading,
    "started": Started,
    "paused": Paused,
    "resumed": Resumed,
    "steered": Steered,
    "preview": PreviewInBlock,
    "finished": FinishedInBlock,
    "cancelled": Cancelled,
    "failed": Failed,
}
KINDS = {message: kind for table in (COMMANDS, REPORTS) for kind, message in table.items()}


def encode(message: Command | Report) -> bytes:
    """A whole frame. Raises GenerationError when it would be larger than MAX_FRAME_BYTES."""
    text = json.dumps(
        {"version": VERSION, "kind": KINDS[type(message)], "body": dataclasses.asdict(message)},
        allow_nan=False,
        separators=(",", ":"),
    )
    payload = text.encode("ascii")
    check(len(payload) <= MAX_FRAME_BYTES, "The request is too long for the engine.")
    return len(payload).to_bytes(HEADER_BYTES, "big") + payload


def decode_command(payload: bytes) -> Command:
    command: Command = _decode(payload, COMMANDS)
    return command


def decode_report(payload: bytes) -> Report:
    report: Report = _decode(payload, REPORTS)
    return report


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The next frame's payload, blocking; None at a clean end. Raises GenerationError for half or huge frames."""
    header = _read_up_to(stream, HEADER_BYTES)
    if not header:
        return None
    check(len(header) == HEADER_BYTES, "The engine's message breaks off.")
    length = int.from_bytes(header, "big")
    check(length <= MAX_FRAME_BYTES, "The engine's message is absurdly long.")
    payload = _read_up_to(stream, length)
    check(len(payload) == length, "The engine's message breaks off.")
    return payload


def _read_up_to(stream: IO[bytes], length: int) -> bytes:
    """Fewer bytes only at the end of the stream; an unbuffered pipe hands out less than asked for."""
    parts = bytearray()
    while len(parts) < length:
        part = stream.read(length - len(parts))
        if not part:
            break
        parts += part
    return bytes(parts)


def _decode(payload: bytes, kinds: Mapping[str, type[Any]]) -> Any:
    try:
        frame = json.loads(payload, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise GenerationError("The engine's message is not readable.", details=str(error)[:200]) from error
    check(isinstance(frame, dict), "The engine's message is no object.")
    check(frame.get("version") == VERSION, "The engine speaks another version.")
    kind = frame.get("kind")
    check(isinstance(kind, str) and kind in kinds, "The engine's message is of an unknown kind.")
    message = _build(kinds[kind], frame.get("body"))
    _check_ranges(message)
    return message


def _check_ranges(message: Any) -> None:
    if isinstance(message, PreviewInBlock):
        check(1 <= message.step <= message.total_steps, "The engine counts its steps wrong.")
        check(message.slot >= -1 and message.width >= 0 and message.height >= 0, "The preview has no place.")
    elif isinstance(message, DrawScene | Submit):
        # Two kinds of job, two ways through the engine: neither may come in the other's clothes.
        check(message.recipe.is_drawn == isinstance(message, DrawScene), "The job is of another kind.")
    elif isinstance(message, Started):
        check(message.total_steps >= 1, "The engine counts its steps wrong.")
    elif isinstance(message, Paused | Resumed | Steered):
        check(message.step >= 0, "The engine counts its steps wrong.")
    elif isinstance(message, Steer):
        check(0.0 <= message.guidance_scale <= 100.0, "Guidance must lie between 0 and 100.")
        has_pixels = message.has_image or message.has_mask
        check(not has_pixels or min(message.width, message.height) >= 8, "The pixels have no size.")
        check(max(message.width, message.height) <= 16384, "The pixels are too many.")
    elif isinstance(message, FinishedInBlock):
        check(message.elapsed_s >= 0.0, "The engine's clock runs backwards.")


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


@functools.cache
def _field_types(cls: type[Any]) -> dict[str, Any]:
    # The window learns of the catalog from the engine: `events` does not import it before.
    hints = typing.get_type_hints(cls, localns={"Catalog": Catalog})
    return {name: hints[name] for name in (f.name for f in dataclasses.fields(cls))}


def _build(kind: Any, value: Any) -> Any:
    """`value` from JSON as `kind`: a dataclass with exactly its fields, a scalar, tuple[X, ...] or dict[str, X]."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        fields = _field_types(kind)
        _expect(isinstance(value, dict) and value.keys() == fields.keys(), kind, value)
        return kind(**{name: _build(field, value[name]) for name, field in fields.items()})
    if origin is tuple:
        _expect(isinstance(value, list), kind, value)
        return tuple(_build(arguments[0], item) for item in value)
    if origin is dict:
        _expect(isinstance(value, dict), kind, value)
        return {key: _build(arguments[1], item) for key, item in value.items()}
    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        return _build(next(option for option in arguments if option is not type(None)), value)
    if kind is float:
        _expect(isinstance(value, (int, float)) and not isinstance(value, bool), kind, value)
        # An integer beyond the largest float would raise OverflowError.
        _expect(abs(value) < 1e300 and math.isfinite(value), kind, value)
        return float(value)
    _expect(type(value) is kind, kind, value)
    return value


def _expect(holds: bool, kind: Any, value: Any) -> None:
    if not holds:
        raise GenerationError(
            "The engine's message has a wrong part.", details=f"{kind} expected, got {str(value)[:200]}"
        )
