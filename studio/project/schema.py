"""studio/manifest.json: what OpenRaster has no word for. Versioned; every reader of an older version is a migration.

stack.xml stays the truth for what it can say, so that a project edited by another program opens as that program left
it. The manifest adds ids, masks, recipes, the canvas's place, selection, frame, settings and candidates.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from studio.core.errors import GenerationError
from studio.core.geometry import Rect
from studio.document.effects import Effect, effect_of, effect_values
from studio.document.guide import MAX_GUIDES, Guide
from studio.document.saved_mask import (
    DEFAULT_FEATHER_PX,
    MAX_FEATHER_PX,
    MAX_NAME_CHARS,
    MAX_REGION_PROMPT_CHARS,
)
from studio.document.text import Text, text_from_json
from studio.generation.request import Recipe
from studio.project.damage import DamagedError

SCHEMA_VERSION = 2
MAX_BYTES = 256_000_000
MAX_CANDIDATES = 10_000
MAX_SAVED_MASKS = 1_000
_MAX_COORDINATE = 1 << 24
_MAX_SCORE = 1e6
_MAX_SCORE = 1e6


def _with_tree(values: dict[str, Any]) -> dict[str, Any]:
    """Version 1 knew neither groups nor flags: what is not named has its default, so only the number changes."""
    return {**values, "schema": 2}


MIGRATIONS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _with_tree}
"""version -> what makes the next version of it."""

LAYER_FLAGS = (
    "is_clipped",
    "are_pixels_locked",
    "is_alpha_locked",
    "passes_through",
    "is_mask_disabled",
    "is_collapsed",
)

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A member of the archive that holds pixels, and where its upper left pixel lies on the canvas."""

    source: str
    x: int
    y: int


@dataclass(frozen=True, kw_only=True)
class ManifestLayer:
    """source, x, y: as in stack.xml when it was written; a group has no source. pixels: what the layer holds, where
    `source` shows it otherwise: as a mask, the mask of a group around it or the layer it is clipped to leaves it, for
    programs that know none of these. effect: `source` is a blank picture for an adjustment, the colour for a fill. flags: those of LAYER_FLAGS that hold."""

    id: str
    source: str
    x: int
    y: int
    name: str
    blend_mode: str
    mask: Placed | None = None
    pixels: Placed | None = None
    recipe: Recipe | None = None
    text: Text | None = None
    is_group: bool = False
    effect: Effect | None = None
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class ManifestSavedMask:
    id: str
    name: str
    pixels: Placed
    prompt: str = ""
    weight: float = 1.0
    feather_px: float = DEFAULT_FEATHER_PX


@dataclass(frozen=True, kw_only=True)
class ManifestCandidate:
    id: str
    recipe: Recipe
    rect: Rect
    source: str
    mask_source: str | None = None
    goes_below: bool = False
    seam_score: float | None = None


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """layers: all of them, also those in groups, lowest first; stack.xml says how they are nested. warnings: what of a damaged manifest had to be left out."""

    document_id: str
    application: str
    canvas: Rect
    frame: Rect
    active_layer_id: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    layers: tuple[ManifestLayer, ...] = ()
    selection: Placed | None = None
    saved_masks: tuple[ManifestSavedMask, ...] = ()
    guides: tuple[Guide, ...] = ()
    candidates: tuple[ManifestCandidate, ...] = ()
    shown_candidate_id: str | None = None
    warnings: tuple[str, ...] = ()


class NewerVersionError(DamagedError):
    """The manifest was written by a later version of the studio."""


def render(manifest: Manifest) -> bytes:
    """ASCII JSON: halves of characters in a prompt survive as escapes."""
    values = {
        "schema": SCHEMA_VERSION,
        "application": manifest.application,
        "document_id": manifest.document_id,
        "canvas": list(manifest.canvas),
        "frame": list(manifest.frame),
        "active_layer": manifest.active_layer_id,
        "settings": dict(manifest.settings),
        "layers": [_layer_values(layer) for layer in manifest.layers],
        "selection": _placed_values(manifest.selection),
        "guides": [["x" if is_upright else "y", place] for is_upright, place in manifest.guides],
        "saved_masks": [
            {
                "id": mask.id,
                "name": mask.name,
                "pixels": _placed_values(mask.pixels),
                "prompt": mask.prompt,
                "weight": mask.weight,
                "feather_px": mask.feather_px,
            }
            for mask in manifest.saved_masks
        ],
        "candidates": [candidate_values(candidate) for candidate in manifest.candidates],
        "shown_candidate": manifest.shown_candidate_id,
    }
    return json.dumps(values, indent=1).encode("ascii")


