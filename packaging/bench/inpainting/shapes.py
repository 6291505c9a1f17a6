"""Masks of many shapes and sizes, hard and soft, drawn from a seed."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np

from bench.inpainting.pictures import SIDE_PX
from studio.generation.request import UInt8Array

SIZES_PX = (28, 48, 80, 130, 200)
SOFTNESS_PX = (0.0, 2.0, 5.0)

Draw = Callable[[np.random.Generator, UInt8Array, tuple[int, int], int], None]


def masks(count: int = 50, seed: int = 7) -> list[tuple[str, UInt8Array]]:
    """(what it is, (SIDE_PX, SIDE_PX) of 0..255): every shape in every size, some with soft edges."""
    rng = np.random.default_rng(seed)
    made: list[tuple[str, UInt8Array]] = []
    names = list(SHAPES)
    for index in range(count):
        name = names[index % len(names)]
        size = SIZES_PX[(index // len(names)) % len(SIZES_PX)]
        softness = SOFTNESS_PX[index % len(SOFTNESS_PX)]
        mask = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
        center = tuple(int(value) for value in rng.integers(SIDE_PX // 4, 3 * SIDE_PX // 4, 2))
        SHAPES[name](rng, mask, (center[0], center[1]), size)
        if softness:
            mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), softness), np.uint8)
        made.append((f"{name} {size} px{', soft' if softness else ''}", mask))
    return made


def _disc(rng: np.random.Generator, mask: UInt8Array, center: tuple[int, int], size: int) -> None:
    cv2.circle(mask, center, size // 2, 255, -1, cv2.LINE_AA)


def _rectangle(rng: np.random.Generator, mask: UInt8Array, center: tuple[int, int], size: int) -> None:
    height = max(8, round(size * rng.uniform(0.4, 1)))
    x, y = center[0] - size // 2, center[1] - height // 2
    cv2.rectangle(mask, (x, y), (x + size, y + height), 255, -1)


def _ellipse(rng: np.random.Generator, mask: UInt8Array, center: tuple[int, int], size: int) -> None:
    cv2.ellipse(mask, center, (size // 2, size // 4), rng.uniform(0, 180), 0, 360, 255, -1, cv2.LINE_AA)


def _stroke(rng: np.random.Generator, mask: UInt8Array, center: tuple[int, int], size: int) -> None:
    turns = np.linspace(0, 2 * math.pi, 24)
    phase = rng.uniform(0, 6)
    points = np.stack(
        (center[0] + size * (turns / math.pi - 1), center[1] + size / 3 * np.sin(turns + phase)), -1
    )
    cv2.polylines(mask, [points.astype(np.int32)], False, 255, max(6, size // 5), cv2.LINE_AA)


def _ring(rng: np.random.Generator, mask: UInt8Array, center: tuple[int, int], size: int) -> None:
    cv2.circle(mask, center, size // 2, 255, max(4, size // 6), cv2.LINE_AA)


def _star(rng: np.random.Generator, mask: UInt8Array, center: tuple[int, int], size: int) -> None:
    angles = np.linspace(0, 2 * math.pi, 10, endpoint=False) + rng.uniform(0, 1)
    radii = np.where(np.arange(10) % 2 == 0, size / 2, size / 5)
    points = np.stack((center[0] + radii * np.cos(angles), center[1] + radii * np.sin(angles)), -1)
    cv2.fillPoly(mask, [points.astype(np.int32)], 255, cv2.LINE_AA)


def _blob(rng: np.random.Generator, mask: UInt8Array, center: tuple[int, int], size: int) -> None:
    field = cv2.GaussianBlur(rng.standard_normal(mask.shape).astype(np.float32), (0, 0), size / 6)
    window = np.zeros(mask.shape, np.float32)
    cv2.circle(window, center, size // 2, 1.0, -1)
    window = np.asarray(cv2.GaussianBlur(window, (0, 0), size / 8), np.float32)
    mask[window * (1 + 0.8 * field / float(np.abs(field).max())) > 0.5] = 255


def _dots(rng: np.random.Generator, mask: UInt8Array, center: tuple[int, int], size: int) -> None:
    for _ in range(7):
        x, y = (round(value + rng.uniform(-size, size) / 2) for value in center)
        cv2.circle(mask, (x, y), max(4, size // 8), 255, -1, cv2.LINE_AA)


def _half(rng: np.random.Generator, mask: UInt8Array, center: tuple[int, int], size: int) -> None:
    """Reaches three edges of the picture."""
    mask[:, SIDE_PX - size :] = 255


def _corner(rng: np.random.Generator, mask: UInt8Array, center: tuple[int, int], size: int) -> None:
    cv2.circle(mask, (0, SIDE_PX), size, 255, -1, cv2.LINE_AA)


SHAPES: dict[str, Draw] = {
    "disc": _disc,
    "rectangle": _rectangle,
    "ellipse": _ellipse,
    "stroke": _stroke,
    "ring": _ring,
    "star": _star,
    "blob": _blob,
    "dots": _dots,
    "half": _half,
    "corner": _corner,
}
