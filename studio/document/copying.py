"""A document to keep: what another thread works on while the artist paints on."""

from __future__ import annotations

from studio.document.document import Document
from studio.document.stack import Place
from studio.document.surface import TiledSurface


def copy_document(document: Document) -> Document:
    """The same layers (ids included) and selection, sharing every tile until one side writes; costs dictionaries.

    Call it on the document's own thread; the copy may then be read on any other.
    """
    copy = Document(document.canvas)
    for index, layer in enumerate(document.layers.roots):
        copy.layers.insert(Place(index), layer.shared())
    copy.active_layer_id = document.active_layer_id
    copy.selection = TiledSurface.from_tiles(1, document.selection.snapshot())
    copy.saved_masks = document.saved_masks
    copy.guides = document.guides
    return copy
