from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.generation.catalog import ModelInfo
from studio.generation.example_pictures import example_pictures
from studio.generation.scenes.reading import read_prompt
from studio.generation.vocabulary import (
    MAX_COMPLETIONS,
    completions,
    drawn_only,
    surprise,
    unknown_words,
    untaught,
)

WORDS = {
    "place": ("lake", "meadow", "mountain lake", "snowy field"),
    "sky": ("moon", "full moon", "hot air balloon", "blue sky"),
    "colours": ("red", "blue"),
}
SMALL = ModelInfo(
    identifier="starter", name="Small", family="sd", path="", vocabulary=WORDS, examples=("a red house",)
)
LARGE = ModelInfo(identifier="/models/large", name="Large", family="sdxl", path="")


@pytest.mark.parametrize(
    ("before", "count", "phrases"),
    [
        ("a la", 2, ("lake", "mountain lake")),
        ("a red house by a moun", 4, ("mountain lake",)),
        ("hot a", 5, ("hot air balloon",)),
        ("a LA", 2, ("lake", "mountain lake")),
        ("sea, bl", 2, ("blue sky", "blue")),
        ("sea\nfull", 4, ("full moon",)),
        ("(mea", 3, ("meadow",)),
        ("l", 0, ()),
        ("lake", 0, ()),
        ("lake ", 0, ()),
        ("lake, ", 0, ()),
        ("zeppelin", 0, ()),
        ("", 0, ()),
    ],
)
def test_what_is_typed_may_become(before: str, count: int, phrases: tuple[str, ...]) -> None:
    assert completions(before, WORDS) == (count, phrases)


@given(st.text(max_size=60))
def test_completions_replace_only_what_was_typed(before: str) -> None:
    count, phrases = completions(before, WORDS)
    assert count <= len(before)
    assert len(phrases) <= MAX_COMPLETIONS
    assert completions(before, {}) == (0, ())


def test_unknown_words_are_named_and_a_model_of_free_text_is_left_alone() -> None:
    assert unknown_words("A dragon by a lake", SMALL) == (("dragon",), True)
    assert unknown_words("portrait of an elf", SMALL) == (("portrait", "elf"), False)
    assert untaught("a red lake with two moons", SMALL) == ""
    assert "“dragon”" in untaught("a dragon by a lake", SMALL)
    assert "none of these words" in untaught("portrait of an elf", SMALL)
    assert untaught("", SMALL) == untaught("portrait of an elf", LARGE) == ""


@given(st.integers(0, 2**32))
def test_a_surprise_is_said_in_words_the_model_was_taught(seed: int) -> None:
    text = surprise(seed)
    assert text == surprise(seed)
    assert unknown_words(text, SMALL) == ((), True)


def test_a_word_that_is_being_typed_is_not_called_unknown_while_it_may_become_one() -> None:
    assert untaught("a red mea", SMALL, begun="mea") == ""
    assert "“mea”" in untaught("a red mea", SMALL)
    assert "“dragon”" in untaught("a red dragon", SMALL, begun="dragon")


def test_what_the_renderer_knows_is_said_too() -> None:
    assert untaught("a windmill by a lake", SMALL) == "Small does not know “windmill”; Draw a Scene does."
    sentence = untaught("a windmill, a lake, a dragon", SMALL)
    assert "“windmill” and “dragon”" in sentence
    assert sentence.endswith("Draw a Scene knows “windmill”.")
    assert {"windmill", "rowing boat", "waterfall", "tree house"} <= set(drawn_only())
    for phrase in drawn_only():
        assert read_prompt(phrase).named


def test_surprises_differ() -> None:
    assert len({surprise(seed) for seed in range(20)}) == 20


@pytest.mark.parametrize(
    "content", ["", "[]", '{"pictures": 3}', '{"pictures": {"a red house": "../../secret"}}']
)
def test_a_damaged_index_shows_no_pictures(tmp_path: Path, content: str) -> None:
    folder = tmp_path / "starter-examples"
    folder.mkdir()
    (tmp_path / "secret").write_text("no picture of ours")
    (folder / "index.json").write_text(content)
    assert example_pictures(tmp_path, SMALL) == {}
    assert example_pictures(tmp_path / "nowhere", SMALL) == {}


def test_pictures_stand_in_the_order_of_the_examples(tmp_path: Path) -> None:
    folder = tmp_path / "starter-examples"
    folder.mkdir()
    (folder / "00.jpg").write_bytes(b"x")
    (folder / "index.json").write_text('{"pictures": {"a red house": "00.jpg", "gone": "01.jpg"}}')
    assert example_pictures(tmp_path, SMALL) == {"a red house": folder / "00.jpg"}
    assert example_pictures(tmp_path, LARGE) == {}
