"""A generated layer made once more, on what lies below it now. Pure functions over a snapshot."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from studio.core.errors import GenerationError
from studio.core.geometry import Rect
from studio.core.ids import new_id
from studio.document.document import Document
from studio.document.edits import AddLayer, Compound, RemoveLayer
from studio.document.layer import Layer
from studio.document.surface import TiledSurface
from studio.generation import masks
from studio.generation.catalog import Catalog
from studio.generation.composite import resize, resize_mask
from studio.generation.plan import RegionPlan
from studio.generation.prefill import Prefill, prefill
from studio.generation.request import GenerationRequest, Recipe, UInt8Array
from studio.workspace.build_request import Preparation, finish
from studio.workspace.inputs import digest, seen_below

GROW_PX, FEATHER_PX = 8, 8


@dataclass(frozen=True, kw_only=True, eq=False)
class Baking:
    layer_id: str
    preparation: Preparation

    @property
    def request(self) -> GenerationRequest:
        return self.preparation.requests[0]


def is_stale(document: Document, layer: Layer) -> bool:
    """Whether the picture below is another one than it was made from, or its prompt was changed since."""
    recipe = layer.recipe
    if recipe is None or not recipe.inputs or recipe.place is None:
        return False
    return digest(*seen_below(document, layer.id, Rect(*recipe.place))) != recipe.inputs


def stale_layers(document: Document) -> frozenset[str]:
    return frozenset(layer.id for layer in document.layers if is_stale(document, layer))


def plan_baking(document: Document, layer_id: str, catalog: Catalog) -> Baking:
    """Raises GenerationError for a layer that was not generated from what lies below it, or was moved since."""
    layer = document.layers.layer(layer_id)
    recipe = layer.recipe
    if recipe is None or recipe.place is None or not recipe.inputs:
        raise GenerationError(
            f"“{layer.properties.name}” was not made from what lies below it.",
            remedy="Only layers that changed a part of the picture can be baked again.",
        )
    place, target = Rect(*recipe.place), layer.surface.bounds()
    if not place.contains_rect(target):
        raise GenerationError(
            f"“{layer.properties.name}” was moved since it was made.",
            remedy="Generate it anew where it is now: Layer › Use This Recipe.",
        )
    refusal = catalog.refusal(recipe.model, recipe.sampler, recipe.schedule, masked=layer.mask is not None)
    if refusal:
        raise GenerationError(refusal)
    rgb, known = seen_below(document, layer_id, place)
    composite = None if layer.mask is None else layer.mask.read(place)
    denoise = None if composite is None else masks.denoise_mask(composite, GROW_PX, FEATHER_PX)
    start = prefill(Prefill.painted, rgb, known if composite is None else composite, known, recipe.seed)
    plan = RegionPlan(work_rect=place, target_rect=target, model_size=recipe.size)
    # Its steps are one run now, whatever it went through when it was first made.
    fresh = replace(recipe, stages=(), last_step=0, regions=())
    request = GenerationRequest(
        job_id=new_id(),
        recipe=fresh,
        image=np.ascontiguousarray(resize(start, plan.model_size)),
        mask=None if denoise is None else np.ascontiguousarray(resize_mask(denoise, plan.model_size)),
    )
    return Baking(
        layer_id=layer_id,
        preparation=Preparation(
            plan=plan,
            requests=(request,),
            composite_mask=composite,
            original=rgb,
            known=known,
            denoise_mask=denoise,
        ),
    )


def baked(baking: Baking, image: UInt8Array) -> tuple[TiledSurface, TiledSurface | None, Recipe]:
    """The layer's new pixels, mask and recipe."""
    candidate = finish(baking.preparation, baking.request, image)
    pixels, mask = TiledSurface(4), None
    opaque = np.dstack((candidate.rgb, np.full(candidate.rgb.shape[:2], 255, np.uint8)))
    if candidate.mask is not None:
        opaque[candidate.mask == 0] = 0
        mask = TiledSurface(1)
        mask.write(candidate.rect, candidate.mask)
    pixels.write(candidate.rect, np.ascontiguousarray(opaque))
    return pixels, mask, candidate.recipe


def replaced(document: Document, layer_id: str, **changes: object) -> Compound:
    """An edit that puts a layer with other contents in a layer's place; everything else of it stays."""
    layer, place = document.layers.layer(layer_id), document.layers.place(layer_id)
    twin = layer.shared()
    for name, value in changes.items():
        setattr(twin, name, value)
    is_active = document.active_layer_id == layer_id
    return Compound((RemoveLayer(layer_id), AddLayer(twin, place.position, is_active, place.parent_id)))
