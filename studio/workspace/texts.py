"""Verbs of text layers: each one undoable step."""

from __future__ import annotations

from studio.core.errors import DocumentError
from studio.core.geometry import Rect
from studio.document.document import Document
from studio.document.history import History
from studio.document.pixels import UInt8Array
from studio.document.text import Text
from studio.document.texting import SetText, change_text, text_layer
from studio.workspace.layers import LayerVerbs


class TextVerbs:
    """Works on the one document and history it was made for. Pixels come from the window, which has the fonts."""

    def __init__(self, document: Document, history: History, layers: LayerVerbs) -> None:
        self._document = document
        self._history = history
        self._layers = layers

    def set_text(self, layer_id: str | None, text: Text, rect: Rect, pixels: UInt8Array) -> None:
        """As a new layer, or in place of what the layer said; without a word it is deleted. One that is gone or no
        text any more is left alone, and a new one made. pixels: premultiplied (rect.height, rect.width, 4)."""
        known = layer_id is not None and layer_id in self._document.layers
        layer = self._document.layers.layer(layer_id) if known and layer_id is not None else None
        if layer is not None and layer.text is not None:
            if not text.text.strip():
                self._layers.delete((layer.id,))
            elif text != layer.text:
                self._history.do(change_text(self._document, layer.id, text, rect, pixels), "Edit text")
        elif text.text.strip():
            made = text_layer(text, rect, pixels)
            self._layers.insert(made, "Text")

    def rasterize(self, layer_id: str) -> None:
        """Its pixels stay, its words cannot be edited any more. Raises DocumentError for a layer that is no text."""
        if self._document.layers.layer(layer_id).text is None:
            raise DocumentError("That layer is no text.")
        self._history.do(SetText(layer_id, None), "Rasterize text")
