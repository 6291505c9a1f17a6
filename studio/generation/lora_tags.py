"""`<lora:name:weight>` in a prompt: which adapters to add to the model, as other studios write it. The tags are no words."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_WEIGHT = 10.0
_TAG = re.compile(
    r"<(?:lora|lyco):([^:<>]{1,200})(?::\s*([+-]?(?:\d{1,4}(?:\.\d{0,9})?|\.\d{1,9}))\s*)?>", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class LoraTag:
    """name: of its file, without folder and ending. weight: -10 to 10; 1 is as it was trained, 0 does nothing."""

    name: str
    weight: float


def split_loras(prompt: str) -> tuple[str, tuple[LoraTag, ...]]:
    """The prompt without its tags, and the tags in their order; the last of one name counts."""
    tags: dict[str, LoraTag] = {}
    for name, weight in _TAG.findall(prompt):
        clean = name.strip()
        value = min(max(float(weight or 1.0), -MAX_WEIGHT), MAX_WEIGHT)
        tags.pop(clean.casefold(), None)
        tags[clean.casefold()] = LoraTag(name=clean, weight=value)
    if not tags:
        return prompt, ()
    text = _TAG.sub("", prompt)
    return re.sub(r"[ \t]{2,}", " ", text).strip(" ,"), tuple(tags.values())