def parse(data: bytes) -> Manifest:
    """What is broken in it is left out, with a warning; unknown keys are ignored.

    Raises NewerVersionError, and DamagedError for what is no manifest at all.
    """
    values = load_json(data)
    version = values.get("schema")
    if type(version) is not int or version < 1:
        raise DamagedError("its studio data have no version")
    if version > SCHEMA_VERSION:
        raise NewerVersionError("it was saved by a newer version of the studio")
    while version < SCHEMA_VERSION:
        values = MIGRATIONS[version](values)
        version += 1
    return _Reader(values).manifest()


def load_json(data: bytes) -> dict[str, Any]:
    """A JSON object from a stranger. Raises DamagedError."""
    try:
        values = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise DamagedError("its studio data cannot be read", details=str(error)) from error
    if not isinstance(values, dict):
        raise DamagedError("its studio data cannot be read")
    return values


def candidate_values(candidate: ManifestCandidate) -> dict[str, Any]:
    return {
        "id": candidate.id,
        "recipe": candidate.recipe.to_json(),
        "rect": list(candidate.rect),
        "pixels": candidate.source,
        "mask": candidate.mask_source,
        "goes_below": candidate.goes_below,
        "seam_score": candidate.seam_score,
    }


def parse_candidate(values: Any) -> ManifestCandidate | None:
    """None for anything but a sound candidate."""
    if not isinstance(values, dict):
        return None
    identifier, source = _text(values.get("id")), _text(values.get("pixels"))
    recipe, rect = _recipe(values.get("recipe")), _rect(values.get("rect"))
    if not identifier or not source or recipe is None or rect is None:
        return None
    return ManifestCandidate(
        id=identifier,
        recipe=recipe,
        rect=rect,
        source=source,
        mask_source=_text(values.get("mask")) or None,
        goes_below=values.get("goes_below") is True,
        seam_score=_score(values.get("seam_score")),
    )


def _layer_values(layer: ManifestLayer) -> dict[str, Any]:
    return {
        "id": layer.id,
        "source": layer.source,
        "x": layer.x,
        "y": layer.y,
        "name": layer.name,
        "blend_mode": layer.blend_mode,
        "mask": _placed_values(layer.mask),
        "pixels": _placed_values(layer.pixels),
        "recipe": None if layer.recipe is None else layer.recipe.to_json(),
        "text": None if layer.text is None else layer.text.to_json(),
        "is_group": layer.is_group,
        "effect": None if layer.effect is None else effect_values(layer.effect),
        "flags": sorted(layer.flags),
    }


def _placed_values(placed: Placed | None) -> dict[str, Any] | None:
    return None if placed is None else {"source": placed.source, "x": placed.x, "y": placed.y}


class _Reader:
    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values
        self._warnings: list[str] = []

    def manifest(self) -> Manifest:
        values = self._values
        canvas = _rect(values.get("canvas"))
        if canvas is None:
            raise DamagedError("its studio data name no canvas")
        settings = values.get("settings")
        layers = self._list("layers", _layer, "Masks and recipes of some layers could not be read.")
        masks: tuple[ManifestSavedMask, ...] = ()
        if "saved_masks" in values:  # projects from before they could be kept have none
            masks = self._list("saved_masks", _saved_mask, "Some saved masks could not be read.")
        found = self._list("candidates", parse_candidate, "Some candidates could not be read.")
        return Manifest(
            document_id=_text(values.get("document_id")),
            application=_text(values.get("application")),
            canvas=canvas,
            frame=_rect(values.get("frame")) or canvas,
            active_layer_id=_text(values.get("active_layer")) or None,
            settings=settings if isinstance(settings, dict) else {},
            layers=layers,
            selection=_placed(values.get("selection")),
            saved_masks=masks[:MAX_SAVED_MASKS],
            guides=_guides(values.get("guides")),
            candidates=found[:MAX_CANDIDATES],
            shown_candidate_id=_text(values.get("shown_candidate")) or None,
            warnings=tuple(self._warnings),
        )

    def _list(self, key: str, read: Callable[[Any], T | None], warning: str) -> tuple[T, ...]:
        items = self._values.get(key)
        if not isinstance(items, list):
            self._warnings.append(warning)
            return ()
        sound = [item for item in map(read, items) if item is not None]
        if len(sound) < len(items):
            self._warnings.append(warning)
        return tuple(sound)


