"""Verbs of the layers panel and the mask: each one undoable step with a label an artist understands."""

from __future__ import annotations

from dataclasses import replace
from textwrap import shorten
from typing import Any

import numpy as np

from studio.core.errors import DocumentError
from studio.core.geometry import Rect
from studio.document.changes import Target
from studio.document.document import Document
from studio.document.edits import (
    AddLayer,
    Compound,
    Edit,
    MoveLayer,
    RemoveLayer,
    SetActiveLayer,
    SetCanvas,
    SetProperties,
    SwapTiles,
)
from studio.document.history import History
from studio.document.layer import Layer, LayerProperties, layer_from_image
from studio.document.surface import TiledSurface
from studio.generation.request import Recipe, UInt8Array
from studio.workspace.results import Candidate

LAYER_NAME_CHARS = 40


class LayerVerbs:
    """Works on the one document and history it was made for. What merges is imported when it is asked for: it need
    not hold up the first stroke."""

    def __init__(self, document: Document, history: History) -> None:
        self._document = document
        self._history = history

    def add(self) -> str:
        """An empty layer above the active one; returns its id."""
        layer = Layer(properties=LayerProperties(name=self._free_name("Layer")))
        self._insert(layer, self._index_above_active(), "Add layer")
        return layer.id

    def add_image(self, name: str, straight_rgba: UInt8Array, origin: tuple[int, int], *, label: str) -> str:
        """straight_rgba: uint8 (h, w, 4). origin: canvas pixel of its top left corner."""
        layer = layer_from_image(name, straight_rgba, origin)
        self._insert(layer, self._index_above_active(), label)
        return layer.id

    def delete(self, layer_id: str) -> None:
        if len(self._document.layers) == 1:
            raise DocumentError("A picture needs at least one layer.", remedy="Add another layer first.")
        self._history.do(RemoveLayer(layer_id), "Delete layer")

    def duplicate(self, layer_id: str) -> str:
        source = self._document.layers.layer(layer_id)
        layer = source.duplicate(f"{source.properties.name} copy")
        self._insert(layer, self._document.layers.index(layer_id) + 1, "Duplicate layer")
        return layer.id

    def move(self, layer_id: str, index: int) -> None:
        """index: from the bottom, 0-based; clamped."""
        index = max(0, min(index, len(self._document.layers) - 1))
        if index != self._document.layers.index(layer_id):
            self._history.do(MoveLayer(layer_id, index), "Move layer")

    def set(self, layer_id: str, **changes: Any) -> None:
        """Changes of LayerProperties; one slider drag merges into one step."""
        before = self._document.layers.layer(layer_id).properties
        after = replace(before, **changes)
        if after != before:
            names = "-".join(sorted(changes))
            merge_key = f"{names}-{layer_id}" if "opacity" in changes else None
            label = LABELS.get(names, "Change layer")
            self._history.do(SetProperties(layer_id, after), label, merge_key=merge_key)

    def select(self, layer_id: str) -> None:
        """Choosing a layer is no step of the history."""
        if layer_id != self._document.active_layer_id:
            SetActiveLayer(layer_id).apply(self._document)

    def accept(self, candidate: Candidate) -> str:
        """A candidate becomes a layer with its own mask and recipe; the canvas grows to hold it. One step."""
        height, width = candidate.rgb.shape[:2]
        pixels = TiledSurface(4)
        opaque = _opaque(candidate.rgb)
        if candidate.mask is not None:
            opaque[candidate.mask == 0] = 0
        rect = Rect(candidate.rect.x, candidate.rect.y, width, height)
        pixels.write(rect, opaque)
        mask: TiledSurface | None = None
        if candidate.mask is not None:
            mask = TiledSurface(1)
            mask.write(rect, candidate.mask)
        name = self._name_of(candidate.recipe)
        layer = Layer(
            properties=LayerProperties(name=name), surface=pixels, mask=mask, recipe=candidate.recipe
        )
        index = 0 if candidate.goes_below else self._index_above_active()
        edits: list[Edit] = [AddLayer(layer, index, activate=not candidate.goes_below)]
        canvas = self._document.canvas.united(candidate.rect)
        if canvas != self._document.canvas:
            edits.append(SetCanvas(canvas))
        self._history.do(Compound(tuple(edits)), "Accept result")
        return layer.id

    def merge_down(self, layer_id: str) -> None:
        """Into the layer below it. Raises DocumentError where that cannot be."""
        from studio.document.merging import merge_down

        self._history.do(merge_down(self._document, layer_id), "Merge down")

    def add_visible(self) -> None:
        """What is seen, as a new layer above all others."""
        from studio.document.merging import layer_of_visible

        self._history.do(layer_of_visible(self._document, self._free_name("Visible")), "Layer from visible")

    def add_mask(self, layer_id: str) -> None:
        """From the painted mask, or one that shows everything. Raises DocumentError where there is one."""
        layer = self._document.layers.layer(layer_id)
        from studio.document.merging import add_layer_mask

        self._history.do(add_layer_mask(self._document, layer), "Add layer mask")

    def apply_mask(self, layer_id: str) -> None:
        """What it hides is gone. Raises DocumentError for a layer without a mask, or one that is locked."""
        layer = self._document.layers.layer(layer_id)
        if layer.properties.is_locked:
            raise DocumentError(
                f"The layer “{layer.properties.name}” is locked.", remedy="Unlock it in the layers panel."
            )
        from studio.document.merging import apply_layer_mask

        self._history.do(apply_layer_mask(layer), "Apply layer mask")

    def delete_mask(self, layer_id: str) -> None:
        """What it hid shows again. Raises DocumentError for a layer without a mask."""
        from studio.document.merging import delete_layer_mask

        self._history.do(delete_layer_mask(self._document.layers.layer(layer_id)), "Delete layer mask")

    def clip_to_below(self, layer_id: str) -> None:
        """A layer mask from what the layer below covers. Raises DocumentError where there is none below."""
        layer = self._document.layers.layer(layer_id)
        from studio.document.merging import clip_to_below

        self._history.do(clip_to_below(self._document, layer), "Clip to layer below")

    def set_mask(self, rect: Rect, mask: UInt8Array, *, label: str) -> None:
        """Replaces the painted mask by uint8 (rect.height, rect.width), 0 beyond; one step."""
        surface = TiledSurface(1)
        surface.write(rect, mask)
        keys = surface.keys() | self._document.selection.keys()
        self._history.do(SwapTiles(Target.SELECTION, {key: surface.tile(key) for key in keys}), label)

    def _insert(self, layer: Layer, index: int, label: str) -> None:
        self._history.do(AddLayer(layer, index), label)

    def _index_above_active(self) -> int:
        active = self._document.active_layer_id
        return len(self._document.layers) if active is None else self._document.layers.index(active) + 1

    def _name_of(self, recipe: Recipe) -> str:
        """What was drawn by the renderer says so, so that nobody takes it for the model's work."""
        begins = "Drawn: " if recipe.is_drawn else ""
        prompt = shorten(recipe.prompt, LAYER_NAME_CHARS - len(begins), placeholder="…")
        return (
            begins + prompt if prompt else self._free_name("Drawn scene" if recipe.is_drawn else "Generated")
        )

    def _free_name(self, stem: str) -> str:
        taken = {layer.properties.name for layer in self._document.layers}
        number = 1
        while f"{stem} {number}" in taken:
            number += 1
        return f"{stem} {number}"


LABELS = {
    "is_visible": "Layer visibility",
    "is_locked": "Lock layer",
    "name": "Rename layer",
    "opacity": "Layer opacity",
    "blend_mode": "Blend mode",
}


def _opaque(rgb: UInt8Array) -> UInt8Array:
    return np.dstack((rgb, np.full(rgb.shape[:2], 255, np.uint8)))
