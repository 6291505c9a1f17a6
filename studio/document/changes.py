"""What a document tells its watchers: frozen records of ids and rectangles, never live objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, NamedTuple

from studio.core.geometry import Rect


class _TargetFields(NamedTuple):
    kind: Literal["pixels", "mask", "selection", "saved"]
    layer_id: str | None = None


class Target(_TargetFields):
    """One tiled surface of the document. layer_id is None for the selection only; of a mask kept by name it is that
    one's id, and nothing is written to it."""

    __slots__ = ()
    SELECTION: ClassVar[Target]

    @classmethod
    def pixels(cls, layer_id: str) -> Target:
        return cls("pixels", layer_id)

    @classmethod
    def mask(cls, layer_id: str) -> Target:
        return cls("mask", layer_id)

    @classmethod
    def saved(cls, mask_id: str) -> Target:
        return cls("saved", mask_id)


Target.SELECTION = Target("selection")


@dataclass(frozen=True, slots=True)
class TilesChanged:
    """rect: canvas pixels, possibly larger than what differs."""

    target: Target
    rect: Rect


@dataclass(frozen=True, slots=True)
class LayerAdded:
    """index: among the layers of the group `parent_id`, from the bottom, 0-based. With it comes all it holds."""

    layer_id: str
    index: int
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class LayerRemoved:
    """index, parent_id: where it was. With it goes all it held."""

    layer_id: str
    index: int
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class LayerMoved:
    """index, parent_id: where it is now."""

    layer_id: str
    index: int
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class LayerChanged:
    """Its properties, or its mask came, went or was replaced. is_everywhere: the
    picture may have changed where the layer has no pixels as well."""

    layer_id: str
    is_everywhere: bool = False


@dataclass(frozen=True, slots=True)
class GroupFolded:
    """The panel lists what it holds, or no longer; the picture is the same."""

    layer_id: str


@dataclass(frozen=True, slots=True)
class ActiveLayerChanged:
    """Another layer, or another part of it, is painted on. layer_id: None where no layer is active."""

    layer_id: str | None


@dataclass(frozen=True, slots=True)
class MaskShown:
    """The tint over what the active layer's mask hides came or went."""


@dataclass(frozen=True, slots=True)
class CanvasChanged:
    """In canvas pixels."""

    old: Rect
    new: Rect


@dataclass(frozen=True, slots=True)
class SavedMasksChanged:
    """A mask was kept under a name, renamed or deleted."""


@dataclass(frozen=True, slots=True)
class GuidesChanged:
    """A guide came, went or was moved."""


Change = (
    TilesChanged
    | LayerAdded
    | LayerRemoved
    | LayerMoved
    | LayerChanged
    | GroupFolded
    | ActiveLayerChanged
    | MaskShown
    | CanvasChanged
    | SavedMasksChanged
    | GuidesChanged
)
