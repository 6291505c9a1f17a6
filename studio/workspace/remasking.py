"""Another mask for a picture that is in the making already: its place and what it saw stay as they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from studio.document.document import Document
from studio.generation import masks
from studio.generation.composite import resize_mask
from studio.generation.request import UInt8Array
from studio.workspace.build_request import Preparation
from studio.workspace.generation_settings import SettingsValues
from studio.workspace.place import masks_of, selected


def remasked(preparation: Preparation, document: Document, values: SettingsValues) -> Preparation:
    """With the mask painted on `document`, as far as it lies in what the model sees. Without one there, or for a
    picture that fills what was empty, everything stays as it was."""
    plan, first = preparation.plan, preparation.requests[0]
    selection = selected(document, plan.work_rect)
    if first.mask is None or preparation.goes_below or preparation.window is not None or not selection.any():
        return preparation
    denoise_mask, composite_mask = masks_of(selection, values)
    target = masks.bounds(selection).translated(plan.work_rect.x, plan.work_rect.y)
    model_mask = np.ascontiguousarray(resize_mask(denoise_mask, plan.model_size))
    return replace(
        preparation,
        plan=replace(plan, target_rect=target),
        requests=tuple(replace(request, mask=model_mask) for request in preparation.requests),
        composite_mask=composite_mask,
        denoise_mask=denoise_mask,
        # What was planned closer was the old place.
        closers=(),
    )


def locking_mask(preparation: Preparation, document: Document, values: SettingsValues) -> UInt8Array | None:
    """For a picture that had no mask: what is painted now goes on changing, the rest stays what it is by now.
    uint8 at the model's size; None where nothing is painted."""
    plan = preparation.plan
    selection = selected(document, plan.work_rect)
    if not selection.any():
        return None
    return np.ascontiguousarray(resize_mask(masks_of(selection, values)[0], plan.model_size))
