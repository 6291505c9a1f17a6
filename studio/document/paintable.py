"""What takes paint, and how: asked at every stroke, so it stands apart from what changes regions.

Whoever writes pixels for the artist asks `paint_refusal`, paints on `document.active_target` (a mask's tiles have one
channel: `over_level` towards the colour's lightness, `erase` hides) and, where `keeps_alpha` says so, lets `with_alpha_of`
give every new tile the alpha it had.
"""

from __future__ import annotations

from studio.core.errors import DocumentError
from studio.document.changes import Target
from studio.document.document import Document
from studio.document.layer import Layer
from studio.document.pixels import RGB
from studio.document.stack import walk

_UNLOCK = "Unlock it in the layers panel."


def paint_refusal(document: Document, *, erases: bool = False) -> DocumentError | None:
    """Why the active layer takes no paint. erases: paint that takes away."""
    layer = document.active_layer
    if layer is None:
        return DocumentError("There is no layer to paint on.", remedy="Add one in the layers panel.")
    refusal = _state_refusal(document, layer)
    if refusal is not None:
        return refusal
    name, target = layer.properties.name, document.active_target
    if target is None:
        return DocumentError(
            f"“{name}” has no pixels of its own.",
            remedy="Choose a layer in it, or give it a mask to paint on.",
        )
    if target.kind == "mask":
        return None
    if layer.text is not None:
        return DocumentError(
            f"The layer “{name}” is text.",
            remedy="Paint on a layer above it, or choose Layer › Rasterize Text.",
        )
    if layer.properties.are_pixels_locked:
        return DocumentError(f"The pixels of “{name}” are locked.", remedy=_UNLOCK)
    if erases and layer.properties.is_alpha_locked:
        return DocumentError(f"The transparency of “{name}” is locked.", remedy=_UNLOCK)
    return None


def move_refusal(document: Document) -> DocumentError | None:
    """Why the active layer cannot be moved or transformed: words can be, though they take no paint."""
    layer = document.active_layer
    if layer is None:
        return DocumentError("There is no layer to move.", remedy="Choose one in the layers panel.")
    refusal = _state_refusal(document, layer)
    if refusal is not None:
        return refusal
    if not layer.has_pixels and not layer.is_group:
        return DocumentError(
            f"“{layer.properties.name}” has no pixels of its own.", remedy="Choose a layer that has."
        )
    for each in walk((layer,)):
        if each.properties.is_locked or each.properties.are_pixels_locked:
            return DocumentError(f"“{each.properties.name}” is locked.", remedy=_UNLOCK)
    return None


def movable_layer(document: Document) -> Layer:
    """The active layer. Raises DocumentError where it cannot be moved."""
    refusal = move_refusal(document)
    if refusal is not None:
        raise refusal
    layer = document.active_layer
    assert layer is not None
    return layer


def _state_refusal(document: Document, layer: Layer) -> DocumentError | None:
    """Locked or hidden, by itself or by a group around it."""
    for around in (layer, *document.layers.ancestors(layer.id)):
        name = around.properties.name
        if around.properties.is_locked:
            return DocumentError(f"The {_kind(around)} “{name}” is locked.", remedy=_UNLOCK)
        if not around.properties.is_visible:
            return DocumentError(
                f"The {_kind(around)} “{name}” is hidden.", remedy="Show it in the layers panel."
            )
    return None


def paint_target(document: Document, *, erases: bool = False) -> Target:
    """What of the active layer is painted on. Raises DocumentError where it takes no paint."""
    refusal = paint_refusal(document, erases=erases)
    if refusal is not None:
        raise refusal
    target = document.active_target
    assert target is not None
    return target


def paintable_layer(document: Document, *, erases: bool = False) -> Layer:
    """The active layer, for what changes its picture whatever part is chosen. Raises DocumentError where it takes no
    paint or has no picture."""
    paint_target(document, erases=erases)
    layer = document.active_layer
    assert layer is not None
    if not layer.has_pixels:
        raise DocumentError(
            f"“{layer.properties.name}” has no pixels of its own.", remedy="Choose a layer that has."
        )
    return layer


def keeps_alpha(document: Document, target: Target) -> bool:
    """Whether paint on the target may change its colours only."""
    if target.kind != "pixels" or target.layer_id is None:
        return False
    return document.layers.layer(target.layer_id).properties.is_alpha_locked


def level_of(color: RGB) -> int:
    """What a colour means on a mask: white shows, black hides. Rec. 601 luma."""
    return round(0.299 * color.red + 0.587 * color.green + 0.114 * color.blue)


def _kind(layer: Layer) -> str:
    return "group" if layer.is_group else "layer"
