"""The picture as one image: the reference for export, for what the model is shown, and for tests of the screen.

`flatten` is what most callers want. `advance` runs a part of the steps `operations` compiled, from sheets kept earlier.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from studio.core.geometry import Rect
from studio.core.opencv import cv2
from studio.document.blend import NORMAL, BlendMode, composite
from studio.document.document import Document
from studio.document.layer import Layer, pixel_tile
from studio.document.operations import Draw, Operation, Pop, Push, operations
from studio.document.pixels import ALPHA, TILE_PX, FloatArray, UInt8Array, is_opaque, spread
from studio.document.surface import TiledSurface, TileKey, tile_rect

Part = tuple[slice, slice]
Sheets = tuple[FloatArray | None, ...]
"""Premultiplied float (h, w, 4) in 0..1 from the lowest to the one drawn on; None for one that is transparent all over.
Never written into: a sheet may be kept."""


def flatten(
    source: Document | Iterable[Layer], rect: Rect, *, skip_layer_ids: Collection[str] = ()
) -> UInt8Array:
    """(height, width, 4) premultiplied: the visible layers over transparency, within 1/255 of the formulas."""
    return render(operations(source, skip_layer_ids=skip_layer_ids), rect)


def render(steps: Sequence[Operation], rect: Rect) -> UInt8Array:
    """A whole list of steps as (height, width, 4) premultiplied pixels.

    Tile by tile; a tile that one layer alone covers is copied, and what lies under an opaque one is not read.
    """
    flat = np.zeros((max(rect.height, 0), max(rect.width, 0), 4), np.uint8)
    for key in rect.tiles(TILE_PX):
        needed = needed_steps(steps, key)
        if not needed:
            continue
        box = tile_rect(key)
        part = box.intersected(rect)
        rows_columns, target = part.slices_in(box), flat[part.slices_in(rect)]
        only = needed[0]
        if len(needed) == 1 and isinstance(only, Draw) and only.is_plain:
            target[:] = _tile(only, key)[rows_columns]
        else:
            (merged,) = advance(needed, key, rows_columns, (None,))
            if merged is not None:
                target[:] = as_pixels(merged)
    return flat


def advance(steps: Iterable[Operation], key: TileKey, part: Part, sheets: Sheets) -> Sheets:
    """Runs the steps for a part of one tile. sheets: those open at the beginning, (None,) for a blank picture.
    Returns those open at the end; none of the given ones is changed."""
    opened = list(sheets)
    for step in steps:
        if isinstance(step, Push):
            opened.append(opened[-1] if step.is_copy else None)
        elif isinstance(step, Pop):
            upper = opened.pop()
            opened[-1] = _popped(opened[-1], upper, step, key, part)
        else:
            opened[-1] = _drawn(opened[-1], step, key, part)
    return tuple(opened)


def as_pixels(sheet: FloatArray) -> UInt8Array:
    """Rounded to 0..255."""
    return np.asarray(cv2.convertScaleAbs(sheet, alpha=255), np.uint8)


def over(below: FloatArray | None, above: FloatArray | None) -> FloatArray | None:
    """One sheet laid over another: how what was merged on its own (`is_one_sheet`) comes back. A fresh array, unless
    one of them is None."""
    if below is None or above is None:
        return above if below is None else below
    return _over(below, above)


def _over(below: FloatArray, above: FloatArray) -> FloatArray:
    kept = np.subtract(np.float32(1), above[..., ALPHA])
    merged = cv2.multiply(below, spread(kept))
    return np.asarray(cv2.add(merged, above, dst=merged), np.float32)


def needed_steps(steps: Sequence[Operation], key: TileKey) -> list[Operation]:
    """The steps that leave a trace in this tile: not the empty ones, nor what an opaque layer hides."""
    kept: list[Operation] = []
    # How many steps were kept when the sheet was finished; whether its outside is hidden; whether all of it is dropped.
    around: list[tuple[int, bool, bool]] = []
    is_hidden = False
    for step in reversed(steps):
        if isinstance(step, Pop):
            is_dropped = is_hidden or (_is_empty(step.mask, key) and not step.mode.needs_all)
            around.append((len(kept), is_hidden, is_dropped))
            if not is_dropped:
                kept.append(step)
            is_hidden = is_dropped
        elif isinstance(step, Push):
            count, is_hidden, is_dropped = around.pop()
            pop = kept[count] if not is_dropped else None
            if pop is None:
                continue
            if len(kept) == count + 1 and isinstance(pop, Pop) and (pop.is_copy or not pop.mode.needs_all):
                kept.pop()
            else:
                kept.append(step)
        elif not is_hidden:
            tile = None if step.adjusts else pixel_tile(step.layer, key)
            is_blank = (tile is None and not step.adjusts) or _is_empty(step.mask, key)
            if is_blank and (step.adjusts or not step.mode.needs_all):
                continue
            kept.append(step)
            is_hidden = tile is not None and step.is_plain and is_opaque(tile)
    kept.reverse()
    return kept


def _is_empty(mask: TiledSurface | None, key: TileKey) -> bool:
    return mask is not None and mask.tile(key) is None


def _tile(step: Draw, key: TileKey) -> UInt8Array:
    tile = pixel_tile(step.layer, key)
    assert tile is not None
    return tile


def _drawn(below: FloatArray | None, step: Draw, key: TileKey, part: Part) -> FloatArray | None:
    if step.adjusts:
        return _adjusted(below, step, key, part)
    tile = pixel_tile(step.layer, key)
    above: FloatArray | None = None
    if tile is not None and not _is_empty(step.mask, key):
        above = np.multiply(tile[part], np.float32(step.opacity / 255), dtype=np.float32)
        _weigh(above, step.mask, key, part)
    return _laid(below, above, step.mode, step.keeps_alpha)


def _adjusted(below: FloatArray | None, step: Draw, key: TileKey, part: Part) -> FloatArray | None:
    effect = step.effect
    if below is None or effect is None or _is_empty(step.mask, key):
        return below
    from studio.document.effect_drawing import adjusted_sheet  # not before there is one

    shown = None if step.mask is None else step.mask.tile(key)
    opacity = np.float32(step.opacity)
    weight = opacity if shown is None else np.multiply(shown[part], opacity / 255, dtype=np.float32)
    return adjusted_sheet(below, effect, weight, step.mode)


def _popped(
    below: FloatArray | None, upper: FloatArray | None, step: Pop, key: TileKey, part: Part
) -> FloatArray | None:
    if step.is_copy:
        return _faded(below, upper, step, key, part)
    if upper is None or _is_empty(step.mask, key):
        upper = None
    elif step.opacity != 1.0 or step.mask is not None:
        upper = np.multiply(upper, np.float32(step.opacity))
        _weigh(upper, step.mask, key, part)
    return _laid(below, upper, step.mode, step.keeps_alpha)


def _faded(
    before: FloatArray | None, after: FloatArray | None, step: Pop, key: TileKey, part: Part
) -> FloatArray | None:
    """What a group that passes through has made of the picture, as far as its opacity and mask let it."""
    if after is None or after is before or _is_empty(step.mask, key):
        return before
    change = after.copy() if before is None else np.subtract(after, before)
    change *= np.float32(step.opacity)
    _weigh(change, step.mask, key, part)
    return change if before is None else np.add(before, change)


def _weigh(pixels: FloatArray, mask: TiledSurface | None, key: TileKey, part: Part) -> None:
    """Multiplies by the mask, in place."""
    shown = None if mask is None else mask.tile(key)
    if shown is not None:
        weights = np.multiply(shown[part], np.float32(1 / 255), dtype=np.float32)
        cv2.multiply(pixels, spread(weights), dst=pixels)


def _laid(
    below: FloatArray | None, above: FloatArray | None, mode: BlendMode, keeps_alpha: bool
) -> FloatArray | None:
    if above is None:
        # What is cut to a shape is gone where the shape has nothing.
        return None if mode.needs_all and not keeps_alpha else below
    if below is None:
        return above if mode.draws_on_nothing and not keeps_alpha else None
    if mode is NORMAL and not keeps_alpha:
        return _over(below, above)
    return composite(below, above, mode, keeps_alpha=keeps_alpha)
