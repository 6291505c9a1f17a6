"""The formulas of the specification written out for one pixel, and the tree of layers walked as the handbook tells it:
what the fast composite is compared with."""

from __future__ import annotations

import colorsys
import math
from collections.abc import Sequence

import numpy as np

from studio.core.geometry import Rect
from studio.document.blend import NEARLY_NOTHING
from studio.document.effects import (
    Adjustment,
    BrightnessContrast,
    Curves,
    HueSaturation,
    LevelRange,
    Levels,
    SolidColor,
    curve_table,
)
from studio.document.layer import Layer

Color = tuple[float, float, float]


def lum(color: Color) -> float:
    return 0.3 * color[0] + 0.59 * color[1] + 0.11 * color[2]


def clip_color(color: Color) -> Color:
    light, low, high = lum(color), min(color), max(color)
    if low < 0:
        color = tuple(light + (c - light) * light / (light - low) for c in color)  # type: ignore[assignment]  # three channels
    if high > 1:
        color = tuple(light + (c - light) * (1 - light) / (high - light) for c in color)  # type: ignore[assignment]  # three channels
    return color


def set_lum(color: Color, light: float) -> Color:
    shift = light - lum(color)
    return clip_color((color[0] + shift, color[1] + shift, color[2] + shift))


def sat(color: Color) -> float:
    return max(color) - min(color)


def set_sat(color: Color, saturation: float) -> Color:
    """SetSat with the sorting of the specification."""
    order = sorted(range(3), key=lambda index: color[index])
    low, middle, high = order
    result = [0.0, 0.0, 0.0]
    if color[high] - color[low] > NEARLY_NOTHING:
        result[middle] = (color[middle] - color[low]) * saturation / (color[high] - color[low])
        result[high] = saturation
    return result[0], result[1], result[2]


def hard_light(cb: float, cs: float) -> float:
    return cb * 2 * cs if cs <= 0.5 else cb + (2 * cs - 1) - cb * (2 * cs - 1)


def color_dodge(cb: float, cs: float) -> float:
    if cb <= NEARLY_NOTHING:
        return 0.0
    return 1.0 if cs == 1 else min(1.0, cb / (1 - cs))


def color_burn(cb: float, cs: float) -> float:
    if cb >= 1 - NEARLY_NOTHING:
        return 1.0
    return 0.0 if cs == 0 else 1 - min(1.0, (1 - cb) / cs)


def soft_light(cb: float, cs: float) -> float:
    if cs <= 0.5:
        return cb - (1 - 2 * cs) * cb * (1 - cb)
    d = ((16 * cb - 12) * cb + 4) * cb if cb <= 0.25 else math.sqrt(cb)
    return cb + (2 * cs - 1) * (d - cb)


def divide(cb: float, cs: float) -> float:
    if cb <= NEARLY_NOTHING:
        return 0.0
    return 1.0 if cs == 0 else min(1.0, cb / cs)


SEPARABLE = {
    "normal": lambda cb, cs: cs,
    "multiply": lambda cb, cs: cb * cs,
    "screen": lambda cb, cs: cb + cs - cb * cs,
    "overlay": lambda cb, cs: hard_light(cs, cb),
    "darken": min,
    "lighten": max,
    "color-dodge": color_dodge,
    "color-burn": color_burn,
    "hard-light": hard_light,
    "soft-light": soft_light,
    "difference": lambda cb, cs: abs(cb - cs),
    "exclusion": lambda cb, cs: cb + cs - 2 * cb * cs,
    "linear-burn": lambda cb, cs: max(0.0, cb + cs - 1),
    "linear-dodge": lambda cb, cs: min(1.0, cb + cs),
    "vivid-light": lambda cb, cs: color_burn(cb, 2 * cs) if cs <= 0.5 else color_dodge(cb, 2 * cs - 1),
    "linear-light": lambda cb, cs: min(1.0, max(0.0, cb + 2 * cs - 1)),
    "pin-light": lambda cb, cs: min(cb, 2 * cs) if cs <= 0.5 else max(cb, 2 * cs - 1),
    "hard-mix": lambda cb, cs: 1.0 if cb + cs >= 254.5 / 255 else 0.0,
    "subtract": lambda cb, cs: max(0.0, cb - cs),
    "divide": divide,
}
NON_SEPARABLE = {
    "hue": lambda cb, cs: set_lum(set_sat(cs, sat(cb)), lum(cb)),
    "saturation": lambda cb, cs: set_lum(set_sat(cb, sat(cs)), lum(cb)),
    "color": lambda cb, cs: set_lum(cs, lum(cb)),
    "luminosity": lambda cb, cs: set_lum(cb, lum(cs)),
}

