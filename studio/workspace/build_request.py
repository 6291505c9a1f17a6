"""From a captured document to requests the engine can run, and from its pictures back to candidates.

Pure functions over a snapshot: they run on a worker thread.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from studio.core.errors import GenerationError
from studio.core.geometry import Rect, Size
from studio.core.ids import new_id
from studio.document.composite import flatten
from studio.document.document import Document
from studio.document.pixels import unpremultiply
from studio.generation import fill, masks
from studio.generation.catalog import Catalog, ModelInfo
from studio.generation.composite import lay_over, match_surroundings, resize
from studio.generation.plan import RegionPlan, plan_region
from studio.generation.request import (
    DRAWN,
    MADE_BY_MODEL,
    MAX_SEED,
    GenerationRequest,
    Recipe,
    UInt8Array,
    scene_recipe,
)
from studio.generation.seam import seam_score
from studio.workspace.generation_settings import SettingsValues
from studio.workspace.results import Candidate

LEAST_MASK_LEVEL = 8
MIN_SCENE_PX, MAX_SCENE_PX = 8, 2048
"""A side of a drawn scene; a larger frame gets it scaled up."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Capture:
    """Everything a run depends on, as it was when the artist pressed Generate. document: a private snapshot.

    source: DRAWN for a scene of the renderer instead of a picture of the model.
    """

    document: Document
    frame: Rect
    values: SettingsValues
    seed: int
    source: str = MADE_BY_MODEL


@dataclass(frozen=True, kw_only=True, eq=False)
class Preparation:
    """One place, ready to run; several seeds share it.

    composite_mask: uint8 at the size of plan.work_rect, where the result will show; None: everywhere.
    original, known: what stands there now, uint8 (h, w, 3) and (h, w), at the same size; None where irrelevant.
    """

    plan: RegionPlan
    requests: tuple[GenerationRequest, ...]
    composite_mask: UInt8Array | None
    original: UInt8Array | None
    known: UInt8Array | None
    goes_below: bool = False


def prepare(capture: Capture, catalog: Catalog, *, previews: bool = True) -> Preparation:
    """Chooses the task from what the artist painted:

    a mask: inpaint it. A frame that reaches past the canvas, or a frame with holes at full strength: fill what
    is empty. Content and a strength below 1: image to image. Otherwise: a new picture for the frame.
    Raises GenerationError with the reason when this cannot run.
    """
    if capture.source == DRAWN:
        return _scene(capture, previews=previews)
    values, frame, document = capture.values, capture.frame, capture.document
    model = catalog.model(values.model)
    if model is None:
        raise GenerationError(
            "The model of these settings is not here.", remedy="Choose another model in the sidebar."
        )
    painted = _painted(document)
    if not painted.is_empty:
        preparation = _inpaint(capture, model, painted)
    else:
        preparation = _whole_frame(capture, model, frame)
    masked = any(request.mask is not None for request in preparation.requests)
    refusal = catalog.refusal(values.model, values.sampler, values.schedule, masked=masked)
    if refusal:
        raise GenerationError(refusal, remedy="Choose another sampler, schedule or model.")
    if previews:
        return preparation
    return replace(preparation, requests=tuple(replace(r, previews=False) for r in preparation.requests))


def finish(preparation: Preparation, request: GenerationRequest, image: UInt8Array) -> Candidate:
    """The model's picture (uint8, the recipe's size) as a candidate at canvas resolution."""
    plan = preparation.plan
    rgb = resize(image, plan.work_rect.size)
    rect = plan.target_rect
    rows, columns = rect.slices_in(plan.work_rect)
    mask, score = preparation.composite_mask, None
    original, known = preparation.original, preparation.known
    if mask is not None and original is not None and known is not None:
        rgb = match_surroundings(rgb, original, mask, known)
        score = seam_score(lay_over(original, rgb, mask, known), original, mask, known)
    return Candidate(
        id=request.job_id,
        recipe=request.recipe,
        rect=rect,
        rgb=np.ascontiguousarray(rgb[rows, columns]),
        mask=None if mask is None else np.ascontiguousarray(mask[rows, columns]),
        goes_below=preparation.goes_below,
        seam_score=score,
    )


def _inpaint(capture: Capture, model: ModelInfo, painted: Rect) -> Preparation:
    values = capture.values
    plan = plan_region(target=painted, frame=capture.frame, model=model)
    rgb, known = _seen(capture.document, plan.work_rect)
    selection = _selection(capture.document, plan.work_rect)
    selection[_outside(plan.target_rect, plan.work_rect)] = 0
    composite_mask = masks.feather_inward(selection, values.mask_feather_px)
    denoise_mask = masks.feather_outward(masks.grow(selection, values.mask_grow_px), values.mask_feather_px)
    start = fill.continue_edges(rgb, known)
    return Preparation(
        plan=plan,
        requests=_requests(capture, plan, start, denoise_mask),
        composite_mask=composite_mask,
        original=rgb,
        known=known,
    )


