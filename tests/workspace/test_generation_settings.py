from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.generation.request import Recipe
from studio.workspace.generation_settings import LIMITS, GenerationSettings, SettingsValues

JSON_VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)


def test_only_what_changed_is_told() -> None:
    settings = GenerationSettings()
    told: list[str] = []
    settings.changed.subscribe(told.append)
    settings.set(steps=20, prompt="x")
    assert told == ["prompt"]


def test_numbers_are_clamped() -> None:
    settings = GenerationSettings()
    settings.set(steps=100_000, strength=0.0, guidance_scale=-1)
    assert (settings.values.steps, settings.values.strength, settings.values.guidance_scale) == (
        150,
        0.01,
        0.0,
    )


@given(st.dictionaries(st.sampled_from([*SettingsValues().to_json(), "unknown"]), JSON_VALUES))
def test_any_stored_mapping_leaves_valid_settings(stored: dict[str, object]) -> None:
    settings = GenerationSettings()
    settings.load(stored)
    for name, (lowest, highest) in LIMITS.items():
        assert lowest <= getattr(settings.values, name) <= highest
    for name, value in SettingsValues().to_json().items():
        assert type(getattr(settings.values, name)) is type(value)


def test_values_survive_storing() -> None:
    settings = GenerationSettings()
    settings.set(prompt="ä lake", steps=7, strength=0.5, is_seed_random=False)
    other = GenerationSettings()
    other.load(settings.values.to_json())
    assert other.values == settings.values


def test_a_recipe_can_be_run_again() -> None:
    settings = GenerationSettings()
    settings.use_recipe(Recipe(model="m", prompt="p", seed=9, steps=5))
    assert settings.values.seed == 9
    assert not settings.values.is_seed_random


def test_an_unknown_field_is_our_own_mistake() -> None:
    with pytest.raises(TypeError):
        GenerationSettings().set(colour="red")
