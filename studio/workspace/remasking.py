"""Another mask for a picture that is in the making already: its place and what it saw stay as they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from studio.document.document import Document
from studio.generation import masks
from studio.generation.composite import resize
from studio.generation.request import UInt8Array
from studio.workspace.build_request import LEAST_MASK_LEVEL, Preparation
from studio.workspace.generation_settings import SettingsValues


def remasked(preparation: Preparation, document: Document, values: SettingsValues) -> Preparation:
    """With the mask painted on `document`, as far as it lies in what the model sees. Without one there, or for a
    picture that fills what was empty, everything stays as it was."""
    plan, first = preparation.plan, preparation.requests[0]
    selection = document.selection.read(plan.work_rect)
    selection[selection < LEAST_MASK_LEVEL] = 0
    if first.mask is None or preparation.goes_below or not selection.any():
        return preparation
    denoise_mask = denoise_mask_of(selection, values)
    target = masks.bounds(selection).translated(plan.work_rect.x, plan.work_rect.y)
    model_mask = np.ascontiguousarray(resize(denoise_mask, plan.model_size))
    return replace(
        preparation,
        plan=replace(plan, target_rect=target),
        requests=tuple(replace(request, mask=model_mask) for request in preparation.requests),
        composite_mask=masks.feather_inward(selection, values.mask_feather_px),
    )


def locking_mask(preparation: Preparation, document: Document, values: SettingsValues) -> UInt8Array | None:
    """For a picture that had no mask: what is painted now goes on changing, the rest stays what it is by now.
    uint8 at the model's size; None where nothing is painted."""
    plan = preparation.plan
    selection = document.selection.read(plan.work_rect)
    selection[selection < LEAST_MASK_LEVEL] = 0
    if not selection.any():
        return None
    return np.ascontiguousarray(resize(denoise_mask_of(selection, values), plan.model_size))


def denoise_mask_of(selection: UInt8Array, values: SettingsValues) -> UInt8Array:
    return masks.feather_outward(masks.grow(selection, values.mask_grow_px), values.mask_feather_px)
