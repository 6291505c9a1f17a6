from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.generation.scenes.captions import write_caption
from studio.generation.scenes.composing import compose
from studio.generation.scenes.reading import read_prompt
from studio.generation.scenes.spec import SceneSpec, sample_spec
from studio.generation.scenes.telling import undrawn
from studio.generation.scenes.wider import sample_wider

seeds = st.integers(0, 2**63 - 1)


@given(seeds)
def test_what_is_named_is_drawn_and_nothing_stands_in_its_way(seed: int) -> None:
    rng = random.Random(seed)
    caption = write_caption(sample_spec(rng), rng)
    spec = compose(read_prompt(caption.text), seed)
    assert {name: getattr(spec, name) for name in caption.named} == caption.named
    if "object" not in caption.named and caption.named:
        assert spec.object == "none"
    if "style" not in caption.named:
        assert spec.style == "plain"


@given(seeds)
def test_the_same_seed_composes_the_same_scene(seed: int) -> None:
    reading = read_prompt("a lake")
    assert compose(reading, seed) == compose(reading, seed)


def test_seeds_vary_what_is_not_named() -> None:
    scenes = {compose(read_prompt("a red house"), seed) for seed in range(8)}
    assert len(scenes) == 8
    assert {(scene.object, scene.color) for scene in scenes} == {("house", "red")}


@pytest.mark.parametrize(
    ("prompt", "ground"),
    [("lighthouse", "sea"), ("snowman", "snow"), ("cactus", "desert"), ("jetty, rowboat", None)],
)
def test_the_place_suits_the_object(prompt: str, ground: str | None) -> None:
    for seed in range(6):
        found = compose(read_prompt(prompt), seed).ground
        assert found == ground if ground else found in ("sea", "lake")


@given(seeds)
def test_scenes_of_the_wider_vocabulary_are_whole(seed: int) -> None:
    spec = sample_wider(random.Random(seed))
    assert SceneSpec(**spec.to_dict()) == spec
    assert spec.mirrored().mirrored() == spec


def test_the_artist_is_told_what_is_not_drawn() -> None:
    assert undrawn("  ") == undrawn("a red house by the sea") == ""
    assert "none of these words" in undrawn("portrait of a cat")
    assert "“dragon” and “elf”" in undrawn("a dragon, an elf, a lake")
    assert "left out: “castle”" in undrawn("a house and a castle")
