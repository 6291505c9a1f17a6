from __future__ import annotations

from typing import Any

import diffusers
import pytest
import torch

from studio.core.errors import EngineError
from studio.engine.prompt_encoder import MAX_CHUNKS, Encoder, encode_pair
from tests.engine.tiny import make_text_encoder, make_tokenizer, make_unet, make_vae


@pytest.fixture(scope="module")
def pipeline() -> Any:
    tokenizer = make_tokenizer()
    return diffusers.StableDiffusionPipeline(
        vae=make_vae(),
        text_encoder=make_text_encoder(tokenizer),
        tokenizer=tokenizer,
        unet=make_unet(),
        scheduler=diffusers.DDIMScheduler(clip_sample=False, steps_offset=1),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


@pytest.fixture(scope="module")
def encode(pipeline: Any) -> Any:
    def encode(prompt: str, negative: str = "") -> tuple[torch.Tensor, torch.Tensor]:
        with torch.inference_mode():
            encoder = Encoder(tokenizer=pipeline.tokenizer, model=pipeline.text_encoder)
            positive, negated = encode_pair(encoder, prompt, negative)
            return positive.states, negated.states

    return encode


@pytest.mark.parametrize(
    "prompt",
    ["", "a", "a photo of the cat", "  spaces,  punctuation; 16:9 ", "ünïcödé 猫", " ".join(["cat"] * 75)],
)
def test_plain_prompts_are_the_library_s_own_bits(pipeline: Any, encode: Any, prompt: str) -> None:
    with torch.inference_mode():
        positive, negative = pipeline.encode_prompt(prompt, "cpu", 1, True, "a dog")
    mine = encode(prompt, "a dog")
    assert torch.equal(mine[0], positive)
    assert torch.equal(mine[1], negative)


def test_long_prompts_are_not_cut_and_the_other_is_padded(encode: Any) -> None:
    positive, negative = encode(" ".join(["cat"] * 100), "dog")
    assert positive.shape == negative.shape == (1, 154, 32)
    short, _ = encode(" ".join(["cat"] * 75))
    assert torch.equal(positive[:, :77], short)
    assert torch.equal(negative[:, 77:], encode("")[0])
    positive, negative = encode("cat", " ".join(["dog"] * 160))
    assert positive.shape == negative.shape == (1, 231, 32)


def test_break_starts_a_chunk(encode: Any) -> None:
    both, _ = encode("red cat BREAK blue dog")
    assert torch.equal(both, torch.cat([encode("red cat")[0], encode("blue dog")[0]], 1))


def test_weights_act_and_neutral_ones_do_not(encode: Any) -> None:
    plain = encode("a red cat")[0]
    assert torch.equal(encode("a (red:1.0) cat")[0], plain)
    assert torch.equal(encode(r"a red cat")[0], plain)
    strong, stronger = encode("a (red:1.2) cat")[0], encode("a (red:1.6) cat")[0]
    assert 0 < (strong - plain).norm() < (stronger - plain).norm()
    assert torch.equal(encode("a (red) cat")[0], encode("a (red:1.1) cat")[0])
    assert float(stronger.square().mean()) == pytest.approx(float(plain.square().mean()), rel=1e-4)


@pytest.mark.parametrize(
    "prompt", ["(a red cat:0)", "((((((a:9):9):9):9)", "[[[[[[cat]]]]]]", "(:2)", "BREAK"]
)
def test_extreme_weights_stay_finite(encode: Any, prompt: str) -> None:
    assert torch.isfinite(encode(prompt)[0]).all()


def test_a_prompt_without_end_is_refused(encode: Any) -> None:
    for prompt in ("cat " * (75 * MAX_CHUNKS + 1), "BREAK " * MAX_CHUNKS):
        with pytest.raises(EngineError, match="too long"):
            encode(prompt)
