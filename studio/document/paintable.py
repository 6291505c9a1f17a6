"""Whether the active layer takes paint: asked at every stroke, so it stands apart from what changes regions."""

from __future__ import annotations

from studio.core.errors import DocumentError
from studio.document.document import Document
from studio.document.layer import Layer


def paint_refusal(document: Document) -> DocumentError | None:
    """Why the active layer takes no paint."""
    layer = document.active_layer
    if layer is None:
        return DocumentError("There is no layer to paint on.", remedy="Add one in the layers panel.")
    name = layer.properties.name
    if layer.properties.is_locked:
        return DocumentError(f"The layer “{name}” is locked.", remedy="Unlock it in the layers panel.")
    if not layer.properties.is_visible:
        return DocumentError(f"The layer “{name}” is hidden.", remedy="Show it in the layers panel.")
    return None


def paintable_layer(document: Document) -> Layer:
    """The active layer. Raises DocumentError where it takes no paint."""
    refusal = paint_refusal(document)
    if refusal is not None:
        raise refusal
    layer = document.active_layer
    assert layer is not None
    return layer
