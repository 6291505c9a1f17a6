from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.generation.scenes.captions import write_caption
from studio.generation.scenes.reading import MAX_UNKNOWN, read_prompt
from studio.generation.scenes.spec import ATTRIBUTES, WIDER, sample_spec
from studio.generation.scenes.wider import sample_wider


@given(st.integers(0, 2**32), st.booleans())
def test_what_a_caption_names_is_read_back(seed: int, is_wider: bool) -> None:
    rng = random.Random(seed)
    caption = write_caption(sample_wider(rng) if is_wider else sample_spec(rng), rng)
    reading = read_prompt(caption.text)
    assert {name: reading.named.get(name) for name in caption.named} == caption.named
    assert reading.unknown == ()
    assert reading.left_out == ()


@given(st.text(max_size=200))
def test_any_text_reads_as_values_that_can_be_drawn(text: str) -> None:
    reading = read_prompt(text)
    assert all(value in WIDER[name] for name, value in reading.named.items())
    assert len(reading.unknown) <= MAX_UNKNOWN
    assert read_prompt(text) == reading


@pytest.mark.parametrize(
    ("prompt", "named"),
    [
        ("LAKES, Mountains; (cabin:1.2)", {"ground": "lake", "background": "mountains", "object": "house"}),
        ("two houses, red", {"object": "house", "color": "red"}),
        ("red trees", {"tree": "autumn"}),
        ("a castle with purple towers", {"object": "castle", "color": "purple"}),
        ("a meadow full of yellow flowers", {"ground": "flowers", "flower_color": "yellow"}),
        ("a mountain lake", {"ground": "lake", "background": "mountains"}),
        ("a mountain lake with green hills", {"ground": "lake", "background": "hills"}),
        ("blue and white lighthouse", {"object": "lighthouse", "color": "blue"}),
        ("no clouds, no birds, without trees", {"clouds": "clear", "birds": "no", "tree": "none"}),
        ("the moon on the left, a boat on the right",
         {"celestial": "moon", "celestial_position": "left", "object": "boat", "position": "right"}),
        ("watercolour of a grey-blue sea", {"style": "watercolor", "ground": "sea"}),
        ("no sea", {}),
        ("a lake <lora:castle:0.8>", {"ground": "lake"}),
    ],
)  # fmt: skip
def test_prompts_in_other_words(prompt: str, named: dict[str, str]) -> None:
    assert read_prompt(prompt).named == named


def test_unknown_words_are_named_once_and_take_their_color_with_them() -> None:
    reading = read_prompt("A red Dragon and a dragon over a blue house")
    assert reading.unknown == ("dragon",)
    assert reading.named == {"object": "house", "color": "blue"}


def test_a_second_object_is_left_out_by_name() -> None:
    reading = read_prompt("a house and a red castle at night")
    assert reading.named == {"object": "house", "time": "night"}
    assert reading.left_out == ("red castle",)


def test_every_value_that_can_be_seen_can_be_asked_for() -> None:
    from studio.generation.scenes.words import SYNONYMS

    silent = {"none", "some", "no", "middle"}
    for name, values in WIDER.items():
        if name in ("color", "celestial_position", "flower_color"):
            continue
        for value in set(values) - silent:
            said = read_prompt(SYNONYMS[name][value][0].format(c="red", f="red"))
            assert said.named.get(name) == value, (name, value)


def test_the_wider_vocabulary_only_appends() -> None:
    for name, values in ATTRIBUTES.items():
        assert WIDER[name][: len(values)] == values
