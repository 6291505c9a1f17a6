from __future__ import annotations

import numpy as np
import pytest

from studio.generation.prefill import Prefill, prefill, prefill_of
from studio.generation.verbs import PAINT, VERBS, verb_of

SIDE = 96
KNOWN = np.full((SIDE, SIDE), 255, np.uint8)


def picture() -> np.ndarray:
    rng = np.random.default_rng(2)
    image = rng.integers(0, 60, (SIDE, SIDE, 3), np.uint8)
    image[..., 1] += 120
    image[30:60, 30:60] = (250, 20, 20)
    return image


def mask(level: int = 255) -> np.ndarray:
    made = np.zeros((SIDE, SIDE), np.uint8)
    made[28:62, 28:62] = level
    return made


@pytest.mark.parametrize("kind", list(Prefill))
def test_nothing_outside_the_mask_differs(kind: Prefill) -> None:
    image = picture()
    filled = prefill(kind, image, mask(), KNOWN, 3)
    assert np.array_equal(filled[mask() == 0], image[mask() == 0])
    assert np.array_equal(filled, prefill(kind, image, mask(), KNOWN, 3))
    nothing = np.zeros_like(mask())
    assert np.array_equal(prefill(kind, image, nothing, KNOWN, 3), image)


def test_what_was_there_is_gone_where_it_should_be() -> None:
    image = picture()
    middle = (slice(40, 50), slice(40, 50))
    for kind in (Prefill.edges, Prefill.color):
        red, green, _ = prefill(kind, image, mask(), KNOWN, 0)[middle].mean((0, 1))
        assert red < 60
        assert green > 120
    assert prefill(Prefill.painted, image, mask(), KNOWN, 0)[middle].mean((0, 1))[0] == 250
    assert prefill(Prefill.noise, image, mask(), KNOWN, 0)[middle].std() > 20
    assert not np.array_equal(
        prefill(Prefill.noise, image, mask(), KNOWN, 0), prefill(Prefill.noise, image, mask(), KNOWN, 1)
    )


def test_grey_blends_it_in() -> None:
    image = picture()
    half = prefill(Prefill.color, image, mask(128), KNOWN, 0)[45, 45]
    assert 100 < half[0] < 200


def test_what_is_unknown_is_continued_whatever_the_kind() -> None:
    known = KNOWN.copy()
    known[:, 80:] = 0
    image = picture()
    image[:, 80:] = 0
    for kind in Prefill:
        assert prefill(kind, image, mask(), known, 0)[:, 90, 1].mean() > 100


def test_foreign_names_are_the_plain_ones() -> None:
    assert verb_of("no such verb") is PAINT
    assert prefill_of("no such") is Prefill.painted
    assert {verb_of(verb.identifier) for verb in VERBS} == set(VERBS)
