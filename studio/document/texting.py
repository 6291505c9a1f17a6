"""Edits of text layers: the record and the pixels that were drawn from it change together."""

from __future__ import annotations

from dataclasses import dataclass

from studio.core.geometry import Rect
from studio.document.changes import LayerChanged, Target
from studio.document.document import Document
from studio.document.edits import Compound, Edit, SwapTiles
from studio.document.layer import Layer, LayerProperties
from studio.document.pixels import UInt8Array
from studio.document.surface import TiledSurface
from studio.document.text import Text

NAME_CHARS = 40


@dataclass(frozen=True)
class SetText:
    """text: None makes an ordinary layer of it, pixels and all."""

    layer_id: str
    text: Text | None

    def apply(self, document: Document) -> SetText:
        layer = document.layers.layer(self.layer_id)
        before, layer.text = layer.text, self.text
        document.changed.emit(LayerChanged(self.layer_id))
        return SetText(self.layer_id, before)

    @property
    def byte_size(self) -> int:
        return 0


def text_layer(text: Text, rect: Rect, pixels: UInt8Array) -> Layer:
    """pixels: premultiplied (rect.height, rect.width, 4), drawn from the record."""
    name = " ".join(text.text.split())[:NAME_CHARS] or "Text"
    layer = Layer(properties=LayerProperties(name=name), text=text)
    layer.surface.write(rect, pixels)
    return layer


def change_text(document: Document, layer_id: str, text: Text, rect: Rect, pixels: UInt8Array) -> Edit:
    """The same layer, set anew."""
    layer = document.layers.layer(layer_id)
    after = TiledSurface(4)
    after.write(rect, pixels)
    tiles = {key: after.tile(key) for key in layer.surface.keys() | after.keys()}
    return Compound((SwapTiles(Target.pixels(layer_id), tiles), SetText(layer_id, text)))


def text_layer_at(document: Document, x: float, y: float) -> Layer | None:
    """The highest text layer in sight whose words lie around a canvas point."""
    for layer in reversed(document.layers):
        if layer.text is None or layer.properties.is_locked or not document.layers.is_shown(layer.id):
            continue
        bounds = layer.surface.bounds().expanded(4)
        if bounds.x <= x < bounds.right and bounds.y <= y < bounds.bottom:
            return layer
    return None
