"""What the artist asks of the picture in the making: heard on one thread, obeyed on another between two steps."""

from __future__ import annotations

import threading
from collections.abc import Callable

from studio.generation.request import Steering

LOOK_S = 0.05


class Helm:
    """Of one job. Whatever arrives before the job has begun holds for its first step."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._is_paused = False
        self._is_ending = False
        self._steerings: list[Steering] = []

    # For the thread that hears.

    def set_paused(self, is_paused: bool) -> None:
        with self._condition:
            self._is_paused = is_paused
            self._condition.notify_all()

    def end_early(self) -> None:
        """The picture implied so far is the picture."""
        with self._condition:
            self._is_ending = True
            self._condition.notify_all()

    def steer(self, steering: Steering) -> None:
        with self._condition:
            self._steerings.append(steering)

    # For the thread that draws.

    @property
    def is_ending(self) -> bool:
        return self._is_ending

    @property
    def is_paused(self) -> bool:
        return self._is_paused and not self._is_ending

    def wait(self, check_cancelled: Callable[[], None]) -> None:
        """Returns when the job may go on; raises what `check_cancelled` raises."""
        with self._condition:
            while self.is_paused:
                self._condition.wait(LOOK_S)
                check_cancelled()

    @property
    def has_steerings(self) -> bool:
        return bool(self._steerings)

    def take(self) -> list[Steering]:
        with self._condition:
            steerings, self._steerings = self._steerings, []
        return steerings
