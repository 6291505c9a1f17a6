"""Colour that changes along a line, from a centre outward, or around it."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from studio.core.geometry import Point, Rect
from studio.core.opencv import cv2
from studio.document.pixels import ALPHA, RGB, FloatArray, UInt8Array, premultiply

GradientShape = Literal["linear", "radial", "angular"]
GRADIENT_SHAPES: tuple[GradientShape, ...] = ("linear", "radial", "angular")


@dataclass(frozen=True, kw_only=True)
class Gradient:
    """From `start_color` at `start` to `end_color` at `end` (for radial: at that distance), even beyond both; angular:
    in one turn around `start`, beginning in the direction of `end`.

    start, end: canvas pixels. opacities: 0..1.
    """

    shape: GradientShape
    start: Point
    end: Point
    start_color: RGB
    end_color: RGB
    start_opacity: float = 1.0
    end_opacity: float = 1.0


def gradient_pixels(gradient: Gradient, rect: Rect) -> UInt8Array:
    """(rect.height, rect.width, 4) premultiplied. Mixed premultiplied, so that no dark fringe shows on the way to
    transparency, and dithered by a fixed 8 x 8 pattern, so that no steps show either."""
    share, dither = _share(gradient, rect), _dither(rect)
    first = _stop(gradient.start_color, gradient.start_opacity)
    last = _stop(gradient.end_color, gradient.end_opacity)
    planes = [_mixed(share, start, end, dither) for start, end in zip(first, last, strict=True)]
    # Rounding of the mixture may lift a colour above its alpha.
    colors = [np.minimum(plane, planes[ALPHA]) for plane in planes[:ALPHA]]
    return np.asarray(cv2.merge((*colors, planes[ALPHA])), np.uint8)


def _mixed(share: FloatArray, start: float, end: float, dither: FloatArray) -> UInt8Array:
    """(h, w) of one channel. What is whole stays whole: a threshold is less than 1."""
    plane = share * np.float32(end - start)
    plane += np.float32(start)
    plane += dither
    return plane.astype(np.uint8)


def _share(gradient: Gradient, rect: Rect) -> FloatArray:
    """(h, w): 0 at the start, 1 at the end, at the centres of the pixels; the same in whatever rectangle."""
    dx, dy = gradient.end.x - gradient.start.x, gradient.end.y - gradient.start.y
    length = max(math.hypot(dx, dy), 1e-6)
    if gradient.shape == "angular":
        return _turn(gradient, rect, math.atan2(dy, dx))
    across = (np.arange(rect.x, rect.right) + 0.5 - gradient.start.x) / length
    down = (np.arange(rect.y, rect.bottom) + 0.5 - gradient.start.y) / length
    if gradient.shape == "linear":
        across, down = across * (dx / length), down * (dy / length)
        share = np.add.outer(down.astype(np.float32), across.astype(np.float32))
    else:
        share = np.add.outer((down * down).astype(np.float32), (across * across).astype(np.float32))
        np.sqrt(share, out=share)
    return np.asarray(np.clip(share, 0.0, 1.0, out=share), np.float32)


def _turn(gradient: Gradient, rect: Rect, begin: float) -> FloatArray:
    """(h, w): how far around `start` each pixel lies, clockwise from the direction of `end`: 0 to 1 in one turn."""
    across = (np.arange(rect.x, rect.right) + 0.5 - gradient.start.x).astype(np.float32)
    down = (np.arange(rect.y, rect.bottom) + 0.5 - gradient.start.y).astype(np.float32)
    angle = np.arctan2(down[:, None], across[None, :]) - np.float32(begin)
    return np.asarray(np.mod(angle / np.float32(2 * math.pi), np.float32(1)), np.float32)


def _stop(color: RGB, opacity: float) -> list[float]:
    """The premultiplied pixel, 0..255."""
    straight = np.array([[*color, round(opacity * 255)]], np.uint8)
    return [float(channel) for channel in premultiply(straight)[0]]


def _dither(rect: Rect) -> FloatArray:
    """(h, w): thresholds in 0..1, fixed to the canvas, so that neighbouring tiles fit together."""
    rows = np.arange(rect.y, rect.bottom) % 8
    columns = np.arange(rect.x, rect.right) % 8
    pattern: FloatArray = _bayer()[np.ix_(rows, columns)]
    return pattern


@functools.cache
def _bayer() -> FloatArray:
    """The ordered dither matrix of Bayer (1973), 8 x 8, values (n + 0.5) / 64."""
    matrix = np.zeros((1, 1))
    for _ in range(3):
        matrix = np.block([[4 * matrix, 4 * matrix + 2], [4 * matrix + 3, 4 * matrix + 1]])
    return ((matrix + 0.5) / 64).astype(np.float32)
