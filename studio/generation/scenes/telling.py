"""What the artist is told about words that cannot be drawn."""

from __future__ import annotations

from studio.generation.scenes.reading import read_prompt

SHOWN_WORDS = 6


def undrawn(prompt: str) -> str:
    """A sentence or two about what of the prompt the scene renderer leaves out; empty when it draws all of it."""
    if not prompt.strip():
        return ""
    reading = read_prompt(prompt)
    if reading.says_nothing:
        return "The scene renderer can draw none of these words, so the seed chose the scene."
    sentences = []
    if reading.unknown:
        sentences.append(f"The scene renderer cannot draw {listed(reading.unknown)}.")
    if reading.left_out:
        sentences.append(
            f"A scene has one place for each kind of thing; left out: {listed(reading.left_out)}."
        )
    return " ".join(sentences)


def listed(words: tuple[str, ...]) -> str:
    """ "cat", "spaceship" and others."""
    shown = [f"“{word}”" for word in words[:SHOWN_WORDS]]
    if len(words) > SHOWN_WORDS:
        shown.append("others")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
