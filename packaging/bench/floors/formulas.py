"""The blend formulas once more, in double precision, written from the specifications and nothing of the studio's.

W3C Compositing and Blending Level 1, https://www.w3.org/TR/compositing-1/ §5, §9.1, §10; what it has no word for
follows the usual definitions (linear burn, linear dodge, vivid, linear and pin light, hard mix, subtract, divide).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

TINY = 1e-9
"""What is white or black but for the last place of the arithmetic is white or black."""


def _quotient(above: Array, below: Array, otherwise: float) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, above / np.where(below > 0, below, 1), otherwise)


def _settled(color: Array, tiny: float) -> Array:
    return np.where(color <= tiny, 0.0, np.where(color >= 1 - tiny, 1.0, color))


def _dodge(b: Array, s: Array) -> Array:
    return np.where(b <= 0, 0.0, np.where(s >= 1, 1.0, np.minimum(1, _quotient(b, 1 - s, 1.0))))


def _burn(b: Array, s: Array) -> Array:
    return np.where(b >= 1, 1.0, np.where(s <= 0, 0.0, 1 - np.minimum(1, _quotient(1 - b, s, 1.0))))


def _hard(b: Array, s: Array) -> Array:
    return np.where(s <= 0.5, 2 * b * s, b + (2 * s - 1) - b * (2 * s - 1))


def _soft(b: Array, s: Array) -> Array:
    d = np.where(b <= 0.25, ((16 * b - 12) * b + 4) * b, np.sqrt(b))
    return np.where(s <= 0.5, b - (1 - 2 * s) * b * (1 - b), b + (2 * s - 1) * (d - b))


def _lum(c: Array) -> Array:
    return np.asarray((c * [0.3, 0.59, 0.11]).sum(-1, keepdims=True), np.float64)


def _set_lum(c: Array, light: Array) -> Array:
    c = c + (light - _lum(c))
    low, high = c.min(-1, keepdims=True), c.max(-1, keepdims=True)
    c = np.where(low < 0, light + (c - light) * _quotient(light, light - low, 1.0), c)
    return np.where(high > 1, light + (c - light) * _quotient(1 - light, high - light, 1.0), c)


def _sat(c: Array) -> Array:
    return np.asarray(c.max(-1, keepdims=True) - c.min(-1, keepdims=True), np.float64)


def _set_sat(c: Array, saturation: Array) -> Array:
    return np.asarray((c - c.min(-1, keepdims=True)) * _quotient(saturation, _sat(c), 0.0), np.float64)


FORMULAS: dict[str, Callable[[Array, Array], Array]] = {
    "normal": lambda b, s: s,
    "multiply": lambda b, s: b * s,
    "screen": lambda b, s: b + s - b * s,
    "overlay": lambda b, s: _hard(s, b),
    "darken": np.minimum,
    "lighten": np.maximum,
    "color-dodge": _dodge,
    "color-burn": _burn,
    "hard-light": _hard,
    "soft-light": _soft,
    "difference": lambda b, s: np.abs(b - s),
    "exclusion": lambda b, s: b + s - 2 * b * s,
    "hue": lambda b, s: _set_lum(_set_sat(s, _sat(b)), _lum(b)),
    "saturation": lambda b, s: _set_lum(_set_sat(b, _sat(s)), _lum(b)),
    "color": lambda b, s: _set_lum(s, _lum(b)),
    "luminosity": lambda b, s: _set_lum(b, _lum(s)),
    "linear-burn": lambda b, s: np.maximum(0, b + s - 1),
    "linear-dodge": lambda b, s: np.minimum(1, b + s),
    "vivid-light": lambda b, s: np.where(s <= 0.5, _burn(b, 2 * s), _dodge(b, 2 * s - 1)),
    "linear-light": lambda b, s: np.clip(b + 2 * s - 1, 0, 1),
    "pin-light": lambda b, s: np.where(s <= 0.5, np.minimum(b, 2 * s), np.maximum(b, 2 * s - 1)),
    "subtract": lambda b, s: np.maximum(0, b - s),
    "divide": lambda b, s: np.where(b <= 0, 0.0, np.minimum(1, _quotient(b, s, 1.0))),
}
"""Straight backdrop and source colours, (..., 3) in 0..1, to the mixed colour. Hard mix is not here: it jumps between
black and white, so that one unit of the last place may be the whole of a pixel."""

OPERATORS: dict[str, Callable[[Array, Array, Array, Array], tuple[Array, Array]]] = {
    "add": lambda b, ab, s, as_: (np.minimum(1, b + s), np.minimum(1, ab + as_)),
    "destination-in": lambda b, ab, s, as_: (b * as_, ab * as_),
    "destination-out": lambda b, ab, s, as_: (b * (1 - as_), ab * (1 - as_)),
    "source-atop": lambda b, ab, s, as_: (s * ab + b * (1 - as_), ab),
    "destination-atop": lambda b, ab, s, as_: (s * (1 - ab) + b * as_, as_),
}
"""Porter and Duff: premultiplied backdrop, its alpha, source, its alpha."""


def composited(backdrop: Array, source: Array, mode: str, tiny: float = TINY) -> Array:
    """Both premultiplied (..., 4) in 0..1. tiny: how near to black or white counts as that. Raises KeyError for a mode
    without a formula."""
    b, ab, s, as_ = backdrop[..., :3], backdrop[..., 3:], source[..., :3], source[..., 3:]
    if mode in OPERATORS:
        color, alpha = OPERATORS[mode](b, ab, s, as_)
    else:
        mixed = FORMULAS[mode](_settled(_quotient(b, ab, 0.0), tiny), _settled(_quotient(s, as_, 0.0), tiny))
        color = s * (1 - ab) + b * (1 - as_) + ab * as_ * mixed
        alpha = as_ + ab * (1 - as_)
    return np.concatenate([np.minimum(color, alpha), alpha], axis=-1)
