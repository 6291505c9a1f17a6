"""stack.xml, the list of layers of an OpenRaster file: written strictly, read with patience.

Specification: https://www.openraster.org/baseline/layer-stack-spec.html. Files in the wild lack `version`, carry a
byte order mark, put attributes on the root stack and operators nobody else knows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from studio.document.stack import MAX_GROUP_DEPTH
from studio.project.damage import DamagedError

VERSION = "0.0.6"
NAMESPACE = "urn:underpaint:openraster:1"
ID_ATTRIBUTE = f"{{{NAMESPACE}}}id"
MAX_BYTES = 32_000_000
MAX_NODES = 10_000
# image, the outer stack and a layer stand around the groups.
MAX_DEPTH = MAX_GROUP_DEPTH + 3
MAX_NAME_CHARS = 1000
MAX_COORDINATE = 1 << 24
_CHUNK_BYTES = 65_536
_XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Not xml.sax.saxutils: it imports urllib and with it half of the network library, 28 ms.
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
)
_NAME = re.compile(r"[A-Za-z_][\w.\-]*")
_LAYER = {
    "name",
    "src",
    "x",
    "y",
    "opacity",
    "visibility",
    "composite-op",
    "edit-locked",
    "selected",
    ID_ATTRIBUTE,
}
_STACK = {
    "name",
    "x",
    "y",
    "opacity",
    "visibility",
    "composite-op",
    "isolation",
    "edit-locked",
    "selected",
    ID_ATTRIBUTE,
}
_IMAGE = {"version", "w", "h"}


@dataclass(frozen=True, kw_only=True)
class LayerEntry:
    """x, y: of the upper left pixel, from the upper left corner of the canvas. extra: attributes of others.

    id: ours, empty in a foreign file. children: of a nested stack, lowest first; None for a layer. is_isolated: of a
    nested stack, whether its layers blend with each other first.
    """

    source: str = ""
    name: str = ""
    x: int = 0
    y: int = 0
    opacity: float = 1.0
    is_visible: bool = True
    composite_op: str = "svg:src-over"
    is_locked: bool = False
    is_selected: bool = False
    id: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    children: tuple[LayerEntry, ...] | None = None
    is_isolated: bool = True


@dataclass(frozen=True, kw_only=True)
class Stack:
    """width, height: of the canvas in pixels, 0 where a foreign file does not say. layers: of the outer stack, lowest
    first.

    warnings: sentences about what could not be taken as it stands. is_whole: False when the XML breaks off.
    """

    width: int
    height: int
    layers: tuple[LayerEntry, ...] = ()
    image_attributes: Mapping[str, str] = field(default_factory=dict)
    stack_attributes: Mapping[str, str] = field(default_factory=dict)
    namespaces: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    is_whole: bool = True


def xml_text(text: str) -> str:
    """What XML can hold of a text: control characters and halves of characters become U+FFFD."""
    return _ILLEGAL.sub("�", text)


def render(stack: Stack) -> bytes:
    """UTF-8, every attribute the specification asks for on every layer."""
    prefixes = _prefixes(stack)
    image = {"version": VERSION, "w": str(stack.width), "h": str(stack.height)}
    image |= {f"xmlns:{prefix}": uri for uri, prefix in prefixes.items() if uri != _XML_NAMESPACE}
    image |= _foreign(stack.image_attributes, _IMAGE, prefixes)
    lines = ["<?xml version='1.0' encoding='UTF-8'?>", f"<image{_attributes(image)}>"]
    lines.append(f" <stack{_attributes(_foreign(stack.stack_attributes, _STACK, prefixes))}>")
    lines += _lines(stack.layers, prefixes, depth=2)
    lines += [" </stack>", "</image>", ""]
    return "\n".join(lines).encode("utf-8")


def every_entry(entries: Sequence[LayerEntry]) -> Iterator[LayerEntry]:
    """From the lowest to the highest, a nested stack after what it holds."""
    for entry in entries:
        yield from every_entry(entry.children or ())
        yield entry


def _lines(entries: Sequence[LayerEntry], prefixes: Mapping[str, str], depth: int) -> Iterator[str]:
    indent = " " * depth
    for entry in reversed(entries):
        shape = {"src": entry.source, "x": str(entry.x), "y": str(entry.y)}
        if entry.children is not None:
            shape = {"isolation": "isolate" if entry.is_isolated else "auto"}
        values = {
            "name": entry.name,
            **shape,
            "opacity": repr(float(entry.opacity)),
            "visibility": "visible" if entry.is_visible else "hidden",
            "composite-op": entry.composite_op,
        }
        if entry.is_locked:
            values["edit-locked"] = "true"
        if entry.is_selected:
            values["selected"] = "true"
        if entry.id:
            values[f"{prefixes[NAMESPACE]}:id"] = entry.id
        known = _LAYER if entry.children is None else _STACK
        written = _attributes(values | _foreign(entry.extra, known, prefixes))
        if entry.children is None:
            yield f"{indent}<layer{written}/>"
        elif not entry.children:
            yield f"{indent}<stack{written}/>"
        else:
            yield f"{indent}<stack{written}>"
            yield from _lines(entry.children, prefixes, depth + 1)
            yield f"{indent}</stack>"


def parse(data: bytes) -> Stack:
    """The offset of a nested stack goes to its layers.

    Raises DamagedError for what is no layer list at all or holds what no layer list needs.
    """
    if len(data) > MAX_BYTES:
        raise DamagedError("the list of layers is far too long")
    builder = _Builder()
    parser = DefusedXMLParser(target=builder)
    is_whole = True
    try:
        for start in range(0, len(data), _CHUNK_BYTES):
            parser.feed(data[start : start + _CHUNK_BYTES])
        parser.close()
    except DefusedXmlException as error:
        raise DamagedError("the list of layers holds a forbidden construct", details=repr(error)) from error
    except (ParseError, ValueError, LookupError) as error:
        is_whole = False
        if not builder.has_image:
            raise DamagedError("the list of layers cannot be read", details=str(error)) from error
    if not builder.has_image:
        raise DamagedError("the list of layers cannot be read")
    return builder.stack(is_whole)


@dataclass(frozen=True, kw_only=True)
class _Open:
    """A stack being read: its attributes, the offset of what it holds, what it held so far, highest first."""

    attributes: Mapping[str, str]
    x: int
    y: int
    entries: list[LayerEntry] = field(default_factory=list)


class _Builder:
    """Target of the XML parser; works element by element, so that depth and number are bounded as they come."""

    def __init__(self) -> None:
        self.has_image = False
        self._image: dict[str, str] = {}
        self._root: dict[str, str] = {}
        self._layers: list[LayerEntry] = []
        self._open: list[_Open] = []
        self._namespaces: dict[str, str] = {}
        self._warnings: dict[str, None] = {}
        self._depth = 0
        self._nodes = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise DamagedError(f"it has more than {MAX_NODES} layers")
        if self._depth > MAX_DEPTH:
            raise DamagedError(f"its groups are nested more than {MAX_DEPTH} deep")
        if self._depth == 1:
            if tag != "image":
                raise DamagedError("the list of layers is of another kind")
            self.has_image = True
            self._image = attributes
        elif tag == "stack":
            self._start_stack(attributes)
        elif tag == "layer":
            self._add_layer(attributes)
        else:
            self._warnings[f"“{tag[:40]}” elements are unknown here and were left out."] = None

    def end(self, tag: str) -> None:
        self._depth -= 1
        if tag == "stack" and self._open:
            self._end_stack()

    def start_ns(self, prefix: str, uri: str) -> None:
        if prefix and uri not in self._namespaces:
            self._namespaces[uri] = prefix

    def data(self, _text: str) -> None:
        """Text between elements means nothing in a layer list."""

    def close(self) -> None:
        """The parser asks for it."""

    def stack(self, is_whole: bool) -> Stack:
        while self._open:  # a list that breaks off
            self._end_stack()
        return Stack(
            width=_integer(self._image.get("w"), 0),
            height=_integer(self._image.get("h"), 0),
            layers=tuple(reversed(self._layers)),
            image_attributes=_others(self._image, _IMAGE),
            stack_attributes=_others(self._root, _STACK),
            namespaces=dict(self._namespaces),
            warnings=tuple(self._warnings),
            is_whole=is_whole,
        )

    def _start_stack(self, attributes: dict[str, str]) -> None:
        x, y = (self._open[-1].x, self._open[-1].y) if self._open else (0, 0)
        if not self._open and not self._root:
            self._root = attributes
        if len(self._open) > MAX_GROUP_DEPTH:
            raise DamagedError(f"its groups are nested more than {MAX_GROUP_DEPTH} deep")
        self._open.append(
            _Open(
                attributes=attributes,
                x=x + _integer(attributes.get("x"), 0),
                y=y + _integer(attributes.get("y"), 0),
            )
        )

    def _end_stack(self) -> None:
        finished = self._open.pop()
        if not self._open:
            self._layers += finished.entries
            return
        attributes = finished.attributes
        common = _common(attributes, _STACK)
        isolation = attributes.get("isolation", "auto")
        # Specification: “auto” is isolated as soon as the stack has an opacity or an operator of its own.
        has_own = common.opacity < 1 or common.composite_op != "svg:src-over"
        self._open[-1].entries.append(
            replace(
                common,
                children=tuple(reversed(finished.entries)),
                is_isolated=isolation == "isolate" or has_own,
            )
        )

    def _add_layer(self, attributes: dict[str, str]) -> None:
        around = self._open[-1] if self._open else _Open(attributes={}, x=0, y=0, entries=self._layers)
        around.entries.append(
            replace(
                _common(attributes, _LAYER),
                source=attributes.get("src", ""),
                x=around.x + _integer(attributes.get("x"), 0),
                y=around.y + _integer(attributes.get("y"), 0),
            )
        )


def _common(attributes: Mapping[str, str], known: set[str]) -> LayerEntry:
    """What layers and nested stacks say alike."""
    return LayerEntry(
        name=attributes.get("name", "")[:MAX_NAME_CHARS],
        opacity=_opacity(attributes.get("opacity")),
        is_visible=attributes.get("visibility") != "hidden",
        composite_op=attributes.get("composite-op", "svg:src-over"),
        is_locked=attributes.get("edit-locked") == "true",
        is_selected=attributes.get("selected") == "true",
        id=attributes.get(ID_ATTRIBUTE, ""),
        extra=_others(attributes, known),
    )


def _others(attributes: Mapping[str, str], known: set[str]) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if name not in known}


def _integer(text: str | None, default: int) -> int:
    number = _float(text)
    return default if number is None else max(-MAX_COORDINATE, min(MAX_COORDINATE, round(number)))


def _opacity(text: str | None) -> float:
    number = _float(text)
    return 1.0 if number is None else max(0.0, min(1.0, number))


def _float(text: str | None) -> float | None:
    try:
        number = float((text or "")[:40])
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _prefixes(stack: Stack) -> dict[str, str]:
    """uri -> prefix for every namespace in use, each prefix once."""
    names = [
        *stack.image_attributes,
        *stack.stack_attributes,
        *(key for entry in every_entry(stack.layers) for key in entry.extra),
    ]
    used = dict.fromkeys(name[1:].partition("}")[0] for name in names if name.startswith("{"))
    prefixes = {NAMESPACE: "underpaint", _XML_NAMESPACE: "xml"}
    for uri in used:
        wanted = stack.namespaces.get(uri, "")
        if uri not in prefixes:
            taken = prefixes.values()
            prefixes[uri] = (
                wanted if _NAME.fullmatch(wanted) and wanted not in taken else f"ns{len(prefixes)}"
            )
    return prefixes


def _foreign(attributes: Mapping[str, str], known: set[str], prefixes: Mapping[str, str]) -> dict[str, str]:
    """Attributes of others under the names they have in this file; none that would say ours twice."""
    named: dict[str, str] = {}
    for name, value in attributes.items():
        if name in known:
            continue
        uri, _, local = name[1:].partition("}") if name.startswith("{") else ("", "", name)
        if _NAME.fullmatch(local):
            named[f"{prefixes[uri]}:{local}" if uri else local] = value
    return named


def _attributes(values: Mapping[str, str]) -> str:
    return "".join(f' {name}="{xml_text(value).translate(_ESCAPES)}"' for name, value in values.items())
