"""From a prompt to what can be drawn of it: the captions' phrases the other way round, and the words left over."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from studio.generation.scenes.prompt_words import FILLER, IMPLYING, MORE_WORDS
from studio.generation.scenes.spec import COLORS, UNCOLORED, WIDER
from studio.generation.scenes.words import COLORLESS, SYNONYMS

MAX_READ_CHARS = 4000
MAX_UNKNOWN = 12

Meaning = tuple[tuple[str, str], ...]
Phrase = tuple[str, ...]

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|[,.;:!?|]", re.UNICODE)
# "<lora:name:0.8>" is an instruction, no word.
_TAG = re.compile(r"<[^<>]{0,200}>")
_STOPS = frozenset(",.;:!?|")
_DENIALS = frozenset({"no", "without"})
# What wears the object's colour: "a castle with purple roofs".
_PARTS = frozenset({"roof", "tower", "sail", "stripe", "scarf", "cap", "wall", "flag"})
_ABSENT = {"birds": "no", "aurora": "no", "clouds": "clear"}
_AUTUMN_COLORS = frozenset({"red", "orange", "yellow"})


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a prompt names.

    named: attribute -> value. unknown: words nobody can draw, as they were written. left_out: known phrases that a
    scene has no second place for (it holds one object, one time of day, one style).
    """

    named: dict[str, str]
    unknown: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def says_nothing(self) -> bool:
        return not self.named


def read_prompt(prompt: str) -> Reading:
    """Reads any text; the same text always reads the same."""
    reader = _Reader()
    words = _split(prompt[:MAX_READ_CHARS])
    for written, meaning in _phrases(words):
        reader.take(written, meaning)
    return reader.reading()


class _Reader:
    """Takes phrase by phrase; a colour waits for the thing it belongs to, until the next comma."""

    def __init__(self) -> None:
        self._named: dict[str, str] = {}
        self._implied: dict[str, str] = {}
        self._unknown: list[str] = []
        self._left_out: list[str] = []
        self._color = ""
        self._is_denied = False
        self._joins = False
        self._placed = "position"

    def take(self, written: str, meaning: Meaning | None) -> None:
        if meaning is None:
            self._unknown.append(written)
            self._color = ""
        elif meaning[0][0] == "filler":
            self._take_filler(meaning[0][1])
            return
        else:
            self._take_named(written, meaning)
        self._is_denied = self._joins = False

    def reading(self) -> Reading:
        self._give_color()
        named = {**self._implied, **self._named}
        if named.get("object") in UNCOLORED:
            named.pop("color", None)
        unknown = dict.fromkeys(word.lower() for word in self._unknown)
        return Reading(
            named=named,
            unknown=tuple(unknown)[:MAX_UNKNOWN],
            left_out=tuple(dict.fromkeys(self._left_out))[:MAX_UNKNOWN],
        )

    def _take_filler(self, word: str) -> None:
        if word in _STOPS:
            self._give_color()
            self._is_denied = False
        self._is_denied = self._is_denied or word in _DENIALS
        self._joins = word == "and"

    def _take_named(self, written: str, meaning: Meaning) -> None:
        attribute, value = meaning[0]
        if any("color" in own for own, _ in meaning[1:]):
            self._color = ""
        if attribute == "any color":
            # "red and white": the first one counts.
            if not (self._color and self._joins):
                self._give_color()
                self._color = value
        elif attribute == "part":
            self._give_color()
        elif attribute == "position":
            self._named.setdefault(self._placed, value)
        elif self._is_denied:
            absent = _ABSENT.get(attribute, "none")
            if absent in WIDER[attribute]:
                self._named.setdefault(attribute, absent)
        elif self._name(attribute, value, written):
            for implied, its_value in meaning[1:]:
                self._implied.setdefault(implied, its_value)

    def _name(self, attribute: str, value: str, written: str) -> bool:
        """False when a scene has no second place for it, or for none in the first place ("no house, a house")."""
        color, self._color = self._color, ""
        if attribute == "tree" and value == "oak" and color in _AUTUMN_COLORS:
            value = "autumn"
        known = self._named.get(attribute)
        if {known, value} == {"meadow", "flowers"}:
            # "A meadow full of flowers" is one place.
            self._named[attribute] = value = "flowers"
        elif known is not None and known != value:
            self._left_out.append(written)
            return False
        elif value in WIDER[attribute]:
            self._named[attribute] = value
        if attribute == "object":
            self._placed = "position"
        elif attribute == "celestial":
            self._placed = "celestial_position"
        if color and attribute == "object":
            self._named.setdefault("color", color)
        elif color and value == "flowers":
            self._named.setdefault("flower_color", color)
        return True

    def _give_color(self) -> None:
        """A colour that no noun followed is the object's: "a house, red"."""
        if self._color and "object" in self._named:
            self._named.setdefault("color", self._color)
        self._color = ""


def words_of(text: str) -> list[str]:
    """The words of a text, without its commas and numbers."""
    return [word for word in _split(text) if word not in _STOPS]


def _split(text: str) -> list[str]:
    found: list[str] = _WORD.findall(_TAG.sub(",", text))
    return found


def _phrases(words: list[str]) -> Iterator[tuple[str, Meaning | None]]:
    """The longest known phrase at each place; None means nobody knows the word."""
    table, longest = _table()
    normal = [normal_word(word) for word in words]
    index = 0
    while index < len(words):
        for length in range(min(longest, len(words) - index), 0, -1):
            meaning = table.get(tuple(normal[index : index + length]))
            if meaning is not None:
                yield " ".join(words[index : index + length]), meaning
                break
        else:
            length = 1
            yield words[index], None
        index += length


def normal_word(word: str) -> str:
    """Lower case, in the singular, in one spelling; the vocabulary is put through the same."""
    word = word.lower().removesuffix("'s").replace("colour", "color").replace("grey", "gray")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("shes", "ches", "sses", "xes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _key(phrase: str) -> Phrase:
    return tuple(normal_word(word) for word in _WORD.findall(phrase))


@functools.cache
def _table() -> tuple[dict[Phrase, Meaning], int]:
    table: dict[Phrase, Meaning] = {}

    def add(phrase: str, meaning: Meaning) -> None:
        key = _key(phrase)
        if key:
            table.setdefault(key, meaning)
        if len(key) > 1 and key[0] in ("a", "an", "the"):
            table.setdefault(key[1:], meaning)

    def add_colored(phrase: str, attribute: str, value: str) -> None:
        mark, holder = ("{c}", "color") if "{c}" in phrase else ("{f}", "flower_color")
        if mark not in phrase:
            add(phrase, ((attribute, value),))
            return
        for color in COLORS:
            add(phrase.replace(mark, color), ((attribute, value), (holder, color)))

    for phrase, meaning in IMPLYING.items():
        add(phrase, meaning)
    for attribute, values in (*SYNONYMS.items(), *MORE_WORDS.items()):
        for value, phrases in values.items():
            for phrase in phrases:
                add_colored(phrase, attribute, value)
    for value, phrases in COLORLESS.items():
        for phrase in phrases:
            add(phrase, (("object", value),))
    for color in COLORS:
        add(color, (("any color", color),))
    for part in _PARTS:
        table.setdefault((part,), (("part", part),))
    for word in (*FILLER, *_DENIALS, *_STOPS):
        table.setdefault(_key(word), (("filler", word),))
    return table, max(len(key) for key in table)
