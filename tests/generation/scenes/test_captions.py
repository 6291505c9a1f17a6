from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.generation.scenes.captions import write_caption
from studio.generation.scenes.spec import ATTRIBUTES, SceneSpec, sample_spec
from studio.generation.scenes.words import SYNONYMS

seeds = st.integers(0, 2**32)


@given(seeds)
def test_a_caption_names_only_what_the_scene_holds(seed: int) -> None:
    rng = random.Random(seed)
    spec = sample_spec(rng)
    caption = write_caption(spec, rng)
    for attribute, value in caption.named.items():
        assert getattr(spec, attribute) == value
        assert value != "none"


@given(seeds)
def test_what_a_caption_names_stands_in_its_text(seed: int) -> None:
    rng = random.Random(seed)
    spec = sample_spec(rng)
    caption = write_caption(spec, rng)
    colors = {k: v for k, v in caption.named.items() if k in ("color", "flower_color")}
    assert all(color in caption.text for color in colors.values())
    for attribute in ("time", "background", "tree", "celestial", "style", "clouds"):
        if attribute in caption.named:
            words = SYNONYMS[attribute][caption.named[attribute]]
            # A tag list may drop the article of "a palm tree".
            assert any(word.removeprefix("a ") in caption.text for word in words)


@given(seeds)
def test_nothing_is_dropped_when_asked_to_keep_all(seed: int) -> None:
    rng = random.Random(seed)
    spec = sample_spec(rng)
    named = write_caption(spec, rng, drop=0.0).named
    assert {"time", "ground"} <= named.keys()
    assert ("object" in named) == (spec.object != "none")


@given(seeds)
def test_mirroring_twice_changes_nothing(seed: int) -> None:
    spec = sample_spec(random.Random(seed))
    assert spec.mirrored().mirrored() == spec
    assert SceneSpec(**spec.to_dict()) == spec


def test_the_same_seed_writes_the_same_caption() -> None:
    spec = sample_spec(random.Random(1))
    assert write_caption(spec, random.Random(2)) == write_caption(spec, random.Random(2))


def test_an_unknown_value_is_refused() -> None:
    with pytest.raises(ValueError, match="time must be one of dawn"):
        SceneSpec(time="teatime", ground="sea")


def test_every_value_that_can_be_seen_has_words() -> None:
    unspoken = {"none", "some", "no", "clear"}
    for attribute, synonyms in SYNONYMS.items():
        if attribute in ATTRIBUTES:
            assert set(ATTRIBUTES[attribute]) - unspoken <= set(synonyms) | unspoken
