"""Works a forecast out: the same place a run would prepare, without its pixels."""

from __future__ import annotations

import numpy as np

from studio.core.errors import GenerationError
from studio.generation import masks
from studio.generation.catalog import Catalog
from studio.generation.plan import closer_windows
from studio.generation.verbs import verb_of
from studio.workspace.build_request import Capture
from studio.workspace.forecasts import Forecast
from studio.workspace.place import masked_bounds, masked_place


def forecast(capture: Capture, catalog: Catalog) -> Forecast | None:
    """None where nothing is masked, the verb does not look at the mask, or the run would be refused anyway."""
    model = catalog.model(capture.values.model)
    if model is None or verb_of(capture.values.verb).fills_empty or masked_bounds(capture.document).is_empty:
        return None
    try:
        place = masked_place(capture.document, capture.frame, capture.values, model, capture.context)
    except GenerationError:
        return None
    seen = place.plan.work_rect
    area = masks.bounds(place.denoise).translated(seen.x, seen.y)
    part = area.slices_in(seen)
    return Forecast(
        work_rect=seen,
        model_size=place.plan.model_size,
        target_px=place.plan.target_px,
        is_two_pass=capture.values.is_two_pass and bool(closer_windows(place.plan, model)),
        area=area,
        denoise=np.ascontiguousarray(place.denoise[part]),
        composite=np.ascontiguousarray(place.composite[part]),
    )
