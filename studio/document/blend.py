"""Blend modes: the formulas of the W3C's Compositing and Blending Level 1, in float, as the reference for all else.

https://www.w3.org/TR/compositing-1/ §5 (formulas), §9 (blending), §10 (separable and non-separable modes).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.core.opencv import cv2
from studio.document.pixels import FloatArray

BlendFormula = Callable[[FloatArray, FloatArray], FloatArray]
"""B(Cb, Cs): straight backdrop and source colours (3, h, w) in 0..1 to the blended colour. Planes, because numpy
reduces and broadcasts over a leading axis of three some five times faster than over a trailing one."""


@dataclass(frozen=True, kw_only=True)
class BlendMode:
    """id: in the document. label: as artists know it. svg: the composite-op of OpenRaster.
    formula: None where the mode is a way of compositing rather than of mixing colours (normal, add)."""

    id: str
    label: str
    svg: str
    formula: BlendFormula | None


def composite(backdrop: FloatArray, source: FloatArray, mode: BlendMode) -> FloatArray:
    """`source` onto `backdrop`, both premultiplied float (h, w, 4) in 0..1; a fresh array.

    co = cs (1 - ab) + cb (1 - as) + as ab B(Cb, Cs) with premultiplied cs, cb and straight Cs, Cb (§5, §9.1.1);
    add is the plus operator: min(1, cs + cb) in every channel (§9.1.14).
    """
    if mode.id == "add":
        total: FloatArray = np.minimum(backdrop + source, np.float32(1))
        return total
    below, above = _planes(backdrop), _planes(source)
    alpha_below, alpha_above = below[3], above[3]
    result: FloatArray = below * (1 - alpha_above) + above
    if mode.formula is not None:
        color_above = _straight(above)
        blended = mode.formula(_straight(below), color_above)
        # The source already stands in the sum in full: its part over the backdrop is exchanged for the blend.
        result[:3] += alpha_above * alpha_below * (blended - color_above)
        # Rounding may lift a colour above its alpha by a few units of the last place.
        np.clip(result, 0, np.minimum(result[3], 1), out=result)
    merged: FloatArray = np.ascontiguousarray(cv2.merge(tuple(result)), np.float32)
    return merged


def _planes(pixels: FloatArray) -> FloatArray:
    """(h, w, 4) to (4, h, w)."""
    planes: FloatArray = np.stack([np.asarray(plane, np.float32) for plane in cv2.split(pixels)])
    return planes


def _straight(planes: FloatArray) -> FloatArray:
    color, alpha = planes[:3], planes[3]
    straight: FloatArray = np.divide(color, alpha, out=np.zeros_like(color), where=alpha > 0)
    return straight


def _choose(
    where: npt.NDArray[np.bool_], chosen: FloatArray | np.float32, otherwise: FloatArray
) -> FloatArray:
    return np.where(where, chosen, otherwise).astype(np.float32, copy=False)


def _multiply(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    return backdrop * source


def _screen(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    return backdrop + source - backdrop * source


def _hard_light(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    doubled = 2 * source
    return _choose(source <= 0.5, backdrop * doubled, _screen(backdrop, doubled - 1))


def _overlay(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    return _hard_light(source, backdrop)


def _color_dodge(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    room = 1 - source
    quotient = np.divide(backdrop, room, out=np.ones_like(backdrop), where=room > 0)
    return _choose(backdrop <= 0, np.float32(0), np.minimum(quotient, np.float32(1)))


def _color_burn(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    quotient = np.divide(1 - backdrop, source, out=np.ones_like(backdrop), where=source > 0)
    return _choose(backdrop >= 1, np.float32(1), 1 - np.minimum(quotient, np.float32(1)))


def _soft_light(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    polynomial = ((16 * backdrop - 12) * backdrop + 4) * backdrop
    lifted = _choose(backdrop <= 0.25, polynomial, np.sqrt(backdrop))
    room = _choose(source <= 0.5, backdrop * (1 - backdrop), lifted - backdrop)
    return backdrop + (2 * source - 1) * room


def _difference(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    distance: FloatArray = np.abs(backdrop - source)
    return distance


def _exclusion(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    return backdrop + source - 2 * backdrop * source


def _luminosity_of(color: FloatArray) -> FloatArray:
    """Lum (§10.2), (1, h, w)."""
    red, green, blue = color
    light: FloatArray = (0.3 * red + 0.59 * green + 0.11 * blue)[None]
    return light


def _clip_color(color: FloatArray) -> FloatArray:
    """ClipColor (§10.2): into the unit cube towards the grey of the same luminosity."""
    light = _luminosity_of(color)
    low = color.min(axis=0, keepdims=True)
    high = color.max(axis=0, keepdims=True)
    room_below, room_above = light - low, high - light
    below = np.divide(light, room_below, out=np.ones_like(light), where=(low < 0) & (room_below > 0))
    color = light + (color - light) * below
    above = np.divide(1 - light, room_above, out=np.ones_like(light), where=(high > 1) & (room_above > 0))
    return np.asarray(light + (color - light) * above, np.float32)


def _with_luminosity(color: FloatArray, light: FloatArray) -> FloatArray:
    """SetLum (§10.2)."""
    return _clip_color(color + (light - _luminosity_of(color)))


def _saturation_of(color: FloatArray) -> FloatArray:
    """Sat (§10.2), (1, h, w)."""
    return np.asarray(color.max(axis=0, keepdims=True) - color.min(axis=0, keepdims=True), np.float32)


def _with_saturation(color: FloatArray, saturation: FloatArray) -> FloatArray:
    """SetSat (§10.2): the spread of the channels scaled to `saturation`, the lowest at 0."""
    spread = _saturation_of(color)
    factor = np.divide(saturation, spread, out=np.zeros_like(spread), where=spread > 0)
    return np.asarray((color - color.min(axis=0, keepdims=True)) * factor, np.float32)


def _hue(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    return _with_luminosity(_with_saturation(source, _saturation_of(backdrop)), _luminosity_of(backdrop))


def _saturation(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    return _with_luminosity(_with_saturation(backdrop, _saturation_of(source)), _luminosity_of(backdrop))


def _color(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    return _with_luminosity(source, _luminosity_of(backdrop))


def _luminosity(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    return _with_luminosity(backdrop, _luminosity_of(source))


BLEND_MODES: Mapping[str, BlendMode] = {
    mode.id: mode
    for mode in (
        BlendMode(id="normal", label="Normal", svg="svg:src-over", formula=None),
        BlendMode(id="darken", label="Darken", svg="svg:darken", formula=np.minimum),
        BlendMode(id="multiply", label="Multiply", svg="svg:multiply", formula=_multiply),
        BlendMode(id="color-burn", label="Color Burn", svg="svg:color-burn", formula=_color_burn),
        BlendMode(id="lighten", label="Lighten", svg="svg:lighten", formula=np.maximum),
        BlendMode(id="screen", label="Screen", svg="svg:screen", formula=_screen),
        BlendMode(id="color-dodge", label="Color Dodge", svg="svg:color-dodge", formula=_color_dodge),
        BlendMode(id="add", label="Add (Linear Dodge)", svg="svg:plus", formula=None),
        BlendMode(id="overlay", label="Overlay", svg="svg:overlay", formula=_overlay),
        BlendMode(id="soft-light", label="Soft Light", svg="svg:soft-light", formula=_soft_light),
        BlendMode(id="hard-light", label="Hard Light", svg="svg:hard-light", formula=_hard_light),
        BlendMode(id="difference", label="Difference", svg="svg:difference", formula=_difference),
        BlendMode(id="exclusion", label="Exclusion", svg="svg:exclusion", formula=_exclusion),
        BlendMode(id="hue", label="Hue", svg="svg:hue", formula=_hue),
        BlendMode(id="saturation", label="Saturation", svg="svg:saturation", formula=_saturation),
        BlendMode(id="color", label="Color", svg="svg:color", formula=_color),
        BlendMode(id="luminosity", label="Luminosity", svg="svg:luminosity", formula=_luminosity),
    )
}
NORMAL = BLEND_MODES["normal"]


def blend_mode(mode_id: str) -> BlendMode:
    """Normal for an id that is not in the table."""
    return BLEND_MODES.get(mode_id, NORMAL)


def blend_mode_id(svg: str) -> str | None:
    """The id for an OpenRaster composite-op; None for one that is not in the table."""
    return next((mode.id for mode in BLEND_MODES.values() if mode.svg == svg), None)
