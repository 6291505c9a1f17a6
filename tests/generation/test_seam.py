from __future__ import annotations

import cv2
import numpy as np

from studio.generation.composite import lay_over, match_surroundings
from studio.generation.request import UInt8Array
from studio.generation.seam import seam_score

SIDE = 160


def grainy(seed: int = 1, grain: float = 3.0) -> UInt8Array:
    rng = np.random.default_rng(seed)
    field = cv2.GaussianBlur(rng.normal(0, 60, (SIDE, SIDE, 3)), (0, 0), 12) * 4
    return np.clip(120 + field + rng.normal(0, grain, field.shape), 0, 255).astype(np.uint8)


def disc() -> UInt8Array:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.circle(mask, (80, 80), 40, 255, -1)
    return mask


KNOWN = np.full((SIDE, SIDE), 255, np.uint8)


def test_an_untouched_picture_scores_one() -> None:
    picture = grainy()
    score = seam_score(picture, picture, disc(), KNOWN)
    assert score is not None
    assert 0.9 < score < 1.1


def test_a_colour_cast_scores_worse_the_stronger_it_is_and_the_membrane_mends_it() -> None:
    picture, mask = grainy(), disc()
    scores = []
    for cast in (0, 8, 20, 40):
        generated = np.clip(picture.astype(int) + cast, 0, 255).astype(np.uint8)
        pasted = lay_over(picture, generated, mask, KNOWN)
        scores.append(seam_score(pasted, picture, mask, KNOWN) or 0)
    assert scores == sorted(scores)
    assert scores[-1] > 3
    mended = lay_over(picture, match_surroundings(generated, picture, mask, KNOWN), mask, KNOWN)
    assert (seam_score(mended, picture, mask, KNOWN) or 9) < 1.2


def test_what_nobody_sees_on_a_flat_ground_is_not_magnified() -> None:
    flat = np.full((SIDE, SIDE, 3), 128, np.uint8)
    generated = flat + np.uint8(1)
    assert (seam_score(lay_over(flat, generated, disc(), KNOWN), flat, disc(), KNOWN) or 9) < 1.0


def test_without_a_border_there_is_no_score() -> None:
    picture = grainy()
    assert seam_score(picture, picture, KNOWN, KNOWN) is None
    assert seam_score(picture, picture, np.zeros_like(KNOWN), KNOWN) is None
    assert seam_score(picture, picture, disc(), np.zeros_like(KNOWN)) is None
