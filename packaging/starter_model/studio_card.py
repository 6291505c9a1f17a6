"""What the studio shows about the model: sizes, defaults, the words it knows, prompts to try."""

from __future__ import annotations

from typing import Any

from studio.generation.scenes.spec import COLORS

EXAMPLES = (
    "a red house in a meadow with mountains in the background on a sunny day",
    "a sailboat with white sails on the sea at sunset, the sun",
    "snowy mountains, a lake, pine trees, starry night, the moon",
    "a castle with purple roofs in a snowy field at dawn",
    "palm trees, desert, a yellow hot air balloon, blue sky",
    "a red lighthouse by the sea on a sunny day",
    "campfire in a forest clearing at night",
    "northern lights, a calm lake, pine trees, night sky",
    "watercolor painting of a blue cottage in a meadow",
    "oil painting of a castle in a meadow full of red flowers",
    "pixel art, a sailboat with red sails on the ocean, blue sky",
    "pencil sketch of a cabin in a snowy field with pine trees",
)
VOCABULARY: dict[str, tuple[str, ...]] = {
    "time": (
        "dawn", "sunrise", "early morning", "sunny day", "daylight", "blue sky", "noon", "clear day", "sunset",
        "dusk", "evening", "golden hour", "night", "starry night", "under the stars", "storm", "stormy sky",
    ),
    "place": (
        "sea", "ocean", "coast", "seascape", "lake", "meadow", "green field", "grassland", "flowers", "desert",
        "sand dunes", "snow", "snowy field", "winter landscape", "forest", "woods",
    ),
    "distance": ("mountains", "rocky mountains", "snowy mountains", "snowy peaks", "hills", "rolling hills"),
    "trees": ("pine trees", "fir trees", "palm trees", "trees", "oak trees", "autumn trees"),
    "objects": (
        "house", "cabin", "cottage", "castle", "lighthouse", "boat", "sailboat", "hot air balloon", "campfire",
        "bonfire",
    ),
    "colours": COLORS,
    "position": ("on the left", "in the center", "on the right"),
    "sky": (
        "sun", "moon", "full moon", "clouds", "cloudy sky", "cloudless sky", "northern lights", "aurora", "birds",
    ),
    "style": (
        "photo", "digital painting", "watercolor", "oil painting", "pixel art", "pencil sketch", "low poly",
    ),
}  # fmt: skip


def studio_card(native_size: int) -> dict[str, Any]:
    """The content of studio.json. Three U-Net levels over an autoencoder of factor 8 divide 32 pixels evenly."""
    return {
        "name": "Underpaint starter",
        "family": "sd",
        "native_size": native_size,
        "min_size": 64,
        "max_size": 512,
        "size_multiple": 32,
        "steps": 20,
        "guidance_scale": 4.0,
        "sampler": "dpmpp_2m",
        "schedule": "automatic",
        "vocabulary": {group: list(words) for group, words in VOCABULARY.items()},
        "examples": list(EXAMPLES),
    }
