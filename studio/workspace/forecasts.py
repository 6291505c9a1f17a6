"""What a run would do to the masked place, kept for whoever draws it, and the context the artist chose for it."""

from __future__ import annotations

from dataclasses import dataclass

from studio.core.events import Event
from studio.core.geometry import EMPTY, Rect, Size
from studio.generation.request import UInt8Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Forecast:
    """work_rect: what the model will see, canvas pixels. target_px: model pixels on the long side of what is masked.

    denoise, composite: uint8 of the size of `area`, how far each place may change and where the result will show.
    """

    work_rect: Rect
    model_size: Size
    target_px: int
    is_two_pass: bool
    area: Rect
    denoise: UInt8Array
    composite: UInt8Array


class Forecasts:
    """changed: another forecast, or shown and hidden. context_changed: the artist chose another context, or none."""

    def __init__(self) -> None:
        self.current: Forecast | None = None
        self.context: Rect | None = None
        self.is_shown = True
        self.changed: Event[None] = Event()
        self.context_changed: Event[None] = Event()

    @property
    def context_rect(self) -> Rect:
        """What the model sees now: chosen, or by forecast; EMPTY while nothing is masked."""
        if self.current is None:
            return EMPTY
        return self.context or self.current.work_rect

    @property
    def shown(self) -> Forecast | None:
        return self.current if self.is_shown else None

    def choose(self, context: Rect | None) -> None:
        """None: the planner chooses again."""
        if context != self.context:
            self.context = context
            self.context_changed.emit(None)

    def set(self, forecast: Forecast | None) -> None:
        if forecast is not self.current:
            self.current = forecast
            self.changed.emit(None)

    def show(self, is_shown: bool) -> None:
        if is_shown != self.is_shown:
            self.is_shown = is_shown
            self.changed.emit(None)
