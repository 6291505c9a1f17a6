"""Where a masked run will work: what the model is shown, how far each pixel may change, where the result will show.

The same answer is drawn over the canvas beforehand and used by the run, so what is shown is what happens.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.geometry import EMPTY, Rect
from studio.document.document import Document
from studio.generation import masks
from studio.generation.catalog import ModelInfo
from studio.generation.plan import RegionPlan, plan_region
from studio.generation.request import UInt8Array
from studio.generation.verbs import verb_of
from studio.workspace.generation_settings import SettingsValues

LEAST_MASK_LEVEL = 8
"""Fainter traces are what a soft eraser leaves: nobody sees them and nobody meant them."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Place:
    """painted, denoise, composite: uint8 at the size of plan.work_rect; see `generation.masks`."""

    plan: RegionPlan
    painted: UInt8Array
    denoise: UInt8Array
    composite: UInt8Array


def masked_place(
    document: Document, frame: Rect, values: SettingsValues, model: ModelInfo, context: Rect | None
) -> Place:
    """For a document with something masked. Raises GenerationError where that lies outside the frame."""
    verb = verb_of(values.verb)
    target = frame.intersected(document.canvas) if verb.inverts_mask else masked_bounds(document)
    plan = plan_region(
        target=target, frame=frame, model=model, context=context, least_px=values.least_target_px
    )
    painted = selected(document, plan.work_rect)
    if verb.inverts_mask:
        painted = 255 - painted
    painted[outside(plan.target_rect, plan.work_rect)] = 0
    denoise, composite = masks_of(painted, values)
    return Place(plan=plan, painted=painted, denoise=denoise, composite=composite)


def masks_of(painted: UInt8Array, values: SettingsValues) -> tuple[UInt8Array, UInt8Array]:
    """(denoise, composite) of what is painted; see `generation.masks`."""
    grow_px, feather_px = lengths(values, masks.bounds(painted))
    return masks.denoise_mask(painted, grow_px, feather_px), masks.composite_mask(painted, feather_px)


def lengths(values: SettingsValues, target: Rect) -> tuple[int, int]:
    """(grow, feather) in canvas pixels."""
    if values.is_mask_automatic:
        return masks.automatic_lengths(target.size, values.strength)
    return values.mask_grow_px, values.mask_feather_px


def masked_bounds(document: Document) -> Rect:
    """The tight bounds of the mask, canvas pixels; EMPTY where nothing is masked."""
    rough = document.selection.bounds()
    if rough.is_empty:
        return EMPTY
    return masks.bounds(selected(document, rough)).translated(rough.x, rough.y)


def outside(inner: Rect, outer: Rect) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """(outer.height, outer.width): True where `inner` is not."""
    made = np.ones((outer.height, outer.width), np.bool_)
    made[inner.slices_in(outer)] = False
    return made


def selected(document: Document, rect: Rect) -> UInt8Array:
    """The mask in `rect`, without traces."""
    selection = document.selection.read(rect)
    selection[selection < LEAST_MASK_LEVEL] = 0
    return selection