# Porter and Duff: what stays of the source, what of the backdrop, as functions of (alpha below, alpha above).
SHAPES = {
    "destination-in": (lambda ab, as_: 0.0, lambda ab, as_: as_),
    "destination-out": (lambda ab, as_: 0.0, lambda ab, as_: 1 - as_),
    "source-atop": (lambda ab, as_: ab, lambda ab, as_: 1 - as_),
    "destination-atop": (lambda ab, as_: 1 - ab, lambda ab, as_: as_),
}

Pixel = tuple[float, float, float, float]
NOTHING: Pixel = (0.0, 0.0, 0.0, 0.0)


def onto(below: Pixel, above: Pixel, mode: str, keeps_alpha: bool = False) -> Pixel:
    """Both premultiplied, 0..1. keeps_alpha: clipped to what is below."""
    ab, as_ = below[3], above[3]
    if keeps_alpha and mode in SHAPES:
        mode = "normal"
    if mode in SHAPES:
        from_above, from_below = (share(ab, as_) for share in SHAPES[mode])
        return tuple(s * from_above + b * from_below for b, s in zip(below, above, strict=True))  # type: ignore[return-value]  # four channels
    if mode == "add" and keeps_alpha:
        added = [min(ab, b + s * ab) for b, s in zip(below[:3], above[:3], strict=True)]
        return added[0], added[1], added[2], ab
    if mode == "add":
        return tuple(min(1.0, b + s) for b, s in zip(below, above, strict=True))  # type: ignore[return-value]  # four channels
    cb: Color = (below[0] / ab, below[1] / ab, below[2] / ab) if ab else (0.0, 0.0, 0.0)
    cs: Color = (above[0] / as_, above[1] / as_, above[2] / as_) if as_ else (0.0, 0.0, 0.0)
    if mode in NON_SEPARABLE:
        mixed = NON_SEPARABLE[mode](cb, cs)
    else:
        mixed = tuple(SEPARABLE[mode](b, s) for b, s in zip(cb, cs, strict=True))  # type: ignore[assignment]  # three channels
    alone = 0.0 if keeps_alpha else as_ * (1 - ab)
    color = [alone * s + as_ * ab * m + (1 - as_) * ab * b for b, s, m in zip(cb, cs, mixed, strict=True)]
    return color[0], color[1], color[2], ab if keeps_alpha else as_ + ab * (1 - as_)


def table_at(effect: Levels | Curves | BrightnessContrast, channel: str, level: int) -> float:
    """What one level (0..255) of one channel becomes, 0..1."""
    value = level / 255
    if isinstance(effect, BrightnessContrast):
        amount = effect.brightness / 100
        value = value + (1 - value) * amount if amount > 0 else value * (1 + amount)
        slope = math.tan(math.pi / 4 * (1 + min(effect.contrast, 99.9) / 100))
        return min(1.0, max(0.0, 0.5 + (value - 0.5) * slope))
    for name in (channel, "rgb"):
        if name not in effect.channels:
            continue
        if isinstance(effect, Curves):
            value = float(np.interp(value * 255, range(256), curve_table(effect.channels[name])))
        else:
            value = levels_at(effect.channels[name], value)
    return value


def levels_at(chosen: LevelRange, value: float) -> float:
    """At a whole level by the formula, between two on a straight line."""

    def formula(level: int) -> float:
        span = min(1.0, max(0.0, (level - chosen.black) / (chosen.white - chosen.black)))
        return (chosen.out_black + (chosen.out_white - chosen.out_black) * span ** (1 / chosen.gamma)) / 255

    lower = min(254, int(value * 255 + 1e-9))
    share = value * 255 - lower
    return formula(lower) * (1 - share) + formula(lower + 1) * share


def adjusted_color(effect: Adjustment, color: Color) -> Color:
    if isinstance(effect, HueSaturation):
        hue, light, saturation = colorsys.rgb_to_hls(*color)
        saturation = min(1.0, saturation * (1 + effect.saturation / 100))
        amount = effect.lightness / 100
        light = light + (1 - light) * amount if amount > 0 else light * (1 + amount)
        return colorsys.hls_to_rgb(hue + effect.hue / 360, light, saturation)
    made = []
    for channel, value in zip(("red", "green", "blue"), color, strict=True):
        lower = min(254, int(value * 255))
        share = value * 255 - lower
        low, high = table_at(effect, channel, lower), table_at(effect, channel, lower + 1)
        made.append(low * (1 - share) + high * share)
    return made[0], made[1], made[2]


