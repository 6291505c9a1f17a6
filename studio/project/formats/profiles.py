"""Colour profiles: everything becomes sRGB on its way in."""

from __future__ import annotations

import functools
import io

import numpy as np
from PIL import Image, ImageCms

from studio.generation.request import UInt8Array

_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
# A profile that moves no colour by more than this is sRGB by another name: its pixels stay as they are.
_SAME_LEVELS = 2


class UnusableProfileError(ValueError):
    """The profile is broken or made for another kind of picture."""


@functools.cache
def srgb_profile() -> bytes:
    """The profile to embed where a format has no other way to say sRGB."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def to_srgb(image: Image.Image, profile: bytes) -> UInt8Array | None:
    """(h, w, 3) sRGB of an image without its alpha; None when the profile is sRGB and nothing has to be done.

    Raises UnusableProfileError.
    """
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = _MODES.get(source.profile.xcolor_space.strip())
        has_color = image.mode not in ("1", "L", "LA", "La")
        if mode is None or (mode == "CMYK") != (image.mode == "CMYK") or (mode == "L" and has_color):
            raise UnusableProfileError(
                f"a profile for {source.profile.xcolor_space}, a picture in {image.mode}"
            )
        transform = ImageCms.buildTransform(
            source,
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            renderingIntent=_INTENT,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        if mode == "RGB" and _is_identity(transform):
            return None
        converted = transform.apply(image if image.mode == mode else image.convert(mode))
    except (ImageCms.PyCMSError, OSError, TypeError) as error:
        raise UnusableProfileError(str(error)) from error
    return np.asarray(converted, np.uint8)


def _is_identity(transform: ImageCms.ImageCmsTransform) -> bool:
    levels = np.linspace(0, 255, 9).round().astype(np.uint8)
    lattice = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(27, 27, 3)
    mapped = np.asarray(transform.apply(Image.fromarray(lattice)), np.int16)
    return int(np.abs(mapped - lattice).max()) <= _SAME_LEVELS
