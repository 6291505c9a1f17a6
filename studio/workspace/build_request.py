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
from studio.generation import masks
from studio.generation.catalog import Catalog, ModelInfo
from studio.generation.composite import (
    keep_tones,
    lay_over,
    match_surroundings,
    reflect_edge,
    resize,
    resize_mask,
    window_share,
)
from studio.generation.fill import FloatArray
from studio.generation.plan import (
    SECOND_PASS_STRENGTH,
    WINDOW_OVERLAP,
    RegionPlan,
    closer_windows,
    plan_region,
)
from studio.generation.prefill import Prefill, prefill, prefill_of
from studio.generation.request import (
    DRAWN,
    MADE_BY_MODEL,
    MAX_SEED,
    GenerationRequest,
    Recipe,
    RegionPrompt,
    UInt8Array,
    scene_recipe,
)
from studio.generation.seam import seam_score
from studio.generation.verbs import Verb, verb_of
from studio.workspace.generation_settings import SettingsValues
from studio.workspace.inputs import digest
from studio.workspace.place import lengths, masked_bounds, masked_place, outside, selected
from studio.workspace.regions import with_regions
from studio.workspace.results import Candidate

KEEPS_TONES_UP_TO = 0.5
MIN_SCENE_PX, MAX_SCENE_PX = 8, 2048
"""A side of a drawn scene; a larger frame gets it scaled up."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Capture:
    """Everything a run depends on, as it was when the artist pressed Generate. document: a private snapshot.

    source: DRAWN for a scene of the renderer instead of a picture of the model.
    context: what the artist chose to show the model around the mask, canvas pixels; None: the planner chooses.
    """

    document: Document
    frame: Rect
    values: SettingsValues
    seed: int
    source: str = MADE_BY_MODEL
    context: Rect | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Preparation:
    """One place, ready to run; several seeds share it.

    composite_mask: uint8 at the size of plan.work_rect, where the result will show; None: everywhere.
    original, known: what stands there now, uint8 (h, w, 3) and (h, w), at the same size; None where irrelevant.
    kept_tones: (h, w) in 0..1, how freely each place may change, where colours must stay; None: they need not.
    closers: what the first pass had to draw small is gone over once more through these windows, one after the other.
    window: the one of this run; None for the first pass. drawn: the picture of the passes before it, uint8 (h, w, 3) at
    the size of plan.work_rect. first: the request of the first pass, whose recipe repeats them all.
    """

    plan: RegionPlan
    requests: tuple[GenerationRequest, ...]
    composite_mask: UInt8Array | None
    original: UInt8Array | None
    known: UInt8Array | None
    goes_below: bool = False
    kept_tones: FloatArray | None = None
    closers: tuple[RegionPlan, ...] = ()
    window: RegionPlan | None = None
    drawn: UInt8Array | None = None
    first: GenerationRequest | None = None
    denoise_mask: UInt8Array | None = None
    window_mask: UInt8Array | None = None

    @property
    def seen_rect(self) -> Rect:
        """What the model sees in this run, canvas pixels."""
        return (self.window or self.plan).work_rect

    @property
    def visible_rect(self) -> Rect:
        """The part of it that may show."""
        return self.seen_rect.intersected(self.plan.target_rect)

    @property
    def shown_mask(self) -> UInt8Array | None:
        """Where the result shows, at the size of `seen_rect`; None: everywhere."""
        return self.composite_mask if self.window is None else self.window_mask


def prepare(capture: Capture, catalog: Catalog, *, previews: bool = True) -> Preparation:
    """Chooses the task from what the artist painted and the verb:

    a mask: inpaint it. A frame that reaches past the canvas, or a frame with holes at full strength: fill what
    is empty. Content and a strength below 1: image to image. Otherwise: a new picture for the frame.
    Raises GenerationError with the reason when this cannot run.
    """
    if capture.source == DRAWN:
        return _scene(capture, previews=previews)
    values, frame, document = capture.values, capture.frame, capture.document
    verb = verb_of(values.verb)
    model = catalog.model(values.model)
    if model is None:
        raise GenerationError(
            "The model of these settings is not here.", remedy="Choose another model in the sidebar."
        )
    if not verb.fills_empty and not masked_bounds(document).is_empty:
        preparation = _inpaint(capture, model, verb)
    else:
        preparation = _whole_frame(capture, model, frame, verb)
    masked = any(request.mask is not None for request in preparation.requests)
    refusal = catalog.refusal(values.model, values.sampler, values.schedule, masked=masked)
    if refusal:
        raise GenerationError(refusal, remedy="Choose another sampler, schedule or model.")
    if previews:
        return preparation
    return replace(preparation, requests=tuple(replace(r, previews=False) for r in preparation.requests))


def advance(
    preparation: Preparation, request: GenerationRequest, image: UInt8Array
) -> Candidate | tuple[Preparation, GenerationRequest]:
    """What follows the model's picture (uint8, the recipe's size): the next, closer look, or the candidate."""
    is_stopped_early = bool(request.recipe.last_step)
    if not preparation.closers or is_stopped_early:
        return finish(preparation, request, image)
    return _closer(preparation, request, _drawn(preparation, image))


def finish(preparation: Preparation, request: GenerationRequest, image: UInt8Array) -> Candidate:
    """The model's picture (uint8, the recipe's size) as a candidate at canvas resolution."""
    plan = preparation.plan
    rgb = _drawn(preparation, image)
    rect = plan.target_rect
    rows, columns = rect.slices_in(plan.work_rect)
    mask, score = preparation.composite_mask, None
    original, known = preparation.original, preparation.known
    if original is not None and known is not None:
        if preparation.kept_tones is not None:
            rgb = keep_tones(rgb, original, preparation.kept_tones, known)
        if mask is not None:
            rgb = match_surroundings(rgb, original, mask, known)
            if preparation.goes_below:
                rgb = reflect_edge(rgb, original, mask, known)
            score = seam_score(lay_over(original, rgb, mask, known), original, mask, known)
    return Candidate(
        id=request.job_id,
        recipe=_placed((preparation.first or request).recipe, preparation),
        rect=rect,
        rgb=np.ascontiguousarray(rgb[rows, columns]),
        mask=None if mask is None else np.ascontiguousarray(mask[rows, columns]),
        goes_below=preparation.goes_below,
        seam_score=score,
    )


def _placed(recipe: Recipe, preparation: Preparation) -> Recipe:
    """With what the model saw, where it saw anything; what goes below everything was made from what lies above."""
    original, known = preparation.original, preparation.known
    if original is None or known is None or preparation.goes_below:
        return recipe
    return replace(recipe, place=tuple(preparation.plan.work_rect), inputs=digest(original, known))


def _drawn(preparation: Preparation, image: UInt8Array) -> UInt8Array:
    """The picture of all passes so far, at the size of the plan's work rectangle."""
    plan, window = preparation.plan, preparation.window
    if window is None:
        return resize(image, plan.work_rect.size)
    assert preparation.drawn is not None
    part = window.work_rect.slices_in(plan.work_rect)
    before = np.ascontiguousarray(preparation.drawn[part])
    everywhere = np.full(before.shape[:2], 255, np.uint8)
    made = resize(image, window.work_rect.size)
    # The first pass is the anchor of colour: windows bring detail and cannot drift.
    made = keep_tones(made, before, np.zeros(everywhere.shape, np.float32), everywhere)
    share = window_share(window.work_rect, plan.work_rect, round(WINDOW_OVERLAP * min(window.work_rect.size)))
    drawn = preparation.drawn.copy()
    drawn[part] = lay_over(before, made, share, everywhere)
    return drawn


