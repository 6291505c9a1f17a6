"""The pictures that are painted into: some from the starter model's renderer, some that look like photographs.

Photographs of your own stand in when the environment variable UNDERPAINT_BENCH_PHOTOS names a folder of them.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import cv2
import numpy as np

from bench.fixtures import picture
from studio.generation.request import UInt8Array
from studio.project.formats import images

SIDE_PX = 384
RENDERED = 5
PHOTOS = 5
PHOTO_FOLDER = "UNDERPAINT_BENCH_PHOTOS"
LEAVES = 150


def pictures(seed: int = 5) -> list[tuple[str, UInt8Array]]:
    """(name, straight RGB (SIDE_PX, SIDE_PX, 3)), always the same."""
    return [
        *((f"rendered {index + 1}", image) for index, image in enumerate(_rendered(seed))),
        *((f"photo {index + 1}", image) for index, image in enumerate(_photos(seed))),
    ]


def _rendered(seed: int) -> list[UInt8Array]:
    # The renderer needs torch; whoever only wants the masks need not wait for it.
    from studio.engine.scenes.render import render
    from studio.generation.scenes.spec import sample_spec

    chosen = random.Random(seed)
    specs = [sample_spec(chosen) for _ in range(RENDERED)]
    batch = render(specs, SIDE_PX, seed=seed).permute(0, 2, 3, 1).numpy()
    return [np.asarray(np.rint(image * 255), np.uint8) for image in batch]


def _photos(seed: int) -> list[UInt8Array]:
    folder = os.environ.get(PHOTO_FOLDER)
    if not folder:
        return [dead_leaves(np.random.default_rng(seed + index)) for index in range(PHOTOS)]
    found = [
        path
        for path in sorted(Path(folder).iterdir())
        if path.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp")
    ][:PHOTOS]
    if not found:
        raise ValueError(f"{PHOTO_FOLDER} names a folder without pictures")
    return [_square(images.decode(path.read_bytes()).pixels[..., :3]) for path in found]


def dead_leaves(rng: np.random.Generator) -> UInt8Array:
    """Overlapping shaded shapes whose sizes fall off with the third power, lit by a smooth field, with blur and grain:
    the statistics of photographs (Lee, Mumford and Huang, "Occlusion Models for Natural Images", IJCV 2001)."""
    seed = int(rng.integers(2**31))
    ground = picture(SIDE_PX, SIDE_PX, seed)[..., :3].astype(np.float32)
    light = cv2.GaussianBlur(picture(SIDE_PX, SIDE_PX, seed + 1)[..., 1], (0, 0), 30).astype(np.float32)
    light = (light - light.mean()) / max(float(light.std()), 1e-3)
    hue = rng.uniform(0, 255, 3)
    image = 0.6 * ground + 0.4 * hue
    radii = 1 / np.sqrt(rng.uniform(1 / 90**2, 1 / 6**2, LEAVES))
    for radius in sorted(radii, reverse=True):
        center = rng.uniform(0, SIDE_PX, 2)
        axes = (int(radius), int(radius * rng.uniform(0.4, 1)))
        color = np.clip(0.5 * hue + 0.5 * rng.uniform(0, 255, 3), 0, 255)
        shape = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
        cv2.ellipse(
            shape, (int(center[0]), int(center[1])), axes, rng.uniform(0, 180), 0, 360, 255, -1, cv2.LINE_AA
        )
        cover = cv2.GaussianBlur(shape, (0, 0), rng.choice([0.7, 1.2, 3.0]))[..., None] / np.float32(255)
        image = image * (1 - cover) + (0.8 * color + 0.2 * ground) * cover
    image = image * (1 + 0.12 * light[..., None]) + rng.normal(0, 2.0, image.shape)
    return np.asarray(np.clip(np.rint(image), 0, 255), np.uint8)


def _square(image: UInt8Array) -> UInt8Array:
    """The middle of a picture, SIDE_PX a side."""
    height, width = image.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    cut = np.ascontiguousarray(image[top : top + side, left : left + side])
    return np.asarray(cv2.resize(cut, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA), np.uint8)
