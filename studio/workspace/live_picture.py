"""The pixels of the live canvas: what the model is shown of a change, and its answer laid into the picture so far.

Pure functions over a snapshot: they run on a worker thread.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.errors import GenerationError
from studio.core.geometry import EMPTY, Rect
from studio.document.composite import flatten
from studio.document.document import Document
from studio.document.pixels import unpremultiply
from studio.generation import masks
from studio.generation.catalog import Catalog
from studio.generation.composite import resize
from studio.generation.plan import plan_region
from studio.generation.request import MAX_SEED, GenerationRequest, Recipe, UInt8Array
from studio.workspace.generation_settings import SettingsValues
from studio.workspace.live_values import LiveValues
from studio.workspace.regions import with_regions
from studio.workspace.results import Candidate

SEAM_PX = 24
"""How softly what is new passes into what was there before."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LivePicture:
    """rgb: uint8 (rect.height, rect.width, 3). mask: (h, w), where the artist wants it; None: everywhere."""

    id: str
    recipe: Recipe
    rect: Rect
    rgb: UInt8Array
    mask: UInt8Array | None

    def shown(self, opacity: float, split: float) -> UInt8Array:
        full = np.full(self.rgb.shape[:2], 255, np.uint8) if self.mask is None else self.mask
        shown = (full * np.float32(opacity)).round().astype(np.uint8)
        shown[:, round(split * self.rect.width) :] = 0
        return shown

    def as_candidate(self) -> Candidate:
        return Candidate(id=self.id, recipe=self.recipe, rect=self.rect, rgb=self.rgb, mask=self.mask)


@dataclass(frozen=True, kw_only=True, eq=False)
class LiveWork:
    """rect: what the model sees. before: the picture so far, None for a first one. dirty: what it answers for."""

    request: GenerationRequest
    rect: Rect
    frame: Rect
    dirty: Rect
    before: LivePicture | None
    mask: UInt8Array | None

    def placed(self, image: UInt8Array) -> LivePicture:
        """The model's picture, laid softly into the one before it."""
        made = resize(image, self.rect.size)
        part = self.rect.intersected(self.frame)
        made = made[part.slices_in(self.rect)]
        rows, columns = part.slices_in(self.frame)
        if self.before is None:
            rgb = np.zeros((self.frame.height, self.frame.width, 3), np.uint8)
            rgb[rows, columns] = made
        else:
            rgb = self.before.rgb.copy()
            weight = self._weight(part)
            old = rgb[rows, columns].astype(np.float32)
            rgb[rows, columns] = np.rint(old + (made - old) * weight[..., None]).astype(np.uint8)
        return LivePicture(
            id=self.request.job_id, recipe=self.request.recipe, rect=self.frame, rgb=rgb, mask=self.mask
        )

    def _weight(self, part: Rect) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        new = np.zeros((part.height, part.width), np.uint8)
        new[self.dirty.intersected(part).slices_in(part)] = 255
        soft = masks.feather_outward(masks.grow(new, SEAM_PX / 2), SEAM_PX)
        return soft.astype(np.float32) / 255.0


def plan_work(
    document: Document,
    frame: Rect,
    dirty: Rect,
    values: SettingsValues,
    live: LiveValues,
    catalog: Catalog,
    before: LivePicture | None,
    *,
    job_id: str,
) -> LiveWork:
    """Raises GenerationError when the model is not there or the frame does not suit it."""
    model = catalog.model(values.model)
    refusal = catalog.refusal(values.model, values.sampler, values.schedule, masked=False)
    if model is None or refusal:
        raise GenerationError(refusal or "The model of these settings is not here.")
    if before is None or before.rect != frame:
        dirty, before = frame, None
    plan = plan_region(target=dirty, frame=frame, model=model)
    straight = unpremultiply(flatten(document, plan.work_rect))
    alpha = straight[..., 3:].astype(np.uint16)
    over_white = ((straight[..., :3] * alpha + 255 * (255 - alpha)) // 255).astype(np.uint8)
    recipe = Recipe(
        model=values.model,
        prompt=values.prompt,
        negative_prompt=values.negative_prompt,
        sampler=values.sampler,
        schedule=values.schedule,
        steps=live.steps,
        guidance_scale=values.guidance_scale,
        seed=min(values.seed, MAX_SEED),
        width=plan.model_size.width,
        height=plan.model_size.height,
        strength=live.strength,
    )
    image = np.ascontiguousarray(resize(np.ascontiguousarray(over_white), plan.model_size))
    request = GenerationRequest(job_id=job_id, recipe=recipe, image=image, previews=False)
    return LiveWork(
        request=with_regions(request, document, plan.work_rect),
        rect=plan.work_rect,
        frame=frame,
        dirty=dirty,
        before=before,
        mask=_wanted(document, frame, values),
    )


def _wanted(document: Document, frame: Rect, values: SettingsValues) -> UInt8Array | None:
    """Inside the mask, where there is one."""
    if document.selection.tile_bounds().intersected(frame) == EMPTY:
        return None
    selection = document.selection.read(frame)
    return masks.feather_inward(selection, values.mask_feather_px) if selection.any() else None
