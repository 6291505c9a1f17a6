"""How different two colours look: CIELAB and the CIEDE2000 difference."""

from __future__ import annotations

import functools

import numpy as np

from studio.core.opencv import cv2
from studio.generation.fill import FloatArray
from studio.generation.request import UInt8Array

POWER_25 = 25.0**7


def to_lab(rgb: UInt8Array) -> FloatArray:
    """sRGB (h, w, 3) -> L in 0..100, a, b (D65), float32."""
    return np.asarray(cv2.cvtColor(_unit(rgb), cv2.COLOR_RGB2Lab), np.float32)


def difference(one: FloatArray, other: FloatArray) -> FloatArray:
    """CIEDE2000 of two arrays (..., 3) of Lab colours, with all weights 1.

    Sharma, Wu and Dalal, "The CIEDE2000 Color-Difference Formula" (Color Research and Application 30, 2005),
    equations 2-22; the tests hold it against their table of pairs.
    """
    l1, a1, b1 = (one[..., index].astype(np.float64) for index in range(3))
    l2, a2, b2 = (other[..., index].astype(np.float64) for index in range(3))
    mean_c7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    stretch = 1.5 - 0.5 * np.sqrt(mean_c7 / (mean_c7 + POWER_25))
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    is_grey = c1 * c2 == 0
    turn = h2 - h1
    turn = np.where(turn > 180, turn - 360, np.where(turn < -180, turn + 360, turn))
    turn = np.where(is_grey, 0.0, turn)
    d_l, d_c = l2 - l1, c2 - c1
    d_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    total_h = h1 + h2
    is_near = np.abs(h1 - h2) <= 180
    mean_h = np.where(is_near, total_h / 2, np.where(total_h < 360, total_h / 2 + 180, total_h / 2 - 180))
    mean_h = np.where(is_grey, total_h, mean_h)
    weight = (
        1
        - 0.17 * np.cos(np.radians(mean_h - 30))
        + 0.24 * np.cos(np.radians(2 * mean_h))
        + 0.32 * np.cos(np.radians(3 * mean_h + 6))
        - 0.20 * np.cos(np.radians(4 * mean_h - 63))
    )
    bow = (mean_l - 50) ** 2
    s_l = 1 + 0.015 * bow / np.sqrt(20 + bow)
    s_c = 1 + 0.045 * mean_c
    s_h = 1 + 0.015 * mean_c * weight
    mean_c7 = mean_c**7
    rotation = (
        -2
        * np.sqrt(mean_c7 / (mean_c7 + POWER_25))
        * np.sin(np.radians(60 * np.exp(-(((mean_h - 275) / 25) ** 2))))
    )
    square = (d_l / s_l) ** 2 + (d_c / s_c) ** 2 + (d_h / s_h) ** 2 + rotation * (d_c / s_c) * (d_h / s_h)
    return np.asarray(np.sqrt(np.maximum(square, 0.0)), np.float32)


def _unit(rgb: UInt8Array) -> FloatArray:
    return _levels()[rgb]


@functools.cache
def _levels() -> FloatArray:
    return np.asarray(np.arange(256) / 255.0, np.float32)
