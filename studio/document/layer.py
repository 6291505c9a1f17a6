"""One sheet of the picture: pixels or the layers of a group, an optional mask, how it is blended, and the recipe that
made it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from studio.core.errors import DocumentError
from studio.core.geometry import Point, Rect
from studio.core.ids import new_id
from studio.document.pixels import UInt8Array, premultiply
from studio.document.surface import TiledSurface, TileKey
from studio.document.text import Text
from studio.generation.request import Recipe

if TYPE_CHECKING:
    from studio.document.effects import Effect


@dataclass(frozen=True, kw_only=True)
class LayerProperties:
    """opacity: 0..1. blend_mode: a key of `blend.BLEND_MODES`; an unknown one is kept and blended as normal.

    is_locked: nothing about it may change. are_pixels_locked: no paint. is_alpha_locked: paint keeps its shape.
    is_clipped: shows only where the nearest unclipped layer below it does. is_isolated: of a group: its layers blend
    with each other first; otherwise (“pass through”) with all that lies below.
    extra: attributes of other programs, carried through a save. Raises DocumentError for an impossible opacity."""

    name: str
    is_visible: bool = True
    opacity: float = 1.0
    blend_mode: str = "normal"
    is_locked: bool = False
    are_pixels_locked: bool = False
    is_alpha_locked: bool = False
    is_clipped: bool = False
    is_isolated: bool = True
    is_mask_enabled: bool = True
    extra: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not (math.isfinite(self.opacity) and 0.0 <= self.opacity <= 1.0):
            raise DocumentError("A layer's opacity must lie between 0 and 1.")

    def with_(self, **changes: Any) -> LayerProperties:
        """A copy with some fields replaced."""
        return replace(self, **changes)


def new_layer_id() -> str:
    return new_id()


@dataclass(kw_only=True, eq=False)
class Layer:
    """In a document it changes only through edits; before it is added, it may be filled freely.

    surface: 4 channels, canvas coordinates; empty for a group. mask: 1 channel, 255 = visible, what no tile covers is
    hidden; None shows everything. recipe: what generated it. text: what its
    pixels were drawn from. children: what a group holds, the lowest first; None for
    a layer that is no group. effect: what a layer without pixels of its own does instead: an adjustment of what lies below,
    a fill. is_collapsed: the panel does not list what the group holds.
    """

    id: str = field(default_factory=new_layer_id)
    properties: LayerProperties
    surface: TiledSurface = field(default_factory=lambda: TiledSurface(4))
    mask: TiledSurface | None = None
    recipe: Recipe | None = None
    text: Text | None = None
    children: list[Layer] | None = None
    is_collapsed: bool = False
    effect: Effect | None = None

    @property
    def is_group(self) -> bool:
        return self.children is not None

    @property
    def has_pixels(self) -> bool:
        """Whether it has a picture of its own to paint on."""
        return self.children is None and self.effect is None

    @property
    def members(self) -> list[Layer]:
        """The children of a group. Raises DocumentError for a layer that is none."""
        if self.children is None:
            raise DocumentError(f"The layer “{self.properties.name}” is no group.")
        return self.children

    @property
    def shown_mask(self) -> TiledSurface | None:
        """The mask, unless it is switched off."""
        return self.mask if self.properties.is_mask_enabled else None

    @property
    def byte_size(self) -> int:
        own = self.surface.byte_size + (self.mask.byte_size if self.mask is not None else 0)
        return own + sum(child.byte_size for child in self.children or ())

    def shared(self) -> Layer:
        """The same layer (ids included) with all that it holds, sharing every tile until one side writes."""
        return self._twin(self.id, self.properties, [child.shared() for child in self.children or ()])

    def duplicate(self, name: str) -> Layer:
        """A layer of its own, like all that it holds, that shares the tiles until one of them is painted on."""
        children = [child.duplicate(child.properties.name) for child in self.children or ()]
        return self._twin(new_layer_id(), replace(self.properties, name=name), children)

    def _twin(self, id: str, properties: LayerProperties, children: list[Layer]) -> Layer:
        return replace(
            self,
            id=id,
            properties=properties,
            surface=TiledSurface.from_tiles(4, self.surface.snapshot()),
            mask=None if self.mask is None else TiledSurface.from_tiles(1, self.mask.snapshot()),
            children=children if self.children is not None else None,
        )


def new_group(name: str, children: list[Layer] | None = None) -> Layer:
    return Layer(properties=LayerProperties(name=name), children=children or [])


def pixel_tile(layer: Layer, key: TileKey) -> UInt8Array | None:
    """What the layer itself draws there, for reading only: its surface, or its fill."""
    if layer.effect is None:
        return layer.surface.tile(key)
    from studio.document.effect_drawing import effect_tile  # not before there is one

    return effect_tile(layer.effect)


def layer_from_image(name: str, straight: UInt8Array, origin: Point | tuple[int, int] = (0, 0)) -> Layer:
    """A new layer of a straight RGBA (height, width, 4) picture with its upper left pixel at `origin`."""
    height, width = straight.shape[:2]
    layer = Layer(properties=LayerProperties(name=name))
    layer.surface.write(Rect(round(origin[0]), round(origin[1]), width, height), premultiply(straight))
    return layer
