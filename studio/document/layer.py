"""One sheet of the picture: pixels, an optional mask, how it is blended, and the recipe that made it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from studio.core.errors import DocumentError
from studio.core.geometry import Point, Rect
from studio.core.ids import new_id
from studio.document.pixels import UInt8Array, premultiply
from studio.document.surface import TiledSurface
from studio.generation.request import Recipe


@dataclass(frozen=True, kw_only=True)
class LayerProperties:
    """opacity: 0..1. blend_mode: a key of `blend.BLEND_MODES`; an unknown one is kept and blended as normal.
    extra: attributes of other programs, carried through a save. Raises DocumentError for an impossible opacity."""

    name: str
    is_visible: bool = True
    opacity: float = 1.0
    blend_mode: str = "normal"
    is_locked: bool = False
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

    surface: 4 channels, canvas coordinates. mask: 1 channel, 255 = visible, what no tile covers is hidden;
    None shows everything. recipe: what generated it.
    """

    id: str = field(default_factory=new_layer_id)
    properties: LayerProperties
    surface: TiledSurface = field(default_factory=lambda: TiledSurface(4))
    mask: TiledSurface | None = None
    recipe: Recipe | None = None

    @property
    def byte_size(self) -> int:
        return self.surface.byte_size + (self.mask.byte_size if self.mask is not None else 0)

    def duplicate(self, name: str) -> Layer:
        """A layer of its own that shares the tiles until one of them is painted on."""
        mask = None if self.mask is None else TiledSurface.from_tiles(1, self.mask.snapshot())
        return Layer(
            properties=replace(self.properties, name=name),
            surface=TiledSurface.from_tiles(4, self.surface.snapshot()),
            mask=mask,
            recipe=self.recipe,
        )


def layer_from_image(name: str, straight: UInt8Array, origin: Point | tuple[int, int] = (0, 0)) -> Layer:
    """A new layer of a straight RGBA (height, width, 4) picture with its upper left pixel at `origin`."""
    height, width = straight.shape[:2]
    layer = Layer(properties=LayerProperties(name=name))
    layer.surface.write(Rect(round(origin[0]), round(origin[1]), width, height), premultiply(straight))
    return layer
