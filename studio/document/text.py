"""What a text layer says and how it is set: the record its pixels were made from. Drawing it is the window's work."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from studio.core.errors import DocumentError
from studio.core.geometry import Point
from studio.document.pixels import RGB

Alignment = Literal["left", "center", "right"]
ALIGNMENTS: tuple[Alignment, ...] = ("left", "center", "right")
BLACK = RGB(0, 0, 0)
MAX_TEXT_CHARS = 20_000
MAX_FAMILY_CHARS = 200
MIN_TEXT_PX = 4
MAX_TEXT_PX = 2000


@dataclass(frozen=True, kw_only=True)
class Text:
    """position: canvas pixels, where the first line's top meets the edge it is aligned to (its middle for centred text).
    size_px: of the font. line_spacing: per cent of the font's own. letter_spacing_px: added after every letter.

    Raises DocumentError for a value out of bounds.
    """

    text: str
    family: str
    position: Point
    size_px: int = 48
    is_bold: bool = False
    is_italic: bool = False
    alignment: Alignment = "left"
    color: RGB = BLACK
    line_spacing: int = 100
    letter_spacing_px: int = 0

    def __post_init__(self) -> None:
        is_sound = (
            len(self.text) <= MAX_TEXT_CHARS
            and 0 < len(self.family) <= MAX_FAMILY_CHARS
            and all(math.isfinite(place) and abs(place) <= 1 << 24 for place in self.position)
            and MIN_TEXT_PX <= self.size_px <= MAX_TEXT_PX
            and self.alignment in ALIGNMENTS
            and all(0 <= channel <= 255 for channel in self.color)
            and 10 <= self.line_spacing <= 1000
            and abs(self.letter_spacing_px) <= 1000
        )
        if not is_sound:
            raise DocumentError("The text cannot be set like that.", remedy="Make it shorter or smaller.")

    def moved(self, dx: float, dy: float) -> Text:
        return replace(self, position=Point(self.position.x + dx, self.position.y + dy))

    def to_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "family": self.family,
            "position": list(self.position),
            "size_px": self.size_px,
            "bold": self.is_bold,
            "italic": self.is_italic,
            "alignment": self.alignment,
            "color": list(self.color),
            "line_spacing": self.line_spacing,
            "letter_spacing_px": self.letter_spacing_px,
        }


def text_from_json(values: object) -> Text | None:
    """None for anything but a sound record: it comes from a file."""
    if not isinstance(values, Mapping):
        return None
    position, color = values.get("position"), values.get("color")
    words = values.get("text"), values.get("family")
    numbers = [values.get(name) for name in ("size_px", "line_spacing", "letter_spacing_px")]
    alignment = next((name for name in ALIGNMENTS if name == values.get("alignment")), None)
    if not (_are_numbers(position, 2, int | float) and _are_numbers(color, 3, int)):
        return None
    if not _are_numbers(numbers, 3, int) or alignment is None:
        return None
    if not all(isinstance(word, str) for word in words):
        return None
    assert isinstance(position, list)
    assert isinstance(color, list)
    try:
        return Text(
            text=str(words[0]),
            family=str(words[1]),
            position=Point(float(position[0]), float(position[1])),
            size_px=int(str(numbers[0])),
            is_bold=values.get("bold") is True,
            is_italic=values.get("italic") is True,
            alignment=alignment,
            color=RGB(*color),
            line_spacing=int(str(numbers[1])),
            letter_spacing_px=int(str(numbers[2])),
        )
    except (DocumentError, OverflowError):
        return None


def _are_numbers(values: object, count: int, kind: Any) -> bool:
    return (
        isinstance(values, list)
        and len(values) == count
        and all(isinstance(value, kind) and not isinstance(value, bool) for value in values)
    )
