"""What a small model knows, as words: completions of what is being typed, and what of a prompt it never learnt."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator, Mapping, Sequence

from studio.generation.catalog import ModelInfo
from studio.generation.scenes.captions import write_caption
from studio.generation.scenes.prompt_words import FILLER
from studio.generation.scenes.reading import MAX_READ_CHARS, MAX_UNKNOWN, normal_word, read_prompt, words_of
from studio.generation.scenes.spec import ATTRIBUTES, COLORS, WIDER, sample_spec
from studio.generation.scenes.telling import listed
from studio.generation.scenes.words import SYNONYMS

STARTER = "starter"
MAX_COMPLETIONS = 7
MIN_TYPED_CHARS = 2
MAX_PHRASE_WORDS = 4
SHORTEST_SURPRISE_WORDS = 6


def completions(before: str, vocabulary: Mapping[str, Sequence[str]]) -> tuple[int, tuple[str, ...]]:
    """Phrases that what stands before the cursor may become: (characters to replace, phrases).

    Phrases that begin so come first, then those one of whose later words does; (0, ()) when there is nothing to say.
    """
    for typed in _tails(before):
        begun = typed.casefold()
        phrases = [phrase for phrases in vocabulary.values() for phrase in phrases]
        starting = [phrase for phrase in phrases if phrase.casefold().startswith(begun)]
        inside = (
            [phrase for phrase in phrases if f" {begun}" in phrase.casefold()] if " " not in begun else []
        )
        found = [phrase for phrase in dict.fromkeys((*starting, *inside)) if phrase.casefold() != begun]
        # A phrase that is typed out whole asks for no help.
        if any(phrase.casefold() == begun for phrase in phrases) and not starting[1:]:
            return 0, ()
        if found:
            return len(typed), tuple(found[:MAX_COMPLETIONS])
    return 0, ()


def _tails(before: str) -> Iterator[str]:
    """The last few words before the cursor, the most first, within the present line and between commas."""
    line = before[-200:].rsplit("\n", 1)[-1].rsplit(",", 1)[-1].lstrip(" (")
    starts = [0, *(index + 1 for index, char in enumerate(line) if char == " ")]
    for start in starts[-MAX_PHRASE_WORDS:]:
        tail = line[start:]
        if len(tail) >= MIN_TYPED_CHARS and not tail.startswith(" ") and tail[-1].isalpha():
            yield tail


def unknown_words(prompt: str, model: ModelInfo, *, begun: str = "") -> tuple[tuple[str, ...], bool]:
    """The words of the prompt the model never learnt, as written, and whether it knows any that mean something.

    A model that names no vocabulary reads free text: nothing is unknown to it. begun: a word that is still being
    typed and counts as known while it may become one.
    """
    if not model.vocabulary:
        return (), True
    known = {
        normal_word(word)
        for phrase in (*(p for phrases in model.vocabulary.values() for p in phrases), *model.examples)
        for word in words_of(phrase)
    }
    if model.identifier == STARTER:
        known |= _taught()
    if begun and any(word.startswith(begun.lower()) for word in known):
        known.add(normal_word(begun))
    silent = {normal_word(word) for word in FILLER} | {"no", "without"}
    words = words_of(prompt[:MAX_READ_CHARS])
    unknown = [word for word in words if normal_word(word) not in known | silent]
    knows_some = any(normal_word(word) in known - silent for word in words)
    return tuple(dict.fromkeys(word.lower() for word in unknown))[:MAX_UNKNOWN], knows_some


@functools.cache
def _taught() -> frozenset[str]:
    """All words of the captions the starter model was trained on; its card lists the most useful ones."""
    phrases = [
        phrase
        for attribute, values in SYNONYMS.items()
        for value, phrases in values.items()
        if value in ATTRIBUTES.get(attribute, ())
        for phrase in phrases
    ]
    return frozenset(normal_word(word) for phrase in (*phrases, *COLORS) for word in words_of(phrase))


def untaught(prompt: str, model: ModelInfo, *, begun: str = "") -> str:
    """One honest sentence about what the model will not understand; empty when it understands everything."""
    unknown, knows_some = unknown_words(prompt, model, begun=begun)
    if not unknown:
        return ""
    drawn = tuple(word for word in unknown if not read_prompt(word).says_nothing)
    if drawn == unknown:
        return f"{model.name} does not know {listed(unknown)}; Draw a Scene does."
    also = f" Draw a Scene knows {listed(drawn)}." if drawn else ""
    if not knows_some:
        return f"{model.name} knows none of these words.{also or ' See “What it knows”.'}"
    return f"{model.name} does not know {listed(unknown)}.{also}"


def drawn_only() -> tuple[str, ...]:
    """What the scene renderer draws beyond the words of the model, for those who wonder."""
    return tuple(
        phrases[0].replace("{c} ", "").removeprefix("a ").split(" with ")[0]
        for attribute, values in SYNONYMS.items()
        for value, phrases in values.items()
        if value in WIDER.get(attribute, ()) and value not in ATTRIBUTES.get(attribute, ())
    )


def surprise(seed: int) -> str:
    """A prompt in the words the starter model learnt; the same seed says the same."""
    rng = random.Random(seed)
    while True:
        text = write_caption(sample_spec(rng), rng, drop=0.05).text
        if len(text.split()) >= SHORTEST_SURPRISE_WORDS:
            return text
