"""Another state of the whole document in one edit: how a journal's steps become steps of the history again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.core.geometry import Rect
from studio.document.changes import ActiveLayerChanged, CanvasChanged, LayerAdded, LayerRemoved
from studio.document.document import Document, checked_canvas
from studio.document.edits import Edit
from studio.document.guide import Guide
from studio.document.guides import SetGuides
from studio.document.layer import Layer
from studio.document.saved_mask import SavedMask
from studio.document.saved_masks import SetSavedMasks
from studio.document.stack import Place


@dataclass(frozen=True, eq=False)
class Rebuild:
    """roots: the layers outside of all groups, the lowest first; they take the place of those that are there. Pixels
    are shared with the states before and after, so it weighs nothing. Which layer is active is no part of it."""

    canvas: Rect
    roots: Sequence[Layer]
    saved_masks: tuple[SavedMask, ...] = ()
    guides: tuple[Guide, ...] = ()

    def apply(self, document: Document) -> Edit:
        canvas = checked_canvas(self.canvas)
        inverse = Rebuild(document.canvas, document.layers.roots, document.saved_masks, document.guides)
        SetSavedMasks(self.saved_masks).apply(document)
        SetGuides(self.guides).apply(document)
        active_before, document.active_layer_id = document.active_layer_id, None
        for layer in reversed(document.layers.roots):
            place = document.layers.place(layer.id)
            document.layers.remove(layer.id)
            document.changed.emit(LayerRemoved(layer.id, place.position))
        document.canvas = canvas
        document.changed.emit(CanvasChanged(inverse.canvas, canvas))
        for index, layer in enumerate(self.roots):
            document.layers.insert(Place(index), layer)
            document.changed.emit(LayerAdded(layer.id, index))
        if active_before in document.layers:
            document.active_layer_id = active_before
        elif len(document.layers):
            document.active_layer_id = document.layers.ids[-1]
        document.changed.emit(ActiveLayerChanged(document.active_layer_id))
        return inverse

    @property
    def byte_size(self) -> int:
        return 0
