"""Captions of scenes: sentence or tag list, synonyms, dropped phrases, and a record of what they really name."""

from __future__ import annotations

import random
from dataclasses import dataclass

from studio.generation.scenes.spec import SceneSpec
from studio.generation.scenes.words import COLORLESS, PREPOSITIONS, SYNONYMS


@dataclass(frozen=True, kw_only=True)
class Caption:
    """A prompt and the attributes it names (attribute -> value), which is what a metric may ask for."""

    text: str
    named: dict[str, str]


class _Writer:
    """Collects phrases and remembers which attributes they name."""

    def __init__(self, spec: SceneSpec, rng: random.Random, drop: float, places: float) -> None:
        self.spec = spec
        self.rng = rng
        self.drop = drop
        self.places = places
        self.named: dict[str, str] = {}

    def keeps(self, share: float = 1.0) -> bool:
        return self.rng.random() > self.drop * share

    def name(self, attribute: str) -> str:
        value: str = getattr(self.spec, attribute)
        self.named[attribute] = value
        return self.rng.choice(SYNONYMS[attribute][value])

    def place(self, attribute: str) -> str:
        value: str = getattr(self.spec, attribute)
        self.named[attribute] = value
        return " " + self.rng.choice(SYNONYMS["position"][value])

    def style(self) -> str:
        if self.spec.style != "plain":
            return self.name("style") if self.keeps(0.5) else ""
        text = self.rng.choice(SYNONYMS["style"]["plain"]) if self.rng.random() < 0.7 else ""
        if text:
            self.named["style"] = "plain"
        return text

    def ground(self) -> str:
        if not self.keeps():
            return ""
        text = self.name("ground")
        if self.spec.ground != "flowers":
            return text
        if self.rng.random() < 0.85:
            self.named["flower_color"] = self.spec.flower_color
            return text.replace("{f}", self.spec.flower_color)
        return text.replace("{f} ", "")

    def object(self) -> str:
        spec, rng = self.spec, self.rng
        if spec.object == "none" or not self.keeps(0.5):
            return ""
        text = self.name("object")
        if "{c}" in text:
            if rng.random() < 0.8:
                text = text.replace("a {c}", _with_article(spec.color)).replace("{c}", spec.color)
                self.named["color"] = spec.color
            else:
                text = rng.choice(COLORLESS[spec.object])
        text = _with_article(text)
        return text + self.place("position") if rng.random() < self.places else text

    def sky_and_distance(self) -> list[str]:
        spec, rng = self.spec, self.rng
        phrases = [
            self.name(attribute)
            for attribute in ("background", "tree", "feature")
            if getattr(spec, attribute) != "none" and self.keeps()
        ]
        if spec.celestial != "none" and self.keeps():
            text = self.name("celestial")
            phrases.append(
                text + self.place("celestial_position") if rng.random() < 0.9 * self.places else text
            )
        if (spec.clouds == "many" and spec.time != "storm" and self.keeps()) or (
            spec.clouds == "clear" and rng.random() < 0.3
        ):
            phrases.append(self.name("clouds"))
        phrases += [self.name(a) for a in ("aurora", "birds") if getattr(spec, a) == "yes" and self.keeps()]
        if spec.view != "middle" and self.keeps():
            phrases.append(self.name("view"))
        rng.shuffle(phrases)
        return phrases


def write_caption(spec: SceneSpec, rng: random.Random, drop: float = 0.12, places: float = 0.5) -> Caption:
    """A caption of `spec`; each phrase is left out with probability `drop` (style and object with half of it).

    `places`: how often it tells where the object stands, and a little less often the sun.
    """
    writer = _Writer(spec, rng, drop, places)
    style, ground, phrases, subject = (
        writer.style(),
        writer.ground(),
        writer.sky_and_distance(),
        writer.object(),
    )
    time = writer.name("time") if writer.keeps() else ""
    if rng.random() < 0.45:
        text = _sentence(spec, rng, style, subject, ground, phrases, time)
    else:
        text = _tags(rng, style, [t for t in (subject, ground, time, *phrases) if t])
    text = text.strip(", ")
    if rng.random() < 0.04:
        text += rng.choice((", beautiful", ", detailed", ", high quality"))
    return Caption(text=text, named=writer.named)


def _with_article(text: str) -> str:
    return ("an " if text[0] in "aeiou" else "a ") + text


def _sentence(
    spec: SceneSpec, rng: random.Random, style: str, subject: str, ground: str, phrases: list[str], time: str
) -> str:
    text = subject or ground
    if subject and ground:
        default = "in" if spec.ground not in ("sea", "lake") else "by"
        text = f"{subject} {PREPOSITIONS.get(spec.object, default)} {ground}"
    if phrases:
        joint = rng.choice((" with ", ", ", " and ")) if text else ""
        text += joint + (", " if rng.random() < 0.6 else " and ").join(phrases)
    if time:
        fits = time.split()[0] in ("at", "in", "on", "under")
        text = text + (" " if fits else ", ") + time if text else time
    if not style:
        return text
    if not text:
        return style
    form = rng.random()
    if form < 0.5:
        return f"{_with_article(style)} of {text}"
    return f"{style}, {text}" if form < 0.75 else f"{text}, {style}"


def _tags(rng: random.Random, style: str, tags: list[str]) -> str:
    if rng.random() < 0.7:
        rng.shuffle(tags)
    tags = [tag[2:] if tag.startswith("a ") and rng.random() < 0.5 else tag for tag in tags]
    if style:
        tags.insert(0 if rng.random() < 0.6 else len(tags), style)
    return ", ".join(tags)
