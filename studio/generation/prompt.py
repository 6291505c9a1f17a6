r"""The prompt grammar artists know from other studios: (emphasis:1.3), [less], \( escapes, BREAK.

(text) weighs 1.1, (text:1.3) weighs 1.3, [text] weighs 1 / 1.1, nested brackets multiply, a backslash makes the next
character ordinary, BREAK in capitals starts a new chunk of tokens. Unbalanced brackets are forgiven: an opening one
acts to the end, a closing one is text. Every text is a valid prompt.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

EMPHASIS = 1.1
MIN_WEIGHT, MAX_WEIGHT = 0.0, 10.0

_TOKEN = re.compile(
    r"(?P<escape>\\.)"
    r"|(?P<open>[(\[])"
    r"|:\s{0,9}(?P<weight>[+-]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))\s{0,9}\)"
    r"|(?P<close>[)\]])"
    r"|(?P<separator>\bBREAK\b)"
    r"|(?P<text>[^\\()\[\]:B]+|.)",
    re.DOTALL,
)


@dataclass(frozen=True, kw_only=True)
class WeightedText:
    """weight in [0, 10]; 1 is neutral."""

    text: str
    weight: float


Segment = tuple[WeightedText, ...]


def parse(prompt: str) -> tuple[Segment, ...]:
    """The segments between BREAKs, at least one; an empty segment says nothing. Linear in the prompt's length."""
    factors = _bracket_factors(prompt)
    segments: list[list[tuple[str, float]]] = [[]]
    weights = [1.0]
    for index, match in enumerate(_TOKEN.finditer(prompt)):
        if index in factors:
            factor = factors[index]
            if factor is None:
                weights.pop()
            else:
                weights.append(min(max(weights[-1] * factor, MIN_WEIGHT), MAX_WEIGHT))
        elif match["separator"]:
            segments.append([])
        else:
            text = match["escape"][1:] if match["escape"] else match[0]
            segments[-1].append((text, round(weights[-1], 4)))
    return tuple(_joined(segment) for segment in segments)


def _bracket_factors(prompt: str) -> dict[int, float | None]:
    """By token index: what an opening bracket multiplies by; None where one closes. The rest is text."""
    factors: dict[int, float | None] = {}
    opened: list[tuple[str, int]] = []
    for index, match in enumerate(_TOKEN.finditer(prompt)):
        if match["open"]:
            opened.append((match["open"], index))
            factors[index] = EMPHASIS if match["open"] == "(" else 1.0 / EMPHASIS
        elif not opened:
            continue
        elif match["weight"] is not None and opened[-1][0] == "(":
            factors[opened.pop()[1]] = float(match["weight"])
            factors[index] = None
        elif match["close"] and opened[-1][0] == {")": "(", "]": "["}[match["close"]]:
            opened.pop()
            factors[index] = None
    return factors


def _joined(parts: Iterable[tuple[str, float]]) -> Segment:
    """Neighbours of equal weight as one text, so that words split by a bracket character tokenise as written."""
    joined = (
        WeightedText(text="".join(text for text, _ in group), weight=weight)
        for weight, group in itertools.groupby(parts, key=lambda part: part[1])
    )
    return tuple(part for part in joined if part.text.strip())
