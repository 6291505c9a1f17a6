"""The names inside a project archive."""

from __future__ import annotations

from collections.abc import Container, Iterator

MIMETYPE = "mimetype"
MIMETYPE_CONTENT = b"image/openraster"
STACK = "stack.xml"
MERGED = "mergedimage.png"
THUMBNAIL = "Thumbnails/thumbnail.png"
OWN_FOLDER = "studio/"
MANIFEST = "studio/manifest.json"
CHECKSUMS = "studio/checksums.json"
SELECTION = "studio/selection.png"
FIXED = frozenset({MIMETYPE, STACK, MERGED, THUMBNAIL})


def layer_names(taken: Container[str]) -> Iterator[str]:
    """data/layer000.png and so on, without those another program's members have."""
    number = 0
    while True:
        name = f"data/layer{number:03d}.png"
        if name not in taken:
            yield name
        number += 1


def mask_name(number: int) -> str:
    return f"studio/masks/layer{number:03d}.png"


def pixels_name(number: int) -> str:
    """The unmasked pixels of a layer with a mask."""
    return f"studio/pixels/layer{number:03d}.png"


def saved_mask_name(number: int) -> str:
    return f"studio/saved-masks/{number:03d}.png"


def candidate_name(number: int) -> str:
    return f"studio/candidates/{number:04d}.png"


def candidate_mask_name(number: int) -> str:
    return f"studio/candidates/{number:04d}-mask.png"