def adjusted_pixel(below: Pixel, effect: Adjustment, weight: float, mode: str) -> Pixel:
    alpha = below[3]
    if alpha == 0:
        return NOTHING
    before: Color = (below[0] / alpha, below[1] / alpha, below[2] / alpha)
    after = adjusted_color(effect, tuple(min(1.0, max(0.0, c)) for c in before))  # type: ignore[arg-type]  # three channels
    if mode in NON_SEPARABLE:
        after = NON_SEPARABLE[mode](before, after)
    elif mode in SEPARABLE:
        after = tuple(SEPARABLE[mode](b, a) for b, a in zip(before, after, strict=True))  # type: ignore[assignment]  # three channels
    elif mode == "add":
        after = tuple(min(1.0, b + a) for b, a in zip(before, after, strict=True))  # type: ignore[assignment]  # three channels
    mixed = [(b + (a - b) * weight) * alpha for b, a in zip(before, after, strict=True)]
    return mixed[0], mixed[1], mixed[2], alpha


def naive(layers: Sequence[Layer], rect: Rect) -> np.ndarray:
    """(h, w, 4) premultiplied, 0..255, float: one pixel after another, no rounding between layers. layers: those that
    lie on one another, the lowest first; groups are walked into."""
    result = np.zeros((rect.height, rect.width, 4))
    walk = _Walk(rect)
    for y in range(rect.height):
        for x in range(rect.width):
            result[y, x] = walk.pixel(layers, NOTHING, y, x)
    return result * 255


class _Walk:
    def __init__(self, rect: Rect) -> None:
        self._rect = rect
        self._read: dict[str, tuple[np.ndarray, np.ndarray | None]] = {}

    def pixel(self, layers: Sequence[Layer], below: Pixel, y: int, x: int) -> Pixel:
        number = 0
        while number < len(layers):
            base, number = layers[number], number + 1
            clipped = []
            has_shape = base.effect is None or isinstance(base.effect, SolidColor)
            while has_shape and number < len(layers) and layers[number].properties.is_clipped:
                clipped.append(layers[number])
                number += 1
            own = base.properties
            if not _is_shown(base):
                continue
            clipped = [layer for layer in clipped if _is_shown(layer)]
            if not clipped:
                below = self._put(base, below, y, x, own.opacity, own.blend_mode)
                continue
            sheet = self._put(base, NOTHING, y, x, 1.0, "normal", is_base=True)
            for layer in clipped:
                above = layer.properties
                sheet = self._put(layer, sheet, y, x, above.opacity, above.blend_mode, keeps_alpha=True)
            below = onto(below, _scaled(sheet, own.opacity), own.blend_mode)
        return below

    def _put(
        self,
        layer: Layer,
        below: Pixel,
        y: int,
        x: int,
        opacity: float,
        mode: str,
        *,
        keeps_alpha: bool = False,
        is_base: bool = False,
    ) -> Pixel:
        pixels, mask = self._arrays(layer)
        effect = layer.effect
        if effect is not None and not isinstance(effect, SolidColor):
            return adjusted_pixel(below, effect, opacity * (1.0 if mask is None else float(mask[y, x])), mode)
        if isinstance(effect, SolidColor):
            pixels = np.broadcast_to(np.array([*effect.color, 255]) / 255, (y + 1, x + 1, 4))
        weight = opacity * (1.0 if mask is None else float(mask[y, x]))
        if layer.children is not None:
            if not (layer.properties.is_isolated or keeps_alpha or is_base):
                after = self.pixel(layer.children, below, y, x)
                return tuple(b + (a - b) * weight for b, a in zip(below, after, strict=True))  # type: ignore[return-value]  # four channels
            source = self.pixel(layer.children, NOTHING, y, x)
        else:
            r, g, b, a = pixels[y, x].tolist()
            source = (r, g, b, a)
        return onto(below, _scaled(source, weight), mode, keeps_alpha)

    def _arrays(self, layer: Layer) -> tuple[np.ndarray, np.ndarray | None]:
        if layer.id not in self._read:
            has_mask = layer.mask is not None and layer.properties.is_mask_enabled
            mask = layer.mask.read(self._rect) / 255 if has_mask and layer.mask is not None else None
            self._read[layer.id] = layer.surface.read(self._rect) / 255, mask
        return self._read[layer.id]


def _is_shown(layer: Layer) -> bool:
    return layer.properties.is_visible and layer.properties.opacity > 0


def _scaled(pixel: Pixel, factor: float) -> Pixel:
    r, g, b, a = pixel
    return r * factor, g * factor, b * factor, a * factor
