"""Words that prompts may use beyond those of the captions: read, never written."""

from __future__ import annotations

MORE_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "time": {
        "dawn": (
            "sunrise",
            "dawn",
            "morning",
            "misty morning",
        ),
        "day": (
            "day",
            "daytime",
            "sunny",
            "sunny day",
            "clear day",
            "summer day",
            "daylight",
            "noon",
            "midday",
            "bright day",
        ),
        "sunset": (
            "sunset",
            "dusk",
            "evening",
            "twilight",
            "sundown",
        ),
        "night": (
            "night",
            "midnight",
            "nighttime",
            "starry",
            "starry sky",
            "star",
        ),
        "storm": (
            "storm",
            "stormy",
            "thunderstorm",
            "lightning",
            "thunder",
        ),
    },
    "ground": {
        "sea": (
            "sea",
            "ocean",
            "seaside",
            "seascape",
            "coast",
            "shore",
            "bay",
            "wave",
            "island",
        ),
        "lake": (
            "lake",
            "pond",
            "river",
            "water",
            "reflection",
            "lakeside",
        ),
        "meadow": (
            "meadow",
            "field",
            "grass",
            "pasture",
            "countryside",
            "prairie",
            "lawn",
        ),
        "flowers": (
            "flower",
            "field of flowers",
            "meadow full of flowers",
            "flower field",
            "flower meadow",
            "blossom",
            "tulip",
        ),
        "desert": (
            "desert",
            "dune",
            "sand",
        ),
        "snow": (
            "snow",
            "snowy",
            "snowy landscape",
            "winter",
            "wintry",
            "ice",
        ),
        "forest": (
            "forest",
            "wood",
            "woodland",
            "clearing",
        ),
    },
    "background": {
        "mountains": (
            "mountain",
            "peak",
            "mountain range",
        ),
        "snowy": (
            "alp",
            "snowy mountain",
            "snowy peak",
            "snow mountain",
        ),
        "hills": (
            "hill",
            "hilly",
            "valley",
        ),
    },
    "tree": {
        "pine": (
            "pine",
            "fir",
            "spruce",
            "conifer",
            "evergreen",
        ),
        "palm": ("palm",),
        "oak": (
            "tree",
            "oak",
            "birch",
        ),
        "autumn": (
            "autumn",
            "fall color",
            "maple",
        ),
    },
    "object": {
        "house": (
            "home",
            "hut",
            "lodge",
        ),
        "barn": ("farm",),
        "castle": (
            "fortress",
            "palace",
        ),
        "boat": (
            "ship",
            "sailing ship",
            "yacht",
        ),
        "balloon": ("hot air",),
        "campfire": ("fire",),
        "windmill": ("mill",),
        "church": ("chapel",),
        "tent": (
            "camp",
            "camping",
        ),
        "snowman": ("snow man",),
        "cactus": ("cacti",),
        "rowboat": ("canoe",),
        "tower": (
            "ruin",
            "stone tower",
            "watchtower",
        ),
    },
    "feature": {
        "road": (
            "road",
            "path",
            "trail",
            "street",
        ),
        "fence": ("fence",),
        "bridge": ("bridge",),
        "pier": (
            "pier",
            "dock",
        ),
        "waterfall": (
            "waterfall",
            "cascade",
        ),
    },
    "celestial": {
        "sun": (
            "sunshine",
            "sun",
        ),
        "moon": ("moon",),
    },
    "clouds": {
        "many": (
            "cloud",
            "cloudy",
            "cloudy sky",
            "overcast",
        ),
        "clear": (
            "cloudless",
            "clear sky",
        ),
    },
    "aurora": {
        "yes": (
            "northern light",
            "aurora borealis",
            "polar light",
        ),
    },
    "birds": {
        "yes": (
            "bird",
            "gull",
            "seagull",
            "flock",
        ),
    },
    "style": {
        "plain": (
            "photograph",
            "photorealistic",
            "realistic",
            "painting",
        ),
        "watercolor": ("watercolor",),
        "oil": (
            "oil",
            "impressionist",
            "impressionism",
        ),
        "pixel": (
            "pixel",
            "pixelated",
            "bit",
        ),
        "pencil": (
            "pencil",
            "sketch",
            "graphite",
            "black and white",
        ),
        "lowpoly": (
            "lowpoly",
            "polygon",
        ),
    },
    "position": {
        "left": (
            "left",
            "to the left",
        ),
        "center": (
            "center",
            "centre",
            "middle",
        ),
        "right": (
            "right",
            "to the right",
        ),
    },
    "view": {
        "close": (
            "close",
            "close up",
            "closeup",
            "zoomed in",
        ),
        "distant": (
            "far away",
            "wide view",
            "panorama",
        ),
    },
    "any color": {
        "purple": (
            "violet",
            "pink",
            "lilac",
        ),
        "yellow": ("golden",),
        "red": (
            "crimson",
            "scarlet",
        ),
        "blue": ("turquoise",),
    },
}
IMPLYING: dict[str, tuple[tuple[str, str], ...]] = {
    "moonlight": (("time", "night"), ("celestial", "moon")),
    "moonlit": (("time", "night"), ("celestial", "moon")),
    "beach": (("ground", "sea"), ("tree", "palm")),
    "tropical beach": (("ground", "sea"), ("tree", "palm")),
    "a mountain lake": (("ground", "lake"), ("background", "mountains")),
    "fjord": (("ground", "lake"), ("background", "mountains")),
    "poppy": (("ground", "flowers"), ("flower_color", "red")),
    "sunflower": (("ground", "flowers"), ("flower_color", "yellow")),
    "lavender": (("ground", "flowers"), ("flower_color", "purple")),
    "daisy": (("ground", "flowers"), ("flower_color", "white")),
    "oasis": (("ground", "desert"), ("tree", "palm")),
    "pine forest": (("ground", "forest"), ("tree", "pine")),
    "autumn forest": (("ground", "forest"), ("tree", "autumn")),
}
"""The first meaning is what the phrase says, the others only hold where nothing else is said."""

FILLER: tuple[str, ...] = (
    "a", "an", "the", "of", "in", "on", "at", "by", "with", "and", "or", "over", "under", "near", "to",
    "from", "into", "is", "are", "there", "its", "it", "this", "that", "as", "for", "behind", "before",
    "beside", "between", "around", "above", "below", "along", "across", "through", "next", "front",
    "inside", "outside", "some", "few", "many", "several", "one", "two", "three", "small", "big", "large",
    "tall", "old", "little", "tiny", "huge", "very", "beautiful", "pretty", "nice", "lovely", "calm",
    "quiet", "peaceful", "serene", "dramatic", "detailed", "highly", "quality", "high", "best",
    "masterpiece", "scenic", "art", "artwork", "image", "picture", "landscape", "scene", "view",
    "background", "foreground", "distance", "distant", "rocky", "rolling", "green", "leafy", "dense", "sky",
    "light", "dark", "bright", "deep", "warm", "cold", "style", "full", "where", "which", "stands",
    "standing", "sits", "sitting", "lone", "lonely", "single", "wooden", "stone", "mountainside", "please",
    "draw", "paint", "show", "make", "me", "my", "i", "want", "burning", "flying", "floating", "sailing",
    "lit", "lights", "air", "horizon", "smiling", "striped", "ground", "surface", "corner", "side", "top",
    "bottom", "day's", "covered", "capped", "cloudscape", "brick", "roofed",
)  # fmt: skip
"""Words that need no drawing of their own."""
