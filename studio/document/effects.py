"""Layers without pixels of their own: adjustments, which change the colours of what lies below, and fills.

An adjustment that treats every channel by itself is a table: what it makes of each of the 256 levels, straight lines
between them. So it is exact for every opaque 8-bit colour, and defined for all colours that blending leaves between.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from studio.core.errors import DocumentError
from studio.core.opencv import cv2
from studio.document.pixels import RGB, FloatArray

CHANNELS = ("rgb", "red", "green", "blue")
MAX_POINTS = 32
STEPS = 16
"""Places of a dense table from one level to the next."""
MIDDLE_GREY = RGB(128, 128, 128)
LEVELS = np.arange(256, dtype=np.float64) / 255


@dataclass(frozen=True, kw_only=True)
class LevelRange:
    """black, white: what becomes the lowest and the highest level, 0..255. gamma: 0.1..10, above 1 lightens the middle.
    out_black, out_white: what the lowest and the highest become."""

    black: int = 0
    white: int = 255
    gamma: float = 1.0
    out_black: int = 0
    out_white: int = 255

    def __post_init__(self) -> None:
        in_range = all(
            0 <= level <= 255 for level in (self.black, self.white, self.out_black, self.out_white)
        )
        if not (in_range and self.black < self.white and 0.1 <= self.gamma <= 10):
            raise DocumentError("Levels lie between 0 and 255, the black one below the white one.")

    def table(self) -> FloatArray:
        span = np.clip((LEVELS * 255 - self.black) / (self.white - self.black), 0, 1)
        out = self.out_black + (self.out_white - self.out_black) * span ** (1 / self.gamma)
        return np.asarray(out / 255, np.float32)


class _Tables:
    """What each of the 256 levels of red, green and blue becomes."""

    @functools.cached_property
    def tables(self) -> FloatArray:
        """(3, 256) in 0..1."""
        raise NotImplementedError

    @functools.cached_property
    def dense_tables(self) -> FloatArray | None:
        return _dense(self.tables)


@dataclass(frozen=True, kw_only=True)
class Levels(_Tables):
    """channels: those that are not as they were; rgb comes after the single ones."""

    kind: ClassVar[str] = "levels"
    channels: Mapping[str, LevelRange] = field(default_factory=dict)

    @functools.cached_property
    def tables(self) -> FloatArray:
        return _stacked({name: levels.table() for name, levels in self.channels.items()})


Points = tuple[tuple[int, int], ...]
STRAIGHT: Points = ((0, 0), (255, 255))


@dataclass(frozen=True, kw_only=True)
class Curves(_Tables):
    """channels: (level, becomes) of each curve's points from left to right; rgb comes after the single ones."""

    kind: ClassVar[str] = "curves"
    channels: Mapping[str, Points] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for points in self.channels.values():
            xs = [x for x, _ in points]
            in_range = all(0 <= value <= 255 for point in points for value in point)
            if not (
                in_range and 2 <= len(points) <= MAX_POINTS and all(a < b for a, b in itertools.pairwise(xs))
            ):
                raise DocumentError("A curve has two points or more, from left to right.")

    @functools.cached_property
    def tables(self) -> FloatArray:
        return _stacked({name: curve_table(points) for name, points in self.channels.items()})


@dataclass(frozen=True, kw_only=True)
class BrightnessContrast(_Tables):
    """Both -100..100."""

    kind: ClassVar[str] = "brightness-contrast"
    brightness: float = 0.0
    contrast: float = 0.0

    def __post_init__(self) -> None:
        _check(self.brightness, 100)
        _check(self.contrast, 100)

    @functools.cached_property
    def tables(self) -> FloatArray:
        """Lighter moves towards white, darker towards black; contrast turns the line about the middle grey."""
        amount = self.brightness / 100
        lit = LEVELS + (1 - LEVELS) * amount if amount > 0 else LEVELS * (1 + amount)
        # At 100 the line is upright: what is not black is white.
        slope = math.tan(math.pi / 4 * (1 + min(self.contrast, 99.9) / 100))
        return _stacked({"rgb": np.asarray(np.clip(0.5 + (lit - 0.5) * slope, 0, 1), np.float32)})


