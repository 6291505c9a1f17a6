"""What a scene holds, and the first vocabulary: fourteen attributes, how often each occurs, and which go together.

The shipped model, its tokenizer and its classifier are trained on the first vocabulary: `ATTRIBUTES` and `sample_spec`
never change. The wider one (`WIDER`) only appends values and attributes; `scenes.wider` samples from it.
"""

from __future__ import annotations

import dataclasses
import random
from dataclasses import dataclass

COLORS = ("red", "blue", "yellow", "white", "green", "orange", "purple")
POSITIONS = ("left", "center", "right")

ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "time": ("dawn", "day", "sunset", "night", "storm"),
    "ground": ("sea", "lake", "meadow", "flowers", "desert", "snow", "forest"),
    "background": ("none", "mountains", "snowy", "hills"),
    "tree": ("none", "pine", "palm", "oak", "autumn"),
    "object": ("none", "house", "castle", "lighthouse", "boat", "balloon", "campfire"),
    "color": COLORS,
    "position": POSITIONS,
    "celestial": ("none", "sun", "moon"),
    "celestial_position": POSITIONS,
    "style": ("plain", "watercolor", "oil", "pixel", "pencil", "lowpoly"),
    "clouds": ("clear", "some", "many"),
    "birds": ("no", "yes"),
    "aurora": ("no", "yes"),
    "flower_color": COLORS,
}
NEW_OBJECTS = (
    "windmill",
    "barn",
    "church",
    "tent",
    "well",
    "snowman",
    "cactus",
    "rowboat",
    "treehouse",
    "tower",
)
FEATURES = ("none", "road", "fence", "bridge", "pier", "waterfall")
VIEWS = ("middle", "close", "distant")
WIDER: dict[str, tuple[str, ...]] = {
    **ATTRIBUTES,
    "object": ATTRIBUTES["object"] + NEW_OBJECTS,
    "feature": FEATURES,
    "view": VIEWS,
}
UNCOLORED = frozenset({"none", "campfire", "cactus", "tower"})
"""Objects whose colour no caption names."""

_TIME_WEIGHTS = (20, 30, 20, 20, 10)
_GROUND_WEIGHTS = (18, 16, 18, 14, 12, 12, 10)
# Mostly unfiltered pictures: shapes are learnt from them, a style then costs few samples.
_STYLE_WEIGHTS = (62, 9, 9, 8, 6, 6)
_BACKGROUND_WEIGHTS = {
    "sea": (6, 2, 1, 1),
    "lake": (0, 4, 4, 2),
    "meadow": (1, 3, 3, 4),
    "flowers": (1, 3, 3, 4),
    "desert": (4, 3, 0, 2),
    "snow": (1, 2, 5, 1),
    "forest": (1, 3, 4, 1),
}
_TREES = {
    "sea": ("none", "none", "palm"),
    "lake": ("none", "pine", "pine", "oak", "autumn"),
    "meadow": ("none", "none", "pine", "oak", "oak", "autumn"),
    "flowers": ("none", "none", "oak", "pine"),
    "desert": ("none", "none", "palm"),
    "snow": ("none", "pine", "pine"),
    "forest": ("pine", "pine", "autumn"),
}
_OBJECTS = {
    "sea": ("none", "lighthouse", "lighthouse", "lighthouse", "boat", "boat", "boat", "balloon"),
    "lake": ("none", "boat", "boat", "house", "castle", "balloon"),
    "meadow": ("none", "house", "house", "castle", "balloon", "campfire"),
    "flowers": ("none", "house", "house", "castle", "balloon"),
    "desert": ("none", "castle", "balloon", "campfire"),
    "snow": ("none", "house", "house", "castle", "campfire", "balloon"),
    "forest": ("none", "house", "house", "campfire", "balloon"),
}
_MIRROR = {"left": "right", "right": "left", "center": "center"}


@dataclass(frozen=True, kw_only=True)
class SceneSpec:
    """One scene; each field takes a value of `WIDER[field]`. Colours that nothing shows are "red"."""

    time: str
    ground: str
    background: str = "none"
    tree: str = "none"
    object: str = "none"
    color: str = "red"
    position: str = "center"
    celestial: str = "none"
    celestial_position: str = "center"
    style: str = "plain"
    clouds: str = "some"
    birds: str = "no"
    aurora: str = "no"
    flower_color: str = "red"
    feature: str = "none"
    view: str = "middle"

    def __post_init__(self) -> None:
        for name, values in WIDER.items():
            if getattr(self, name) not in values:
                raise ValueError(f"{name} must be one of {', '.join(values)}, not {getattr(self, name)!r}")

    def to_dict(self) -> dict[str, str]:
        """What the first vocabulary lacks stands only where the scene makes use of it."""
        return {
            name: str(getattr(self, name))
            for name, values in WIDER.items()
            if name in ATTRIBUTES or getattr(self, name) != values[0]
        }

    def index_of(self, name: str) -> int:
        """Values of the first vocabulary have the same index in both."""
        return WIDER[name].index(getattr(self, name))

    def mirrored(self) -> SceneSpec:
        """The spec of this scene's picture flipped left to right."""
        return dataclasses.replace(
            self, position=_MIRROR[self.position], celestial_position=_MIRROR[self.celestial_position]
        )


def _weighted(rng: random.Random, name: str, weights: tuple[int, ...]) -> str:
    return rng.choices(ATTRIBUTES[name], weights)[0]


def sample_spec(rng: random.Random) -> SceneSpec:
    """A random scene whose parts go together (no palm in the snow, no lighthouse in the desert)."""
    time = _weighted(rng, "time", _TIME_WEIGHTS)
    ground = _weighted(rng, "ground", _GROUND_WEIGHTS)
    object_ = rng.choice(_OBJECTS[ground])
    position = rng.choice(POSITIONS)
    celestial = "none"
    if time == "night":
        celestial = "moon" if rng.random() < 0.6 else "none"
    elif time != "storm":
        celestial = "sun" if rng.random() < 0.55 else "none"
    # A balloon must not hide the sun whose place the caption tells.
    places = tuple(p for p in POSITIONS if object_ != "balloon" or p != position)
    aurora = "yes" if time == "night" and rng.random() < 0.3 else "no"
    clouds = "many" if time == "storm" else _weighted(rng, "clouds", (3, 4, 2))
    return SceneSpec(
        time=time,
        ground=ground,
        background=_weighted(rng, "background", _BACKGROUND_WEIGHTS[ground]),
        tree=rng.choice(_TREES[ground]),
        object=object_,
        color=rng.choice(COLORS) if object_ not in ("none", "campfire") else "red",
        position=position,
        celestial=celestial,
        celestial_position=rng.choice(places),
        style=_weighted(rng, "style", _STYLE_WEIGHTS),
        clouds="clear" if aurora == "yes" else clouds,
        birds="yes" if time != "night" and rng.random() < 0.12 else "no",
        aurora=aurora,
        flower_color=rng.choice(COLORS) if ground == "flowers" else "red",
    )
