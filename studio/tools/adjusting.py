"""An open transform or crop in numbers: shown in the bar over the canvas, changed there, kept or given up there."""

from __future__ import annotations

from collections.abc import Mapping

from studio.core.events import Event


class Adjusting:
    """values: by name (`options.NUMBERS`), empty while there is nothing to adjust. is_open: there is something to
    keep or give up.

    changed: values or is_open are others. entered: the artist typed a number. ended: the artist keeps it (True) or
    gives it up.
    """

    def __init__(self) -> None:
        self.changed: Event[None] = Event()
        self.entered: Event[tuple[str, float]] = Event()
        self.ended: Event[bool] = Event()
        self.values: Mapping[str, float] = {}
        self.is_open = False

    def show(self, values: Mapping[str, float], *, is_open: bool) -> None:
        if values != self.values or is_open != self.is_open:
            self.values, self.is_open = dict(values), is_open
            self.changed.emit(None)