def _layer(values: Any) -> ManifestLayer | None:
    if not isinstance(values, dict):
        return None
    identifier, source = _text(values.get("id")), _text(values.get("source"))
    x, y = _coordinate(values.get("x")), _coordinate(values.get("y"))
    is_group, flags = values.get("is_group") is True, values.get("flags")
    if not identifier or not (source or is_group) or x is None or y is None:
        return None
    return ManifestLayer(
        id=identifier,
        source=source,
        x=x,
        y=y,
        name=_text(values.get("name")),
        blend_mode=_text(values.get("blend_mode")) or "normal",
        mask=_placed(values.get("mask")),
        pixels=_placed(values.get("pixels")),
        recipe=_recipe(values.get("recipe")),
        text=text_from_json(values.get("text")),
        is_group=is_group,
        effect=effect_of(values.get("effect")),
        flags=frozenset(flag for flag in LAYER_FLAGS if isinstance(flags, list) and flag in flags),
    )


def _guides(values: Any) -> tuple[Guide, ...]:
    """What is no guide is left out: nothing is lost by it."""
    found: list[Guide] = []
    for value in values if isinstance(values, list) else ():
        match value:
            case ["x" | "y" as axis, place] if (at := _coordinate(place)) is not None:
                found.append(Guide(axis == "x", at))
    return tuple(found[:MAX_GUIDES])


def _saved_mask(values: Any) -> ManifestSavedMask | None:
    if not isinstance(values, dict):
        return None
    identifier, pixels = _text(values.get("id")), _placed(values.get("pixels"))
    if not identifier or pixels is None:
        return None
    name = _text(values.get("name"))[:MAX_NAME_CHARS]
    return ManifestSavedMask(
        id=identifier,
        name=name or "Mask",
        pixels=pixels,
        prompt=_text(values.get("prompt"))[:MAX_REGION_PROMPT_CHARS],
        weight=min(max(_number(values.get("weight"), 1.0), 0.05), 1.0),
        feather_px=min(max(_number(values.get("feather_px"), DEFAULT_FEATHER_PX), 0.0), MAX_FEATHER_PX),
    )


def _number(value: Any, otherwise: float) -> float:
    is_one = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if is_one else otherwise


def _placed(values: Any) -> Placed | None:
    if not isinstance(values, dict):
        return None
    source, x, y = _text(values.get("source")), _coordinate(values.get("x")), _coordinate(values.get("y"))
    return None if not source or x is None or y is None else Placed(source=source, x=x, y=y)


def _recipe(values: Any) -> Recipe | None:
    if not isinstance(values, dict):
        return None
    try:
        return Recipe.from_json(values)
    except GenerationError:
        return None


def _rect(values: Any) -> Rect | None:
    if not isinstance(values, list) or len(values) != 4:
        return None
    numbers = [_coordinate(value) for value in values]
    x, y, width, height = numbers
    if x is None or y is None or width is None or height is None or width < 1 or height < 1:
        return None
    return Rect(x, y, width, height)


def _coordinate(value: Any) -> int | None:
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        value = int(value)
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    return value if is_integer and abs(value) <= _MAX_COORDINATE else None


def _score(value: Any) -> float | None:
    """A finite number from 0; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 <= value <= _MAX_SCORE else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")
