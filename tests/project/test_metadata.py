"""Recipes in pictures: written for us and for others, read from anyone, trusted for nothing."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from studio.generation.request import MAX_SEED, Recipe
from studio.project import metadata
from studio.project.formats import images
from studio.project.formats.format import EncodeOptions
from studio.project.metadata import PARAMETERS, RECIPE, find_recipe, parameters_text, texts_of

SAMPLE = Recipe(
    model="starter",
    prompt="a mill, (dusk:1.2)\nsecond line",
    negative_prompt="text, frame",
    sampler="dpmpp_2m",
    schedule="karras",
    steps=20,
    guidance_scale=4.5,
    seed=123456789012,
    width=512,
    height=384,
    strength=0.75,
)
PIXELS = np.full((8, 8, 4), 255, np.uint8)


def test_the_text_other_studios_read() -> None:
    assert parameters_text(SAMPLE, application="Underpaint 1.0") == (
        "a mill, (dusk:1.2)\nsecond line\n"
        "Negative prompt: text, frame\n"
        "Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 4.5, Seed: 123456789012, Size: 512x384, "
        "Model: starter, Denoising strength: 0.75, Version: Underpaint 1.0"
    )


def test_nothing_is_said_about_what_was_not_denoised() -> None:
    text = parameters_text(replace(SAMPLE, strength=1.0, negative_prompt=""))
    assert "Denoising" not in text
    assert "Negative" not in text


def test_a_model_with_commas_is_quoted_and_read_back() -> None:
    recipe = replace(SAMPLE, model='my "best", model: v2')
    found = find_recipe({PARAMETERS: parameters_text(recipe)})
    assert found is not None
    assert found.values["model"] == recipe.model
    assert found.values["strength"] == recipe.strength


@pytest.mark.parametrize("format_id", ["png", "jpeg", "webp"])
def test_a_recipe_travels_in_every_format(format_id: str) -> None:
    recipe = replace(SAMPLE, prompt="ein Mühlrad “am Fluss” 🌊", sampler="euler_a")
    data = images.encode(PIXELS, format_id, texts=texts_of(recipe))
    texts = images.decode(data).texts
    found = find_recipe(texts)
    assert found is not None
    assert found.source == RECIPE
    assert Recipe.from_json(found.values) == recipe
    others = find_recipe({PARAMETERS: texts[PARAMETERS]})
    assert others is not None
    assert Recipe.from_json(others.values) == recipe


@pytest.mark.parametrize("format_id", ["png", "jpeg", "webp"])
def test_metadata_can_be_left_out(format_id: str) -> None:
    data = images.encode(PIXELS, format_id, texts=texts_of(SAMPLE), options=EncodeOptions(has_metadata=False))
    assert images.decode(data).texts == {}
    assert b"mill" not in data
    assert "mill".encode("utf-16-be") not in data


def test_where_others_look_for_it() -> None:
    with Image.open(io.BytesIO(images.encode(PIXELS, "png", texts=texts_of(SAMPLE)))) as opened:
        assert opened.info["parameters"].startswith("a mill")
    with Image.open(io.BytesIO(images.encode(PIXELS, "jpeg", texts=texts_of(SAMPLE)))) as opened:
        comment = opened.getexif().get_ifd(0x8769)[0x9286]
        assert comment[:8] == b"UNICODE\0"
        assert comment[8:].decode("utf-16-be").startswith("a mill")


def test_a_prompt_too_long_for_jpeg_keeps_the_picture() -> None:
    long = replace(SAMPLE, prompt="word " * 5000)
    texts = images.decode(images.encode(PIXELS, "jpeg", texts=texts_of(long))).texts
    assert RECIPE not in texts
    assert texts[PARAMETERS].startswith("word word")
    longer = replace(SAMPLE, prompt="word " * 20_000)
    assert images.decode(images.encode(PIXELS, "jpeg", texts=texts_of(longer))).texts == {}
    assert find_recipe(images.decode(images.encode(PIXELS, "png", texts=texts_of(longer))).texts) is not None


@given(
    prompt=st.text(max_size=200),
    negative=st.text(max_size=50),
    seed=st.integers(0, MAX_SEED),
    steps=st.integers(1, 1000),
    guidance=st.floats(0, 100),
    strength=st.floats(0, 1, exclude_min=True),
)
def test_our_own_recipe_is_exact(
    prompt: str, negative: str, seed: int, steps: int, guidance: float, strength: float
) -> None:
    recipe = replace(
        SAMPLE,
        prompt=metadata.plain(prompt),
        negative_prompt=metadata.plain(negative),
        seed=seed,
        steps=steps,
        guidance_scale=guidance,
        strength=strength,
    )
    found = find_recipe(images.decode(images.encode(PIXELS, "png", texts=texts_of(recipe))).texts)
    assert found is not None
    assert Recipe.from_json(found.values) == recipe


# From others --------------------------------------------------------------------------------------------------------


def found_in(text: str) -> dict[str, object]:
    found = find_recipe({PARAMETERS: text})
    return {} if found is None else dict(found.values)


def test_a_text_of_the_web_ui() -> None:
    values = found_in(
        "photo of a duck, <lora:x:0.5>\nNegative prompt: monochrome,\nblurry\nSteps: 15, Sampler: DPM++ 2M SDE Karras, "
        'CFG scale: 5, Seed: 235284042, Size: 512x400, Model hash: c0d1994c73, Model: rv20, Lora hashes: "x: 1, y: 2", '
        "Denoising strength: 0.4, Hires upscale: 2, Version: v1.9"
    )
    assert values == {
        "prompt": "photo of a duck, <lora:x:0.5>",
        "negative_prompt": "monochrome,\nblurry",
        "steps": 15,
        "sampler": "dpmpp_2m_sde",
        "schedule": "karras",
        "guidance_scale": 5.0,
        "seed": 235284042,
        "width": 512,
        "height": 400,
        "model": "rv20",
        "strength": 0.4,
    }


def test_only_what_fits_is_taken() -> None:
    values = found_in(
        "duck\nSteps: 0, Sampler: Restart, CFG scale: NaN, Seed: -1, Size: 9999999x64, Denoising strength: 7"
    )
    assert values == {"prompt": "duck", "negative_prompt": "", "height": 64}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a holiday photo",
        "Title: no recipe",
        '{"base_model": "x", "steps": 30}',
        "\0" * 1000,
        "Steps",
        ":" * 100_000,
        "," * 100_000,
        '"' * 100_000,
    ],
)
def test_other_texts_say_nothing(text: str) -> None:
    assert find_recipe({PARAMETERS: text}) is None


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "1",
        "{",
        '{"recipe": 3}',
        '{"recipe": {}}',
        '{"recipe": {"steps": "many", "seed": 1e400, "width": true}}',
        "[" * 100_000,
        '{"recipe": {"seed": ' + "9" * 5000 + "}}",
    ],
)
def test_a_broken_recipe_of_ours_says_nothing(text: str) -> None:
    assert find_recipe({RECIPE: text}) is None
    fallback = find_recipe({RECIPE: text, PARAMETERS: "duck\nSteps: 3"})
    assert fallback is not None
    assert fallback.source == PARAMETERS


@given(text=st.text(max_size=500))
def test_any_text_is_survived(text: str) -> None:
    find_recipe({PARAMETERS: text, RECIPE: text})
    find_recipe({PARAMETERS: f"{text}\nSteps: 3, {text}"})


def test_control_characters_and_length() -> None:
    values = found_in("du\x00ck\x1b[31m\r\nline\ud800\nSteps: 3")
    assert values["prompt"] == "duck[31m\nline"
    assert len(metadata.plain("x" * 3_000_000)) == metadata.MAX_TEXT_CHARS


def test_every_sampler_name_reads_back() -> None:
    for identifier in metadata.SAMPLER_NAMES:
        for schedule in metadata.SCHEDULE_NAMES:
            values = found_in(parameters_text(replace(SAMPLE, sampler=identifier, schedule=schedule)))
            assert (values["sampler"], values["schedule"]) == (identifier, schedule)


def test_a_sampler_we_do_not_have_is_left_open() -> None:
    values = found_in("duck\nSteps: 3, Sampler: DPM++ 2S a Karras")
    assert "sampler" not in values
    assert values["schedule"] == "karras"


def test_the_recipe_chunk_says_what_it_is() -> None:
    stored = json.loads(texts_of(SAMPLE)[RECIPE])
    assert stored["version"] == metadata.VERSION
    assert Recipe.from_json(stored["recipe"]) == SAMPLE


@pytest.mark.parametrize(
    "comment",
    [
        b"UNICODE\0" + "duck\nSteps: 3".encode("utf-16-le"),
        b"UNICODE\0" + "duck\nSteps: 3".encode("utf-16"),
        b"ASCII\0\0\0duck\nSteps: 3",
        bytes(8) + b"duck\nSteps: 3",
        b"duck\nSteps: 3",
    ],
)
def test_every_way_to_write_a_user_comment(comment: bytes) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = comment
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG", exif=exif)
    found = find_recipe(images.decode(buffer.getvalue()).texts)
    assert found is not None
    assert found.values["prompt"] == "duck"
