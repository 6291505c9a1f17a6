"""The picture: a canvas, layers, the painted mask, and one event that tells every change."""

from __future__ import annotations

from studio.core.errors import DocumentError
from studio.core.events import Event
from studio.core.geometry import Rect
from studio.document.changes import Change, Target
from studio.document.guide import Guide
from studio.document.layer import Layer
from studio.document.saved_mask import SavedMask
from studio.document.stack import LayerStack
from studio.document.surface import TiledSurface

MAX_CANVAS_SIDE_PX = 65_536


class Document:
    """Belongs to the UI thread and changes only through edits or an open transaction.

    canvas: what is exported and shown; its origin may be negative after outpainting, layer coordinates never move.
    selection: 1 channel, 255 = change here; what artists call the mask. saved_masks: those kept by name.
    prefers_mask: the artist wants to paint on the active layer's mask, not on its picture. shows_mask: what that mask
    hides is tinted on the screen.
    """

    def __init__(self, canvas: Rect) -> None:
        self.canvas = checked_canvas(canvas)
        self.layers = LayerStack()
        self.active_layer_id: str | None = None
        self.prefers_mask = False
        self.shows_mask = False
        self.selection = TiledSurface(1)
        self.saved_masks: tuple[SavedMask, ...] = ()
        self.guides: tuple[Guide, ...] = ()
        self.changed: Event[Change] = Event()

    @property
    def active_layer(self) -> Layer | None:
        return None if self.active_layer_id is None else self.layers.layer(self.active_layer_id)

    @property
    def active_target(self) -> Target | None:
        """What of the active layer is painted on: its mask where the artist chose it or the layer has nothing else.
        None without an active layer, and for a group without a mask."""
        layer = self.active_layer
        if layer is None:
            return None
        if layer.mask is not None and (self.prefers_mask or not layer.has_pixels):
            return Target.mask(layer.id)
        return Target.pixels(layer.id) if layer.has_pixels else None

    def surface(self, target: Target) -> TiledSurface:
        """Raises DocumentError for a layer or a mask that is not there."""
        if target.layer_id is None:
            return self.selection
        if target.kind == "saved":
            tiles = next((mask.tiles for mask in self.saved_masks if mask.id == target.layer_id), {})
            return TiledSurface.from_tiles(1, tiles)
        layer = self.layers.layer(target.layer_id)
        if target.kind == "pixels":
            return layer.surface
        if layer.mask is None:
            raise DocumentError(f"The layer “{layer.properties.name}” has no mask.")
        return layer.mask


def checked_canvas(canvas: Rect) -> Rect:
    """Raises DocumentError for a canvas that is empty or out of all proportion."""
    if canvas.is_empty:
        raise DocumentError("The canvas must be at least one pixel wide and high.")
    if canvas.size.long_side > MAX_CANVAS_SIDE_PX:
        raise DocumentError(f"The canvas must be at most {MAX_CANVAS_SIDE_PX} pixels a side.")
    return canvas
