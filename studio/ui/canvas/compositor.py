"""What the screen shows of a document: the reference's steps, with what lies below and above the active layer kept.

A stroke changes one layer. Where it does, the layers below are one sheet that is known, and mostly those above are
another: the cost of a dab does not hang on how many there are. Seen from afar the same steps run on reduced surfaces.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from studio.core.geometry import Rect
from studio.document.changes import ActiveLayerChanged, Change, TilesChanged
from studio.document.composite import Sheets, advance, as_pixels, over, render
from studio.document.document import Document
from studio.document.operations import Draw, Operation, Pop, Push, index_of_draw, is_one_sheet, operations
from studio.document.pixels import TILE_PX, FloatArray, UInt8Array
from studio.document.surface import TileKey, tile_rect
from studio.ui.canvas.reduced import Reductions, shrunk

KEPT_BYTES = 256 << 20
"""Sheets are kept as the arithmetic has them, in floats: with fewer bits the screen would be one step off the export here
and there."""

WHOLE = (slice(0, TILE_PX), slice(0, TILE_PX))
SHEET_BYTES = TILE_PX * TILE_PX * 4 * 4


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """Of one tile. below: the sheets that are open where the active layer is drawn. above: one for each run of steps
    over it that may be merged on their own."""

    below: Sheets
    above: Sheets

    @property
    def byte_size(self) -> int:
        return sum(sheet.nbytes for sheet in (*self.below, *self.above) if sheet is not None)


class Compositor:
    """level: 0 for the document's own pixels; level k shows 2^k of them as one, in a grid through the origin.

    `follow` must be told every change of the document; the reductions have heard of it before.
    """

    def __init__(self, document: Document, reductions: Reductions, level: int = 0) -> None:
        self._document = document
        self._reductions = reductions
        self.level = level
        self._steps: tuple[Operation, ...] | None = None
        self._cut: int | None = None
        self._above: list[Run] = []
        self._hot: set[TileKey] = set()
        self._kept: OrderedDict[TileKey, _Kept] = OrderedDict()
        self._kept_bytes = 0

    def read(self, rect: Rect) -> UInt8Array:
        """(height, width, 4) premultiplied RGBA. rect: pixels of the level."""
        steps = self._compiled()
        if self._cut is None or self._hot.isdisjoint(rect.tiles(TILE_PX)):
            flat = render(steps, rect)
        else:
            flat = np.zeros((rect.height, rect.width, 4), np.uint8)
            for key in rect.tiles(TILE_PX):
                part = rect.intersected(tile_rect(key))
                if key in self._hot:
                    self._read_hot(key, part, flat[part.slices_in(rect)])
                else:
                    flat[part.slices_in(rect)] = render(steps, part)
        self._forget_too_much()
        return flat

    def warm(self, rect: Rect, *, budget_s: float) -> bool:
        """Makes ready for a stroke anywhere in `rect`, for a while; returns whether all of it is. Where it would not
        fit the memory for it, nothing is done."""
        keys = list(rect.tiles(TILE_PX))
        self._compiled()
        if self._cut is None or len(keys) * SHEET_BYTES * 2 > KEPT_BYTES:
            return True
        end = time.perf_counter() + budget_s
        for key in keys:
            if key not in self._kept:
                self._keep(key)
                self._hot.add(key)
                if time.perf_counter() > end:
                    return False
        return True

    def follow(self, change: Change) -> None:
        """The document has changed."""
        match change:
            case TilesChanged(target, _) if target.layer_id is None:
                return
            case TilesChanged(target, rect):
                self._tiles_changed(target.layer_id, rect)
            case ActiveLayerChanged():
                self._steps = None
                self._forget_sheets()
            case _:
                self._recompile()

    # Inside ---------------------------------------------------------------------------------------------------

    def _tiles_changed(self, layer_id: str | None, rect: Rect) -> None:
        keys = shrunk(rect, self.level).tiles(TILE_PX)
        if layer_id == self._document.active_layer_id:
            self._hot.update(keys)
        else:
            for key in keys:
                self._drop(key)

    def _compiled(self) -> tuple[Operation, ...]:
        if self._steps is None:
            document = self._document
            steps = operations(document)
            active = document.active_layer_id
            self._cut = None if active is None else index_of_draw(steps, active)
            if self.level:
                steps = tuple(self._reduced_step(step) for step in steps)
            self._above = [] if self._cut is None else runs(steps[self._cut + 1 :])
            self._steps = steps
        return self._steps

    def _recompile(self) -> None:
        """Dragging the active layer's opacity leaves what lies below and above as it was."""
        before, cut = self._steps, self._cut
        self._steps = None
        if before is None or not self._kept:
            return
        after = self._compiled()
        is_like = self._cut == cut and len(before) == len(after)
        if not is_like or any(
            _signature(old) != _signature(new)
            for index, (old, new) in enumerate(zip(before, after, strict=True))
            if index != cut
        ):
            self._forget_sheets()

    def _reduced_step(self, step: Operation) -> Operation:
        if isinstance(step, Push):
            return step
        mask = None if step.mask is None else self._reductions.of(step.mask, self.level)
        if isinstance(step, Draw):
            layer = step.layer
            surface = self._reductions.of(layer.surface, self.level)
            shadow = replace(layer, surface=surface, mask=None)
            return replace(step, layer=shadow, mask=mask)
        return replace(step, mask=mask)

    def _read_hot(self, key: TileKey, part: Rect, target: UInt8Array) -> None:
        assert self._steps is not None
        assert self._cut is not None
        kept = self._kept.get(key)
        if kept is None:
            kept = self._keep(key)
        else:
            self._kept.move_to_end(key)
        inner = part.slices_in(tile_rect(key))
        sheets: Sheets = tuple(_part(sheet, inner) for sheet in kept.below)
        sheets = advance(self._steps[self._cut : self._cut + 1], key, inner, sheets)
        above = iter(kept.above)
        for run in self._above:
            if run.is_one_sheet:
                sheets = (*sheets[:-1], over(sheets[-1], _part(next(above), inner)))
            else:
                sheets = advance(run.steps, key, inner, sheets)
        (merged,) = sheets
        if merged is not None:
            target[:] = as_pixels(merged)

    def _keep(self, key: TileKey) -> _Kept:
        assert self._steps is not None
        assert self._cut is not None
        below = advance(self._steps[: self._cut], key, WHOLE, (None,))
        merged = [advance(run.steps, key, WHOLE, (None,))[-1] for run in self._above if run.is_one_sheet]
        kept = _Kept(below=below, above=tuple(merged))
        self._kept[key] = kept
        self._kept_bytes += kept.byte_size
        return kept

    def _drop(self, key: TileKey) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._kept_bytes -= kept.byte_size
        self._hot.discard(key)

    def _forget_sheets(self) -> None:
        self._kept.clear()
        self._hot.clear()
        self._kept_bytes = 0

    def _forget_too_much(self) -> None:
        while self._kept_bytes > KEPT_BYTES and len(self._kept) > 1:
            self._drop(next(iter(self._kept)))


