"""What the engine is asked to do, complete and immutable: nothing outside a request influences its picture."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.core.errors import GenerationError
from studio.core.geometry import Size

UInt8Array = npt.NDArray[np.uint8]

MAX_SEED = 2**63 - 1
MAX_STEPS = 1000
MAX_PROMPT_CHARS = 1_000_000
MAX_STAGES = 64
MAX_REGIONS = 12
MAX_COORDINATE = 1 << 24
MADE_BY_MODEL, DRAWN = "model", "drawn"
SOURCES = (MADE_BY_MODEL, DRAWN)
SCENE_RENDERER = "scene-renderer-1"
"""Stands as the model in recipes of drawn scenes. The number changes when the same recipe draws another picture."""


class Task(enum.Enum):
    """Derived from the inputs, see `GenerationRequest.task`."""

    text_to_image = "text-to-image"
    image_to_image = "image-to-image"
    inpaint = "inpaint"
    scene = "drawn scene"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """How a picture's evaluations up to `until` were made, where that differs from its recipe: before a fork, or
    before a change on the way. job_id: whose evaluations they were."""

    job_id: str
    until: int
    prompt: str
    negative_prompt: str
    sampler: str
    schedule: str
    guidance_scale: float
    seed: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Any) -> Stage:
        """Raises GenerationError for anything but exactly a stage."""
        check(
            isinstance(values, Mapping) and values.keys() == STAGE_FIELDS.keys(), "A stage is not readable."
        )
        known: dict[str, Any] = {}
        for name, kind in STAGE_FIELDS.items():
            value = float(values[name]) if kind is float and type(values[name]) is int else values[name]
            check(type(value) is kind, f"A stage's {name} has a wrong type.")
            known[name] = value
        stage = cls(**known)
        check(0 <= stage.until <= 4 * MAX_STEPS, "A stage ends beyond all steps.")
        check(
            all(len(text) <= MAX_PROMPT_CHARS for text in (stage.prompt, stage.negative_prompt)), "Too long."
        )
        return stage


STAGE_FIELDS: dict[str, type] = {
    "job_id": str,
    "until": int,
    "prompt": str,
    "negative_prompt": str,
    "sampler": str,
    "schedule": str,
    "guidance_scale": float,
    "seed": int,
}


@dataclass(frozen=True, kw_only=True)
class RegionPrompt:
    """What a part of the picture shows. weight in (0, 1]: how far it rules there against the recipe's own prompt."""

    prompt: str
    weight: float = 1.0

    def __post_init__(self) -> None:
        check(0.0 < self.weight <= 1.0, "A region's weight must be above 0 and at most 1.")
        check(len(self.prompt) <= MAX_PROMPT_CHARS, "A region's prompt is longer than a million characters.")

    @classmethod
    def from_json(cls, values: Any) -> RegionPrompt:
        """Raises GenerationError for anything but exactly a region."""
        is_one = isinstance(values, Mapping) and values.keys() == {"prompt", "weight"}
        check(is_one and isinstance(values["prompt"], str), "A region is not readable.")
        weight = values["weight"]
        check(isinstance(weight, (int, float)) and not isinstance(weight, bool), "A region is not readable.")
        return cls(prompt=values["prompt"], weight=float(weight))


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Everything but pixels: stored with a layer, in a project and in exported pictures, it repeats a result.

    model: identifier from the engine's catalog. width, height: pixels the model denoises.
    strength: denoising strength in (0, 1], 1 starts from pure noise. guidance_scale >= 0, 1 switches guidance off.
    source: DRAWN for a scene of the renderer, which reads prompt, seed and size alone and knows no model.
    last_step: the clean picture implied after so many evaluations; 0: after all of them.
    place: (x, y, width, height) of what the model saw, canvas pixels; inputs: a digest of that, empty where nothing was
    looked at. Both tell a layer that what it was made from has changed.
    regions: prompts of parts of the picture, one more evaluation of the model each.
    stages: how the first evaluations were made, where that was otherwise; in order.
    """

    model: str
    prompt: str = ""
    negative_prompt: str = ""
    sampler: str = "dpmpp_2m"
    schedule: str = "automatic"
    steps: int = 20
    guidance_scale: float = 4.0
    seed: int = 0
    width: int = 256
    height: int = 256
    strength: float = 1.0
    source: str = MADE_BY_MODEL
    last_step: int = 0
    stages: tuple[Stage, ...] = ()
    regions: tuple[RegionPrompt, ...] = ()
    place: tuple[int, ...] | None = None
    inputs: str = ""

    def __post_init__(self) -> None:
        check(0 <= self.seed <= MAX_SEED, f"The seed must lie between 0 and {MAX_SEED}.")
        check(1 <= self.steps <= MAX_STEPS, f"Steps must lie between 1 and {MAX_STEPS}.")
        check(0.0 <= self.guidance_scale <= 100.0, "Guidance must lie between 0 and 100.")
        check(0.0 < self.strength <= 1.0, "Strength must be above 0 and at most 1.")
        check(self.source in SOURCES, "The recipe comes from an unknown source.")
        check(
            8 <= self.width <= 16384 and 8 <= self.height <= 16384,
            "The size must be 8 to 16384 pixels a side.",
        )
        check(self.last_step >= 0, "The last step must not be negative.")
        check(len(self.stages) <= MAX_STAGES, "The picture has too long a history.")
        if self.place is not None:
            is_rect = len(self.place) == 4 and min(self.place[2:]) > 0
            check(is_rect and max(map(abs, self.place)) <= MAX_COORDINATE, "The recipe's place is none.")
        check(len(self.inputs) <= 64, "The recipe's inputs are not readable.")
        check(len(self.regions) <= MAX_REGIONS, f"The picture can have {MAX_REGIONS} regions at most.")
        for text in (self.prompt, self.negative_prompt):
            check(len(text) <= MAX_PROMPT_CHARS, "The prompt is longer than a million characters.")

    @property
    def size(self) -> Size:
        return Size(self.width, self.height)

    @property
    def is_drawn(self) -> bool:
        return self.source == DRAWN

    def to_json(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in RECIPE_FIELDS}
        stages = [stage.to_json() for stage in self.stages]
        regions = [asdict(region) for region in self.regions]
        place = None if self.place is None else list(self.place)
        return {**values, "stages": stages, "regions": regions, "place": place}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Recipe:
        """Unknown keys are ignored, missing ones take the default; wrong types or values raise GenerationError."""
        known: dict[str, Any] = {}
        for name, kind in RECIPE_FIELDS.items():
            if name not in values:
                continue
            value = values[name]
            if kind is float and isinstance(value, int) and not isinstance(value, bool):
                value = float(value)
            check(
                isinstance(value, kind) and not isinstance(value, bool),
                f"The recipe's {name} has a wrong type.",
            )
            known[name] = value
        check("model" in known, "The recipe names no model.")
        stages = values.get("stages", [])
        check(
            isinstance(stages, Sequence) and len(stages) <= MAX_STAGES,
            "The recipe's history is not readable.",
        )
        regions = values.get("regions", [])
        check(isinstance(regions, Sequence) and len(regions) <= MAX_REGIONS, "The regions are not readable.")
        place = values.get("place")
        is_place = isinstance(place, Sequence) and all(type(number) is int for number in place)
        return cls(
            **known,
            place=tuple(place) if place is not None and is_place else None,
            stages=tuple(Stage.from_json(stage) for stage in stages),
            regions=tuple(RegionPrompt.from_json(region) for region in regions),
        )

    def with_seed(self, seed: int) -> Recipe:
        return replace(self, seed=seed)

    def stage(self, job_id: str, until: int) -> Stage:
        """This recipe as the stage of another one: its evaluations up to `until`."""
        return Stage(job_id=job_id, until=until, **{name: getattr(self, name) for name in _OF_A_STAGE})

    def going_on(self, job_id: str, step: int, **changes: Any) -> Recipe:
        """The recipe of a picture that is this one's up to evaluation `step` and then differs by `changes`.

        Raises GenerationError when the history becomes too long."""
        before = tuple(stage for stage in self.stages if stage.until < step)
        changes = {"last_step": 0, **changes}
        return replace(self, stages=(*before, self.stage(job_id, step)), **changes)


RECIPE_FIELDS: dict[str, type] = {
    "model": str,
    "prompt": str,
    "negative_prompt": str,
    "sampler": str,
    "schedule": str,
    "steps": int,
    "guidance_scale": float,
    "seed": int,
    "width": int,
    "height": int,
    "strength": float,
    "source": str,
    "last_step": int,
    "inputs": str,
}
_OF_A_STAGE = tuple(name for name in STAGE_FIELDS if name not in ("job_id", "until"))


@dataclass(frozen=True, kw_only=True)
class Fork:
    """Goes on from an earlier picture in the making instead of from noise.

    source_id: a job whose steps the engine keeps. step: after so many of its evaluations; 0: from its beginning.
    renews_noise: the noise still in it is drawn anew from the recipe's seed; the picture it implies stays.
    """

    source_id: str
    step: int
    renews_noise: bool = False


def scene_recipe(prompt: str, *, seed: int, size: Size) -> Recipe:
    return Recipe(
        model=SCENE_RENDERER,
        prompt=prompt,
        seed=seed,
        width=size.width,
        height=size.height,
        steps=1,
        guidance_scale=1.0,
        source=DRAWN,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class GenerationRequest:
    """One picture to make: a recipe and its pixels.

    image: uint8 (height, width, 3) straight RGB at the recipe's size, what denoising starts from; None: noise only.
    mask: uint8 (height, width), 255 = free to change, 0 = keep, grey = how much may change
    (differential diffusion, arXiv:2306.00950); needs `image`, or in a fork keeps what its source became; None:
    everything may change.
    previews: whether a Preview follows every step; never changes the picture.
    fork: what to go on from; None: a picture of its own.
    region_masks: uint8 (height, width), where each of the recipe's regions lies, softly; none: there are no regions.
    """

    job_id: str
    recipe: Recipe
    image: UInt8Array | None = None
    mask: UInt8Array | None = None
    previews: bool = True
    fork: Fork | None = None
    region_masks: tuple[UInt8Array, ...] = ()

    def __post_init__(self) -> None:
        shape = (self.recipe.height, self.recipe.width)
        check(len(self.region_masks) in (0, len(self.recipe.regions)), "Each region needs its place.")
        for mask in self.region_masks:
            check(mask.shape == shape and mask.dtype == np.uint8, "A region does not fit the size.")
        if self.image is not None:
            check(
                self.image.shape == (*shape, 3) and self.image.dtype == np.uint8,
                "The image does not fit the size.",
            )
        if self.mask is not None:
            check(self.image is not None or self.fork is not None, "A mask needs an image.")
            check(self.mask.shape == shape and self.mask.dtype == np.uint8, "The mask does not fit the size.")
        check(not (self.recipe.is_drawn and self.image is not None), "A drawn scene starts from nothing.")

    @property
    def task(self) -> Task:
        if self.recipe.is_drawn:
            return Task.scene
        if self.image is None:
            return Task.text_to_image
        return Task.image_to_image if self.mask is None else Task.inpaint


@dataclass(frozen=True, kw_only=True, eq=False)
class Steering:
    """A change of the picture in the making, from the next step on.

    image, mask: uint8 (height, width, 3) and (height, width) at the recipe's size, or None.
    is_paint: `image` goes into the picture in the making where `mask` is above zero, noised to where it is by then.
    Otherwise a mask replaces the job's own (255 = free to change); what it keeps is `image`, or without one the
    picture implied so far.
    """

    job_id: str
    prompt: str
    negative_prompt: str
    guidance_scale: float
    image: UInt8Array | None = None
    mask: UInt8Array | None = None
    is_paint: bool = False

    def __post_init__(self) -> None:
        check(not self.is_paint or (self.image is not None and self.mask is not None), "Paint needs pixels.")
        for pixels in (self.image, self.mask):
            check(pixels is None or pixels.dtype == np.uint8, "The pixels are of another kind.")


def check(holds: bool, message: str) -> None:
    if not holds:
        raise GenerationError(message)
