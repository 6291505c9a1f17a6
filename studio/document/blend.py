"""Blend modes: the formulas of the W3C's Compositing and Blending Level 1, in float, as the reference for all else.

https://www.w3.org/TR/compositing-1/ §5 (formulas), §9 (blending), §10 (separable and non-separable modes).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from studio.core.opencv import cv2
from studio.document.pixels import FloatArray

NEARLY_NOTHING = 1e-4
"""Where a formula jumps at 0 or 1, it jumps this far inside: what is 0 by the formulas and 1e-8 by rounding must not turn
white under a dodge. A fortieth of a level."""

BlendFormula = Callable[[FloatArray, FloatArray], FloatArray]
"""B(Cb, Cs): straight backdrop and source colours (3, h, w) in 0..1 to the blended colour. Planes, because numpy
reduces and broadcasts over a leading axis of three some five times faster than over a trailing one."""


Operator = Literal["over", "plus", "destination-in", "destination-out", "source-atop", "destination-atop"]


@dataclass(frozen=True, kw_only=True)
class BlendMode:
    """id: in the document. label: as artists know it. op: the composite-op of OpenRaster, or Krita's where OpenRaster
    has no word. group: modes of one kind stand together in menus. formula: None where colours are not mixed.
    operator: how the two lie on one another (Porter and Duff 1984; W3C §9.1)."""

    id: str
    label: str
    op: str
    group: str
    formula: BlendFormula | None = None
    operator: Operator = "over"

    @property
    def needs_all(self) -> bool:
        """Takes away what is below where the source has nothing."""
        return self.operator in ("destination-in", "destination-atop")

    @property
    def draws_on_nothing(self) -> bool:
        """Whether the source shows where nothing is below; then it shows as it is."""
        return self.operator in ("over", "plus", "destination-atop")


def composite(
    backdrop: FloatArray, source: FloatArray, mode: BlendMode, *, keeps_alpha: bool = False
) -> FloatArray:
    """`source` onto `backdrop`, both premultiplied float (h, w, 4) in 0..1; a fresh array.

    co = cs (1 - ab) + cb (1 - as) + as ab B(Cb, Cs) with premultiplied cs, cb and straight Cs, Cb (§5, §9.1.1).
    keeps_alpha: the same without its first term, alpha stays ab (source atop, §9.1.9).
    """
    if mode.operator != "over":
        return _operated(backdrop, source, mode.operator, keeps_alpha)
    below, above = _planes(backdrop), _planes(source)
    alpha_below, alpha_above = below[3], above[3]
    result: FloatArray = below * (1 - alpha_above)
    if mode.formula is None:
        result += above * alpha_below if keeps_alpha else above
    else:
        color_above = _straight(above)
        blended = mode.formula(_straight(below), color_above)
        both = alpha_above * alpha_below
        if keeps_alpha:
            result[:3] += both * blended
        else:
            # The source stands in the sum in full: its part over the backdrop is exchanged for the blend.
            result += above
            result[:3] += both * (blended - color_above)
    if keeps_alpha:
        result[3] = alpha_below
    # Rounding may lift a colour above its alpha by a few units of the last place.
    np.clip(result, 0, np.minimum(result[3], 1), out=result)
    return _merged(result)


def mixed(backdrop: FloatArray, source: FloatArray, mode: BlendMode) -> FloatArray:
    """B(Cb, Cs) alone, for straight (3, h, w) colours; plus adds them, the other operators leave the source."""
    if mode.formula is not None:
        return mode.formula(backdrop, source)
    return np.asarray(np.minimum(backdrop + source, 1), np.float32) if mode.operator == "plus" else source


def _operated(backdrop: FloatArray, source: FloatArray, operator: Operator, keeps_alpha: bool) -> FloatArray:
    below, above = _planes(backdrop), _planes(source)
    alpha_below, alpha_above = below[3], above[3]
    match operator:
        case "plus" if keeps_alpha:
            below[:3] = np.minimum(below[:3] + above[:3] * alpha_below, alpha_below)
            return _merged(below)
        case "plus":
            return _merged(np.minimum(below + above, np.float32(1)))
        case "destination-in":
            return _merged(below * alpha_above)
        case "destination-out":
            return _merged(below * (1 - alpha_above))
        case "destination-atop":
            return _merged(above * (1 - alpha_below) + below * alpha_above)
        case _:
            return _merged(above * alpha_below + below * (1 - alpha_above))


def _merged(planes: FloatArray) -> FloatArray:
    """(4, h, w) to (h, w, 4)."""
    merged: FloatArray = np.ascontiguousarray(cv2.merge(tuple(planes)), np.float32)
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
    return _choose(backdrop <= NEARLY_NOTHING, np.float32(0), np.minimum(quotient, np.float32(1)))


def _color_burn(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    quotient = np.divide(1 - backdrop, source, out=np.ones_like(backdrop), where=source > 0)
    return _choose(backdrop >= 1 - NEARLY_NOTHING, np.float32(1), 1 - np.minimum(quotient, np.float32(1)))


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
    factor = np.divide(saturation, spread, out=np.zeros_like(spread), where=spread > NEARLY_NOTHING)
    return np.asarray((color - color.min(axis=0, keepdims=True)) * factor, np.float32)


def _hue(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    return _with_luminosity(_with_saturation(source, _saturation_of(backdrop)), _luminosity_of(backdrop))


def _saturation(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    return _with_luminosity(_with_saturation(backdrop, _saturation_of(source)), _luminosity_of(backdrop))


def _color(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    return _with_luminosity(source, _luminosity_of(backdrop))


def _luminosity(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    return _with_luminosity(backdrop, _luminosity_of(source))


def _linear_burn(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    return np.asarray(np.maximum(backdrop + source - 1, 0), np.float32)


def _linear_dodge(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    return np.asarray(np.minimum(backdrop + source, 1), np.float32)


def _vivid_light(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    doubled = 2 * source
    return _choose(source <= 0.5, _color_burn(backdrop, doubled), _color_dodge(backdrop, doubled - 1))


def _linear_light(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    return np.asarray(np.clip(backdrop + 2 * source - 1, 0, 1), np.float32)


def _pin_light(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    doubled = 2 * source
    return _choose(source <= 0.5, np.minimum(backdrop, doubled), np.maximum(backdrop, doubled - 1))


def _hard_mix(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    # Half a level below 1, so that two bytes that add up to white are white whatever their rounding.
    return (backdrop + source >= 1 - 0.5 / 255).astype(np.float32)


def _subtract(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    return np.asarray(np.maximum(backdrop - source, 0), np.float32)


def _divide(backdrop: FloatArray, source: FloatArray) -> FloatArray:
    quotient = np.divide(backdrop, source, out=np.ones_like(backdrop), where=source > 0)
    return _choose(backdrop <= NEARLY_NOTHING, np.float32(0), np.minimum(quotient, np.float32(1)))


_TABLE: tuple[tuple[str, tuple[tuple[str, str, str, BlendFormula | None], ...]], ...] = (
    ("normal", (("normal", "Normal", "svg:src-over", None),)),
    (
        "darker",
        (
            ("darken", "Darken", "svg:darken", np.minimum),
            ("multiply", "Multiply", "svg:multiply", _multiply),
            ("color-burn", "Color Burn", "svg:color-burn", _color_burn),
            ("linear-burn", "Linear Burn", "krita:linear_burn", _linear_burn),
        ),
    ),
    (
        "lighter",
        (
            ("lighten", "Lighten", "svg:lighten", np.maximum),
            ("screen", "Screen", "svg:screen", _screen),
            ("color-dodge", "Color Dodge", "svg:color-dodge", _color_dodge),
            ("linear-dodge", "Linear Dodge", "krita:linear_dodge", _linear_dodge),
            ("add", "Add", "svg:plus", None),
        ),
    ),
    (
        "contrast",
        (
            ("overlay", "Overlay", "svg:overlay", _overlay),
            ("soft-light", "Soft Light", "svg:soft-light", _soft_light),
            ("hard-light", "Hard Light", "svg:hard-light", _hard_light),
            ("vivid-light", "Vivid Light", "krita:vivid_light", _vivid_light),
            ("linear-light", "Linear Light", "krita:linear light", _linear_light),
            ("pin-light", "Pin Light", "krita:pin_light", _pin_light),
            ("hard-mix", "Hard Mix", "krita:hard mix", _hard_mix),
        ),
    ),
    (
        "comparing",
        (
            ("difference", "Difference", "svg:difference", _difference),
            ("exclusion", "Exclusion", "svg:exclusion", _exclusion),
            ("subtract", "Subtract", "krita:subtract", _subtract),
            ("divide", "Divide", "krita:divide", _divide),
        ),
    ),
    (
        "color",
        (
            ("hue", "Hue", "svg:hue", _hue),
            ("saturation", "Saturation", "svg:saturation", _saturation),
            ("color", "Color", "svg:color", _color),
            ("luminosity", "Luminosity", "svg:luminosity", _luminosity),
        ),
    ),
    (
        "shape",
        (
            ("destination-in", "Cut to This Shape", "svg:dst-in", None),
            ("destination-out", "Cut Out This Shape", "svg:dst-out", None),
            ("source-atop", "Inside What Is Below", "svg:src-atop", None),
            ("destination-atop", "Behind, Cut to Shape", "svg:dst-atop", None),
        ),
    ),
)
_OPERATORS: Mapping[str, Operator] = {
    "add": "plus",
    "destination-in": "destination-in",
    "destination-out": "destination-out",
    "source-atop": "source-atop",
    "destination-atop": "destination-atop",
}

BLEND_MODES: Mapping[str, BlendMode] = {
    id: BlendMode(
        id=id, label=label, op=op, group=group, formula=formula, operator=_OPERATORS.get(id, "over")
    )
    for group, modes in _TABLE
    for id, label, op, formula in modes
}
NORMAL = BLEND_MODES["normal"]


def blend_mode(mode_id: str) -> BlendMode:
    """Normal for an id that is not in the table."""
    return BLEND_MODES.get(mode_id, NORMAL)


def blend_mode_id(op: str) -> str | None:
    """The id for an OpenRaster composite-op; None for one that is not in the table."""
    return next((mode.id for mode in BLEND_MODES.values() if mode.op == op), None)
