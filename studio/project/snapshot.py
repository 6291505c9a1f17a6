"""A project as a value: everything that is saved, taken in milliseconds on the UI thread, written on any other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from studio.core.geometry import Rect
from studio.core.ids import new_id
from studio.document.document import Document
from studio.document.guide import Guide
from studio.document.layer import Layer, LayerProperties
from studio.document.saved_mask import SavedMask
from studio.document.stack import Place
from studio.document.surface import TiledSurface, TileKey
from studio.document.text import Text
from studio.generation.request import Recipe, UInt8Array

if TYPE_CHECKING:
    from studio.document.effects import Effect

_DOCUMENT_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")

Tiles = Mapping[TileKey, UInt8Array]


@dataclass(frozen=True, kw_only=True, eq=False)
class LayerSnapshot:
    """tiles: (256, 256, 4) premultiplied RGBA. mask: (256, 256) tiles, None for a layer without one. children: what a
    group holds, the lowest first; None for a layer that is none. effect: of a layer without pixels of its own."""

    id: str
    properties: LayerProperties
    tiles: Tiles = field(default_factory=dict)
    mask: Tiles | None = None
    recipe: Recipe | None = None
    text: Text | None = None
    children: tuple[LayerSnapshot, ...] | None = None
    is_collapsed: bool = False
    effect: Effect | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class CandidateRecord:
    """A finished picture. rect: canvas pixels. rgb: uint8 (rect.height, rect.width, 3).

    mask: uint8 (rect.height, rect.width), how much of it shows; None: all. goes_below: accepted as the lowest layer.
    seam_score: how visible its border is, see `generation.seam`; None where it has no border or was not measured.
    """

    id: str
    recipe: Recipe
    rect: Rect
    rgb: UInt8Array
    mask: UInt8Array | None = None
    goes_below: bool = False
    seam_score: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class KeptParts:
    """What other programs put into a file and we only carry: attributes of <image> and of the root <stack>
    (namespaced ones as "{uri}name"), the prefixes they use (uri -> prefix), members of the archive by name."""

    image_attributes: Mapping[str, str] = field(default_factory=dict)
    stack_attributes: Mapping[str, str] = field(default_factory=dict)
    namespaces: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class ProjectSnapshot:
    """layers: those outside of all groups, from the lowest to the highest. selection: (256, 256) tiles. saved_masks:
    masks kept by name. frame: canvas pixels.

    document_id: names the journal; survives saving. settings: plain JSON values.
    """

    document_id: str
    canvas: Rect
    layers: tuple[LayerSnapshot, ...] = ()
    selection: Tiles = field(default_factory=dict)
    saved_masks: tuple[SavedMask, ...] = ()
    guides: tuple[Guide, ...] = ()
    active_layer_id: str | None = None
    frame: Rect
    settings: Mapping[str, Any] = field(default_factory=dict)
    candidates: tuple[CandidateRecord, ...] = ()
    shown_candidate_id: str | None = None
    kept: KeptParts = field(default_factory=KeptParts)


def new_document_id() -> str:
    return new_id()


def is_document_id(text: str) -> bool:
    """Whether it may name a folder: an id also comes from files of strangers."""
    return _DOCUMENT_ID.fullmatch(text) is not None


def capture(
    document: Document,
    *,
    document_id: str,
    frame: Rect,
    settings: Mapping[str, Any],
    candidates: Sequence[CandidateRecord] = (),
    shown_candidate_id: str | None = None,
    kept: KeptParts | None = None,
) -> ProjectSnapshot:
    """Shares every tile with the document; call it on the document's own thread."""
    return ProjectSnapshot(
        document_id=document_id,
        canvas=document.canvas,
        layers=tuple(map(_captured, document.layers.roots)),
        selection=document.selection.snapshot(),
        saved_masks=document.saved_masks,
        guides=document.guides,
        active_layer_id=document.active_layer_id,
        frame=frame,
        settings=dict(settings),
        candidates=tuple(candidates),
        shown_candidate_id=shown_candidate_id,
        kept=kept or KeptParts(),
    )


def build_document(project: ProjectSnapshot) -> Document:
    """A document that shares the project's tiles until one of them is painted on."""
    document = Document(project.canvas)
    for index, layer in enumerate(build_layers(project)):
        document.layers.insert(Place(index), layer)
    document.selection = TiledSurface.from_tiles(1, project.selection)
    document.saved_masks = project.saved_masks
    document.guides = project.guides
    if project.active_layer_id in document.layers:
        document.active_layer_id = project.active_layer_id
    elif len(document.layers):
        document.active_layer_id = document.layers.ids[-1]
    return document


def build_layers(project: ProjectSnapshot) -> tuple[Layer, ...]:
    """Those outside of all groups, from the lowest to the highest, sharing the project's tiles."""
    return tuple(map(built_layer, project.layers))


def every_layer(layers: Sequence[LayerSnapshot]) -> Iterator[LayerSnapshot]:
    """From the lowest to the highest, a group after what it holds."""
    for layer in layers:
        yield from every_layer(layer.children or ())
        yield layer


def _captured(layer: Layer) -> LayerSnapshot:
    return LayerSnapshot(
        id=layer.id,
        properties=layer.properties,
        tiles=layer.surface.snapshot(),
        mask=None if layer.mask is None else layer.mask.snapshot(),
        recipe=layer.recipe,
        text=layer.text,
        children=None if layer.children is None else tuple(map(_captured, layer.children)),
        is_collapsed=layer.is_collapsed,
        effect=layer.effect,
    )


def built_layer(layer: LayerSnapshot) -> Layer:
    """Shares the tiles until one of them is painted on."""
    return Layer(
        id=layer.id,
        properties=layer.properties,
        surface=TiledSurface.from_tiles(4, layer.tiles),
        mask=None if layer.mask is None else TiledSurface.from_tiles(1, layer.mask),
        recipe=layer.recipe,
        text=layer.text,
        children=None if layer.children is None else list(map(built_layer, layer.children)),
        is_collapsed=layer.is_collapsed,
        effect=layer.effect,
    )