def _closer(
    preparation: Preparation, request: GenerationRequest, drawn: UInt8Array
) -> tuple[Preparation, GenerationRequest]:
    window, *others = preparation.closers
    plan, denoise = preparation.plan, preparation.denoise_mask
    assert denoise is not None
    if preparation.window is None and preparation.original is not None and preparation.known is not None:
        # What was kept is shown as it is, not as the first pass drew it.
        drawn = lay_over(preparation.original, drawn, denoise, preparation.known)
    part = window.work_rect.slices_in(plan.work_rect)
    first = preparation.first or request
    regions = _regions_in(window, plan, first)
    closer = GenerationRequest(
        job_id=new_id(),
        recipe=replace(
            request.recipe,
            width=window.model_size.width,
            height=window.model_size.height,
            strength=SECOND_PASS_STRENGTH,
            stages=(),
            regions=tuple(region for region, _ in regions),
        ),
        image=np.ascontiguousarray(resize(np.ascontiguousarray(drawn[part]), window.model_size)),
        mask=np.ascontiguousarray(resize_mask(np.ascontiguousarray(denoise[part]), window.model_size)),
        previews=request.previews,
        region_masks=tuple(place for _, place in regions),
    )
    there = replace(
        preparation,
        requests=(closer,),
        closers=tuple(others),
        window=window,
        window_mask=None
        if preparation.composite_mask is None
        else np.ascontiguousarray(preparation.composite_mask[part]),
        drawn=drawn,
        first=first,
    )
    return there, closer


