"""Decides what the model is shown: from mask, frame and model to a work rectangle, a scale and a task.

Pure geometry, no pixels. Words: the *frame* is what the artist framed; the *target* is where the picture may
change; the *work rectangle* is what the model sees, the target with context, in canvas pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

from studio.core.errors import GenerationError
from studio.core.geometry import Rect, Size
from studio.generation.catalog import ModelInfo

CONTEXT_SHARE = 0.5
MIN_CONTEXT_PX = 32


@dataclass(frozen=True, kw_only=True)
class RegionPlan:
    """work_rect: canvas pixels shown to the model; may reach past the frame by a rounding margin.
    target_rect: the part that may change. model_size: pixels the model denoises."""

    work_rect: Rect
    target_rect: Rect
    model_size: Size

    @property
    def scale(self) -> float:
        """Model pixels per canvas pixel."""
        return self.model_size.width / self.work_rect.width


def plan_region(*, target: Rect, frame: Rect, model: ModelInfo) -> RegionPlan:
    """A small target inside a large frame is shown with context around it, at no less than the model's native
    resolution; a target that fills the frame is shown as the frame.

    target, frame: canvas pixels. Raises GenerationError when the target lies outside the frame or the frame
    is too narrow for the model.
    """
    target = target.intersected(frame)
    if target.is_empty:
        raise GenerationError(
            "The mask lies outside the frame.", remedy="Move the frame over the mask, or clear the mask."
        )
    seen = _with_context(target, frame, model)
    ratio = max(seen.width, seen.height) / min(seen.width, seen.height)
    if ratio > model.max_size / model.min_size:
        raise GenerationError(
            f"A frame of {seen.width} × {seen.height} is too narrow for {model.name}.",
            remedy="Make the frame less narrow.",
        )
    model_size = model.fitting_size(_resolution(seen.size, model))
    return RegionPlan(work_rect=_same_aspect(seen, model_size), target_rect=target, model_size=model_size)


def _with_context(target: Rect, frame: Rect, model: ModelInfo) -> Rect:
    margin = max(MIN_CONTEXT_PX, round(CONTEXT_SHARE * target.size.long_side))
    wanted = target.expanded(margin)
    side = max(wanted.size.long_side, min(model.native_size, frame.size.long_side))
    width, height = min(side, frame.width), min(side, frame.height)
    # Centred on the target, then pushed back into the frame.
    x = round(wanted.center.x - width / 2)
    y = round(wanted.center.y - height / 2)
    x = max(frame.x, min(x, frame.right - width))
    y = max(frame.y, min(y, frame.bottom - height))
    return Rect(x, y, width, height)


def _resolution(seen: Size, model: ModelInfo) -> Size:
    """As many pixels as the model was trained on, in the aspect of what it sees. What has about that size already
    (up to 1.5 times a side) is drawn one to one, so that nothing is resampled."""
    native_area = model.native_size**2
    if 0.9 <= seen.area / native_area <= 2.25 and seen.long_side <= model.max_size:
        return seen
    factor = (native_area / seen.area) ** 0.5
    return Size(max(1, round(seen.width * factor)), max(1, round(seen.height * factor)))


def _same_aspect(seen: Rect, model_size: Size) -> Rect:
    """`seen`, grown on its short side until it has the aspect ratio of `model_size` to within a pixel."""
    scale = min(model_size.width / seen.width, model_size.height / seen.height)
    width = max(seen.width, round(model_size.width / scale))
    height = max(seen.height, round(model_size.height / scale))
    return Rect(seen.x - (width - seen.width) // 2, seen.y - (height - seen.height) // 2, width, height)
