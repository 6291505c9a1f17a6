"""What Generate would do now, in words, before the artist presses it."""

from __future__ import annotations

import enum

import numpy as np

from studio.core.geometry import Rect
from studio.document.document import Document
from studio.document.layer import pixel_tile
from studio.document.operations import drawn_layers
from studio.document.pixels import TILE_PX
from studio.document.surface import tile_rect
from studio.generation.verbs import PAINT, Verb

SAMPLE_EVERY_PX = 8
MAX_TILES = 128
"""Of a larger frame only so many are looked at, spread over it: all 1024 of 8192² with twenty layers took 145 ms."""


class Intent(enum.Enum):
    """The same choice `build_request.prepare` makes from all pixels; here from samples, cheap enough to show live."""

    new_picture = "New picture"
    image_to_image = "Repaint the frame"
    inpaint = "Change what is masked"
    fill_empty = "Fill what is empty"
    nothing_masked = "Paint a mask first"
    nothing_empty = "Drag the frame past the picture"


def intended(document: Document, frame: Rect, strength: float, verb: Verb = PAINT) -> Intent:
    if document.selection.keys() and not verb.fills_empty:
        return Intent.inpaint
    has_content, has_holes = _content(document, frame)
    reaches_out = not document.canvas.contains_rect(frame)
    if has_content and has_holes and (strength >= 1.0 or reaches_out or verb.fills_empty):
        return Intent.fill_empty
    if verb.fills_empty and has_content:
        return Intent.nothing_empty
    if verb.needs_mask:
        return Intent.nothing_masked
    return Intent.image_to_image if has_content and strength < 1.0 else Intent.new_picture


def words(intent: Intent, verb: Verb) -> str:
    """For the artist, beside the button."""
    if intent is Intent.inpaint:
        return verb.deed
    if intent is Intent.image_to_image and verb is not PAINT:
        return f"{verb.label} the frame"
    return str(intent.value)


def _content(document: Document, frame: Rect) -> tuple[bool, bool]:
    """(something is there, something is missing), looking at every eighth pixel of the layers' alpha."""
    has_content = has_holes = False
    visible = list(drawn_layers(document))
    keys = list(frame.tiles(TILE_PX))
    for key in keys[:: -(-len(keys) // MAX_TILES)]:
        box = tile_rect(key)
        rows, columns = box.intersected(frame).slices_in(box)
        picks = (
            slice(rows.start, rows.stop, SAMPLE_EVERY_PX),
            slice(columns.start, columns.stop, SAMPLE_EVERY_PX),
        )
        covered = np.zeros(1, np.uint8)
        for layer in visible:
            tile = pixel_tile(layer, key)
            if tile is None:
                continue
            alpha = tile[..., 3][picks]
            shown = layer.shown_mask
            mask = None if shown is None else shown.tile(key)
            if shown is not None:
                alpha = np.minimum(alpha, mask[picks]) if mask is not None else np.zeros_like(alpha)
            covered = np.maximum(covered, alpha)
            if covered.min() == 255:
                break
        has_content = has_content or bool(covered.any())
        has_holes = has_holes or bool((covered < 255).any())
        if has_content and has_holes:
            break
    return has_content, has_holes
