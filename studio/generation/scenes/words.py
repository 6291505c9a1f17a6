"""The words for what a scene holds: attribute -> value -> phrases. `{c}` and `{f}` stand for a colour."""

from __future__ import annotations

SYNONYMS: dict[str, dict[str, tuple[str, ...]]] = {
    "time": {
        "dawn": ("at dawn", "at sunrise", "in the early morning", "pink dawn sky"),
        "day": ("on a sunny day", "in daylight", "blue sky", "at noon", "on a clear day"),
        "sunset": ("at sunset", "at dusk", "in the evening", "orange sunset sky", "golden hour"),
        "night": ("at night", "night sky", "under the stars", "starry night"),
        "storm": ("in a storm", "stormy sky", "dark storm clouds", "under a gray stormy sky"),
    },
    "ground": {
        "sea": ("the sea", "the ocean", "a calm sea", "a seascape", "the coast"),
        "lake": ("a lake", "a calm lake", "a lake with reflections", "a mountain lake"),
        "meadow": ("a meadow", "a green field", "grassland", "a grassy meadow"),
        "flowers": (
            "a field of {f} flowers",
            "a meadow full of {f} flowers",
            "{f} flowers",
            "a {f} flower field",
        ),
        "desert": ("a desert", "sand dunes", "a sandy desert", "desert dunes"),
        "snow": ("a snowy field", "a winter landscape", "snow", "a snow covered landscape"),
        "forest": ("a forest", "the woods", "a dense forest", "a forest clearing"),
    },
    "background": {
        "mountains": ("mountains in the background", "rocky mountains", "distant mountains", "mountains"),
        "snowy": ("snowy mountains", "snow capped mountains", "snowy peaks", "white mountain peaks"),
        "hills": ("rolling hills", "green hills", "hills in the background", "hills"),
    },
    "tree": {
        "pine": ("pine trees", "pines", "fir trees", "evergreen trees"),
        "palm": ("palm trees", "palms", "a palm tree"),
        "oak": ("trees", "green trees", "leafy trees", "oak trees"),
        "autumn": ("autumn trees", "orange autumn trees", "trees in fall colors", "autumn leaves"),
    },
    "object": {
        "house": ("{c} house", "{c} cabin", "{c} cottage"),
        "castle": ("castle with {c} roofs", "castle with {c} towers", "{c} castle"),
        "lighthouse": ("{c} lighthouse", "{c} and white lighthouse", "{c} striped lighthouse"),
        "boat": ("boat with {c} sails", "{c} sailboat", "{c} sailing boat", "{c} boat"),
        "balloon": ("{c} hot air balloon", "{c} balloon", "{c} hot air balloon in the sky"),
        "campfire": ("campfire", "burning campfire", "fire", "bonfire"),
        "windmill": ("{c} windmill", "windmill with a {c} cap", "old {c} windmill"),
        "barn": ("{c} barn", "big {c} barn", "{c} farmhouse"),
        "church": ("church with a {c} roof", "chapel with a {c} roof", "{c} church"),
        "tent": ("{c} tent", "{c} camping tent"),
        "well": ("well with a {c} roof", "stone well with a {c} roof", "{c} well"),
        "snowman": ("snowman with a {c} scarf", "smiling snowman with a {c} scarf"),
        "cactus": ("cactus", "tall cactus", "big green cactus"),
        "rowboat": ("{c} rowing boat", "{c} rowboat", "small {c} rowing boat"),
        "treehouse": ("{c} tree house", "{c} treehouse", "tree house with a {c} roof"),
        "tower": ("ruined tower", "old stone tower", "ruin of a tower"),
    },
    "feature": {
        "road": ("a road", "a winding road", "a country road", "a path to the horizon"),
        "fence": ("a wooden fence", "a fence", "a fence in front"),
        "bridge": ("a stone bridge", "a bridge", "an arched bridge"),
        "pier": ("a wooden pier", "a pier", "a jetty"),
        "waterfall": ("a waterfall", "a tall waterfall", "a waterfall over rocks"),
    },
    "view": {
        "close": ("close view", "close-up", "seen from close by"),
        "distant": ("distant view", "seen from far away", "in the far distance"),
    },
    "celestial": {
        "sun": ("the sun", "a bright sun", "sun"),
        "moon": ("the moon", "a full moon", "moon"),
    },
    "clouds": {
        "many": ("many clouds", "a cloudy sky", "big clouds"),
        "clear": ("a cloudless sky", "no clouds"),
    },
    "aurora": {"yes": ("northern lights", "aurora", "green aurora in the sky")},
    "birds": {"yes": ("birds", "flying birds", "a flock of birds")},
    "style": {
        "plain": ("digital painting", "photo", "landscape", "picture", ""),
        "watercolor": ("watercolor", "watercolor painting", "watercolour painting", "aquarelle"),
        "oil": ("oil painting", "impressionist oil painting", "oil on canvas"),
        "pixel": ("pixel art", "8-bit pixel art", "retro game pixel art"),
        "pencil": ("pencil sketch", "pencil drawing", "black and white sketch"),
        "lowpoly": ("low poly", "low poly art", "low poly render"),
    },
    "position": {
        "left": ("on the left", "at the left", "on the left side"),
        "center": ("in the center", "in the middle", "at the center"),
        "right": ("on the right", "at the right", "on the right side"),
    },
}
COLORLESS = {
    "house": ("house", "cabin", "cottage"),
    "castle": ("castle",),
    "lighthouse": ("lighthouse",),
    "boat": ("boat", "sailboat", "sailing boat"),
    "balloon": ("hot air balloon", "balloon"),
    "windmill": ("windmill", "old windmill"),
    "barn": ("barn", "farmhouse"),
    "church": ("church", "chapel"),
    "tent": ("tent", "camping tent"),
    "well": ("well", "stone well"),
    "snowman": ("snowman",),
    "rowboat": ("rowing boat", "rowboat"),
    "treehouse": ("tree house", "treehouse"),
}
PREPOSITIONS = {"boat": "on", "rowboat": "on", "balloon": "over", "lighthouse": "by"}
