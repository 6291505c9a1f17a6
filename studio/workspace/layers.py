"""Verbs of the layers panel and the mask: each one undoable step with a label an artist understands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from textwrap import shorten
from typing import TYPE_CHECKING, Any

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
    SetActivePart,
    SetCanvas,
    SetCollapsed,
    SetEffect,
    SetProperties,
    ShowMask,
    SwapTiles,
)
from studio.document.history import History
from studio.document.layer import Layer, LayerProperties, layer_from_image, new_group
from studio.document.pixels import RGB
from studio.document.stack import Place, walk
from studio.document.surface import TiledSurface
from studio.generation.request import Recipe, UInt8Array
from studio.workspace.results import Candidate

if TYPE_CHECKING:
    from studio.document.effects import Effect

LAYER_NAME_CHARS = 40


class LayerVerbs:
    """Works on the one document and history it was made for. What merges is imported when it is asked for: it need
    not hold up the first stroke."""

    def __init__(self, document: Document, history: History) -> None:
        self._document = document
        self._history = history
        self._before_solo: dict[str, bool] = {}

    def add(self) -> str:
        """An empty layer above the active one; returns its id."""
        layer = Layer(properties=LayerProperties(name=self._free_name("Layer")))
        self.insert(layer, "Add layer")
        return layer.id

    def add_group(self) -> str:
        """An empty group above the active layer; returns its id."""
        group = new_group(self._free_name("Group"))
        self.insert(group, "Add group")
        return group.id

    def add_effect(self, kind: str, color: RGB | None = None) -> str:
        """An adjustment or a fill above the active layer, inside the painted mask if there is one; returns its id. kind: a
        key of `effects.EFFECT_LABELS`. color: of a fill."""
        from studio.document.effects import EFFECT_LABELS, NEW_EFFECTS, SolidColor  # when one is asked for

        effect = NEW_EFFECTS[kind]() if color is None else SolidColor(color=color)
        label = EFFECT_LABELS[kind]
        layer = Layer(properties=LayerProperties(name=self._free_name(label)), effect=effect)
        if self._document.selection.keys():
            layer.mask = TiledSurface.from_tiles(1, self._document.selection.snapshot())
        self.insert(layer, f"Add {label.lower()}")
        return layer.id

    def set_effect(self, layer_id: str, effect: Effect, *, drag: str = "") -> None:
        """Other settings for an adjustment or a fill. drag: names what is being dragged; one drag is one step. Raises
        DocumentError for a layer that is locked or has no settings."""
        from studio.document.effects import EFFECT_LABELS

        layer = self._document.layers.layer(layer_id)
        if layer.properties.is_locked:
            raise DocumentError(
                f"“{layer.properties.name}” is locked.", remedy="Unlock it in the layers panel."
            )
        if layer.effect != effect:
            merge_key = f"effect-{layer_id}-{drag}" if drag else None
            self._history.do(SetEffect(layer_id, effect), EFFECT_LABELS[effect.kind], merge_key=merge_key)

    def add_image(self, name: str, straight_rgba: UInt8Array, origin: tuple[int, int], *, label: str) -> str:
        """straight_rgba: uint8 (h, w, 4). origin: canvas pixel of its top left corner."""
        layer = layer_from_image(name, straight_rgba, origin)
        self.insert(layer, label)
        return layer.id

    def delete(self, layer_ids: Sequence[str]) -> None:
        """With all that they hold. Raises DocumentError where none would be left, or one is locked."""
        tops = self._document.layers.tops(layer_ids)
        for layer in walk(tops):
            if layer.properties.is_locked:
                raise DocumentError(
                    f"“{layer.properties.name}” is locked.", remedy="Unlock it in the layers panel."
                )
        if len(self._document.layers.roots) == sum(
            self._document.layers.parent(layer.id) is None for layer in tops
        ):
            raise DocumentError("A picture needs at least one layer.", remedy="Add another layer first.")
        label = _counted("Delete", tops)
        self._history.do(_one_edit([RemoveLayer(layer.id) for layer in reversed(tops)]), label)

    def duplicate(self, layer_ids: Sequence[str]) -> tuple[str, ...]:
        """Each right above its original; returns the ids of the copies."""
        tops = self._document.layers.tops(layer_ids)
        edits: list[Edit] = []
        copies: list[str] = []
        for layer in reversed(tops):
            index, parent_id = self._document.layers.place(layer.id)
            copy = layer.duplicate(f"{layer.properties.name} copy")
            edits.append(AddLayer(copy, index + 1, parent_id=parent_id))
            copies.append(copy.id)
        self._history.do(_one_edit(edits), _counted("Duplicate", tops))
        return tuple(reversed(copies))

    def move(self, layer_ids: Sequence[str], place: Place) -> None:
        """Puts them next to one another, the lowest at `place`, counted with all layers where they are now. Raises
        DocumentError for a group that would lie in itself."""
        layers = self._document.layers
        tops = self._document.layers.tops(layer_ids)
        siblings = layers.siblings(place.parent_id)
        moved = {layer.id for layer in tops}
        index = sum(layer.id not in moved for layer in siblings[: place.position])
        target = [layer.id for layer in siblings if layer.id not in moved]
        target[index:index] = [layer.id for layer in tops]
        if target == [layer.id for layer in siblings]:
            return
        # Downwards from the highest, each to right below the one before: what is above it is settled then.
        staying = [layer.id for layer in siblings]
        edits: list[Edit] = []
        ceiling = target[index + len(tops)] if index + len(tops) < len(target) else None
        for layer in reversed(tops):
            if layer.id in staying:
                staying.remove(layer.id)
            goal = len(staying) if ceiling is None else staying.index(ceiling)
            staying.insert(goal, layer.id)
            edits.append(MoveLayer(layer.id, goal, place.parent_id))
            ceiling = layer.id
        self._history.do(_one_edit(edits), _counted("Move", tops))

    def step(self, layer_id: str, up: bool) -> None:
        """One place up or down as the panel shows it: into an open group, out of its group, past its neighbour."""
        layers = self._document.layers
        place = layers.place(layer_id)
        siblings = layers.siblings(place.parent_id)
        beyond = place.position + (1 if up else -1)
        if not 0 <= beyond < len(siblings):
            if place.parent_id is None:
                return
            outer = layers.place(place.parent_id)
            target = Place(outer.position + up, outer.parent_id)
        else:
            neighbour = siblings[beyond]
            if neighbour.children is not None and not neighbour.is_collapsed:
                target = Place(0 if up else len(neighbour.children), neighbour.id)
            else:
                target = Place(beyond, place.parent_id)
        self._history.do(MoveLayer(layer_id, *target), "Move layer")

    def group(self, layer_ids: Sequence[str]) -> str:
        """Into a new group where the highest of them lies; returns its id."""
        from studio.document.merging import group_layers

        self._history.do(group_layers(self._document, layer_ids, self._free_name("Group")), "Group layers")
        group_id = self._document.active_layer_id
        assert group_id is not None
        return group_id

    def ungroup(self, layer_id: str) -> None:
        """What the group holds takes its place. Raises DocumentError for a layer that is no group."""
        from studio.document.merging import ungroup

        self._history.do(ungroup(self._document, self._document.layers.layer(layer_id)), "Ungroup")

    def merge_group(self, layer_id: str) -> None:
        """Into one layer. Raises DocumentError for a layer that is no group."""
        from studio.document.merging import merge_group

        self._history.do(merge_group(self._document, self._document.layers.layer(layer_id)), "Merge group")

    def flatten(self) -> None:
        """All that is seen into one layer."""
        from studio.document.merging import flatten_picture

        self._history.do(flatten_picture(self._document, "Flattened"), "Flatten picture")

    def fold(self, layer_id: str, is_collapsed: bool) -> None:
        """What the panel lists of a group is no step of the history."""
        if self._document.layers.layer(layer_id).is_collapsed != is_collapsed:
            SetCollapsed(layer_id, is_collapsed).apply(self._document)

    def set(self, layer_ids: str | Sequence[str], **changes: Any) -> None:
        """Changes of LayerProperties, of one layer or of several as one step; one slider drag merges into one step."""
        ids = (layer_ids,) if isinstance(layer_ids, str) else tuple(layer_ids)
        edits: list[Edit] = []
        for layer_id in ids:
            before = self._document.layers.layer(layer_id).properties
            after = replace(before, **changes)
            if after != before:
                edits.append(SetProperties(layer_id, after))
        if edits:
            names = "-".join(sorted(changes))
            merge_key = f"{names}-{'-'.join(ids)}" if "opacity" in changes else None
            self._history.do(_one_edit(edits), LABELS.get(names, "Change layer"), merge_key=merge_key)

    def select(self, layer_id: str) -> None:
        """Choosing a layer is no step of the history."""
        if layer_id != self._document.active_layer_id:
            SetActiveLayer(layer_id).apply(self._document)

    def accept(self, candidate: Candidate) -> str:
        """A candidate becomes a layer with its own mask and recipe; the canvas grows to hold it. One step."""
        layer = self._layer_of(candidate)
        self._place_result(layer, candidate, "Accept result")
        return layer.id

    def mix(self, candidates: Sequence[Candidate]) -> str:
        """Candidates of one place become a group that shows the first of them; see `document.mixing`. One step.

        The second becomes active, to be painted in. Returns the group's id.
        """
        from studio.document.mixing import mix_group

        first = candidates[0]
        layers = [self._layer_of(candidate) for candidate in candidates]
        for number, layer in enumerate(layers, 1):
            layer.properties = layer.properties.with_(name=f"{number}: {layer.properties.name}")
        group = mix_group(f"Mix of {len(layers)}", layers, layers[0].mask)
        self._place_result(group, first, "Mix results")
        self.select(layers[1].id)
        return group.id

    def _layer_of(self, candidate: Candidate) -> Layer:
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
        return Layer(
            properties=LayerProperties(name=name), surface=pixels, mask=mask, recipe=candidate.recipe
        )

    def _place_result(self, layer: Layer, candidate: Candidate, label: str) -> None:
        index, parent_id = Place(0) if candidate.goes_below else self._place_above_active()
        edits: list[Edit] = [AddLayer(layer, index, activate=not candidate.goes_below, parent_id=parent_id)]
        canvas = self._document.canvas.united(candidate.rect)
        if canvas != self._document.canvas:
            edits.append(SetCanvas(canvas))
        self._history.do(Compound(tuple(edits)), label)

    def merge(self, layer_ids: Sequence[str]) -> None:
        """Several into one; a single one into the layer below it. Raises DocumentError where that cannot be."""
        tops = self._document.layers.tops(layer_ids)
        if len(tops) == 1:
            self.merge_down(tops[0].id)
            return
        from studio.document.merging import merge_layers

        self._history.do(merge_layers(self._document, layer_ids), _counted("Merge", tops))

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
        from studio.document.merging import apply_layer_mask

        self._history.do(apply_layer_mask(layer), "Apply layer mask")

    def delete_mask(self, layer_id: str) -> None:
        """What it hid shows again. Raises DocumentError for a layer without a mask."""
        from studio.document.merging import delete_layer_mask

        self._history.do(delete_layer_mask(self._document.layers.layer(layer_id)), "Delete layer mask")

    def invert_mask(self, layer_id: str) -> None:
        """Shows what it hid. Raises DocumentError for a layer without a mask."""
        from studio.document.merging import invert_layer_mask

        layer = self._document.layers.layer(layer_id)
        self._history.do(invert_layer_mask(self._document, layer), "Invert layer mask")

    def choose_part(self, layer_id: str, mask: bool) -> None:
        """Whether the brush meets a layer's mask or its picture; no step of the history."""
        self.select(layer_id)
        SetActivePart(mask).apply(self._document)

    def show_mask(self, layer_id: str, is_shown: bool) -> None:
        """Tints what a layer's mask hides; a view, no step of the history."""
        self.select(layer_id)
        ShowMask(is_shown).apply(self._document)

    def solo(self, layer_id: str) -> None:
        """Only this layer is seen, with the groups around it and what it holds; once more, and what was seen before is
        seen again. One step."""
        layers = self._document.layers
        around = {layer_id, *(group.id for group in layers.ancestors(layer_id))}
        # What a hidden group holds needs no word, and keeps its own state.
        wanted = {
            layer.id: layer.id in around
            for layer in layers
            if layer.id in around or self._parent_id(layer.id) in {None, *around} - {layer_id}
        }
        now = {id: layers.layer(id).properties.is_visible for id in wanted}
        label = "Show only this layer"
        if now == wanted:
            label = "Show layers again"
            was = self._before_solo
            wanted = was if was.keys() == now.keys() and was != now else dict.fromkeys(now, True)
        self._before_solo = now
        edits: list[Edit] = [
            SetProperties(id, layers.layer(id).properties.with_(is_visible=is_visible))
            for id, is_visible in wanted.items()
            if now[id] != is_visible
        ]
        if edits:
            self._history.do(_one_edit(edits), label)

    def _parent_id(self, layer_id: str) -> str | None:
        parent = self._document.layers.parent(layer_id)
        return None if parent is None else parent.id

    def set_mask(self, rect: Rect, mask: UInt8Array, *, label: str) -> None:
        """Replaces the painted mask by uint8 (rect.height, rect.width), 0 beyond; one step."""
        surface = TiledSurface(1)
        surface.write(rect, mask)
        keys = surface.keys() | self._document.selection.keys()
        self._history.do(SwapTiles(Target.SELECTION, {key: surface.tile(key) for key in keys}), label)

    def insert(self, layer: Layer, label: str) -> None:
        index, parent_id = self._place_above_active()
        self._history.do(AddLayer(layer, index, parent_id=parent_id), label)

    def _place_above_active(self) -> Place:
        """In an open group at its top, else right above the active layer."""
        layers, active = self._document.layers, self._document.active_layer
        if active is None:
            return Place(len(layers.roots))
        if active.children is not None and not active.is_collapsed:
            return Place(len(active.children), active.id)
        index, parent_id = layers.place(active.id)
        return Place(index + 1, parent_id)

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
    "is_isolated": "Pass through",
    "is_clipped": "Clip to layer below",
    "is_alpha_locked": "Lock transparency",
    "are_pixels_locked": "Lock pixels",
    "is_mask_enabled": "Switch layer mask",
}


def _opaque(rgb: UInt8Array) -> UInt8Array:
    return np.dstack((rgb, np.full(rgb.shape[:2], 255, np.uint8)))


def _counted(verb: str, layers: Sequence[Layer]) -> str:
    if len(layers) == 1:
        return f"{verb} {'group' if layers[0].is_group else 'layer'}"
    return f"{verb} {len(layers)} layers"


def _one_edit(edits: Sequence[Edit]) -> Edit:
    return edits[0] if len(edits) == 1 else Compound(tuple(edits))
