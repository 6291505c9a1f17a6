"""The whole picture at another size, and the part of it that holds anything."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from studio.core.geometry import EMPTY, Point, Rect, Size
from studio.document.changes import Target
from studio.document.composite import flatten
from studio.document.document import Document, checked_canvas
from studio.document.edits import Compound, Edit, SetCanvas, SwapTiles
from studio.document.guide import Guide
from studio.document.guides import SetGuides
from studio.document.pixels import ALPHA, TILE_PX, UInt8Array
from studio.document.saved_masks import SetSavedMasks
from studio.document.surface import TiledSurface
from studio.document.text import MAX_TEXT_PX, MIN_TEXT_PX, Text
from studio.document.texting import SetText
from studio.document.transform import Matrix, Quality, mapped, scaling, transformed

BAND_PX = 4 * TILE_PX


def resize_picture(document: Document, size: Size, quality: Quality = "smooth") -> Edit:
    """Canvas, layers, their masks and the painted mask, all resampled once; the upper left corner stays. May run on
    any thread, on a copy of the document (`copying.copy_document`)."""
    before = document.canvas
    canvas = checked_canvas(Rect(before.x, before.y, size.width, size.height))
    matrix = scaling(size.width / before.width, size.height / before.height, Point(before.x, before.y))
    edits: list[Edit] = [_resized(document, Target.SELECTION, matrix, canvas, quality)]
    for layer in document.layers:
        if layer.text is not None:
            edits.append(SetText(layer.id, _resized_text(layer.text, matrix)))
        edits.append(_resized(document, Target.pixels(layer.id), matrix, canvas, quality))
        if layer.mask is not None:
            edits.append(_resized(document, Target.mask(layer.id), matrix, canvas, quality))
    if document.saved_masks:
        masks = tuple(
            replace(
                mask,
                tiles=_resized_surface(
                    TiledSurface.from_tiles(1, mask.tiles), matrix, canvas, quality
                ).snapshot(),
            )
            for mask in document.saved_masks
        )
        edits.append(SetSavedMasks(masks, sum(mask.byte_size for mask in masks)))
    if document.guides:
        edits.append(SetGuides(tuple(_resized_guide(guide, matrix) for guide in document.guides)))
    edits.append(SetCanvas(canvas))
    return Compound(tuple(edits))


def _resized(document: Document, target: Target, matrix: Matrix, canvas: Rect, quality: Quality) -> SwapTiles:
    before = document.surface(target)
    after = _resized_surface(before, matrix, canvas, quality)
    return SwapTiles(target, {key: after.frozen_tile(key) for key in before.keys() | after.keys()})


def _resized_surface(before: TiledSurface, matrix: Matrix, canvas: Rect, quality: Quality) -> TiledSurface:
    after = TiledSurface(before.channels)
    bounds = before.bounds()
    if not bounds.is_empty:
        after.write(*transformed(before.read(bounds), bounds, matrix, canvas=canvas, quality=quality))
    return after


def _resized_guide(guide: Guide, matrix: Matrix) -> Guide:
    point = mapped(matrix, Point(guide.place, guide.place))
    return Guide(guide.is_upright, round(point.x if guide.is_upright else point.y))


def _resized_text(text: Text, matrix: Matrix) -> Text | None:
    """Set larger or smaller with the picture, where both sides grow alike; else the words are a picture from now on."""
    wide, high = float(matrix[0, 0]), float(matrix[1, 1])
    size_px = round(text.size_px * wide)
    if abs(wide / high - 1) > 0.02 or not MIN_TEXT_PX <= size_px <= MAX_TEXT_PX:
        return None
    spacing = min(max(round(text.letter_spacing_px * wide), -1000), 1000)
    return replace(text, position=mapped(matrix, text.position), size_px=size_px, letter_spacing_px=spacing)


def content_rect(document: Document) -> Rect:
    """The part of the canvas that is not transparent; where all of it is covered, the part that differs from its
    upper left pixel. EMPTY where there is nothing."""
    canvas = document.canvas
    corner = flatten(document, Rect(canvas.x, canvas.y, 1, 1))[0, 0]
    background = corner if corner[ALPHA] == 255 else np.zeros(4, np.uint8)
    found = EMPTY
    for top in range(canvas.y, canvas.bottom, BAND_PX):
        band = Rect(canvas.x, top, canvas.width, min(BAND_PX, canvas.bottom - top))
        found = found.united(_differing(flatten(document, band), background, band))
    return found


def _differing(pixels: UInt8Array, background: UInt8Array, band: Rect) -> Rect:
    differs = (pixels != background).any(axis=-1) if background.any() else pixels[..., ALPHA] > 0
    columns, rows = np.flatnonzero(differs.any(axis=0)), np.flatnonzero(differs.any(axis=1))
    if not columns.size:
        return EMPTY
    return Rect.from_edges(
        band.x + int(columns[0]),
        band.y + int(rows[0]),
        band.x + int(columns[-1]) + 1,
        band.y + int(rows[-1]) + 1,
    )