def _regions_in(
    window: RegionPlan, plan: RegionPlan, first: GenerationRequest
) -> list[tuple[RegionPrompt, UInt8Array]]:
    """The regions of the first pass that reach into a window, cut to it."""
    rows, columns = window.work_rect.slices_in(plan.work_rect)
    found: list[tuple[RegionPrompt, UInt8Array]] = []
    for region, mask in zip(first.recipe.regions, first.region_masks, strict=False):
        place = np.ascontiguousarray(resize_mask(mask, plan.work_rect.size)[rows, columns])
        if place.any():
            found.append((region, np.ascontiguousarray(resize_mask(place, window.model_size))))
    return found


def _windows(
    plan: RegionPlan, model: ModelInfo, values: SettingsValues, denoise: UInt8Array
) -> tuple[RegionPlan, ...]:
    """Without those in which nothing may change."""
    if not values.is_two_pass:
        return ()
    return tuple(
        window
        for window in closer_windows(plan, model)
        if denoise[window.work_rect.slices_in(plan.work_rect)].any()
    )


def prefilled(capture: Capture, catalog: Catalog) -> tuple[Rect, UInt8Array, UInt8Array]:
    """What the model would be shown under the mask: (canvas rectangle, RGB, where it lies). Raises GenerationError."""
    model = catalog.model(capture.values.model)
    if model is None or masked_bounds(capture.document).is_empty:
        raise GenerationError("Nothing is masked.", remedy="Paint a mask first.")
    place = masked_place(capture.document, capture.frame, capture.values, model, capture.context)
    rgb, known = _seen(capture.document, place.plan.work_rect)
    ground = prefill(prefill_of(capture.values.prefill), rgb, place.painted, known, capture.seed)
    rows, columns = place.plan.target_rect.slices_in(place.plan.work_rect)
    return (
        place.plan.target_rect,
        np.ascontiguousarray(ground[rows, columns]),
        np.ascontiguousarray(place.painted[rows, columns]),
    )


def _scene(capture: Capture, *, previews: bool) -> Preparation:
    """A drawn scene fills the frame; where something in it is masked, it shows there only."""
    frame = capture.frame
    factor = min(1.0, MAX_SCENE_PX / frame.size.long_side)
    size = Size(
        max(MIN_SCENE_PX, round(frame.width * factor)), max(MIN_SCENE_PX, round(frame.height * factor))
    )
    selection = selected(capture.document, frame)
    _, feather_px = lengths(capture.values, masks.bounds(selection))
    mask = masks.composite_mask(selection, feather_px) if selection.any() else None
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


def _inpaint(capture: Capture, model: ModelInfo, verb: Verb) -> Preparation:
    values = capture.values
    place = masked_place(capture.document, capture.frame, values, model, capture.context)
    plan = place.plan
    rgb, known = _seen(capture.document, plan.work_rect)
    start = prefill(prefill_of(values.prefill), rgb, place.painted, known, capture.seed)
    return Preparation(
        plan=plan,
        requests=_requests(capture, plan, start, place.denoise),
        composite_mask=place.composite,
        original=rgb,
        known=known,
        kept_tones=_kept_tones(values, verb, place.denoise),
        closers=_windows(plan, model, values, place.denoise),
        denoise_mask=place.denoise,
    )