@dataclass(frozen=True, kw_only=True)
class Run:
    """Steps that follow one another. is_one_sheet: they may be merged over nothing, and that laid over a picture."""

    steps: tuple[Operation, ...]
    is_one_sheet: bool


def runs(steps: tuple[Operation, ...]) -> list[Run]:
    """The same steps, cut so that as many as possible can be merged beforehand."""
    found: list[Run] = []
    plain: list[Operation] = []
    for part in _balanced(steps):
        if is_one_sheet(part):
            plain += part
            continue
        if plain:
            found.append(Run(steps=tuple(plain), is_one_sheet=True))
            plain = []
        found.append(Run(steps=part, is_one_sheet=False))
    if plain:
        found.append(Run(steps=tuple(plain), is_one_sheet=True))
    return found


def _balanced(steps: tuple[Operation, ...]) -> Iterator[tuple[Operation, ...]]:
    """One step, or a sheet from where it is opened to where it is laid down; what closes sheets of before stands alone."""
    start = depth = 0
    for index, step in enumerate(steps):
        depth += isinstance(step, Push) - (isinstance(step, Pop) and depth > 0)
        if depth == 0:
            yield steps[start : index + 1]
            start = index + 1
    if start < len(steps):
        yield steps[start:]


def _signature(step: Operation) -> tuple[object, ...]:
    """Equal for two steps that do the same to the same surfaces."""
    if isinstance(step, Push):
        return (Push, step.is_copy)
    common = (id(step.mask), step.opacity, step.mode.id, step.keeps_alpha)
    if isinstance(step, Draw):
        return (Draw, id(step.layer.surface), step.effect, *common)
    return (step.is_copy, *common)


def _part(sheet: FloatArray | None, part: tuple[slice, slice]) -> FloatArray | None:
    return None if sheet is None else sheet[part]
