"""Whatever Pillow opens becomes straight sRGB RGBA8, upright; what was lost on the way is said."""

from __future__ import annotations

import numpy as np
from PIL import Image

from studio.generation.request import UInt8Array
from studio.project.formats.format import Opened
from studio.project.formats.profiles import UnusableProfileError, to_srgb

_DEEP_GREY = ("I;16", "I;16L", "I;16B", "I;16N", "I")


def to_rgba(opened: Opened) -> tuple[UInt8Array, list[str]]:
    """(h, w, 4) of a loaded image and one sentence for each conversion that changed colours."""
    image, notices = opened.image, []
    if image.mode in _DEEP_GREY:
        pixels = _from_deep_grey(image)
        notices.append("16 bits per channel were reduced to 8.")
    elif image.mode == "F":
        pixels = _from_float(image)
        notices.append("Floating-point brightness was reduced to 8 bits.")
    else:
        if opened.bits_per_channel > 8:
            notices.append(f"{opened.bits_per_channel} bits per channel were reduced to 8.")
        pixels = _from_color(image, opened.icc_profile, notices)
    return _upright(pixels, opened.orientation), notices


def _from_color(image: Image.Image, profile: bytes | None, notices: list[str]) -> UInt8Array:
    rgb: UInt8Array | None = None
    if profile is not None:
        try:
            rgb = to_srgb(image, profile)
            if rgb is not None:
                notices.append("The colours were converted to sRGB.")
        except UnusableProfileError:
            notices.append("The colour profile could not be used; the colours are taken as sRGB.")
    if rgb is None and image.mode in ("CMYK", "LAB"):
        notices.append("The colours were converted without a profile and may look different.")
    if image.mode in ("CMYK", "LAB", "HSV", "YCbCr", "I"):
        image = image.convert("RGB")
    elif image.mode == "La":
        image = image.convert("LA")
    pixels = np.array(image if image.mode == "RGBA" else image.convert("RGBA"), np.uint8)
    if rgb is not None:
        pixels[..., :3] = rgb
    return pixels


def _from_deep_grey(image: Image.Image) -> UInt8Array:
    values = np.asarray(image).astype(np.int64)
    grey = ((np.clip(values, 0, 65_535) * 255 + 32_767) // 65_535).astype(np.uint8)
    key = image.info.get("transparency")
    alpha = np.where(values == key, 0, 255).astype(np.uint8) if isinstance(key, int) else None
    return _grey_to_rgba(grey, alpha)


def _from_float(image: Image.Image) -> UInt8Array:
    values = np.nan_to_num(np.asarray(image, np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    highest = max(float(values.max(initial=0.0)), 1.0)
    return _grey_to_rgba((np.clip(values / highest, 0.0, 1.0) * 255 + 0.5).astype(np.uint8), None)


def _grey_to_rgba(grey: UInt8Array, alpha: UInt8Array | None) -> UInt8Array:
    opaque = np.full_like(grey, 255) if alpha is None else alpha
    return np.stack([grey, grey, grey, opaque], axis=-1)


def _upright(pixels: UInt8Array, orientation: int) -> UInt8Array:
    """EXIF 2.3, 4.6.4 A: where row 0 and column 0 of the stored picture belong."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)