@dataclass(frozen=True, kw_only=True)
class HueSaturation:
    """hue: turned by -180..180 degrees. saturation, lightness: -100..100 per cent more or less. In HSL."""

    kind: ClassVar[str] = "hue-saturation"
    hue: float = 0.0
    saturation: float = 0.0
    lightness: float = 0.0

    def __post_init__(self) -> None:
        _check(self.hue, 180)
        _check(self.saturation, 100)
        _check(self.lightness, 100)

    def applied(self, color: FloatArray) -> FloatArray:
        """(3, h, w) in 0..1."""
        hls = cv2.cvtColor(cv2.merge(tuple(color)), cv2.COLOR_RGB2HLS)
        hls[..., 0] = (hls[..., 0] + np.float32(self.hue)) % 360
        hls[..., 2] = np.clip(hls[..., 2] * np.float32(1 + self.saturation / 100), 0, 1)
        amount, light = np.float32(self.lightness / 100), hls[..., 1]
        hls[..., 1] = light + (1 - light) * amount if amount > 0 else light * (1 + amount)
        return np.stack(
            [np.asarray(plane, np.float32) for plane in cv2.split(cv2.cvtColor(hls, cv2.COLOR_HLS2RGB))]
        )


@dataclass(frozen=True, kw_only=True)
class SolidColor:
    """The same colour everywhere."""

    kind: ClassVar[str] = "solid-color"
    color: RGB = MIDDLE_GREY


Adjustment = Levels | Curves | BrightnessContrast | HueSaturation
Effect = Adjustment | SolidColor

EFFECT_LABELS: Mapping[str, str] = {
    Levels.kind: "Levels",
    Curves.kind: "Curves",
    HueSaturation.kind: "Hue and saturation",
    BrightnessContrast.kind: "Brightness and contrast",
    SolidColor.kind: "Color fill",
}
NEW_EFFECTS: Mapping[str, Callable[[], Effect]] = {
    Levels.kind: Levels,
    Curves.kind: Curves,
    HueSaturation.kind: HueSaturation,
    BrightnessContrast.kind: BrightnessContrast,
    SolidColor.kind: SolidColor,
}


def adjusted(effect: Adjustment, color: FloatArray) -> FloatArray:
    """Straight (3, h, w) in 0..1; a fresh array. Within 1/255 of the straight lines, exact at whole levels."""
    if isinstance(effect, HueSaturation):
        return effect.applied(color)
    result = np.empty_like(color)
    dense = effect.dense_tables
    if dense is None:
        scaled = np.clip(color, 0, 1) * np.float32(255)
        for channel, table in enumerate(effect.tables):
            result[channel] = np.interp(scaled[channel], np.arange(256), table)
        return result
    places = np.clip(color * np.float32(STEPS * 255) + np.float32(0.5), 0, STEPS * 255).astype(np.uint16)
    for channel in range(3):
        np.take(dense[channel], places[channel], out=result[channel])
    return result


def _dense(tables: FloatArray) -> FloatArray | None:
    """(3, STEPS * 255 + 1): the lines read off between the levels as well, three times as quick to look up; None where
    one is so steep that the nearest step could be a level off."""
    if float(np.abs(np.diff(tables, axis=1)).max()) > STEPS / 255:
        return None
    fine = np.arange(STEPS * 255 + 1) / STEPS
    return np.stack([np.interp(fine, np.arange(256), table) for table in tables]).astype(np.float32)


