"""How a document is built, without its pixels, as plain JSON values: what the journal keeps with each step."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from studio.core.errors import StudioError
from studio.core.geometry import Rect
from studio.document.changes import Target
from studio.document.document import Document
from studio.document.effects import effect_of, effect_values
from studio.document.guide import Guide
from studio.document.layer import Layer, LayerProperties
from studio.document.saved_mask import (
    DEFAULT_FEATHER_PX,
    MAX_FEATHER_PX,
    MAX_REGION_PROMPT_CHARS,
    SavedMask,
)
from studio.document.stack import MAX_GROUP_DEPTH
from studio.document.surface import TiledSurface
from studio.document.text import text_from_json
from studio.generation.request import Recipe
from studio.project.damage import DamagedError

MAX_LAYERS = 100_000
_BROKEN = "its list of layers cannot be read"
Surfaces = Callable[[Target, int], TiledSurface]
"""(which, channels) -> the pixels that belong there."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Structure:
    """roots: the layers outside of all groups, the lowest first."""

    canvas: Rect
    roots: tuple[Layer, ...]
    saved_masks: tuple[SavedMask, ...] = ()
    guides: tuple[Guide, ...] = ()


def values_of(document: Document) -> dict[str, Any]:
    return {
        "canvas": list(document.canvas),
        "layers": [_layer_values(layer) for layer in document.layers.roots],
        "saved_masks": [
            [mask.id, mask.name, mask.prompt, mask.weight, mask.feather_px] for mask in document.saved_masks
        ],
        "guides": [[guide.is_upright, guide.place] for guide in document.guides],
    }


def build(values: Any, surfaces: Surfaces) -> Structure:
    """Raises DamagedError for what no document ever was."""
    try:
        canvas = Rect(*(int(side) for side in values["canvas"]))
        builder = _Builder(surfaces)
        if canvas.is_empty:
            raise DamagedError(_BROKEN)
        roots = tuple(builder.layer(layer, 0) for layer in values["layers"])
        # A journal from before there were any has neither.
        masks = tuple(_saved_mask(surfaces, *stored) for stored in values.get("saved_masks", ()))
        guides = tuple(
            Guide(is_upright is True, int(place)) for is_upright, place in values.get("guides", ())
        )
    except (KeyError, TypeError, ValueError, StudioError) as error:
        raise DamagedError(_BROKEN, details=str(error)) from error
    return Structure(canvas=canvas, roots=roots, saved_masks=masks, guides=guides)


def _saved_mask(
    surfaces: Surfaces,
    mask_id: Any,
    name: Any,
    prompt: Any = "",
    weight: Any = 1.0,
    feather_px: Any = DEFAULT_FEATHER_PX,
) -> SavedMask:
    """Journals from before regions say no more than the name."""
    return SavedMask(
        id=str(mask_id),
        name=str(name),
        tiles=surfaces(Target.saved(str(mask_id)), 1).snapshot(),
        prompt=str(prompt)[:MAX_REGION_PROMPT_CHARS],
        weight=min(max(float(weight), 0.05), 1.0),
        feather_px=min(max(float(feather_px), 0.0), MAX_FEATHER_PX),
    )


def _layer_values(layer: Layer) -> dict[str, Any]:
    properties = {
        field.name: getattr(layer.properties, field.name) for field in dataclasses.fields(LayerProperties)
    }
    children = layer.children
    return {
        "id": layer.id,
        "properties": {**properties, "extra": dict(layer.properties.extra)},
        "recipe": None if layer.recipe is None else layer.recipe.to_json(),
        "text": None if layer.text is None else layer.text.to_json(),
        "has_mask": layer.mask is not None,
        "children": None if children is None else [_layer_values(child) for child in children],
        "is_collapsed": layer.is_collapsed,
        "effect": None if layer.effect is None else effect_values(layer.effect),
    }


class _Builder:
    def __init__(self, surfaces: Surfaces) -> None:
        self._surfaces = surfaces
        self._ids: set[str] = set()

    def layer(self, values: Mapping[str, Any], depth: int) -> Layer:
        identifier, children = values["id"], values["children"]
        is_new = isinstance(identifier, str) and identifier not in self._ids
        if not is_new or depth > MAX_GROUP_DEPTH or len(self._ids) >= MAX_LAYERS:
            raise DamagedError(_BROKEN)
        self._ids.add(identifier)
        recipe = values["recipe"]
        return Layer(
            id=identifier,
            properties=_properties(values["properties"]),
            surface=self._surfaces(Target.pixels(identifier), 4),
            mask=self._surfaces(Target.mask(identifier), 1) if values["has_mask"] is True else None,
            recipe=None if recipe is None else Recipe.from_json(recipe),
            text=text_from_json(values.get("text")),
            children=None if children is None else [self.layer(child, depth + 1) for child in children],
            is_collapsed=values["is_collapsed"] is True,
            effect=effect_of(values.get("effect")),
        )


def _properties(values: Mapping[str, Any]) -> LayerProperties:
    """A field that has come since the journal was written has its default; one of another type is damage."""
    known: dict[str, Any] = {"name": str(values["name"]), "extra": _texts(values["extra"])}
    for field in dataclasses.fields(LayerProperties):
        if field.name in known or field.name not in values:
            continue
        value = values[field.name]
        if isinstance(field.default, float):
            value = float(value)
        elif type(value) is not type(field.default):
            raise DamagedError(_BROKEN)
        known[field.name] = value
    return LayerProperties(**known)


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): str(value) for name, value in values.items()}
