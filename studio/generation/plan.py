"""Decides what the model is shown: from mask, frame and model to a work rectangle, a scale and a task.

Pure geometry, no pixels. Words: the *frame* is what the artist framed; the *target* is where the picture may
change; the *work rectangle* is what the model sees, the target with context, in canvas pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from studio.core.errors import GenerationError
from studio.core.geometry import Rect, Size
from studio.generation.catalog import ModelInfo

CONTEXT_SHARE = 0.5
MIN_CONTEXT_PX = 32
MAX_AREA = 2.25
"""Times the area a model was trained on: up to 1.5 times a side it still draws one picture, not two."""

SECOND_PASS_BELOW = 0.75
SECOND_PASS_STRENGTH = 0.4
"""Enough for detail, too little for another composition."""

WINDOW_OVERLAP = 0.25
MAX_WINDOWS = 16


@dataclass(frozen=True, kw_only=True)
class RegionPlan:
    """work_rect: canvas pixels shown to the model; may reach past the frame by a rounding margin.
    target_rect: the part that may change. model_size: pixels the model denoises."""

    work_rect: Rect
    target_rect: Rect
    model_size: Size

    @property
    def target_px(self) -> int:
        """Model pixels on the target's long side."""
        return round(self.target_rect.size.long_side * self.scale)

    @property
    def scale(self) -> float:
        """Model pixels per canvas pixel."""
        return self.model_size.width / self.work_rect.width


