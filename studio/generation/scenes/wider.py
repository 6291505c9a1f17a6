"""The second vocabulary: more objects, things that lead through a scene, near and far views; the first one included."""

from __future__ import annotations

import dataclasses
import random

from studio.generation.scenes.spec import COLORS, UNCOLORED, SceneSpec, sample_spec

_OBJECTS = {
    "sea": ("rowboat", "tower"),
    "lake": ("rowboat", "rowboat", "windmill", "tower", "church"),
    "meadow": ("windmill", "barn", "church", "tent", "well", "treehouse", "tower"),
    "flowers": ("windmill", "barn", "well", "tent", "church"),
    "desert": ("cactus", "cactus", "cactus", "tent", "well", "tower"),
    "snow": ("snowman", "snowman", "snowman", "barn", "church", "tent", "tower"),
    "forest": ("treehouse", "treehouse", "tent", "well", "barn"),
}
_FEATURES = {
    "sea": ("pier",),
    "lake": ("bridge", "pier", "waterfall"),
    "meadow": ("road", "fence"),
    "flowers": ("road", "fence"),
    "desert": ("road",),
    "snow": ("road", "fence"),
    "forest": ("road",),
}
NEW_OBJECT_SHARE = 0.6
FEATURE_SHARE = 0.35
VIEW_WEIGHTS = (70, 18, 12)
_HIDING = frozenset({"bridge", "waterfall"})
"""Features that take the place of what would stand in the water."""


def sample_wider(rng: random.Random) -> SceneSpec:
    """A random scene of the second vocabulary whose parts go together."""
    spec = sample_spec(rng)
    if spec.object != "none" and rng.random() < NEW_OBJECT_SHARE:
        spec = dataclasses.replace(spec, object=rng.choice(_OBJECTS[spec.ground]))
    if rng.random() < FEATURE_SHARE:
        feature = rng.choice(_FEATURES[spec.ground])
        if feature in _HIDING and spec.object not in ("none", "balloon"):
            spec = dataclasses.replace(spec, object="none")
        spec = dataclasses.replace(spec, feature=feature)
    color = spec.color if spec.color != "red" else rng.choice(COLORS)
    view = rng.choices(("middle", "close", "distant"), VIEW_WEIGHTS)[0]
    return dataclasses.replace(
        spec,
        color="red" if spec.object in UNCOLORED else color,
        view=view if spec.object not in ("none", "balloon") else "middle",
    )


def fits(ground: str, feature: str) -> bool:
    """Whether the feature is one of those the ground is sampled with."""
    return feature == "none" or feature in _FEATURES[ground]
