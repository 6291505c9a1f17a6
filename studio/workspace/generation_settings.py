"""The numbers beside the canvas: one observable set of values, validated as they are set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from studio.core.events import Event
from studio.generation.request import MAX_SEED, Recipe
from studio.generation.verbs import verb_of

LIMITS: dict[str, tuple[float, float]] = {
    "steps": (1, 150),
    "guidance_scale": (0.0, 30.0),
    "seed": (0, MAX_SEED),
    "strength": (0.01, 1.0),
    "batch_count": (1, 64),
    "mask_grow_px": (0, 512),
    "mask_feather_px": (0, 512),
    "least_target_px": (0, 2048),
}


@dataclass(frozen=True, kw_only=True)
class SettingsValues:
    """Lengths in canvas pixels; strength in (0, 1]; see `Recipe` for the rest.

    verb, prefill: identifiers of `generation.verbs` and `generation.prefill`. is_mask_automatic: grow and feather follow
    the mask's size and the strength instead of the two numbers. least_target_px: model pixels for what is masked.
    is_two_pass: what had to be drawn small is gone over once more, closer.
    """

    prompt: str = ""
    negative_prompt: str = ""
    model: str = "starter"
    sampler: str = "dpmpp_2m"
    schedule: str = "automatic"
    steps: int = 20
    guidance_scale: float = 4.0
    seed: int = 0
    is_seed_random: bool = True
    strength: float = 1.0
    batch_count: int = 1
    mask_grow_px: int = 8
    mask_feather_px: int = 8
    is_mask_automatic: bool = True
    least_target_px: int = 512
    is_two_pass: bool = True
    verb: str = "paint"
    prefill: str = "painted"

    def to_json(self) -> dict[str, Any]:
        return {item.name: getattr(self, item.name) for item in fields(self)}


class GenerationSettings:
    """`changed` carries the name of each field that got another value."""

    def __init__(self, values: SettingsValues | None = None) -> None:
        self._values = values or SettingsValues()
        self.changed: Event[str] = Event()

    @property
    def values(self) -> SettingsValues:
        return self._values

    def set(self, **changes: Any) -> None:
        """Numbers are clamped to LIMITS; an unknown name raises TypeError."""
        for name, (lowest, highest) in LIMITS.items():
            if name in changes:
                kind = type(getattr(self._values, name))
                changes[name] = kind(min(max(changes[name], lowest), highest))
        before = self._values
        self._values = replace(before, **changes)
        for name in changes:
            if getattr(before, name) != getattr(self._values, name):
                self.changed.emit(name)

    def load(self, stored: Mapping[str, Any]) -> None:
        """Takes what fits from a stored mapping; wrong types and unknown names are left out."""
        fitting: dict[str, Any] = {}
        for item in fields(SettingsValues):
            value = stored.get(item.name)
            kind = type(getattr(self._values, item.name))
            if kind is float and type(value) is int:
                value = float(value)
            if type(value) is kind:
                fitting[item.name] = value
        self.set(**fitting)

    def choose_verb(self, identifier: str) -> None:
        """Sets what the verb starts from; every number stays open to change. An unknown one is PAINT."""
        verb = verb_of(identifier)
        strength = self._values.strength if verb.strength is None else verb.strength
        self.set(verb=verb.identifier, prefill=verb.prefill.value, strength=strength)

    def use_recipe(self, recipe: Recipe) -> None:
        """Everything a recipe knows, its seed held fixed, so that the next run repeats it."""
        if recipe.is_drawn:
            self.set(prompt=recipe.prompt, seed=recipe.seed, is_seed_random=False)
            return
        self.set(
            prompt=recipe.prompt,
            negative_prompt=recipe.negative_prompt,
            model=recipe.model,
            sampler=recipe.sampler,
            schedule=recipe.schedule,
            steps=recipe.steps,
            guidance_scale=recipe.guidance_scale,
            seed=recipe.seed,
            strength=recipe.strength,
            is_seed_random=False,
        )
