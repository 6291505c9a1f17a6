"""Tags of LoRAs are taken out of the prompt, whatever surrounds them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.generation.lora_tags import LoraTag, split_loras


@pytest.mark.parametrize(
    ("prompt", "text", "tags"),
    [
        ("a cat", "a cat", []),
        ("a cat <lora:ink:0.7>", "a cat", [("ink", 0.7)]),
        ("<lora:ink>, a cat", "a cat", [("ink", 1.0)]),
        ("a <LORA:My Style v2:-.5> cat", "a cat", [("My Style v2", -0.5)]),
        ("<lora:a:1><lyco:b:2> cat", "cat", [("a", 1.0), ("b", 2.0)]),
        ("<lora:a:0.2> x <lora:A:0.9>", "x", [("A", 0.9)]),
        ("<lora:a:99>", "", [("a", 10.0)]),
        ("<lora:a:b> <lora::1> <lora>", "<lora:a:b> <lora::1> <lora>", []),
        ("(<lora:a:1>:1.3) x", "(:1.3) x", [("a", 1.0)]),
    ],
)
def test_tags(prompt: str, text: str, tags: list[tuple[str, float]]) -> None:
    assert split_loras(prompt) == (text, tuple(LoraTag(name=name, weight=weight) for name, weight in tags))


@given(st.text())
def test_any_text_is_a_prompt_and_one_without_tags_is_untouched(prompt: str) -> None:
    text, tags = split_loras(prompt)
    if not tags:
        assert text == prompt
    assert all(-10 <= tag.weight <= 10 for tag in tags)