def _whole_frame(capture: Capture, model: ModelInfo, frame: Rect, verb: Verb) -> Preparation:
    plan = plan_region(target=frame, frame=frame, model=model)
    rgb, known = _seen(capture.document, plan.work_rect)
    rows, columns = frame.slices_in(plan.work_rect)
    known_in_frame = known[rows, columns]
    has_content, has_holes = bool(known_in_frame.any()), bool((known_in_frame < 255).any())
    reaches_out = not capture.document.canvas.contains_rect(frame)
    if has_content and has_holes and (reaches_out or verb.fills_empty or capture.values.strength >= 1.0):
        return _fill_holes(capture, model, frame, rgb, known, plan.work_rect)
    if verb.fills_empty and has_content:
        raise GenerationError(
            "Nothing is empty in the frame.", remedy="Drag an edge of the frame past the picture."
        )
    if verb.needs_mask:
        raise GenerationError("Nothing is masked.", remedy="Paint a mask first, or choose Paint.")
    is_change = has_content and capture.values.strength < 1.0
    start = prefill(Prefill.painted, rgb, known, known, capture.seed) if is_change else None
    return Preparation(
        plan=plan,
        requests=_requests(capture, plan, start, None),
        composite_mask=None,
        original=rgb if is_change else None,
        known=known if is_change else None,
        kept_tones=_kept_tones(capture.values, verb, np.full_like(known, 255)) if is_change else None,
    )


def _fill_holes(
    capture: Capture, model: ModelInfo, frame: Rect, rgb: UInt8Array, known: UInt8Array, seen: Rect
) -> Preparation:
    """Outpainting: what is empty is made new at full strength, whatever the strength of the settings."""
    values = replace(capture.values, strength=1.0)
    capture = replace(capture, values=values)
    holes = np.where(known < 255, np.uint8(255), np.uint8(0))
    holes[outside(frame, seen)] = 0
    target = masks.bounds(holes).translated(seen.x, seen.y)
    plan = plan_region(target=frame, frame=frame, model=model)
    plan = replace(plan, target_rect=target)
    overlap = sum(lengths(values, target))
    denoise_mask = masks.denoise_mask(holes, overlap / 2, overlap / 2)
    return Preparation(
        plan=plan,
        requests=_requests(
            capture, plan, prefill(Prefill.painted, rgb, holes, known, capture.seed), denoise_mask
        ),
        composite_mask=holes,
        original=rgb,
        known=known,
        goes_below=True,
        closers=_windows(plan, model, values, denoise_mask),
        denoise_mask=denoise_mask,
    )


def _kept_tones(values: SettingsValues, verb: Verb, denoise: UInt8Array) -> FloatArray | None:
    """A weak change without a word about it is a refinement: its colours stay. With a prompt the artist may want them
    to change, unless the verb says otherwise."""
    is_wordless = not values.prompt.strip() and values.strength <= KEEPS_TONES_UP_TO
    if not (verb.keeps_tones or is_wordless):
        return None
    return np.asarray(denoise.astype(np.float32) / 255.0 * values.strength, np.float32)


def _seen(document: Document, rect: Rect) -> tuple[UInt8Array, UInt8Array]:
    """Straight RGB (h, w, 3) and alpha (h, w) of the flattened document."""
    straight = unpremultiply(flatten(document, rect))
    return np.ascontiguousarray(straight[..., :3]), np.ascontiguousarray(straight[..., 3])


def _requests(
    capture: Capture, plan: RegionPlan, start: UInt8Array | None, mask: UInt8Array | None
) -> tuple[GenerationRequest, ...]:
    values = capture.values
    image = None if start is None else np.ascontiguousarray(resize(start, plan.model_size))
    model_mask = None if mask is None else np.ascontiguousarray(resize_mask(mask, plan.model_size))
    recipe = Recipe(
        model=values.model,
        prompt="" if verb_of(values.verb).ignores_prompt and image is not None else values.prompt,
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
    first = GenerationRequest(job_id=new_id(), recipe=recipe, image=image, mask=model_mask)
    if not verb_of(values.verb).ignores_prompt:
        first = with_regions(first, capture.document, plan.work_rect)
    seeds = [(capture.seed + index) % (MAX_SEED + 1) for index in range(values.batch_count)]
    return tuple(replace(first, job_id=new_id(), recipe=first.recipe.with_seed(seed)) for seed in seeds)