def plan_region(
    *, target: Rect, frame: Rect, model: ModelInfo, context: Rect | None = None, least_px: int = 0
) -> RegionPlan:
    """A small target inside a large frame is shown with context around it, at no less than the model's native
    resolution; a target that fills the frame is shown as the frame.

    target, frame: canvas pixels. context: what the artist chose to show, around the target; None: chosen here.
    least_px: model pixels the target's long side must get, or the model's native size if that is less; the context
    shrinks for it, as far as it was not chosen by hand. A model whose largest size does not allow it gives what it can.
    Raises GenerationError when the target lies outside the frame or the frame is too narrow for the model.
    """
    target = target.intersected(frame)
    if target.is_empty:
        raise GenerationError(
            "The mask lies outside the frame.", remedy="Move the frame over the mask, or clear the mask."
        )
    seen = (
        _with_context(target, frame, model) if context is None else context.intersected(frame).united(target)
    )
    ratio = max(seen.width, seen.height) / min(seen.width, seen.height)
    if ratio > model.max_size / model.min_size:
        raise GenerationError(
            f"A frame of {seen.width} × {seen.height} is too narrow for {model.name}.",
            remedy="Make the frame less narrow.",
        )
    plan = _plan(target, seen, _resolution(seen.size, model), model)
    least_px = min(least_px, model.native_size)
    if plan.target_px >= least_px:
        return plan
    largest = min(round(MAX_AREA**0.5 * model.native_size), model.max_size)
    if context is None:
        side = max(target.size.long_side, math.floor(target.size.long_side * largest / least_px))
        seen = _square_around(target, frame, side)
    # Rounding to the model's multiples may cost a few pixels: the next larger size has them.
    for extra in range(0, 4 * model.size_multiple, max(1, model.size_multiple // 2)):
        scale = min((least_px + extra) / target.size.long_side, model.max_size / seen.size.long_side)
        wanted = Size(max(1, round(seen.width * scale)), max(1, round(seen.height * scale)))
        larger = _plan(target, seen, wanted, model)
        if larger.target_px > plan.target_px:
            plan = larger
        if plan.target_px >= least_px:
            break
    return plan


def closer_windows(plan: RegionPlan, model: ModelInfo) -> tuple[RegionPlan, ...]:
    """Closer looks at the target, where the first pass had to draw it smaller than it is: its result is enlarged and gone
    over once more with SECOND_PASS_STRENGTH, in one window or in overlapping ones, from the upper left on. The first
    pass gives them composition and colour. Empty where that would gain nothing.
    """
    if plan.scale >= SECOND_PASS_BELOW:
        return ()
    around = plan.target_rect.expanded(MIN_CONTEXT_PX).intersected(plan.work_rect)
    largest = min(MAX_AREA**0.5 * model.native_size, model.max_size)
    scale = 1.0
    while True:
        side = math.floor(largest / scale)
        columns = _starts(around.width, side)
        rows = _starts(around.height, side)
        if len(columns) * len(rows) <= MAX_WINDOWS:
            break
        scale *= 0.8
    if scale < 1.25 * plan.scale:
        return ()
    made: list[RegionPlan] = []
    for y in rows:
        for x in columns:
            seen = Rect(around.x + x, around.y + y, min(side, around.width), min(side, around.height))
            wanted = Size(max(1, round(seen.width * scale)), max(1, round(seen.height * scale)))
            window = _inside(_plan(plan.target_rect, seen, wanted, model), plan.work_rect)
            if window is None:
                return ()
            made.append(window)
    return tuple(made)


def _starts(length: int, side: int) -> tuple[int, ...]:
    """Where windows of `side` begin so that they cover `length`, each WINDOW_OVERLAP over the one before."""
    if length <= side:
        return (0,)
    count = math.ceil((length - side) / (side * (1.0 - WINDOW_OVERLAP))) + 1
    return tuple(round(index * (length - side) / (count - 1)) for index in range(count))


def _inside(plan: RegionPlan, outer: Rect) -> RegionPlan | None:
    """`plan` with its work rectangle pushed into `outer`; None where it is too large for it."""
    rect = plan.work_rect
    if rect.width > outer.width or rect.height > outer.height:
        return None
    x = max(outer.x, min(rect.x, outer.right - rect.width))
    y = max(outer.y, min(rect.y, outer.bottom - rect.height))
    return replace(plan, work_rect=Rect(x, y, rect.width, rect.height))


def _plan(target: Rect, seen: Rect, wanted: Size, model: ModelInfo) -> RegionPlan:
    model_size = model.fitting_size(wanted)
    return RegionPlan(work_rect=_same_aspect(seen, model_size), target_rect=target, model_size=model_size)


def _with_context(target: Rect, frame: Rect, model: ModelInfo) -> Rect:
    margin = max(MIN_CONTEXT_PX, round(CONTEXT_SHARE * target.size.long_side))
    wanted = target.expanded(margin)
    return _square_around(
        target, frame, max(wanted.size.long_side, min(model.native_size, frame.size.long_side))
    )


def _square_around(target: Rect, frame: Rect, side: int) -> Rect:
    """As far as the frame allows: centred on the target, then pushed back into the frame."""
    width, height = min(side, frame.width), min(side, frame.height)
    x = round(target.center.x - width / 2)
    y = round(target.center.y - height / 2)
    x = max(frame.x, min(x, frame.right - width))
    y = max(frame.y, min(y, frame.bottom - height))
    return Rect(x, y, width, height)


def _resolution(seen: Size, model: ModelInfo) -> Size:
    """As many pixels as the model was trained on, in the aspect of what it sees. What has about that size already
    (up to 1.5 times a side) is drawn one to one, so that nothing is resampled."""
    native_area = model.native_size**2
    if 0.9 <= seen.area / native_area <= MAX_AREA and seen.long_side <= model.max_size:
        return seen
    factor = (native_area / seen.area) ** 0.5
    return Size(max(1, round(seen.width * factor)), max(1, round(seen.height * factor)))


def _same_aspect(seen: Rect, model_size: Size) -> Rect:
    """`seen`, grown on its short side until it has the aspect ratio of `model_size` to within a pixel."""
    scale = min(model_size.width / seen.width, model_size.height / seen.height)
    width = max(seen.width, round(model_size.width / scale))
    height = max(seen.height, round(model_size.height / scale))
    return Rect(seen.x - (width - seen.width) // 2, seen.y - (height - seen.height) // 2, width, height)
