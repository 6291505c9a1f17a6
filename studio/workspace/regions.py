"""What the regions of a document mean for a request: their prompts into the recipe, their places beside its pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from studio.core.geometry import Rect
from studio.core.opencv import cv2
from studio.document.document import Document
from studio.document.surface import TiledSurface
from studio.generation.composite import resize
from studio.generation.request import MAX_REGIONS, GenerationRequest, RegionPrompt, UInt8Array


def with_regions(request: GenerationRequest, document: Document, work_rect: Rect) -> GenerationRequest:
    """work_rect: canvas pixels the model sees. Regions that do not reach into it say nothing here."""
    prompts: list[RegionPrompt] = []
    places: list[UInt8Array] = []
    for mask in document.saved_masks:
        if not mask.is_region or len(prompts) == MAX_REGIONS:
            continue
        place = TiledSurface.from_tiles(1, dict(mask.tiles)).read(work_rect)
        if not place.any():
            continue
        if mask.feather_px >= 1.0:
            place = np.asarray(cv2.GaussianBlur(place, (0, 0), mask.feather_px / 2), np.uint8)
        prompts.append(RegionPrompt(prompt=mask.prompt, weight=mask.weight))
        places.append(np.ascontiguousarray(resize(place, request.recipe.size)))
    if not prompts:
        return request
    return replace(
        request, recipe=replace(request.recipe, regions=tuple(prompts)), region_masks=tuple(places)
    )
