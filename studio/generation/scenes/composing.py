"""From what a prompt names to a whole scene: the seed chooses whatever was left open."""

from __future__ import annotations

import dataclasses
import random

from studio.generation.scenes.reading import Reading
from studio.generation.scenes.spec import SceneSpec
from studio.generation.scenes.wider import fits, sample_wider

DRAWS = 200
# What decides about the rest weighs more: a lighthouse asks for the sea, not the sea for a lighthouse.
_WEIGHTS = {"ground": 40, "object": 20, "feature": 20, "tree": 6, "time": 4, "celestial": 3, "aurora": 3}


def compose(reading: Reading, seed: int) -> SceneSpec:
    """The named attributes as they are named; the others from a random scene that fits them best.

    A prompt that names something gets nothing added that would stand in its way: no object, no road, no filter.
    """
    rng = random.Random(seed)
    best, best_score = sample_wider(rng), -1
    for draw in range(DRAWS):
        spec = best if draw == 0 else sample_wider(rng)
        score = sum(
            _WEIGHTS.get(name, 1) for name, value in reading.named.items() if getattr(spec, name) == value
        )
        if score > best_score:
            best, best_score = spec, score
    spec = dataclasses.replace(best, **{**_calm(best, reading), **reading.named})
    return _settled(spec, reading)


def _calm(spec: SceneSpec, reading: Reading) -> dict[str, str]:
    quiet = {"style": "plain"}
    if not reading.says_nothing:
        quiet |= {"object": "none", "feature": "none", "view": "middle", "birds": "no"}
    if spec.feature != "none" and not fits(reading.named.get("ground", spec.ground), spec.feature):
        quiet["feature"] = "none"
    return quiet


def _settled(spec: SceneSpec, reading: Reading) -> SceneSpec:
    """Takes back what the seed added against what the prompt says."""
    changes: dict[str, str] = {}
    if "celestial" not in reading.named and spec.celestial == ("moon" if spec.time != "night" else "sun"):
        changes["celestial"] = "none"
    if "aurora" not in reading.named and spec.time != "night":
        changes["aurora"] = "no"
    if "clouds" not in reading.named and "aurora" in reading.named:
        changes["clouds"] = "clear"
    return dataclasses.replace(spec, **changes)