def curve_table(points: Points) -> FloatArray:
    """256 levels in 0..1: a smooth line through the points that never swings past them. Flat beyond the outer ones.

    Monotone cubic interpolation, Fritsch and Butland 1984.
    """
    xs = np.array([x for x, _ in points], np.float64)
    ys = np.array([y for _, y in points], np.float64)
    widths, rises = np.diff(xs), np.diff(ys)
    slopes = rises / widths
    tangents = np.empty_like(xs)
    tangents[0], tangents[-1] = slopes[0], slopes[-1]
    for k in range(1, len(xs) - 1):
        before, after = slopes[k - 1], slopes[k]
        if before * after <= 0:
            tangents[k] = 0.0
        else:
            a, b = 2 * widths[k] + widths[k - 1], widths[k] + 2 * widths[k - 1]
            tangents[k] = (a + b) / (a / before + b / after)
    levels = np.clip(np.arange(256, dtype=np.float64), xs[0], xs[-1])
    part = np.clip(np.searchsorted(xs, levels, side="right") - 1, 0, len(xs) - 2)
    t, width = (levels - xs[part]) / widths[part], widths[part]
    # The Hermite basis.
    line = (
        (1 + 2 * t) * (1 - t) ** 2 * ys[part]
        + t * (1 - t) ** 2 * width * tangents[part]
        + t**2 * (3 - 2 * t) * ys[part + 1]
        + t**2 * (t - 1) * width * tangents[part + 1]
    )
    return np.asarray(np.clip(line, 0, 255) / 255, np.float32)


def effect_values(effect: Effect) -> dict[str, object]:
    """Plain JSON values; `effect_of` reads them back."""
    values: dict[str, object] = {"kind": effect.kind}
    match effect:
        case Levels():
            values["channels"] = {
                name: [levels.black, levels.white, levels.gamma, levels.out_black, levels.out_white]
                for name, levels in effect.channels.items()
            }
        case Curves():
            values["channels"] = {
                name: [list(point) for point in points] for name, points in effect.channels.items()
            }
        case BrightnessContrast():
            values |= {"brightness": effect.brightness, "contrast": effect.contrast}
        case HueSaturation():
            values |= {"hue": effect.hue, "saturation": effect.saturation, "lightness": effect.lightness}
        case SolidColor():
            values["color"] = list(effect.color)
    return values


def effect_of(values: object) -> Effect | None:
    """From a stranger's JSON; None for what is none."""
    if not isinstance(values, Mapping):
        return None
    try:
        return _read(values)
    except (DocumentError, KeyError, TypeError, ValueError, OverflowError):
        return None


def _read(values: Mapping[str, object]) -> Effect | None:
    match values.get("kind"):
        case Levels.kind:
            ranges = {}
            for name, entry in _entries(values["channels"]):
                black, white, gamma, out_black, out_white = (_number(value) for value in entry)
                ranges[name] = LevelRange(
                    black=round(black),
                    white=round(white),
                    gamma=gamma,
                    out_black=round(out_black),
                    out_white=round(out_white),
                )
            return Levels(channels=ranges)
        case Curves.kind:
            curves: dict[str, Points] = {}
            for name, entry in _entries(values["channels"]):
                curves[name] = tuple(map(_point, entry[: MAX_POINTS + 1]))
            return Curves(channels=curves)
        case BrightnessContrast.kind:
            return BrightnessContrast(
                brightness=_number(values["brightness"]), contrast=_number(values["contrast"])
            )
        case HueSaturation.kind:
            return HueSaturation(
                hue=_number(values["hue"]),
                saturation=_number(values["saturation"]),
                lightness=_number(values["lightness"]),
            )
        case SolidColor.kind:
            color = values["color"]
            if not isinstance(color, list):
                return None
            red, green, blue = (max(0, min(255, round(_number(value)))) for value in color)
            return SolidColor(color=RGB(red, green, blue))
    return None


def _entries(channels: object) -> list[tuple[str, list[object]]]:
    if not isinstance(channels, Mapping):
        raise TypeError("no channels")
    return [(name, entry) for name, entry in channels.items() if name in CHANNELS and isinstance(entry, list)]


def _point(values: object) -> tuple[int, int]:
    if not isinstance(values, list) or len(values) != 2:
        raise ValueError("no point")
    return round(_number(values[0])), round(_number(values[1]))


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("no number")
    return float(value)


def _check(value: float, most: float) -> None:
    if not (math.isfinite(value) and -most <= value <= most):
        raise DocumentError(f"This must lie between -{most:g} and {most:g}.")


def _stacked(tables: Mapping[str, FloatArray]) -> FloatArray:
    """(3, 256) from those of single channels and the one after them all."""
    straight = np.asarray(LEVELS, np.float32)
    last = tables.get("rgb", straight)
    return np.stack([np.interp(tables.get(name, straight), LEVELS, last) for name in CHANNELS[1:]]).astype(
        np.float32
    )
