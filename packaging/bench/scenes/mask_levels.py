"""Grey masks of every level, and a refinement without a word: how much changes, and does the colour stay?

python -m bench.scenes.mask_levels
"""

from __future__ import annotations

import json

import numpy as np

from bench.inpainting.pictures import SIDE_PX, pictures
from bench.inpainting.studio import HeadlessStudio
from studio.core.opencv import cv2
from studio.generation.color_difference import difference, to_lab
from studio.generation.request import UInt8Array

LEVELS = tuple(range(0, 256, 17))
"""Sixteen, from nothing to all."""

SAMPLE = (2, 5, 7)
PLACE = (slice(112, 240), slice(128, 256))
STEPS = 20
TONE_PX = 12.0


def play() -> dict[str, object]:
    suite = [pictures()[index][1] for index in SAMPLE]
    with HeadlessStudio() as studio:
        # One model pixel to a canvas pixel: how much changes is measured, not how finely.
        studio.workspace.settings.set(least_target_px=0)
        changes = [
            [_change(studio, image, level, index) for index, image in enumerate(suite)] for level in LEVELS
        ]
        shifts = [_shift(studio, image, index) for index, image in enumerate(suite)]
    return {"levels": LEVELS, "changes": changes, "shifts": shifts}


def _change(studio: HeadlessStudio, image: UInt8Array, level: int, seed: int) -> float:
    """Mean CIEDE2000 over the place; level 0 stands beside a corner that is masked, so that there is a run."""
    mask = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    mask[PLACE] = level
    if level == 0:
        mask[300:340, 40:80] = 255
    studio.open(image)
    studio.mask(mask)
    studio.workspace.settings.choose_verb("paint")
    studio.generate(prompt="a landscape", steps=STEPS, seed=seed, strength=1.0)
    return float(difference(to_lab(studio.accept()), to_lab(image))[PLACE].mean())


def _shift(studio: HeadlessStudio, image: UInt8Array, seed: int) -> dict[str, float]:
    """Of the whole place's mean colour, and the mean of what every spot of TONE_PX shifted."""
    mask = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    mask[PLACE] = 255
    studio.open(image)
    studio.mask(mask)
    studio.workspace.settings.choose_verb("refine")
    studio.generate(prompt="", steps=STEPS, seed=seed, strength=0.3)
    after = studio.accept()
    before_lab, after_lab = to_lab(image), to_lab(after)
    means = [lab[PLACE].mean((0, 1))[None] for lab in (before_lab, after_lab)]
    soft = [
        np.asarray(cv2.GaussianBlur(lab, (0, 0), TONE_PX), np.float32)[PLACE]
        for lab in (before_lab, after_lab)
    ]
    return {
        "whole": float(difference(means[0], means[1])[0]),
        "local": float(difference(soft[0], soft[1]).mean()),
        "detail": float(difference(before_lab, after_lab)[PLACE].mean()),
    }


if __name__ == "__main__":
    print(json.dumps(play()))
