"""The tree of layers as one flat list of steps: draw a layer, open a sheet, lay the finished sheet down.

`operations` compiles it once; it stays true until a layer is added, removed, moved or its properties or mask change
(any record of `changes` but TilesChanged, ActiveLayerChanged and the selection's). The list may be cut anywhere:
`composite.advance` takes the sheets that are open at the cut along, so that what lies below a layer can be kept:

    steps = operations(document)
    cut = index_of_draw(steps, layer_id)
    below = advance(steps[:cut], key, part, (None,))        keep this
    sheets = advance(steps[cut:], key, part, below)         after each stroke
    pixels = as_pixels(sheets)

and `is_one_sheet(steps[cut + 1:])` says whether what lies above may be merged on its own and laid over as a whole.

What a clipped layer does: a layer with clipped ones right above it opens a sheet, draws itself at full strength, then
the clipped ones keep to its alpha, and the sheet comes down with its opacity and mode. Hidden, it hides them too.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from studio.core.geometry import Rect
from studio.document.blend import NORMAL, BlendMode, blend_mode
from studio.document.document import Document
from studio.document.layer import Layer, LayerProperties
from studio.document.stack import walk
from studio.document.surface import TiledSurface, tiles_rect

if TYPE_CHECKING:
    from studio.document.effects import Effect


@dataclass(frozen=True, kw_only=True, eq=False)
class Draw:
    """A layer's own pixels onto the upper sheet, or its adjustment of that sheet. keeps_alpha: only where something lies
    already."""

    layer: Layer
    mask: TiledSurface | None
    opacity: float
    mode: BlendMode
    keeps_alpha: bool = False
    effect: Effect | None = None

    @property
    def adjusts(self) -> bool:
        """Whether it changes what is there and adds nothing."""
        return _is_shapeless(self)

    @property
    def is_plain(self) -> bool:
        """Its pixels go over what is there, unchanged."""
        return (
            not self.adjusts
            and self.opacity == 1.0
            and self.mask is None
            and self.mode is NORMAL
            and not self.keeps_alpha
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Push:
    """A new sheet on top. is_copy: with what lies on the one below (a group passing through), else transparent."""

    is_copy: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Pop:
    """The upper sheet is finished. is_copy: the one below becomes it, as far as opacity and mask say; else it is laid
    down like a layer."""

    mask: TiledSurface | None = None
    opacity: float = 1.0
    mode: BlendMode = NORMAL
    keeps_alpha: bool = False
    is_copy: bool = False

    @property
    def is_plain(self) -> bool:
        return self.opacity == 1.0 and self.mask is None and self.mode is NORMAL and not self.keeps_alpha


Operation = Draw | Push | Pop
SOLID_COLOR = "solid-color"
"""`effects.SolidColor.kind`; that module need not be there before there is an effect."""


def operations(
    source: Document | Iterable[Layer], *, skip_layer_ids: Collection[str] = ()
) -> tuple[Operation, ...]:
    """source: a document, or layers that lie on one another, the lowest first. Hidden layers, and those of
    `skip_layer_ids`, are not in it."""
    layers = source.layers.roots if isinstance(source, Document) else tuple(source)
    return tuple(_all(layers, frozenset(skip_layer_ids)))


def index_of_draw(steps: Sequence[Operation], layer_id: str) -> int | None:
    """Where a layer is drawn; None for a group and for what is not seen."""
    return next(
        (i for i, step in enumerate(steps) if isinstance(step, Draw) and step.layer.id == layer_id), None
    )


def drawn_layers(source: Document | Iterable[Layer]) -> Iterator[Layer]:
    """The layers whose own pixels can be seen, from the lowest to the highest."""
    return (step.layer for step in operations(source) if isinstance(step, Draw))


def is_one_sheet(steps: Sequence[Operation]) -> bool:
    """Whether merging them over nothing, and laying that over a picture, is the same as running them on the picture."""
    depth = 0
    for step in steps:
        if isinstance(step, Push):
            if depth == 0 and step.is_copy:
                return False
            depth += 1
        elif isinstance(step, Pop):
            depth -= 1
            if depth < 0:
                return False
        if depth > 0 or isinstance(step, Push):
            continue
        if step.mode is not NORMAL or step.keeps_alpha or (isinstance(step, Draw) and step.adjusts):
            return False
    return depth == 0


def reach(document: Document, layer_id: str) -> Rect:
    """Where the picture may differ when a layer comes, goes or changes: its pixels, those of what it holds and of what
    is clipped to it; the canvas where it fills, adjusts or takes away what is below."""
    layers = document.layers
    place = layers.place(layer_id)
    layer, *above = layers.siblings(place.parent_id)[place.position :]
    clipped = itertools.takewhile(lambda each: each.properties.is_clipped, above)
    affected = list(walk((layer, *clipped)))
    if any(blend_mode(each.properties.blend_mode).needs_all or each.effect is not None for each in affected):
        return document.canvas
    return tiles_rect(set().union(*(each.surface.keys() for each in affected)))


class _Clippable(Protocol):
    @property
    def properties(self) -> LayerProperties: ...

    @property
    def effect(self) -> Effect | None: ...


_Any = TypeVar("_Any", bound=_Clippable)


def clip_runs(layers: Iterable[_Any]) -> Iterator[tuple[_Any, list[_Any]]]:
    """Every unclipped layer of one group with the clipped ones right above it. A clipped layer with none below it, or
    with an adjustment there, which has no shape, stands for itself."""
    base: _Any | None = None
    clipped: list[_Any] = []
    for layer in layers:
        if base is not None and layer.properties.is_clipped and not _is_shapeless(base):
            clipped.append(layer)
            continue
        if base is not None:
            yield base, clipped
        base, clipped = layer, []
    if base is not None:
        yield base, clipped


def _is_shapeless(layer: _Clippable | Draw) -> bool:
    return layer.effect is not None and layer.effect.kind != SOLID_COLOR


def _all(layers: Sequence[Layer], skipped: frozenset[str]) -> Iterator[Operation]:
    def is_shown(layer: Layer) -> bool:
        properties = layer.properties
        return properties.is_visible and properties.opacity > 0 and layer.id not in skipped

    for base, clipped in clip_runs(layers):
        if not is_shown(base):
            continue
        properties = base.properties
        mode = blend_mode(properties.blend_mode)
        shown = [layer for layer in clipped if is_shown(layer)]
        if not shown:
            yield from _one(base, skipped, properties.opacity, mode, keeps_alpha=False)
            continue
        yield Push()
        yield from _one(base, skipped, 1.0, NORMAL, keeps_alpha=False, is_base=True)
        for layer in shown:
            own = layer.properties
            mode_above = blend_mode(own.blend_mode)
            # A shape that would cut what it is itself cut to: only its colour counts.
            mode_above = NORMAL if mode_above.group == "shape" else mode_above
            yield from _one(layer, skipped, own.opacity, mode_above, keeps_alpha=True)
        yield Pop(opacity=properties.opacity, mode=mode)


def _one(
    layer: Layer,
    skipped: frozenset[str],
    opacity: float,
    mode: BlendMode,
    *,
    keeps_alpha: bool,
    is_base: bool = False,
) -> Iterator[Operation]:
    mask = layer.shown_mask
    if layer.children is None:
        yield Draw(
            layer=layer,
            mask=mask,
            opacity=opacity,
            mode=mode,
            keeps_alpha=keeps_alpha,
            effect=layer.effect,
        )
        return
    inner = tuple(_all(layer.children, skipped))
    # A group that is clipped, or that others are clipped to, has to have a shape of its own.
    passes_through = not (layer.properties.is_isolated or keeps_alpha or is_base)
    is_plain = opacity == 1.0 and mask is None
    if passes_through:
        mode = NORMAL
    # Going over is associative: without more than that inside, a plain group changes nothing.
    if is_plain and (passes_through or (mode is NORMAL and not keeps_alpha and is_one_sheet(inner))):
        yield from inner
        return
    yield Push(is_copy=passes_through)
    yield from inner
    yield Pop(mask=mask, opacity=opacity, mode=mode, keeps_alpha=keeps_alpha, is_copy=passes_through)
