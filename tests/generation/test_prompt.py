from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.generation.prompt import MAX_WEIGHT, MIN_WEIGHT, parse


def texts(prompt: str) -> list[list[tuple[str, float]]]:
    return [[(part.text, part.weight) for part in segment] for segment in parse(prompt)]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("", [[]]),
        ("   ", [[]]),
        ("a cat", [[("a cat", 1.0)]]),
        ("a (cat)", [[("a ", 1.0), ("cat", 1.1)]]),
        ("a ((cat))", [[("a ", 1.0), ("cat", 1.21)]]),
        ("a (cat:1.5)", [[("a ", 1.0), ("cat", 1.5)]]),
        ("a (cat : .5 )", [[("a ", 1.0), ("cat ", 0.5)]]),
        ("[cat]", [[("cat", 0.9091)]]),
        ("(a (b:0.5) c:1.2)", [[("a ", 1.2), ("b", 0.6), (" c", 1.2)]]),
        (r"a \(b\) \\ c", [[(r"a (b) \ c", 1.0)]]),
        ("day BREAK night", [[("day ", 1.0)], [(" night", 1.0)]]),
        ("BREAKFAST at 7:30", [[("BREAKFAST at 7:30", 1.0)]]),
        ("(open", [[("open", 1.1)]]),
        ("closed)", [[("closed)", 1.0)]]),
        ("a:1.5) b", [[("a:1.5) b", 1.0)]]),
        ("(a [b) c]", [[("a ", 1.1), ("b) c", 1.0)]]),
        ("(a BREAK b:2)", [[("a ", 2.0)], [(" b", 2.0)]]),
        ("ratio 16:9", [[("ratio 16:9", 1.0)]]),
    ],
)
def test_grammar(prompt: str, expected: list[list[tuple[str, float]]]) -> None:
    assert texts(prompt) == expected


@given(st.text(alphabet="ab :.()[]\\0123B\n", max_size=200) | st.text(max_size=100))
def test_every_text_is_a_prompt(prompt: str) -> None:
    segments = parse(prompt)
    assert len(segments) >= 1
    for part in (part for segment in segments for part in segment):
        assert MIN_WEIGHT <= part.weight <= MAX_WEIGHT
        assert part.text.strip()


@given(st.text(alphabet="abc ,.-'0129é", max_size=100))
def test_plain_text_stays_whole(prompt: str) -> None:
    assert texts(prompt) == ([[(prompt, 1.0)]] if prompt.strip() else [[]])


def test_deep_nesting_stays_within_bounds() -> None:
    assert texts("(" * 5000 + "cat" + ")" * 5000) == [[("cat", MAX_WEIGHT)]]
    (((text, weight),),) = texts("[" * 5000 + "cat" + "]" * 5000)
    assert text == "cat"
    assert weight == pytest.approx(0.0)