def _whole_frame(capture: Capture, model: ModelInfo, frame: Rect) -> Preparation:
    plan = plan_region(target=frame, frame=frame, model=model)
    rgb, known = _seen(capture.document, plan.work_rect)
    rows, columns = frame.slices_in(plan.work_rect)
    known_in_frame = known[rows, columns]
    has_content, has_holes = bool(known_in_frame.any()), bool((known_in_frame < 255).any())
    reaches_out = not capture.document.canvas.contains_rect(frame)
    if has_content and has_holes and (reaches_out or capture.values.strength >= 1.0):
        return _fill_holes(capture, model, frame, rgb, known, plan.work_rect)
    start = fill.continue_edges(rgb, known) if has_content and capture.values.strength < 1.0 else None
    return Preparation(
        plan=plan,
        requests=_requests(capture, plan, start, None),
        composite_mask=None,
        original=None,
        known=None,
    )


def _fill_holes(
    capture: Capture, model: ModelInfo, frame: Rect, rgb: UInt8Array, known: UInt8Array, seen: Rect
) -> Preparation:
    """Outpainting: what is empty is made new at full strength, whatever the strength of the settings."""
    values = replace(capture.values, strength=1.0)
    capture = replace(capture, values=values)
    holes = np.where(known < 255, np.uint8(255), np.uint8(0))
    holes[_outside(frame, seen)] = 0
    target = masks.bounds(holes).translated(seen.x, seen.y)
    plan = plan_region(target=frame, frame=frame, model=model)
    plan = replace(plan, target_rect=target)
    overlap = values.mask_grow_px + values.mask_feather_px
    denoise_mask = masks.feather_outward(masks.grow(holes, overlap / 2), overlap / 2)
    return Preparation(
        plan=plan,
        requests=_requests(capture, plan, fill.continue_edges(rgb, known), denoise_mask),
        composite_mask=holes,
        original=rgb,
        known=known,
        goes_below=True,
    )


def _scene(capture: Capture, *, previews: bool) -> Preparation:
    """A drawn scene fills the frame; where something in it is masked, it shows there only."""
    frame = capture.frame
    factor = min(1.0, MAX_SCENE_PX / frame.size.long_side)
    size = Size(
        max(MIN_SCENE_PX, round(frame.width * factor)), max(MIN_SCENE_PX, round(frame.height * factor))
    )
    selection = _selection(capture.document, frame)
    mask = masks.feather_inward(selection, capture.values.mask_feather_px) if selection.any() else None
    seeds = [(capture.seed + index) % (MAX_SEED + 1) for index in range(capture.values.batch_count)]
    recipes = [scene_recipe(capture.values.prompt, seed=seed, size=size) for seed in seeds]
    return Preparation(
        plan=RegionPlan(work_rect=frame, target_rect=frame, model_size=size),
        requests=tuple(
            GenerationRequest(job_id=new_id(), recipe=recipe, previews=previews) for recipe in recipes
        ),
        composite_mask=mask,
        original=None,
        known=None,
    )


def _painted(document: Document) -> Rect:
    """The tight bounds of the mask, canvas pixels."""
    rough = document.selection.bounds()
    return (
        masks.bounds(_selection(document, rough)).translated(rough.x, rough.y)
        if not rough.is_empty
        else rough
    )


def _selection(document: Document, rect: Rect) -> UInt8Array:
    """The mask in `rect` without the traces a soft eraser leaves, which nobody sees and nobody meant."""
    selection = document.selection.read(rect)
    selection[selection < LEAST_MASK_LEVEL] = 0
    return selection


def _seen(document: Document, rect: Rect) -> tuple[UInt8Array, UInt8Array]:
    """Straight RGB (h, w, 3) and alpha (h, w) of the flattened document."""
    straight = unpremultiply(flatten(document, rect))
    return np.ascontiguousarray(straight[..., :3]), np.ascontiguousarray(straight[..., 3])


def _outside(inner: Rect, outer: Rect) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    outside = np.ones((outer.height, outer.width), np.bool_)
    outside[inner.slices_in(outer)] = False
    return outside


def _requests(
    capture: Capture, plan: RegionPlan, start: UInt8Array | None, mask: UInt8Array | None
) -> tuple[GenerationRequest, ...]:
    values = capture.values
    image = None if start is None else np.ascontiguousarray(resize(start, plan.model_size))
    model_mask = None if mask is None else np.ascontiguousarray(resize(mask, plan.model_size))
    recipe = Recipe(
        model=values.model,
        prompt=values.prompt,
        negative_prompt=values.negative_prompt,
        sampler=values.sampler,
        schedule=values.schedule,
        steps=values.steps,
        guidance_scale=values.guidance_scale,
        seed=capture.seed,
        width=plan.model_size.width,
        height=plan.model_size.height,
        strength=1.0 if image is None else values.strength,
    )
    return tuple(
        GenerationRequest(
            job_id=new_id(),
            recipe=recipe.with_seed((capture.seed + index) % (MAX_SEED + 1)),
            image=image,
            mask=model_mask,
        )
        for index in range(values.batch_count)
    )
