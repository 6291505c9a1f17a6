"""Picture formats: one file each, one line in the table. Pictures go in and out through `formats.images`."""

from __future__ import annotations

from collections.abc import Mapping

from studio.project.formats import bmp, gif, jpeg, png, tiff, webp
from studio.project.formats.format import Format

FORMATS: Mapping[str, Format] = {
    format.identifier: format
    for format in (png.FORMAT, jpeg.FORMAT, webp.FORMAT, tiff.FORMAT, gif.FORMAT, bmp.FORMAT)
}
